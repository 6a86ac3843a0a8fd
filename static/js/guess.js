// Offers the browser's time zone and country where nothing was chosen yet. Without script: UTC.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const field of document.querySelectorAll("[data-guess-zone]")) {
  const untouched = field.value === "" || field.value === "UTC";
  const known = field.tagName !== "SELECT" || [...field.options].some((o) => o.value === zone);
  if (untouched && zone && known) field.value = zone;
}

const country = navigator.language.split("-").pop().toUpperCase();
for (const field of document.querySelectorAll("[data-guess-country]")) {
  if (field.value === "" && [...field.options].some((o) => o.value === country)) field.value = country;
}
