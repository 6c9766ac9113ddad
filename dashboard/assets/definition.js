/* Esc puts a definition's card away without moving the pointer or the focus; it comes again with the next visit. */
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    for (const open of document.querySelectorAll(".definition:hover, .definition:focus-within")) {
      open.classList.add("definition-shut");
      const again = function () {
        open.classList.remove("definition-shut");
        open.removeEventListener("mouseleave", again);
        open.removeEventListener("focusout", again);
      };
      open.addEventListener("mouseleave", again);
      open.addEventListener("focusout", again);
    }
  });
})();
