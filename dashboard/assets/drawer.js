// The drawer is a modal dialog: the browser keeps the focus inside and Esc closes it. This opens it when a callback has
// put it there, leads back to the address without it when it closes, and returns the focus to where it was.
(function () {
  "use strict";
  let returnTo = null;

  function follow() {
    const dialog = document.querySelector("#drawer > dialog.drawer");
    if (!dialog) {
      window.portal.veil();
      if (returnTo && document.contains(returnTo) && document.activeElement === document.body) returnTo.focus();
      returnTo = null;
      return;
    }
    if (dialog.open) return;
    const before = document.activeElement;
    if (returnTo === null && before && before !== document.body) returnTo = before;
    const address = window.location.pathname + window.location.search;
    dialog.showModal();
    window.portal.veil();
    dialog.focus();
    dialog.addEventListener("close", () => {
      // A link inside has closed it and gone elsewhere already; else closing is what was wanted.
      if (window.location.pathname + window.location.search === address) window.portal.go(dialog.dataset.closeHref);
    });
  }

  function watch() {
    const slot = document.getElementById("drawer");
    if (!slot) return false;
    new MutationObserver(follow).observe(slot, { childList: true });
    follow();
    return true;
  }
  if (!watch()) {
    const waiting = new MutationObserver(() => { if (watch()) waiting.disconnect(); });
    waiting.observe(document.documentElement, { childList: true, subtree: true });
  }
})();
