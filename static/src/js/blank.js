// Hides the page. What is in its boxes stays there, unseen, as long as the browser keeps the page.
export function hide() {
  document.documentElement.hidden = true;
}

// A page with data stays on no screen once it is left. Brought back from the browser's memory it is blank until the
// server has said again who is looking: after signing out, that is the sign-in page.
export function blank() {
  if (!("private" in document.body.dataset)) return;
  addEventListener("pagehide", hide);
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
