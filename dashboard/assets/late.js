// What is heavy waits until it is wanted. A chart is drawn once, when its figure is there; form fields, whose script is
// not in the document, come when they are in sight.
(function () {
  "use strict";
  const { late, chartScripts, script } = window.portal;
  const inSight = (node) => node.getClientRects().length > 0;

  const drawing = () => Promise.all(chartScripts.map(script));

  /* ---- components ---- */
  // A component that keeps its place until `bring`, called once it is in sight, has answered what draws it; nothing
  // waits for what is `there` already. What has `rest` comes when the reader gets to it, or when that says there is
  // something to show and the browser has nothing else to do: not before there is what draws the page's charts.
  const idle = window.requestIdleCallback ?? ((does) => setTimeout(does, 200));
  const whenIdle = (does, limit) => (window.portal.draws ? drawing() : Promise.resolve()).catch(() => null).then(() => idle(does, limit));
  function waiting({ bring, place, there = () => null, wanted = () => true, around = (made) => made, rest }) {
    function Waiting(props) {
      const { createElement, useEffect, useRef, useState } = window.React;
      const [drawnBy, brought] = useState(there);
      const [failed, fail] = useState(false);
      const started = useRef(false);
      const slot = useRef(null);
      const ready = Boolean(rest?.(props));
      const shows = Boolean(drawnBy) && (started.current || wanted(props));
      useEffect(() => {
        if (drawnBy || failed) return undefined;
        const come = () => {
          if (!slot.current || !inSight(slot.current)) return;
          watch.disconnect();
          bring().then((component) => brought(() => component), () => fail(true));
        };
        const watch = rest
          ? new IntersectionObserver((seen) => { if (seen.some(({ isIntersecting }) => isIntersecting)) come(); })
          : new ResizeObserver(come);
        watch.observe(slot.current);
        if (ready) whenIdle(come, { timeout: 2_000 });
        return () => watch.disconnect();
      }, [drawnBy, failed, ready]);
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
  function package_(name, bring, place, rest, marks = {}) {
    const known = new Map();
    let loaded = null;
    const component = (type) => {
      if (!known.has(type)) {
        known.set(type, Object.assign(waiting({ place, rest, there: () => loaded?.[type] ?? null, bring: () => bring().then(() => loaded[type]) }), marks));
      }
      return known.get(type);
    };
    const all = new Proxy({}, {
      get: (_, type) => component(type),
      set: (_, key, value) => Reflect.set(loaded, key, value),
      has: () => true,
    });
    // A package's later scripts add to what they find, which is this: it must not be taken for what draws.
    const take = (found) => { if (found !== all) loaded = found; };
    Object.defineProperty(window, name, { configurable: true, get: () => all, set: take });
  }

  package_("dash_bootstrap_components", () => script(late.dash_bootstrap_components), ({ class_name: look }) => ({ className: `${look ?? ""} field-place` }));

  const GRID_ROW_PX = 28;
  package_(
    "dash_ag_grid",
    () => script(late.dash_ag_grid),
    ({ className, rowData }) => ({ className, "data-rows-to-come": rowData?.length || undefined, style: { minHeight: GRID_ROW_PX * (1 + (rowData?.length ?? 0)) } }),
    ({ rowData }) => Boolean(rowData?.length),
    { dashRenderType: true }, // by which the renderer tells a grid what it said itself; without, it would answer for ever
  );

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
