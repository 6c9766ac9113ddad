// What is heavy waits until it is wanted. A chart is drawn once, when its figure is there; form fields, whose script is
// not in the document, come when they are in sight.
(function () {
  "use strict";
  const { late, chartScripts } = window.portal;
  const inSight = (node) => node.getClientRects().length > 0;

  /* ---- scripts ---- */
  const asked = new Map();
  function script(address) {
    if (!asked.has(address)) {
      asked.set(address, new Promise((loaded, failed) => {
        const tag = document.createElement("script");
        Object.assign(tag, { src: address, onload: loaded, onerror: () => { asked.delete(address); failed(new Error(`${address} did not load`)); } });
        document.head.append(tag);
      }));
    }
    return asked.get(address);
  }
  const drawing = () => Promise.all(chartScripts.map(script));

  // A page that will have charts runs their scripts while its first numbers are on their way.
  if (window.portal.draws) window.addEventListener("portal:asked", () => { drawing().catch(() => { /* asked again by the charts */ }); }, { once: true });

  /* ---- components ---- */
  // A component that keeps its place until `bring`, called once it is in sight, has answered what draws it; nothing
  // waits for what is `there` already.
  function waiting({ bring, place, there = () => null, wanted = () => true, around = (made) => made }) {
    function Waiting(props) {
      const { createElement, useEffect, useRef, useState } = window.React;
      const [drawnBy, brought] = useState(there);
      const [failed, fail] = useState(false);
      const started = useRef(false);
      const slot = useRef(null);
      const shows = Boolean(drawnBy) && (started.current || wanted(props));
      useEffect(() => {
        if (drawnBy || failed) return undefined;
        const watch = new ResizeObserver(() => {
          if (!slot.current || !inSight(slot.current)) return;
          watch.disconnect();
          bring().then((component) => brought(() => component), () => fail(true));
        });
        watch.observe(slot.current);
        return () => watch.disconnect();
      }, [drawnBy, failed]);
      if (shows) {
        started.current = true;
        return around(createElement(drawnBy, props), props);
      }
      if (failed) return createElement("p", { className: "muted small" }, "This part did not load. Reload the page.");
      return createElement("div", { ref: slot, id: props.id, ...place(props) });
    }
    return Waiting;
  }

  // Dash looks a component up by package and name, and knows none whose script has not run.
  function package_(name, bring, place) {
    const known = new Map();
    let loaded = null;
    const component = (type) => {
      if (!known.has(type)) {
        known.set(type, waiting({ place, there: () => loaded?.[type] ?? null, bring: () => bring().then(() => loaded[type]) }));
      }
      return known.get(type);
    };
    const all = new Proxy({}, { get: (_, type) => component(type), has: () => true });
    Object.defineProperty(window, name, { configurable: true, get: () => all, set: (found) => { loaded = found; } });
  }

  package_("dash_bootstrap_components", () => script(late.dash_bootstrap_components), ({ class_name: look }) => ({ className: `${look ?? ""} field-place` }));

  let core;
  Object.defineProperty(window, "dash_core_components", {
    configurable: true,
    get: () => core,
    set(loaded) {
      const Chart = waiting({
        bring: () => drawing().then(() => loaded.Graph),
        wanted: (props) => Boolean(props.figure),
        place: ({ className, style }) => ({ className: `dash-graph ${className ?? ""}`, style }),
        // It has no height of its own for a moment while it starts.
        around: (made, { style }) => window.React.createElement("div", { style: { minHeight: style?.height } }, made),
      });
      core = Object.create(loaded, { Graph: { value: Chart } });
    },
  });
})();
