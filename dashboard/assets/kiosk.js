/* The wallboard goes round by itself, keeps its clock, and comes back by itself when the portal was away. */
(function () {
  "use strict";
  const RETRY_S = 5;
  const NO_ANSWER = "The portal does not answer; trying again";
  const FRESH_START_MS = 30 * 60 * 1000;
  const began = Date.now();
  let foot = null;
  let left = 0;
  let away = false;
  let asking = false;

  function step(href, reload) {
    if (reload) {
      window.location.replace(window.portal.inSession(href));
      return;
    }
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  /* Goes on only when the portal answers; after it was away, and now and then, with everything loaded anew. */
  async function goOn(target) {
    asking = true;
    try {
      const answer = await fetch(target.dataset.next, { method: "HEAD", cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status === 401 ? "What was shown here has ended" : NO_ANSWER);
      step(target.dataset.next, away || Date.now() - began > FRESH_START_MS);
      away = false;
      foot = null;
    } catch (failed) {
      away = true;
      left = RETRY_S;
      target.textContent = failed instanceof TypeError ? NO_ANSWER : failed.message;
      target.classList.add("wall-offline");
    } finally {
      asking = false;
    }
  }

  function tickClock(clock) {
    const shown = Number(clock.dataset.clock);
    if (clock.portalOffset === undefined || clock.portalShown !== shown) {
      clock.portalOffset = shown - Date.now();
      clock.portalShown = shown;
    }
    const zone = clock.dataset.zone;
    const time = new Date(Date.now() + clock.portalOffset);
    clock.textContent = time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
  }

  function tick() {
    const clock = document.querySelector(".wall-clock");
    if (clock) tickClock(clock);
    const here = document.querySelector(".wall-next");
    if (!here) return;
    if (!foot || foot !== here.dataset.next) {
      foot = here.dataset.next;
      left = Number(here.dataset.seconds);
    }
    left -= 1;
    if (!away) here.textContent = "Next: " + here.dataset.name + " in " + Math.max(left, 0) + " s";
    if (left <= 0 && !asking) goOn(here);
  }

  window.setInterval(tick, 1000);
})();
