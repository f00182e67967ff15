// Signing in in another tab changes the form's token: what is sent is the one that stands then.
// Without this file the server shows the words again and asks to press Send once more.
export function token(form) {
  form.addEventListener("submit", () => {
    const now = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    const field = form.elements.csrfmiddlewaretoken;
    if (now && field) field.value = now[1];
  });
}
