/* Follows the newest snapshot and applies a filter as soon as it is ticked. Without it every page works all the same. */
"use strict";
(() => {
  const EVERY = 2000;
  let asked = 0;
  let running = null;
  let looking = false;
  let current = location.pathname + location.search;

  /* Which control has the focus, by what it is rather than where: the page around it is replaced. */
  const focused = () => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    if (at.matches("input")) return `input[name="${CSS.escape(at.name)}"][value="${CSS.escape(at.value)}"]`;
    if (at.matches("main a[href]")) return `main a[href="${CSS.escape(at.getAttribute("href"))}"]`;
    return at.matches("main button") ? "main button" : null;
  };

  /* Put the page of an address in place of this one; an older answer never replaces a newer one. */
  const show = async (address, { said = "", push = false } = {}) => {
    const number = ++asked;
    if (running) running.abort();
    running = new AbortController();
    let text, answered;
    try {
      const answer = await fetch(address, { signal: running.signal, headers: { Accept: "text/html" } });
      text = await answer.text();
      answered = answer.url;
    } catch (error) {
      if (error.name !== "AbortError") document.getElementById("news").textContent = "The server does not answer. This page may be out of date.";
      return;
    }
    if (number !== asked) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    const control = focused();
    for (const part of ["main", "footer", "title"]) document.querySelector(part).replaceWith(page.querySelector(part));
    document.body.dataset.snapshot = page.body.dataset.snapshot;
    document.body.dataset.pinned = page.body.dataset.pinned;
    const place = new URL(answered);
    current = place.pathname + place.search;
    if (push) history.pushState(null, "", current);
    else history.replaceState(null, "", current);
    const again = control && document.querySelector(control);
    if (again) again.focus();
    document.getElementById("news").textContent = said;
    document.body.dataset.shown = String(number);
  };

  /* One look at a time: the next one would break off an answer that takes longer than the pause between them. */
  const look = async () => {
    if (document.hidden || looking) return;
    looking = true;
    try {
      const found = await (await fetch("/current")).json();
      const { snapshot, pinned } = document.body.dataset;
      if (found.snapshot && found.snapshot !== snapshot && !pinned) {
        await show(location.href, { said: `New snapshot ${found.snapshot.slice(0, 8)}: the numbers were updated.` });
      }
    } catch (error) {
      document.getElementById("news").textContent = "The server does not answer. This page may be out of date.";
    } finally {
      looking = false;
    }
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("#filters");
    if (!form) return;
    const query = new URLSearchParams(new FormData(form)).toString();
    show(query ? `${form.action}?${query}` : form.action, { push: true });
  });
  /* The skip link changes the fragment alone: nothing to fetch. */
  window.addEventListener("popstate", () => {
    if (location.pathname + location.search !== current) show(location.href);
  });
  setInterval(look, EVERY);
  document.body.dataset.ready = "yes";
})();
