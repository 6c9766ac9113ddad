// Runs before anything else: storage that may be forbidden, the theme, and where plotly.js is.
(function () {
  "use strict";
  const own = document.currentScript.dataset;

  // In a frame on another site, touching storage may throw, and then nothing at all would be drawn.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      void window[name].length;
    } catch (forbidden) {
      const kept = new Map();
      Object.defineProperty(window, name, {
        value: {
          get length() { return kept.size; },
          key: (n) => [...kept.keys()][n] ?? null,
          getItem: (key) => (kept.has(String(key)) ? kept.get(String(key)) : null),
          setItem: (key, value) => { kept.set(String(key), String(value)); },
          removeItem: (key) => { kept.delete(String(key)); },
          clear: () => kept.clear(),
        },
      });
    }
  }

  // Theme: light, dark, or as the system says.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const theme = {
    get choice() {
      try { return window.localStorage.getItem("theme") || "system"; } catch (full) { return "system"; }
    },
    set choice(value) {
      try { window.localStorage.setItem("theme", value); } catch (full) { /* then it lasts for this page only */ }
      theme.apply(value);
    },
    apply(choice) {
      const name = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
      const root = document.documentElement;
      root.dataset.bsTheme = name;
      root.dataset.agThemeMode = name;
      root.dataset.themeChoice = choice;
      window.dispatchEvent(new CustomEvent("theme", { detail: name }));
    },
  };
  const asked = new URLSearchParams(window.location.search);
  theme.apply(asked.get("kiosk") === "1" && !window.localStorage.getItem("theme") ? "dark" : theme.choice);
  dark.addEventListener("change", () => theme.apply(theme.choice));

  // The renderer assigns this address when it starts; the smaller build is the one to load.
  if (own.plotly) {
    Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => own.plotly, set() {} });
  }

  window.portal = { theme, prefix: own.prefix, colours: JSON.parse(own.colours) };
})();
