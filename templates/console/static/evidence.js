// A press on a label lights the words that say so, wherever its mail is shown; a second press lets them be. Without script all words stay underlined.
"use strict";

const labelsOf = (mail) => [...document.querySelectorAll(`[data-mail="${mail}"] [data-evidence], [data-evidence][data-in="${mail}"]`)];
const says = (mark, evidence) => mark.dataset.labels.split(" ").includes(evidence);

document.addEventListener("click", (event) => {
  const label = event.target.closest("[data-evidence]");
  if (!label) return;
  const evidence = label.dataset.evidence;
  const mail = label.dataset.in ?? label.closest("[data-mail]").dataset.mail;
  const lit = label.getAttribute("aria-pressed") !== "true";
  const labels = labelsOf(mail);
  for (const one of labels) if (one.dataset.evidence === evidence) one.setAttribute("aria-pressed", String(lit));
  const pressed = labels.filter((one) => one.getAttribute("aria-pressed") === "true").map((one) => one.dataset.evidence);
  for (const mark of document.querySelectorAll(`[data-mail="${mail}"] mark.evidence`)) {
    mark.classList.toggle("lit", pressed.some((one) => says(mark, one)));
  }
  const near = label.closest("[data-mail]") ?? document.querySelector(`[data-mail="${mail}"]`);
  if (lit) [...near.querySelectorAll("mark.evidence")].find((mark) => says(mark, evidence))?.scrollIntoView({ block: "center" });
});
