import { hide } from "./blank.js";

// "Leave this page" shows nothing from the first instant, and puts guidance where this page was: going back skips it.
// There is no key for it: one pressed by mistake would lose a card that somebody is writing.
export function leave(link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    dispatchEvent(new Event("cse:leave"));
    hide();
    document.title = "CSE Reports";
    location.replace(link.href);
  });
}
