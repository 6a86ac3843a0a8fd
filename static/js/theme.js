// Not a module: it must run before the first paint, so that "as the device says" never flashes.
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function show() {
    const theme = root.dataset.theme;
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  }

  show();
  dark.addEventListener("change", show);

  // The choice is stored by the server; here it only shows at once.
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-theme-form]") || !event.submitter) return;
    root.dataset.theme = event.submitter.value;
    show();
    for (const button of event.target.querySelectorAll("[aria-pressed]")) {
      button.setAttribute("aria-pressed", String(button === event.submitter));
    }
  });
})();
