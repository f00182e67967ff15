// A card or a note that is being written is not lost by a tap on a link, or by sending it where there is no signal.
// "Leave this page" asks nothing: it is for when somebody looks over the shoulder.
export function keep(form) {
  let typed = false;
  const warn = (event) => {
    if (typed) event.preventDefault();
  };
  form.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", (event) => {
    const note = form.querySelector("[data-no-signal]");
    note.hidden = navigator.onLine;
    if (navigator.onLine) {
      typed = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    note.focus();
  });
  addEventListener("beforeunload", warn);
  addEventListener("cse:leave", () => removeEventListener("beforeunload", warn));
}
