// The one script of the service. Every page works without it.
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { Checkboxes } from "govuk-frontend/dist/govuk/components/checkboxes/checkboxes.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { blank } from "./js/blank.js";
import { keep } from "./js/keep.js";
import { leave } from "./js/leave.js";
import { passkeys } from "./js/passkeys.js";
import { print } from "./js/print.js";
import { rows } from "./js/rows.js";
import { token } from "./js/token.js";
import { zones } from "./js/zones.js";

// Leaving and blanking come first: nothing that fails further down may take them away.
blank();
document.querySelectorAll("[data-leave]").forEach(leave);
document.querySelectorAll("[data-keep]").forEach(keep);
document.querySelectorAll("[data-passkey]").forEach(passkeys);
document.querySelectorAll("[data-print]").forEach(print);
document.querySelectorAll("[data-rows]").forEach(rows);
document.querySelectorAll('form[method="post"]').forEach(token);
document.querySelectorAll("[data-zones]").forEach(zones);

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const Component of [Button, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput]) {
  document.querySelectorAll(`[data-module="${Component.moduleName}"]`).forEach((element) => new Component(element));
}
