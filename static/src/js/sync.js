// Makes what is in one element like what is in another, and keeps every element that stays: with it the focus, what is
// selected, and where somebody is reading. What has a data-key is the same thing only where the key is the same.
export function sync(here, there) {
  const wanted = [...there.childNodes];
  const keysWanted = new Set(wanted.map(key).filter(Boolean));
  for (const old of [...here.childNodes]) if (key(old) && !keysWanted.has(key(old))) old.remove();
  let next = here.firstChild;
  for (const want of wanted) {
    const have = find(next, want);
    if (!have) {
      here.insertBefore(want, next);
      continue;
    }
    while (next !== have && !key(next)) next = without(next); // rather than move what may have the focus
    if (next === have) next = next.nextSibling;
    else here.insertBefore(have, next);
    update(have, want);
  }
  while (next) next = without(next);
}

function without(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function key(node) {
  return node.dataset?.key;
}

// The first from here on that is the same thing: by its key, or else just here and of the same kind.
function find(from, want) {
  const same = (node) => node.nodeName === want.nodeName && key(node) === key(want);
  if (!key(want)) return from && same(from) ? from : null;
  for (let node = from; node; node = node.nextSibling) if (same(node)) return node;
  return null;
}

function update(here, there) {
  if (here.nodeType !== Node.ELEMENT_NODE) {
    if (here.data !== there.data) here.data = there.data;
    return;
  }
  for (const { name } of [...here.attributes]) if (!there.hasAttribute(name)) here.removeAttribute(name);
  for (const { name, value } of there.attributes) if (here.getAttribute(name) !== value) here.setAttribute(name, value);
  sync(here, there);
}
