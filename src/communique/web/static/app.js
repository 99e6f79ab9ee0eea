"use strict";
// Without this script every page works too; it makes addresses shorter.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-filters]")) return;
  for (const field of form.elements) {
    if (field.name && field.value === "") field.disabled = true; // an empty filter does not go into the address
  }
});
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("[data-filters] :disabled")) field.disabled = false;
});
