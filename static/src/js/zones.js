// Offers only the zones of the chosen site. Without this file all zones are offered, each under its site.
// A zone's value begins with its site's: "SITE/Level 2 food court".
export function zones(select) {
  const site = select.form.querySelector("[data-site-choice]");
  const groups = [...select.querySelectorAll("optgroup")];
  if (!site) return;

  function show() {
    const chosen = select.value;
    const mine = groups.filter((group) => group.querySelector("option").value.startsWith(`${site.value}/`));
    groups.forEach((group) => group.remove());
    select.append(...mine);
    select.value = chosen;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    select.closest(".govuk-form-group")?.toggleAttribute("hidden", mine.length === 0);
  }

  site.addEventListener("change", show);
  addEventListener("pageshow", show); // the browser may have put back another site
  show();
}
