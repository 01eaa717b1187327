// Nothing is killed or ended by one click.

import { $ } from "/observer/elements.js";

/** Whether it was said yes; Escape and Cancel are no. */
export function confirmed(title, words, action) {
  $("confirm-title").textContent = title;
  $("confirm-words").textContent = words;
  $("confirm-yes").textContent = action;
  $("confirm").returnValue = "";
  $("confirm").showModal();
  $("confirm-no").focus();
  return new Promise((resolve) =>
    $("confirm").addEventListener("close", () => resolve($("confirm").returnValue === "yes"), { once: true }));
}
