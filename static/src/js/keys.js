// Keys for a list of cards. They do something only while a card of the list has the focus: nobody who types elsewhere, or
// who speaks to the computer, sets them off. To acknowledge is to have opened it: A opens the card at that button.
const STEPS = { j: 1, arrowdown: 1, k: -1, arrowup: -1 };

export function keys(box) {
  box.addEventListener("keydown", (event) => {
    const links = [...box.querySelectorAll(".cse-queue a")];
    const at = links.indexOf(document.activeElement);
    const key = event.key.toLowerCase();
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (key in STEPS) links[at + STEPS[key]]?.focus();
    else if (key === "o") links[at].click();
    else if (key === "a") location.assign(acknowledging(links[at]));
    else return;
    event.preventDefault();
  });
}

function acknowledging(link) {
  return "open" in link.closest("li").dataset ? `${link.href}#acknowledge` : link.href;
}
