"""One queue in full: its promises, its score and why that moved, who works on it, and what breaks next."""

from typing import Any, Final

from dash import Dash, Output, html
from dash.development.base_component import Component

from components import states, words
from components.attributes import data
from components.cause import moved
from components.chips import age_badge, movement, score_chip
from components.due_grid import Column, due_grid
from components.figures.arrivals import HEIGHT as ARRIVALS_PX
from components.graph import empty, graph
from components.panel import panel
from components.queue_sentence import embed_sentence, queue_sentence
from components.sentence import sentence
from dashboard import ids, live, marks, people, queue_panels
from dashboard.controls import Options, compare_menu, export_menu, filters_menu, period_menu, theme_menu
from dashboard.exports import TableName, export_href
from dashboard.live import Filled, Head
from dashboard.portal import Portal
from dashboard.queue_facts import QueueFacts, facts
from dashboard.queue_wall import queue_wall
from dashboard.urls import View
from opsportal.reports import Period
from servicelevel.instants import SECOND_MS
from servicelevel.report import QueueReport

STATE, PANELS, WALL, FOOT = "queue-state", "queue-panels", "queue-wall", "queue-embed-foot"
FIRST, RESOLUTION = "queue-first-response", "queue-resolution"
SCORE, SCORE_PICTURE, LIFT = "queue-score", "queue-contributions", "queue-lift"
WHY, WHY_PICTURE, WHY_WORDS = "queue-why", "queue-why-moved", "queue-why-words"
PEOPLE = "queue-analysts"
FLOW, FLOW_PICTURE = "queue-flow", "queue-arrivals"
AGE, AGE_PICTURE, BUCKETS = "queue-age", "queue-ageing", "queue-age-buckets"
DUE, GRID, EVERY = "queue-due", "queue-due-grid", "queue-every-clock"

_SHOWN, _HIDDEN = "grid queue", "grid queue queue-hidden"
_HEIGHT: Final = 279
_COLUMNS: Final[tuple[Column, ...]] = ("left", "due", "key", "summary", "priority", "analyst", "used")
_WIDTHS: Final[dict[Column, int]] = {"left": 94, "due": 100, "key": 84, "priority": 72, "analyst": 106, "used": 112}
_TABLES: Final[tuple[tuple[TableName, str], ...]] = (
    ("tickets", "Tickets"),
    ("due", "Due list"),
    ("analysts", "Analysts"),
    ("budgets", "Error budgets"),
)


def layout(view: View) -> Component:
    """The panels in their own shapes, before any number."""
    return html.Div(
        [
            html.Div(id=STATE),
            html.Div(_panels(), id=PANELS, className=_HIDDEN if view.kiosk else _SHOWN),
            html.Div(id=FOOT, className="embed-foot"),
            html.Div(states.skeleton(8) if view.kiosk else None, id=WALL),
        ]
    )


def _panels() -> list[Component]:
    bones = states.skeleton(5)
    quiet = "not-embedded"
    score = [
        html.Div(id=f"{SCORE}-head", className="score-head"),
        graph(SCORE_PICTURE, None, caption="Points of each dimension out of its full marks", height=212, zoom=False),
        html.P(id=LIFT, className="panel-foot"),
    ]
    why = [
        graph(WHY_PICTURE, None, caption="Steps from the earlier score to this one", height=_HEIGHT, zoom=False),
        html.Div(id=WHY_WORDS, className="panel-foot"),
    ]
    flow = [
        html.Div(id=f"{FLOW}-head", className="flow-head"),
        graph(FLOW_PICTURE, None, caption="Tickets created, resolved and open by day", height=ARRIVALS_PX, zoom=False),
    ]
    age = [
        html.P(id=f"{AGE}-head", className="small age-head"),
        graph(AGE_PICTURE, None, caption="Open tickets by priority and age", height=_HEIGHT, zoom=False),
        html.Div(id=BUCKETS),
        html.P("age in business days, log scale · one dot a ticket", className="hint"),
    ]
    due = [
        due_grid(GRID, columns=_COLUMNS, widths=_WIDTHS, paged=False),
        html.Div(id=EVERY, className="panel-foot"),
    ]
    return [
        panel("First response", bones, info="first_response", id=FIRST, class_name="span-6 sla-panel"),
        panel("Resolution", bones, info="resolution", id=RESOLUTION, class_name="span-6 sla-panel"),
        panel("Health score", score, info="health_score", id=SCORE, class_name=f"span-6 {quiet}"),
        panel("Why it moved", why, info="why_it_moved", id=WHY, class_name=f"span-6 {quiet}"),
        panel("By analyst", bones, info="by_analyst", id=PEOPLE, class_name=f"span-7 {quiet}"),
        panel(
            "Arrivals and departures",
            flow,
            info="net_flow",
            id=FLOW,
            note="a day · shaded: closed",
            class_name=f"span-5 {quiet}",
        ),
        panel("Ageing of open work", age, info="ageing", id=AGE, class_name=f"span-4 {quiet}"),
        panel("Due next", due, info="due", id=DUE, class_name=f"span-8 {quiet}"),
    ]


_OUTPUTS: Final = (
    (STATE, "children"), (PANELS, "className"), (FOOT, "children"), (WALL, "children"),
    (FIRST, "children"), (f"{FIRST}-note", "children"), (RESOLUTION, "children"), (f"{RESOLUTION}-note", "children"),
    (f"{SCORE}-head", "children"), (f"{SCORE}-note", "children"), (SCORE_PICTURE, "figure"), (SCORE_PICTURE, "style"),
    (LIFT, "children"),
    (f"{WHY}-note", "children"), (WHY_PICTURE, "figure"), (WHY_PICTURE, "style"), (WHY_WORDS, "children"),
    (PEOPLE, "children"), (f"{PEOPLE}-note", "children"),
    (f"{FLOW}-head", "children"), (FLOW_PICTURE, "figure"),
    (f"{AGE}-head", "children"), (f"{AGE}-note", "children"), (AGE_PICTURE, "figure"), (AGE_PICTURE, "style"),
    (BUCKETS, "children"),
    (GRID, "rowData"), (f"{DUE}-note", "children"), (EVERY, "children"),
)  # fmt: skip
_OF_FRAME: Final = 4


def register(app: Dash) -> None:
    """Fill the panels from what is kept of the queue, and let the charts' points lead to their tickets."""
    live.register(app, "queue", [Output(*output) for output in _OUTPUTS], revision=_revision, fill=fill)
    for picture in (SCORE_PICTURE, WHY_PICTURE, FLOW_PICTURE, AGE_PICTURE):
        marks.connect(app, picture)


def _revision(view: View, portal: Portal) -> str:
    return facts(view, portal).served.revision


def fill(view: View, portal: Portal) -> Filled:
    """The page's head and every slot's value."""
    found = facts(view, portal)
    made = found.served.report
    if view.kiosk:
        nothing = _nothing()
        return Filled(Head(found.served.queue.name, None, [], None), (None, _HIDDEN, None, queue_wall(found), *nothing))
    if made is None:
        return Filled(_head(found, None), (state(found), _HIDDEN, _foot(found), None, *_nothing()))
    values: list[Any] = [*queue_panels.promises(found, made)]
    if view.embed:
        values += _nothing()[len(values) :]
    else:
        values += [
            *queue_panels.score(found, made),
            *queue_panels.why(found, made),
            *queue_panels.people(found, made),
            *queue_panels.flow(found, made),
            *queue_panels.age(found, made),
            *queue_panels.due(found, made),
        ]
    return Filled(_head(found, made), (_remark(found), _SHOWN, _foot(found), None, *values))


def _nothing() -> list[Any]:
    """Empty values for every slot of the panels."""
    blank = {"figure": empty(1), "style": {"height": "1px"}, "rowData": []}
    return [blank.get(prop) for _, prop in _OUTPUTS[_OF_FRAME:]]


def _head(found: QueueFacts, made: QueueReport | None) -> Head:
    view, portal, queue = found.view, found.portal, found.served.queue
    title: list[Component] = [html.H1(queue.name, title=queue.team)]
    if not view.embed:
        opens = data(opens=ids.SWITCHER)
        title.append(
            html.Button(["Switch queue ", html.Kbd("/")], type="button", className="button not-phone", **opens)
        )
    if made is not None:
        title.append(score_chip(made.now.health.score, made.now.health.band))
        if view.embed:
            title.append(movement(moved(made), found.against))
    age = age_badge(found.served.freshness, found.now, found.zone, ttl_ms=round(portal.settings.cache_ttl * SECOND_MS))
    clauses = [] if made is None else embed_sentence(made) if view.embed else queue_sentence(made)
    return Head(title, age, [] if view.embed else _controls(found, made), sentence(clauses))


def _controls(found: QueueFacts, made: QueueReport | None) -> list[Component]:
    view, portal = found.view, found.portal
    controls = [period_menu(view, portal, *found.dates)]
    if made is not None:
        columns = made.columns
        analysts = [columns.people[code] for code in sorted({int(c) for c in made.now.stood.assignee if c >= 0})]
        options: Options = {
            "priority": [(label.name, label.name) for label in columns.priorities],
            "type": [(label.name, label.name) for label in columns.types],
            "analyst": people.choices(analysts, portal.naming),
        }
        controls.append(filters_menu(view, portal, options))
    return [
        *controls,
        compare_menu(view, portal, found.earlier),
        export_menu([(name, export_href(portal, table, view)) for table, name in _TABLES]),
        theme_menu(),
    ]


def _foot(found: QueueFacts) -> list[Component] | None:
    """What an embedded view prints under its panels: what is shown, and the way into the portal."""
    if not found.view.embed:
        return None
    whole = found.portal.href(found.view.with_(embed=False))
    return [html.Span(found.printed), html.A("Open in the portal", href=whole, target="_blank", rel="noopener")]


def _remark(found: QueueFacts) -> Component | None:
    """A line over the panels where the numbers are old, partial or of a single lens."""
    known = found.served.freshness
    if known.state == "partial" and known.reason:
        return states.partial(known.reason)
    age = known.age_ms(found.now)
    if known.state == "stale" and age is not None and known.as_of is not None:
        next_ = "" if known.next_try is None else f" Next try {words.instant(known.next_try, found.now, found.zone)}."
        at = f"as of {words.instant(known.as_of, found.now, found.zone)}"
        return states.stale(age, at, f"{known.reason or 'It is being read again.'}{next_}")
    return None


def state(found: QueueFacts) -> Component:
    """What stands in place of the panels while there are no numbers: why, since when, and what happens next."""
    served, now, zone = found.served, found.now, found.zone
    known = served.freshness
    if served.problem is not None:
        wider = found.portal.href(found.view.with_(period=Period(), priority=(), type=(), analyst=()))
        body = states.empty("No numbers for this choice", str(served.problem), "Show the last 30 days of all", wider)
    elif known.state == "failed":
        facts_ = [("Tried", words.plural(known.tries, "time"))]
        if known.since is not None:
            facts_.append(("Since", words.instant(known.since, now, zone)))
        if known.next_try is not None:
            facts_.append(("Next try", words.instant(known.next_try, now, zone)))
        body = states.failed("This queue could not be read", known.reason or "", facts_)
    elif served.progress is not None:
        step = served.progress
        body = states.first_read(step.phase, step.done, step.of or None, max(now - step.started, 0))
    else:
        body = states.skeleton(6)
    return html.Section(body, className="panel queue-state")
