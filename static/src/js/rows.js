// Adds and removes people and vehicles without a page load. Without this file the same buttons ask the server.
const NUMBERED = ["id", "name", "for", "aria-labelledby", "aria-describedby", "aria-controls"];

export function rows(box) {
  const prefix = box.dataset.rows;
  const most = Number(box.dataset.max);
  const blank = box.querySelector("template[data-blank]");
  const total = box.querySelector(`[name="${prefix}-TOTAL_FORMS"]`) || document.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const add = box.querySelector('button[name="add"]');
  const said = box.appendChild(document.createElement("p"));
  said.className = "govuk-visually-hidden";
  said.setAttribute("role", "status");

  const items = () => [...box.querySelectorAll(".cse-item")];
  const heading = (item) => item.querySelector("h2, h3, h4");

  // Ascending, so that no two groups of radios ever share a name and untick one another.
  function number() {
    items().forEach((item, at) => renumber(item, prefix, at));
    total.value = items().length;
    if (add) add.hidden = items().length >= most; // a full list from the server may come without it
  }

  function focus(item) {
    const target = item ? heading(item) : add;
    if (item) target.tabIndex = -1;
    target?.focus();
  }

  function append() {
    const last = items().pop();
    const fresh = blank.content.cloneNode(true).querySelector(".cse-item");
    if (last) last.after(fresh);
    else blank.before(fresh);
    number();
    focus(fresh);
    said.textContent = `${heading(fresh).textContent.trim()} added.`;
  }

  function remove(item) {
    const at = items().indexOf(item);
    const name = heading(item).textContent.trim();
    item.remove();
    number();
    focus(items()[at] || items()[at - 1]);
    said.textContent = `${name} removed.`;
  }

  box.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="add"], button[name="remove"]');
    if (!button) return;
    event.preventDefault();
    if (button.name === "remove") remove(button.closest(".cse-item"));
    else append();
  });
  number();
}

// "people-3-looks" and "id_people-__prefix__-looks" get the item's number; so do its heading and its remove button.
function renumber(item, prefix, at) {
  const pattern = new RegExp(`(^|[\\s_])${prefix}-(\\d+|__prefix__)(?![\\w])`, "g");
  for (const element of [item, ...item.querySelectorAll("*")]) {
    for (const name of NUMBERED) {
      if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replace(pattern, `$1${prefix}-${at}`));
    }
    if (element.name === "remove") element.value = `${prefix}-${at}`;
  }
  for (const words of item.querySelectorAll(".cse-head :is(h2, h3, h4, .govuk-visually-hidden)")) {
    words.textContent = words.textContent.trimEnd().replace(/\s*(\d+|__prefix__)?$/, ` ${at + 1}`);
  }
}
