// Trends: a zoom of one chart is the zoom of all, and the two dates follow the pointer and their fields.
(function () {
  "use strict";
  const CHARTS = ["trends-score", "trends-first-response", "trends-resolution"];
  const FIELDS = { "trends-a": "a", "trends-b": "b" };
  const REACH_PX = 6;
  const plot = (id) => document.querySelector(`#${id} .js-plotly-plot`);
  const plots = () => CHARTS.map(plot).filter((chart) => chart?._fullLayout?.xaxis);

  /* ---- the two dates ---- */
  let held = null;

  function lineAt(event) {
    const id = CHARTS.find((name) => event.target.closest?.(`#${name}`));
    const chart = id && plot(id);
    if (!chart?._fullLayout?.xaxis) return null;
    const axis = chart._fullLayout.xaxis;
    const x = event.clientX - chart.getBoundingClientRect().left - axis._offset;
    let nearest = null;
    (chart.layout.shapes ?? []).forEach((shape, place) => {
      const away = Math.abs(axis.d2p(shape.x0) - x);
      if ((shape.name === "a" || shape.name === "b") && away <= (nearest?.away ?? REACH_PX)) nearest = { chart, place, away, key: shape.name };
    });
    return nearest && !onPoint(event, chart) ? nearest : null;
  }

  // A line runs through the points of its day, and those lead on.
  function onPoint(event, chart) {
    return [...chart.querySelectorAll("path.point")].some((point) => {
      const box = point.getBoundingClientRect();
      return box.left <= event.clientX && event.clientX <= box.right && box.top <= event.clientY && event.clientY <= box.bottom;
    });
  }

  function dayUnder(event, chart) {
    const axis = chart._fullLayout.xaxis;
    const x = Math.min(Math.max(event.clientX - chart.getBoundingClientRect().left - axis._offset, 0), axis._length);
    const at = new Date(axis.p2c(x) + 12 * 3600e3);
    return at.toISOString().slice(0, 10);
  }

  // Before Plotly sees it: else the pointer would draw a zoom instead of moving the line.
  window.addEventListener("mousedown", (event) => {
    held = event.button === 0 ? lineAt(event) : null;
    if (!held) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  window.addEventListener("mousemove", (event) => {
    if (!held) {
      const chart = event.target.closest?.(".trend-chart");
      if (chart) chart.classList.toggle("trend-holds", Boolean(lineAt(event)));
      return;
    }
    const day = dayUnder(event, held.chart);
    if (day === held.day) return;
    held.day = day;
    const { place, key } = held;
    for (const chart of plots()) {
      const change = { [`shapes[${place}].x0`]: day, [`shapes[${place}].x1`]: day };
      const tag = (chart.layout.annotations ?? []).findIndex((note) => note.name === key);
      if (tag >= 0) change[`annotations[${tag}].x`] = day;
      window.Plotly.relayout(chart, change);
    }
  }, true);

  window.addEventListener("mouseup", () => {
    if (held?.day) window.portal.goWith({ [held.key]: held.day });
    held = null;
  }, true);

  document.addEventListener("change", (event) => {
    const key = FIELDS[event.target.id];
    if (key && event.target.value) window.portal.goWith({ [key]: event.target.value });
  });

  /* ---- zoom ---- */
  // Plotly carries over only what was zoomed by hand; charts that were zoomed along are zoomed again after an update.
  let zoomed = null;
  window.addEventListener("portal:drawn", ({ target }) => {
    if (!zoomed || !CHARTS.includes(target.parentElement?.id)) return;
    if (target.layout.uirevision !== zoomed.of[target.parentElement.id]) zoomed = null;
    else show(target, zoomed.range);
  });

  // Where a chart is too narrow for words beside each other, the list under it has them.
  const WORDS = ["band", "change"];
  const LEAST_PX = 420;
  window.addEventListener("portal:drawn", ({ target }) => {
    if (!CHARTS.includes(target.parentElement?.id) || !target._fullLayout?.xaxis) return;
    const visible = target._fullLayout.xaxis._length >= LEAST_PX;
    const changes = {};
    (target.layout.annotations ?? []).forEach((note, at) => {
      if (WORDS.includes(note.name) && (note.visible ?? true) !== visible) changes[`annotations[${at}].visible`] = visible;
    });
    if (Object.keys(changes).length) window.Plotly.relayout(target, changes);
  });

  // A chart that shows the range already is left alone, so that no zoom answers another for ever.
  function show(chart, range) {
    if (range && String(chart.layout.xaxis.range) !== String(range)) window.Plotly.relayout(chart, { "xaxis.range": [...range] });
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.trends = {
    zoom(...changes) {
      const [{ prop_id: asked } = {}] = window.dash_clientside.callback_context.triggered;
      const change = changes[CHARTS.indexOf(asked?.split(".")[0])];
      if (!change) return;
      const range = change["xaxis.range[0]"] ? [change["xaxis.range[0]"], change["xaxis.range[1]"]] : change["xaxis.range"];
      const reset = change["xaxis.autorange"];
      if (!range && !reset) return;
      zoomed = range ? { range, of: Object.fromEntries(plots().map((chart) => [chart.parentElement.id, chart.layout.uirevision])) } : null;
      for (const chart of plots()) show(chart, range ?? chart.layout.meta?.dates);
    },
  };
})();
