// Opens the browser's print window. Without this file the browser's own menu does.
export function print(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
