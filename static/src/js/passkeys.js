// Passkey buttons appear where the browser has passkeys, and say so when one did not work. allauth's script does the rest.
export function passkeys(button) {
  if (!window.PublicKeyCredential) return;
  button.hidden = false;
  document.querySelectorAll("[data-no-passkey]").forEach((text) => text.remove());
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.querySelector("[data-passkey-problem]").hidden = false;
  });
}
