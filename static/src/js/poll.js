import { sync } from "./sync.js";

// Keeps a queue up to date without a reload. It asks the page's own address, which answers with what has changed, or with
// the time alone; not while nobody looks or there is no signal, less often while it fails, and it says since when.
const EVERY = 30_000;
const LONGEST = 5 * 60_000;
const PATIENCE = 20_000;

export function poll(queue) {
  const stopped = [...queue.querySelectorAll("[data-stopped]")];
  const live = queue.querySelector("[data-live]");
  const shown = queue.querySelector("[data-shown]");
  const said = queue.querySelector("[data-said]");
  let tag = queue.dataset.queue;
  let name = document.title;
  let failures = 0;
  let asking = false;
  let left = false;
  let timer;

  // Why it has stopped, "late" or "out"; or nothing.
  function say(why) {
    stopped.forEach((box) => (box.hidden = box.dataset.stopped !== why));
    live.hidden = Boolean(why);
  }

  function wait() {
    clearTimeout(timer);
    if (!left && !document.hidden && navigator.onLine) timer = setTimeout(ask, Math.min(EVERY * 2 ** failures, LONGEST));
  }

  async function ask() {
    clearTimeout(timer);
    if (asking || left || document.hidden) return;
    asking = true;
    try {
      const answer = await fetchNews(tag);
      failures = 0;
      if (left) return;
      if (!answer) signedOut();
      else if (answer.reader !== queue.dataset.reader) location.reload(); // somebody else has signed in here
      else show(answer);
    } catch {
      failures += 1;
      late();
    } finally {
      asking = false;
    }
  }

  function show(answer) {
    queue.querySelectorAll("[data-at]").forEach((time) => (time.textContent = answer.at));
    const before = glance(queue);
    for (const [part, html] of Object.entries(answer.parts || {})) renew(queue.querySelector(`[data-part="${part}"]`), html);
    tag = answer.tag || tag;
    name = answer.title ? `${answer.title} – CSE Reports` : name;
    document.title = name;
    shown.hidden = false;
    said.textContent = news(before, glance(queue));
    say("");
    wait();
  }

  // Whoever is signed out is shown nothing. It asks again only when they come back to the page.
  function signedOut() {
    shown.hidden = true;
    document.title = "CSE Reports";
    say("out");
  }

  function late() {
    if (!shown.hidden) say("late");
    wait();
  }

  queue.querySelector("[data-still]").hidden = true;
  say("");
  document.addEventListener("visibilitychange", ask);
  addEventListener("online", ask);
  addEventListener("offline", late);
  addEventListener("cse:leave", () => (left = true));
  wait();
}

// What has changed since the page with this tag; null for whoever is signed out, and would be led to the sign-in page.
async function fetchNews(tag) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const headers = { "X-Queue": tag };
    const answer = await fetch(location.href, { headers, redirect: "manual", cache: "no-store", signal: patience.signal });
    if (answer.type === "opaqueredirect") return null;
    if (!answer.ok) throw new Error(answer.status);
    return await answer.json();
  } finally {
    clearTimeout(timer);
  }
}

// Focus stays where it is. Where the card that had it is gone, it goes to the one that has come to its place.
function renew(part, html) {
  const cards = () => [...part.querySelectorAll(".cse-queue a")];
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const inside = part.contains(document.activeElement);
  const at = cards().indexOf(document.activeElement);
  sync(part, fresh.content);
  if (!inside || part.contains(document.activeElement)) return;
  part.tabIndex = -1;
  ((at >= 0 && (cards()[at] || cards().pop())) || part).focus({ preventScroll: true });
}

// What a reader knows of the queue: which list it is, its open cards, which are late, and what the police do not know.
function glance(queue) {
  const named = (selector) => [...queue.querySelectorAll(selector)].map((element) => element.dataset.key);
  return {
    list: named("[data-list]")[0],
    open: named("li[data-open]"),
    late: named("li.cse-queue__late"),
    untold: named("[data-untold]"),
    isWhole: !queue.querySelector("[data-more]"),
  };
}

// References of what is new or newly overdue, and nothing else of it: it is read out loud. A card that has only moved up
// from the next page is neither.
function news(before, after) {
  const isNew = (one) => !before.open.includes(one);
  const known = after.open.map(isNew).lastIndexOf(false);
  const appeared = after.open.filter((one, at) => isNew(one) && (before.isWhole || at < known));
  const turned = after.late.filter((one) => !isNew(one) && !before.late.includes(one));
  const found = {
    "New": after.list === "waiting" ? appeared : [],
    "Overdue": after.list === "overdue" ? appeared : turned,
    "Police not told": after.untold.filter((one) => !before.untold.includes(one)),
  };
  return Object.entries(found)
    .filter(([, references]) => references.length)
    .map(([what, references]) => `${what}: ${references.join(", ")}.`)
    .join(" ");
}
