/* Cells of the portal's grids. Text from Jira goes through React as text: it is never parsed as HTML or Markdown. */
(function () {
  "use strict";
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const rules = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const el = function () {
    return window.React.createElement.apply(null, arguments);
  };

  function plainClick(event) {
    return !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button);
  }

  const SHAPES = { overdue: "i i-risk", lt_1h: "i i-watch", paused: "i i-insufficient" };

  cells.TimeLeft = function (props) {
    const row = props.data;
    return el(
      "span",
      { className: "left left-" + row.state, title: row.state_words },
      el("span", { className: "left-shape" }, el("span", { className: SHAPES[row.state], "aria-hidden": true })),
      row.left,
      el("span", { className: "visually-hidden" }, ", " + row.state_words)
    );
  };

  cells.Due = function (props) {
    const row = props.data;
    if (row.due_ms === null) return el("span", { className: "muted", title: row.due_in_full }, row.due);
    const own = new Date(row.due_ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const title = row.due_in_full + "\nYour time: " + own;
    const zone = row.zone ? el("span", { className: "due-zone" }, row.zone) : null;
    return el("span", { className: "muted num", title: title }, row.due, zone);
  };

  cells.TicketLink = function (props) {
    const href = props.data.href;
    return href ? el("a", { href: href, className: "key-link", tabIndex: -1 }, props.value) : props.value;
  };

  /* What people wrote may run from right to left: it must not turn its neighbours round. */
  cells.Text = function (props) {
    return el("bdi", null, props.value);
  };

  cells.Priority = function (props) {
    const row = props.data;
    if (!row.priority) return el("span", { className: "muted" }, "–");
    const look = row.priority_place === 0 ? "prio prio-top" : "prio";
    return el("span", { className: look, title: row.priority }, row.priority);
  };

  cells.Analyst = function (props) {
    const row = props.data;
    if (!row.assigned) return el("span", { className: "unassigned" }, "Unassigned");
    return row.analyst || el("span", { className: "muted" }, "assigned");
  };

  cells.Goal = function (props) {
    return el("span", { className: "muted num" }, props.data.goal);
  };

  /* A bar of one and a half goals: the tick stands at the goal, what goes beyond the end is only in the figure. */
  cells.GoalUsed = function (props) {
    const used = props.value;
    if (used === null || used === undefined) return el("span", { className: "muted" }, "–");
    return el(
      "span",
      { className: "used used-" + props.data.state },
      el(
        "span",
        { className: "used-rail", "aria-hidden": true },
        el("span", { className: "used-bar", style: { width: Math.min(used / 1.5, 1) * 100 + "%" } })
      ),
      el("span", { className: "num" }, Math.floor(used * 100) + " %")
    );
  };

  const SOURCE_SHAPES = { ok: "i i-kept", partial: "i i-watch", failing: "i i-risk", never: "i i-insufficient", reading: "i i-clock" };

  cells.SourceState = function (props) {
    const row = props.data;
    return el(
      "span",
      { className: "source source-" + row.state },
      el("span", { className: SOURCE_SHAPES[row.state], "aria-hidden": true }),
      row.state_words
    );
  };

  function instant(at, text) {
    if (at === null) return el("span", { className: "muted" }, text);
    const own = new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
    return el("span", { className: "num", title: "Your time: " + own }, text);
  }
  cells.ReadAt = function (props) {
    return instant(props.data.read_ms, props.data.read);
  };
  cells.NextAt = function (props) {
    return instant(props.data.next_ms, props.data.next);
  };

  function number(value, digits) {
    return value === null || value === undefined
      ? "—"
      : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }
  cells.Counted = function (props) {
    return el("span", { className: props.value ? "num" : "num muted" }, number(props.value, 0));
  };
  cells.Took = function (props) {
    return el("span", { className: "num muted" }, props.value === null ? "—" : number(props.value, 1) + " s");
  };

  /* One button a queue, on its first row: the answer stands under the table. */
  cells.Refresh = function (props) {
    if (props.data.source !== "Jira") return null;
    return el(
      "button",
      {
        type: "button",
        tabIndex: -1,
        className: "refresh",
        "aria-label": "Refresh now: " + props.data.queue,
        onClick: function (event) {
          event.stopPropagation();
          window.dash_clientside.set_props("data-asked", { data: { queue: props.value, at: Date.now() } });
        },
      },
      "Refresh now"
    );
  };

  cells.CountLink = function (props) {
    const cell = props.value;
    if (!cell || cell.n === null) return el("span", { className: "muted", title: cell ? cell.said : "" }, "—");
    const text = number(cell.n, 0);
    if (cell.href) return el("a", { href: cell.href, className: "key-link num", title: cell.said, tabIndex: -1 }, text);
    return el("span", { className: cell.n ? "num" : "num muted", title: cell.said }, text);
  };

  rules.byCount = function (a, b) {
    return (a && a.n ? a.n : 0) - (b && b.n ? b.n : 0);
  };

  /* On a phone a list keeps what tells one row from another; the rest comes back with the room. */
  const NARROW_PX = 560;
  rules.fitColumns = function (params) {
    if (!params.clientWidth) return;
    const wide = params.api.getColumns().filter((column) => (column.getColDef().context || {}).wide);
    params.api.setColumnsVisible(wide.map((column) => column.getColId()), params.clientWidth >= NARROW_PX);
  };

  /* A row leads to one place; where it does not, Enter presses what stands in the cell. */
  rules.openRow = function (params) {
    const href = params.data && params.data.href;
    const event = params.event;
    if (!event) return;
    if (event.type === "keydown") {
      if (event.key !== "Enter" || !event.target.matches(".ag-cell")) return;
      const inside = event.target.querySelector("a[href], button");
      if (href) window.portal.go(href);
      else if (inside) inside.click();
    } else if (href && plainClick(event) && !event.target.closest("a")) window.portal.go(href);
  };

  rules.tabLeaves = function () {
    return false;
  };

  /* The order the reader chose is part of the address; score, the highest first, is the one that needs no naming. */
  rules.sortIntoAddress = function (params) {
    if (params.source !== "uiColumnSorted") return;
    const by = params.api.getColumnState().find((column) => column.sort);
    const query = new URLSearchParams(window.location.search);
    const order = by ? by.colId + "-" + by.sort : "score-desc";
    if (order === "score-desc") query.delete("sort");
    else query.set("sort", order);
    const search = query.toString();
    window.portal.go(window.location.pathname + (search ? "?" + search : ""));
  };

  rules.nothingLast = function (a, b, _nodeA, _nodeB, descending) {
    const noA = a === null || a === undefined;
    const noB = b === null || b === undefined;
    if (noA || noB) return noA === noB ? 0 : noA === Boolean(descending) ? -1 : 1;
    return a - b;
  };

  /* SD-9 stands before SD-10. */
  rules.byKey = function (a, b) {
    return String(a).localeCompare(String(b), "en", { numeric: true });
  };
})();
