// The pages of a grid are one stop of Tab, as the grid itself is: the arrow keys go from button to button.
(function () {
  "use strict";
  const BUTTON = ".ag-paging-button";
  const usable = (button) => button.getAttribute("aria-disabled") !== "true";
  const buttons = (one) => [...one.closest(".ag-paging-panel").querySelectorAll(BUTTON)];

  // Whoever comes stands on a button that does something, if there is one.
  document.addEventListener("focusin", ({ target, relatedTarget }) => {
    if (!target.matches(BUTTON) || usable(target)) return;
    const all = buttons(target);
    if (all.includes(relatedTarget)) return;
    const able = all.filter(usable);
    able.at(target === all[0] ? 0 : -1)?.focus();
  });

  // The grid itself lets go of the focus at the outermost buttons only.
  window.addEventListener("keydown", (event) => {
    if (!event.target.matches?.(BUTTON)) return;
    const all = buttons(event.target);
    if (event.key === "Tab") {
      all.at(event.shiftKey ? 0 : -1).focus();
      return;
    }
    const able = all.filter((button) => usable(button) || button === event.target);
    const place = able.indexOf(event.target);
    const next = { ArrowLeft: able[place - 1], ArrowRight: able[place + 1], Home: able[0], End: able.at(-1) }[event.key];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }, true);
})();
