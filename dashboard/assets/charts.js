// Charts follow the theme: figures come in light colours, and whatever is drawn in dark is recoloured on its way.
(function () {
  "use strict";
  const { colours } = window.portal;
  const isDark = () => document.documentElement.dataset.bsTheme === "dark";
  const drawn = new Set();

  function recoloured(value) {
    // A text may have colours of its own in it.
    if (typeof value === "string") return colours[value.toLowerCase()] ?? value.replace(/(?<=color:)#[0-9a-f]{6}/gi, (light) => colours[light] ?? light);
    if (Array.isArray(value)) return value.map(recoloured);
    if (value && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === "customdata" ? item : recoloured(item)]));
    }
    return value;
  }

  function themed(Plotly) {
    for (const name of ["newPlot", "react"]) {
      const draw = Plotly[name];
      Plotly[name] = function (target, figure, layout, config) {
        const chart = typeof target === "string" ? document.getElementById(target) : target;
        const whole = figure && !Array.isArray(figure) ? figure : { data: figure, layout, config };
        chart.portalFigure = whole;
        drawn.add(chart);
        const shown = isDark() ? { ...whole, data: recoloured(whole.data), layout: recoloured(whole.layout) } : whole;
        return draw.call(Plotly, chart, shown).then((done) => {
          chart.dispatchEvent(new CustomEvent("portal:drawn", { bubbles: true }));
          return done;
        });
      };
    }
    return Plotly;
  }

  // It may have come before this did.
  let plotly = window.Plotly && Object.assign(themed(window.Plotly), { portalThemed: true });
  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: () => plotly,
    set: (loaded) => { plotly = loaded && !loaded.portalThemed ? Object.assign(themed(loaded), { portalThemed: true }) : loaded; },
  });

  window.addEventListener("theme", () => {
    for (const chart of drawn) {
      if (!chart.isConnected) drawn.delete(chart);
      else plotly.react(chart, chart.portalFigure);
    }
  });

  // On paper the page has the width of a laptop, whatever the window's: charts are drawn for it, and back afterwards.
  const charts = () => [...drawn].filter((chart) => chart.isConnected);
  const root = document.documentElement;
  let themeBefore = "light";
  window.addEventListener("beforeprint", () => {
    themeBefore = root.dataset.bsTheme;
    root.dataset.bsTheme = "light";
    root.classList.add("printing");
    for (const chart of charts()) {
      plotly.react(chart, chart.portalFigure);
      plotly.relayout(chart, { width: chart.parentElement.clientWidth, autosize: false });
    }
  });
  window.addEventListener("afterprint", () => {
    root.classList.remove("printing");
    root.dataset.bsTheme = themeBefore;
    for (const chart of charts()) {
      plotly.react(chart, chart.portalFigure);
      plotly.relayout(chart, { width: null, autosize: true });
    }
  });
})();
