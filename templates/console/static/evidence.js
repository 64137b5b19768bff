// A press on a label lights the words that say so; a second press lets them be. Without script all words stay underlined.
"use strict";

document.addEventListener("click", (event) => {
  const label = event.target.closest("[data-evidence]");
  if (!label) return;
  const lit = label.getAttribute("aria-pressed") !== "true";
  label.setAttribute("aria-pressed", String(lit));
  const mail = label.dataset.in ? document.querySelector(`[data-mail="${label.dataset.in}"]`) : label.closest("[data-mail]");
  const pressed = new Set([...document.querySelectorAll('[data-evidence][aria-pressed="true"]')].map((one) => one.dataset.evidence));
  const marks = [...mail.querySelectorAll("mark.evidence")];
  for (const mark of marks) mark.classList.toggle("lit", mark.dataset.labels.split(" ").some((one) => pressed.has(one)));
  const first = lit && marks.find((mark) => mark.dataset.labels.split(" ").includes(label.dataset.evidence));
  if (first) first.scrollIntoView({ block: "center" });
});
