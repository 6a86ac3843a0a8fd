// What the frame needs beyond Bootstrap and htmx: the focus where it helps, one shortcut, filters that submit.

// "/" goes to the field of the page that says so with aria-keyshortcuts="/".
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector('[aria-keyshortcuts="/"]');
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select?.();
});

// An error summary takes the focus, also when htmx has just put it there.
function focusIn(root) {
  root.querySelector("[data-focus]")?.focus();
}
focusIn(document);
document.addEventListener("htmx:afterSettle", (event) => focusIn(event.detail.elt));

// The links of an error summary lead to the field itself, not only to its place.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a[href^='#']");
  if (!link) return;
  const target = document.getElementById(link.hash.slice(1));
  const field = target?.matches("input, select, textarea")
    ? target
    : target?.querySelector("input, select, textarea");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.scrollIntoView({ block: "center" });
});

// Tabs that are wider than a phone show the current one.
const tab = document.querySelector(".plan-tabs [aria-current]");
if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 24;

// Filters show their result as soon as one is chosen; the button is for those without script.
for (const button of document.querySelectorAll("[data-noscript]")) button.hidden = true;
document.addEventListener("change", (event) => {
  event.target.closest("form[data-autosubmit]")?.requestSubmit();
});

// A form is sent once, however fast the clicks. It opens again when the page comes back from history.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  window.setTimeout(() => delete form.dataset.sent, 4000); // a download leaves the page standing
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// "Copy" buttons: data-copy names the element whose text or value is copied; the button then says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  if (button.dataset.copied) button.textContent = button.dataset.copied;
});
