/* Cells of the comparison: each is { v: sorts by, t: text, k: tone, m: shape, h: link, s: beside, w: why not known }. */
(function () {
  "use strict";
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const el = function () {
    return window.React.createElement.apply(null, arguments);
  };

  function cellOf(props) {
    return (props.data && props.data[props.colDef.colId]) || { t: "", k: "", m: "", h: "", s: "" };
  }

  function go(event, href) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  function linked(cell, children, className) {
    const title = cell.w || undefined;
    if (!cell.h) return el("span", { className: className, title: title }, children);
    return el("a", { href: cell.h, className: className, title: title, tabIndex: -1, onClick: (event) => go(event, cell.h) }, children);
  }

  const shape = (cell) => (cell.m ? el("span", { key: "m", className: "i i-" + cell.m, "aria-hidden": true }) : null);

  const WORDS = { kept: "kept", missed: "missed", unproven: "not proven", few: "too few", healthy: "on target", watch: "watch", risk: "at risk", insufficient: "not enough data", up: "up", down: "down" };
  const said = (cell) => (WORDS[cell.m] ? el("span", { key: "w", className: "visually-hidden" }, " " + WORDS[cell.m]) : null);

  cells.CompareQueue = function (props) {
    const cell = cellOf(props);
    if (props.node.rowPinned) return el("span", { className: "muted" }, cell.t);
    return el("span", { className: "compare-queue" }, linked(cell, cell.t, "compare-name"), el("span", { className: "muted" }, cell.s));
  };

  cells.CompareChip = function (props) {
    const cell = cellOf(props);
    if (props.node.rowPinned) return el("span", { className: "muted" }, cell.t);
    return linked(cell, [shape(cell), cell.t, said(cell)], "chip chip-" + cell.k);
  };

  cells.CompareMoved = function (props) {
    const cell = cellOf(props);
    return el("span", { className: "movement movement-" + (cell.k || "none"), title: cell.w || undefined }, el("b", null, shape(cell), said(cell), cell.t));
  };

  cells.CompareSpark = function (props) {
    const cell = cellOf(props);
    if (!cell.mask) return el("span", { className: "muted" }, cell.t);
    return el("span", { className: "spark compare-spark", style: { "--spark": cell.mask }, "aria-hidden": true });
  };

  cells.CompareCell = function (props) {
    const cell = cellOf(props);
    if (props.node.rowPinned) return el("span", { className: "muted" }, cell.t);
    return linked(cell, [cell.t + " ", shape(cell), said(cell)], "compare-tint compare-" + (cell.k || "none"));
  };

  cells.CompareText = function (props) {
    const cell = cellOf(props);
    const beside = cell.s ? el("span", { key: "s", className: "muted" }, " " + cell.s) : null;
    return linked(cell, [cell.t, beside], props.node.rowPinned || !cell.h ? "muted" : "compare-text compare-" + cell.k);
  };
})();
