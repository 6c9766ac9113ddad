// The frame in the browser: links without reloads, menus, keys, dialogs, ageing badges, embedding, stale tabs.
(function () {
  "use strict";
  const { theme, prefix } = window.portal;
  const PAGES = /^(|compare|trends|at-risk|data|queue\/[^/]+)\/?$/;
  const KEYS = { o: "", c: "compare", t: "trends", r: "at-risk", d: "data" };

  /* ---- links ---- */
  function go(href) {
    const before = window.location.pathname;
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    if (window.location.pathname !== before) {
      window.scrollTo(0, 0);
      document.getElementById("page")?.focus({ preventScroll: true });
    }
  }
  function goWith(changes) {
    const query = new URLSearchParams(window.location.search);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) query.delete(key); else query.set(key, value);
    }
    const text = query.toString();
    go(window.location.pathname + (text ? `?${text}` : ""));
  }
  window.portal.go = go;
  window.portal.goWith = goWith;

  window.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.("a[href]");
    if (!link || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href, window.location.href);
    if (url.origin !== window.location.origin || !url.pathname.startsWith(prefix)) return;
    if (!PAGES.test(url.pathname.slice(prefix.length)) || (url.hash && url.pathname === window.location.pathname)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    link.closest("details[open].menu")?.removeAttribute("open");
    link.closest("dialog[open]")?.close();
    go(url.pathname + url.search);
  }, true);

  /* ---- buttons that only the browser can serve ---- */
  const actions = [
    ["[data-opens]", (button) => open(button.dataset.opens)],
    ["[data-closes]", (button) => button.closest("dialog").close()],
    ["[data-theme-choice]", (button) => { if (button !== document.documentElement) theme.choice = button.dataset.themeChoice; }],
    ["[data-range]", (button) => {
      const form = button.closest(".menu-form");
      const [first, last] = ["from", "to"].map((name) => form.querySelector(`.range-${name}`).value);
      if (!first || !last) return;
      goWith({ period: first <= last ? `${first}..${last}` : `${last}..${first}`, ticket: null, tickets: null });
    }],
    ["[data-copy-link]", (button) => copy(window.location.href).then((done) => say(button, done ? "Copied" : "Copy it from the address bar"))],
    ["[data-charts]", (button) => {
      for (const chart of document.querySelectorAll("#page .js-plotly-plot")) {
        window.Plotly.downloadImage(chart, { format: button.dataset.charts, scale: 2, filename: chart.parentElement.id || "chart" });
      }
    }],
    ["[data-print]", () => window.print()],
    ["[data-reload]", () => window.location.reload()],
    [".toast-close", (button) => { button.closest(".toast-card").hidden = true; }],
  ];
  document.addEventListener("click", (event) => {
    for (const [selector, act] of actions) {
      const button = event.target.closest?.(`button${selector}`);
      if (button) {
        act(button);
        if (button.matches(".menu-row, [data-range]") && !button.matches("[data-copy-link]")) {
          button.closest("details[open]")?.removeAttribute("open");
        }
      }
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
  });

  /* ---- menus of many rows: made when they open ---- */
  document.addEventListener("click", (event) => {
    const card = event.target.closest?.("details.menu > summary")?.parentElement.querySelector(".menu-many");
    if (!card) return;
    card.replaceChildren(...JSON.parse(card.dataset.rows).map(([words, href, chosen]) => {
      const row = document.createElement(href ? "a" : "div");
      row.className = href ? `menu-row${chosen ? " menu-on lead i-kept" : ""}` : "menu-title";
      row.textContent = words;
      if (href) row.setAttribute("href", href);
      if (chosen) row.setAttribute("aria-current", "true");
      return row;
    }));
  }, true);

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (forbidden) {
      const field = document.createElement("textarea");
      field.value = text;
      field.style.position = "fixed";
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  }
  function say(button, text) {
    const before = button.textContent;
    button.textContent = text;
    setTimeout(() => { button.textContent = before; }, 1800);
  }

  /* ---- dialogs and keys ---- */
  // Said on the document, whose styles would otherwise be looked up in the whole page whenever anything is drawn.
  function veil() {
    document.documentElement.toggleAttribute("data-modal", Boolean(document.querySelector("dialog:modal")));
  }
  window.portal.veil = veil;
  document.addEventListener("close", veil, true);
  function open(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    veil();
    const field = fieldOf(dialog);
    if (field) { field.value = ""; narrow(dialog, ""); field.focus(); }
  }
  function fieldOf(dialog) {
    const slot = dialog.querySelector("[data-field]");
    if (slot && !slot.firstChild) {
      const { field: id, placeholder } = slot.dataset;
      slot.append(Object.assign(document.createElement("input"), { id, placeholder, type: "text", autocomplete: "off", className: "field" }));
    }
    return slot?.firstChild;
  }
  function narrow(dialog, text) {
    const wanted = text.trim().toLowerCase();
    for (const row of dialog.querySelectorAll("li")) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  }
  document.addEventListener("input", (event) => {
    const dialog = event.target.closest?.("dialog.switcher");
    if (dialog) narrow(dialog, event.target.value);
  });
  document.addEventListener("click", (event) => { if (event.target.matches?.("dialog[open]")) event.target.close(); });

  let waiting = 0;
  document.addEventListener("keydown", (event) => {
    const dialog = document.querySelector("dialog.switcher[open]");
    if (dialog && ["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) {
      const rows = [...dialog.querySelectorAll("li:not([hidden]) a")];
      const place = rows.indexOf(document.activeElement);
      if (event.key === "Enter" && place >= 0) return;
      event.preventDefault();
      if (event.key === "Enter") rows[0]?.click();
      else rows[(place + (event.key === "ArrowDown" ? 1 : rows.length - 1) + (place < 0 && event.key === "ArrowUp" ? 1 : 0)) % rows.length]?.focus();
      return;
    }
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.removeAttribute("open");
        menu.querySelector("summary").focus();
      }
      return;
    }
    const writing = event.target.closest?.("input, textarea, select, [contenteditable=true]");
    if (writing || event.metaKey || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (document.querySelector(".frame-kiosk, .frame-embed")) return;
    if (Date.now() < waiting) {
      waiting = 0;
      if (event.key === "q") { event.preventDefault(); document.querySelector(".rail-queue")?.click(); }
      else if (event.key in KEYS) {
        event.preventDefault();
        const link = document.querySelector(`.rail-${KEYS[event.key] || "overview"}`);
        go(link ? link.getAttribute("href") : prefix + KEYS[event.key]);
      }
    } else if (event.key === "g") waiting = Date.now() + 1200;
    else if (event.key === "/") { event.preventDefault(); open("switcher"); }
    else if (event.key === "?") { event.preventDefault(); open("help"); }
  });

  /* ---- age badges ---- */
  function words(ms) {
    const nbsp = "\u00a0", minutes = Math.floor(ms / 60000);
    if (minutes < 1) return `${Math.max(Math.floor(ms / 1000), 0)}${nbsp}s`;
    if (minutes < 60) return `${minutes}${nbsp}min`;
    if (minutes < 2880) {
      const rest = minutes % 60;
      return `${Math.floor(minutes / 60)}${nbsp}h` + (rest ? `${nbsp}${String(rest).padStart(2, "0")}${nbsp}min` : "");
    }
    return `${Math.floor(minutes / 1440)}${nbsp}days`;
  }
  // The server's clock decides how old something was when it was sent; from then on this browser's clock only counts.
  const seen = new WeakMap();
  function grow() {
    for (const badge of document.querySelectorAll("[data-as-of]")) {
      const stamp = `${badge.dataset.asOf} ${badge.dataset.now}`;
      let from = seen.get(badge);
      if (!from || from.stamp !== stamp) {
        from = { stamp, at: performance.now() };
        seen.set(badge, from);
      }
      const age = Number(badge.dataset.now) - Number(badge.dataset.asOf) + performance.now() - from.at;
      const shown = badge.querySelector(".age-of");
      if (shown && shown.textContent !== words(age)) shown.firstChild.nodeValue = words(age);
      if (age >= Number(badge.dataset.staleAfterMs) && badge.classList.contains("age-fresh")) {
        badge.classList.replace("age-fresh", "age-stale");
        const lead = badge.querySelector(".age-lead");
        if (lead) lead.textContent = "Stale · ";
      }
    }
  }
  setInterval(grow, 5000);

  /* ---- embedding: the page around us is told how tall we are, if it is one that may show us; it tells us nothing ---- */
  // The server names who may: one site for whoever was let in by a token, else those of its setting.
  const mayShowUs = () => (document.getElementById("frame")?.dataset.hosts ?? "").split(" ").filter((host) => !/^('none')?$/.test(host))
    .map((host) => (host === "'self'" ? window.location.origin : host));
  const fits = (host, origin) => {
    const [site, anyPort] = host.endsWith(":*") ? [host.slice(0, -2), "(:[0-9]+)?"] : [host, ""];
    const parts = site.split("*").map((part) => part.replace(/[.]/g, "\\."));
    return new RegExp(`^${parts.join("[a-z0-9.-]+")}${anyPort}$`).test(origin);
  };
  function host() {
    const hosts = mayShowUs();
    if (hosts.length === 1 && !hosts[0].includes("*")) return hosts[0];
    const around = window.location.ancestorOrigins?.[0] ?? (document.referrer && new URL(document.referrer).origin);
    return hosts.some((each) => fits(each, around)) ? around : null;
  }
  const framed = window.parent !== window && new URLSearchParams(window.location.search).get("embed") === "1";
  function tellHost(type, more) {
    const origin = framed && host();
    if (origin) window.parent.postMessage({ type: `opsportal:${type}`, ...more }, origin);
  }
  if (framed) {
    const height = () => Math.ceil(document.body.getBoundingClientRect().height);
    new ResizeObserver(() => tellHost("height", { height: height() })).observe(document.body);
  }

  /* ---- a tab older than the server, or than its session ---- */
  // Nothing that scripts ask for leads elsewhere, but for a balancer that wants somebody to sign in. Followed, that would be a
  // host that the page may not ask, and look like a portal that is not there.
  const fetched = window.fetch;
  window.fetch = async function (what, how) {
    const come = await fetched.call(this, what, { ...how, redirect: "manual" });
    const answer = come.type === "opaqueredirect" ? new Response(null, { status: 401 }) : come;
    if (!answer.ok) answer.text = () => answer.clone().text(); // the renderer reads some refusals twice
    if (answer.status === 409 && String(what?.url ?? what).includes("_dash-update-component")) notice("A newer version is running.", "Reload");
    if (answer.status === 401) ended();
    return answer;
  };
  function ended() {
    tellHost("ended");
    const query = new URLSearchParams(window.location.search);
    if (query.get("kiosk") === "1") return; // which says so at its foot
    if (query.has("session")) notice("What was shown here has ended: these numbers stay as they are.");
    else notice("Your sign-in has ended: these numbers stay as they are.", "Sign in again");
  }
  function notice(said, does) {
    if (document.getElementById("outdated")) return;
    const place = Object.assign(document.createElement("div"), { className: "toasts", id: "outdated", role: "status" });
    const card = Object.assign(document.createElement("div"), { className: "toast-card" });
    card.append(Object.assign(document.createElement("div"), { textContent: `${said} ` }));
    if (does) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-link", textContent: does });
      button.dataset.reload = "true";
      card.append(button);
    }
    place.append(card);
    document.body.append(place);
  }

  /* ---- clicks on chart marks ---- */
  // Where marks answer together (one hover for a whole day), the click means the one that the pointer was on.
  let pointer = null;
  window.addEventListener("pointerdown", (event) => { pointer = event; }, true);
  // Plotly looks for what is pointed at twenty times a second at most. A look that falls due while the button is down
  // finds nothing, and one put off until after the click answers for where the pointer was before: a quick click would
  // open nothing, or another mark. With what it knew forgotten at the release, it looks once more, at the press itself.
  for (const release of ["mouseup", "touchend"]) {
    window.addEventListener(release, () => {
      for (const chart of document.querySelectorAll(".js-plotly-plot")) {
        if (chart._dragging && !chart._dragged) window.Plotly.Fx.unhover(chart, {});
      }
    }, true);
  }
  function pointed(points) {
    const chart = points.length > 1 && pointer?.target.closest(".js-plotly-plot");
    if (!chart) return points[0];
    const away = (point) => Math.min(...[...chart.querySelectorAll(".trace")]
      .filter((drawn) => drawn.__data__[0].trace.index === point.curveNumber)
      .flatMap((drawn) => [...drawn.querySelectorAll(".point path, path.point")])
      .filter((mark) => (mark.__data__?.i ?? mark.parentNode.__data__?.i) === point.pointNumber)
      .map((mark) => {
        const box = mark.getBoundingClientRect();
        return Math.max(box.top - pointer.clientY, pointer.clientY - box.bottom, 0);
      }));
    return points.reduce((nearest, point) => (away(point) < away(nearest) ? point : nearest));
  }
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.portal = {
    openMark(click) {
      if (!click) return window.dash_clientside.no_update;
      const data = pointed(click.points).customdata;
      const mark = Array.isArray(data) ? data[0] : data;
      if (typeof mark === "string" && mark.startsWith("/")) go(prefix + mark.slice(1));
      else if (mark) goWith({ tickets: mark, ticket: null });
      return null;
    },
  };
})();
