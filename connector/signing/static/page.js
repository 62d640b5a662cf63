// Small helps for the signing pages. Every page works without them.
"use strict";

(() => {
  const compact = (text) => text.replace(/[^0-9a-z]/gi, "").toUpperCase();
  const grouped = (text) => compact(text).replace(/(.{4})(?=.)/g, "$1 ");

  /** Group in fours while typing; the caret stays behind the sign that it stood behind. */
  function group(field) {
    const before = compact(field.value.slice(0, field.selectionStart)).length;
    const text = grouped(field.value);
    if (text === field.value) return;
    field.value = text;
    const caret = before === 0 ? 0 : before + Math.floor((before - 1) / 4);
    field.setSelectionRange(caret, caret);
  }

  /** Ask the server what it thinks of the account number, and say it below the field. */
  function watchIban(field) {
    const message = document.getElementById("iban-error");
    const box = document.getElementById("iban-field");
    let timer = 0;
    let asked = "";

    function show(good, text) {
      message.textContent = text;
      message.classList.toggle("good", good);
      box.classList.toggle("wrong", !good && text !== "");
      if (good || text === "") field.removeAttribute("aria-invalid");
      else field.setAttribute("aria-invalid", "true");
    }

    async function check() {
      const iban = compact(field.value);
      if (iban === "" || iban === asked) return;
      asked = iban;
      const body = new URLSearchParams({ iban, lang: document.documentElement.lang });
      try {
        const response = await fetch(field.dataset.check, { method: "POST", body });
        const answer = response.ok ? await response.json() : null;
        if (answer && compact(field.value) === iban) show(answer.good, answer.message);
      } catch {
        asked = ""; // no connection: the server checks again when the form is sent
      }
    }

    field.addEventListener("input", () => {
      group(field);
      if (message.textContent !== "") show(true, "");
      asked = "";
      clearTimeout(timer);
      if (compact(field.value).length >= 15) timer = setTimeout(check, 500);
    });
    field.addEventListener("blur", check);
    if (message.textContent === "") check();
  }

  /** A button pressed twice sends once. */
  function sendOnce(form) {
    const button = form.querySelector("button");
    if (!button || "again" in button.dataset) return;
    form.addEventListener("submit", (event) => {
      if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
      button.setAttribute("aria-disabled", "true");
    });
    window.addEventListener("pageshow", () => button.removeAttribute("aria-disabled"));
  }

  const iban = document.querySelector("input[data-check]");
  if (iban) watchIban(iban);
  const code = document.querySelector("input.code");
  if (code) code.addEventListener("input", () => { code.value = code.value.replace(/\D/g, "").slice(0, 6); });
  document.querySelectorAll("form").forEach(sendOnce);
  // For browsers that heed `autofocus` on form fields only.
  const first = document.querySelector("[autofocus]");
  window.addEventListener("load", () => { if (first && document.activeElement !== first) first.focus(); });
})();
