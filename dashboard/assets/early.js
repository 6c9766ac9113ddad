// Runs before anything else: storage that may be forbidden, the theme, where plotly.js is, and what is asked for ahead.
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
  const query = new URLSearchParams(window.location.search);
  theme.apply(query.get("kiosk") === "1" && !window.localStorage.getItem("theme") ? "dark" : theme.choice);
  dark.addEventListener("change", () => theme.apply(theme.choice));

  // What kind of view this is, for the few styles of the document itself: asking there what the frame is takes too long.
  const view = () => {
    const query = new URLSearchParams(window.location.search);
    document.documentElement.dataset.view = ["kiosk", "embed"].find((name) => query.get(name) === "1") ?? "page";
  };
  view();
  for (const name of ["popstate", "_dashprivate_pushstate"]) window.addEventListener(name, view);

  // The renderer assigns this address when it starts; the smaller build is the one to load.
  if (own.plotly) {
    Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => own.plotly, set() {} });
  }

  const { prefix } = own;
  const late = JSON.parse(own.late);
  const chartScripts = JSON.parse(own.charts);
  window.portal = { theme, prefix, colours: JSON.parse(own.colours), late, chartScripts };

  // The frame, with this address's page in it, and the list of callbacks are asked for while scripts are on their way.
  const { pathname, search } = window.location;
  const send = window.fetch;
  const ahead = new Map([["_dash-layout", `?${new URLSearchParams({ pathname, search })}`], ["_dash-dependencies", ""]].map(([name, query]) => {
    const answer = send(prefix + name + query, { credentials: "same-origin" });
    answer.catch(() => { /* whoever wants it asks again */ });
    return [prefix + name, answer];
  }));
  window.fetch = function (...request) {
    const address = String(request[0]?.url ?? request[0]);
    const answer = ahead.get(address);
    ahead.delete(address);
    if (address.includes("_dash-update-component")) window.dispatchEvent(new CustomEvent("portal:asked"));
    return answer ? answer.catch(() => send.apply(this, request)) : send.apply(this, request);
  };

  // A script is loaded once, whoever asks for it first.
  const asked = new Map();
  window.portal.script = (address) => {
    if (!asked.has(address)) {
      asked.set(address, new Promise((loaded, failed) => {
        const tag = document.createElement("script");
        Object.assign(tag, { src: address, onload: loaded, onerror: () => { asked.delete(address); failed(new Error(`${address} did not load`)); } });
        document.head.append(tag);
      }));
    }
    return asked.get(address);
  };

  // So is what this page will draw with. plotly.js is compiled beside the page from here on, the rest is only a hint:
  // whether it is wanted is decided by late.js.
  const page = pathname.slice(prefix.length).split("/")[0];
  const whole = document.documentElement.dataset.view === "page";
  const [plotly, ...drawing] = chartScripts;
  const later = { queue: drawing, trends: drawing, compare: [late.dash_ag_grid], "at-risk": [...drawing, late.dash_ag_grid] };
  const wanted = whole ? later[page] ?? [] : [];
  window.portal.draws = wanted.includes(drawing[0]);
  if (window.portal.draws) window.portal.script(plotly).catch(() => { /* asked again by the charts */ });
  for (const href of wanted) document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", as: "script", href }));
})();
