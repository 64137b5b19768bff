// Single keys for those who want them, and nothing that a page could not do without: each key follows a link or presses a button that the mouse
// can reach as well. A row's own carry data-key, a page's own data-page-key; a row's main link carries data-row.
// A row is a row of a table, or an entry of a conversation (data-entry).
"use strict";

const ROW = "tr:has([data-row]), [data-entry]";
const standing = () => document.querySelector("tr.here, [data-entry].here");
const rows = () => [...document.querySelectorAll(ROW)];
const here = () => standing() ?? rows()[0];
const isTyping = (element) => element.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])") !== null;

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  Enter: () => here()?.querySelector("[data-row]")?.click(),
};

function go(step) {
  const all = rows();
  const place = all.findIndex((row) => row.classList.contains("here"));
  stand(all[place < 0 ? 0 : Math.min(Math.max(place + step, 0), all.length - 1)]);
}

function stand(row) {
  standing()?.classList.remove("here");
  row?.classList.add("here");
  (row?.matches("[data-entry]") ? row : row?.querySelector("[data-row]"))?.focus();
}

function press(key) {
  const name = CSS.escape(key);
  const target = here()?.querySelector(`[data-key="${name}"]`) ?? document.querySelector(`[data-page-key="${name}"]`);
  if (!target) return false;
  if (target.matches("input[type=search], textarea")) target.focus();
  else target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.shortcuts !== "on" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (document.querySelector("[data-key].htmx-request")) {
    event.preventDefault(); // the panel is on its way, and what is pressed meanwhile was meant for it, not for the row below
    return;
  }
  if (event.key === "Enter" && !event.target.matches("body, [data-entry]")) return; // a focused link or button knows what to do
  const act = KEYS[event.key];
  if (act) act();
  if (act || press(event.key)) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest(ROW);
  if (row && row !== standing()) {
    standing()?.classList.remove("here");
    row.classList.add("here");
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  const closer = event.target.closest("dialog [data-closes]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

// The row that the address leads to – one that came back – is the one that the next key is meant for. Once all is loaded: until then the browser
// itself moves the focus to where the address leads.
window.addEventListener("load", () => {
  const row = document.getElementById(location.hash.slice(1));
  if (row?.matches(ROW)) stand(row);
});

// -- htmx: a panel opens when it is filled, closes when it is emptied, and shows refusals as well ------------------------------------------

document.addEventListener("htmx:beforeSwap", (event) => {
  if ([400, 403, 404, 409, 422, 503].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
});

document.addEventListener("htmx:beforeRequest", () => {
  const row = standing();
  if (row) document.body.dataset.place = rows().indexOf(row);
});

document.addEventListener("htmx:afterSettle", (event) => {
  const panel = document.querySelector("dialog#panel");
  if (!panel || event.detail.target !== panel) return;
  if (panel.innerHTML.trim()) {
    if (!panel.open) panel.showModal();
    panel.querySelector("[autofocus]")?.focus();
    return;
  }
  if (panel.open) panel.close();
  const all = rows();
  if (!standing()) stand(all[Math.min(Number(document.body.dataset.place ?? 0), all.length - 1)]);
});
