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

  // Whoever was let in by a token says which session is meant, with every question and in every address: a browser may
  // hold several at once, and none of them adds to another.
  const session = query.get("session");
  const inSession = (href) => {
    const url = new URL(href, window.location.href);
    if (session && !url.searchParams.has("session")) url.search += `${url.search ? "&" : "?"}session=${session}`;
    return url.pathname + url.search + url.hash;
  };
  if (session) {
    const ask = window.fetch;
    window.fetch = (what, how) => {
      const asked = new Request(what, how);
      asked.headers.set("X-Opsportal-Session", session);
      return ask(asked);
    };
    for (const name of ["pushState", "replaceState"]) {
      const step = window.history[name].bind(window.history);
      window.history[name] = (state, unused, href) => step(state, unused, href ? inSession(href) : href);
    }
  }

  // The renderer assigns this address when it starts; the smaller build is the one to load.
  if (own.plotly) {
    Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => own.plotly, set() {} });
  }

  const { prefix } = own;
  const late = JSON.parse(own.late);
  const chartScripts = JSON.parse(own.charts);
  window.portal = { theme, prefix, inSession, colours: JSON.parse(own.colours), late, chartScripts };

  const { pathname, search } = window.location;
  const page = pathname.slice(prefix.length).split("/")[0];

  // What the renderer will ask for first is on its way while scripts are: the frame with this address's page in it, the
  // list of callbacks, and the answers with which the page begins, asked in the very words that the renderer will use.
  const CALLBACKS = `${prefix}_dash-update-component`;
  const GRACE_MS = 100; // How long the frame waits for answers that are nearly there.
  const send = window.fetch;
  const ahead = new Map();
  const request = (address, words) => `${address} ${words ?? ""}`;
  const keep = (wanted, answer) => {
    answer.catch(() => { /* whoever wants it asks again */ });
    ahead.set(wanted, answer);
    return answer;
  };
  const named = (name) => ({ id: name.slice(0, name.lastIndexOf(".")), property: name.slice(name.lastIndexOf(".") + 1) });
  const worded = ([, output, inputs, state], valueOf) => {
    const valued = (name) => ({ ...named(name), value: valueOf(named(name)) });
    return JSON.stringify({
      output,
      outputs: output.slice(2, -2).split("...").map(named),
      inputs: inputs.map(valued),
      changedPropIds: [],
      parsedChangedPropsIds: [],
      state: state.length ? state.map(valued) : undefined,
    });
  };

  const layout = send(`${prefix}_dash-layout?${new URLSearchParams({ pathname, search })}`, { credentials: "same-origin" });
  keep(request(`${prefix}_dash-layout`), layout.then(filled));
  keep(request(`${prefix}_dash-dependencies`), send(`${prefix}_dash-dependencies`, { credentials: "same-origin" }));
  const there = ![403, 404].includes(window.performance.getEntriesByType("navigation")[0]?.responseStatus);
  const here = there ? page || "overview" : null;
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const begun = JSON.parse(own.begins).filter(([owner]) => owner === null || owner === here).map((callback) => {
    const body = worded(callback, ({ id, property }) => (id === "url" ? { pathname, search }[property] : undefined));
    const wanted = request(CALLBACKS, body);
    const answer = keep(wanted, send(CALLBACKS, { method: "POST", credentials: "same-origin", headers, body }));
    const values = answer.then(async (come) => {
      const told = await come.clone().text(); // A refusal too: one that nobody reads never ends for the browser.
      const { multi, response, ...more } = come.status === 200 ? JSON.parse(told) : {};
      return multi && !Object.keys(more).length ? response : null;
    }).catch(() => null);
    return { callback, wanted, values };
  });

  // What has come by the time the renderer wants the frame is put into it, so that the page is drawn once and not twice.
  // When the renderer then asks in the words of a page that shows this already, nothing is left to be changed.
  function filled(answer) {
    const read = answer.json.bind(answer);
    answer.json = async () => {
      const frame = await read();
      const parts = new Map();
      const look = (part) => {
        if (Array.isArray(part)) part.forEach(look);
        else if (part?.props) {
          if (part.props.id) parts.set(part.props.id, part.props);
          look(part.props.children);
        }
      };
      look(frame);
      const over = new Promise((passed) => { setTimeout(passed, GRACE_MS); });
      const come = await Promise.all(begun.map(async (each) => ({ ...each, values: await Promise.race([each.values, over]) })));
      const shown = come.filter(({ values }) => values && Object.keys(values).every((id) => parts.has(id)));
      for (const { values } of shown) for (const [id, props] of Object.entries(values)) Object.assign(parts.get(id), props);
      for (const { callback, wanted } of shown) {
        ahead.delete(wanted);
        const words = worded(callback, ({ id, property }) => parts.get(id)?.[property]);
        keep(request(CALLBACKS, words), Promise.resolve(new Response(null, { status: 204 })));
      }
      return frame;
    };
    return answer;
  }

  window.fetch = function (...asked) {
    // By `endId` the renderer gets back to what runs in the background, which nothing here does.
    const address = String(asked[0]?.url ?? asked[0]).replace(/\?endId=[^&]*$/, "");
    const wanted = request(address, asked[1]?.body);
    const answer = ahead.get(wanted);
    ahead.delete(wanted);
    return answer ? answer.catch(() => send.apply(this, asked)) : send.apply(this, asked);
  };
  for (const name of ["popstate", "_dashprivate_pushstate"]) window.addEventListener(name, () => ahead.clear());

  // A script is loaded once, whoever asks for it first.
  const loading = new Map();
  window.portal.script = (address) => {
    if (!loading.has(address)) {
      loading.set(address, new Promise((loaded, failed) => {
        const tag = document.createElement("script");
        Object.assign(tag, { src: address, onload: loaded, onerror: () => { loading.delete(address); failed(new Error(`${address} did not load`)); } });
        document.head.append(tag);
      }));
    }
    return loading.get(address);
  };

  // What this page will draw charts with is compiled beside the page from here on. For grids there is only a hint: whether
  // they are wanted is decided by late.js.
  const whole = document.documentElement.dataset.view === "page";
  window.portal.draws = whole && ["queue", "trends", "at-risk"].includes(page);
  if (window.portal.draws) for (const address of chartScripts) window.portal.script(address).catch(() => { /* asked again by the charts */ });
  if (whole && ["compare", "at-risk"].includes(page)) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", as: "script", href: late.dash_ag_grid }));
  }
})();
