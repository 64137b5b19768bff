// Passkeys need the browser's help: without script their buttons stay hidden, and passwords and codes work all the same.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) return;
  for (const one of document.querySelectorAll("[data-needs-script]")) one.hidden = false;
});

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const place = document.getElementById("passkey-error");
  if (place) place.hidden = false;
});
