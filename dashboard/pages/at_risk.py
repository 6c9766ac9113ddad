"""At risk: every clock of all queues by when it runs out."""

from typing import Any, Final

from dash import Dash, Output, html
from dash.development.base_component import Component

from components import words
from components.at_risk_sentence import Pressing, at_risk_sentence
from components.chips import age_badge
from components.due_buckets import due_buckets
from components.due_grid import due_grid, due_rows
from components.figures.due_today import HEIGHT, Block, due_today
from components.graph import graph
from components.panel import panel
from components.sentence import Clause, sentence
from components.states import skeleton
from dashboard import live, marks, urls
from dashboard.clock_filters import clock_filters
from dashboard.clocks import PRESSING, Clocks, clocks
from dashboard.controls import export_menu, theme_menu
from dashboard.exports import export_href
from dashboard.live import Filled, Head
from dashboard.portal import Portal
from dashboard.urls import View
from opsportal.cached import Served
from servicelevel.due import DUE_STATES, DueRow, DueState
from servicelevel.due_day import due_day
from servicelevel.freshness import Freshness
from servicelevel.instants import SECOND_MS
from servicelevel.policy import Queue

MOST_ROWS: Final = 3_000
"""Rows that are sent to the page; whatever is beyond is in the CSV."""

BUCKETS: Final = "at-risk-buckets"
TODAY: Final = "at-risk-today"
STRIP: Final = "at-risk-strip"
COUNT: Final = "at-risk-count"
FILTERS: Final = "at-risk-filters"
GRID: Final = "at-risk-grid"
FOOT: Final = "at-risk-foot"


def layout(view: View) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The panels in their places, before there are numbers."""
    strip = graph(
        STRIP,
        None,
        caption="Clocks that run out today, in stretches of 15 minutes",
        height=HEIGHT,
        zoom=False,
        mode_bar=False,
    )
    heading = html.Div(
        [
            html.Div(id=COUNT, className="list-count"),
            html.Div(id=FILTERS, className="list-filters"),
        ],
        className="panel-head",
    )
    return html.Div(
        [
            html.Div(skeleton(1, figure=False), id=BUCKETS, className="buckets-slot"),
            panel("Due today, every 15 minutes", strip, info="due", id=TODAY),
            html.Section(
                [heading, due_grid(GRID, empty="No clock is shown under these filters."), html.Div(id=FOOT)],
                className="panel",
            ),
        ],
        className="at-risk",
    )


def register(app: Dash) -> None:
    """Connect the page's callback and the strip's blocks."""
    live.register(
        app,
        "at-risk",
        [
            Output(BUCKETS, "children"),
            Output(f"{TODAY}-note", "children"),
            Output(STRIP, "figure"),
            Output(COUNT, "children"),
            Output(FILTERS, "children"),
            Output(GRID, "rowData"),
            Output(FOOT, "children"),
        ],
        revision=_revision,
        fill=_fill,
    )
    marks.connect(app, STRIP)


def _revision(view: View, services: Portal) -> str:  # noqa: ARG001 - the list of all queues has one revision
    return services.reports.overview().revision


def _fill(view: View, services: Portal) -> Filled:
    found, now = clocks(view, services), services.now()
    as_of = now if found.seen.as_of is None else found.seen.as_of
    listed = found.listed
    return Filled(
        Head(
            title=html.H1("At risk"),
            age=age_badge(_standing(found), now, found.zone, ttl_ms=round(services.settings.cache_ttl * SECOND_MS)),
            controls=[
                export_menu([(f"Clocks, {words.plural(len(listed), 'row')}", export_href(services, "due", view))]),
                theme_menu(),
            ],
            sentence=sentence(_sentence(found, as_of)),
        ),
        (
            due_buckets(
                found.counts if found.reports else None,
                found.states,
                lambda state: services.href(view.with_(due=_turned(view, state))),
            ),
            _today_note(found, as_of),
            _today(found, as_of, view),
            _count(found, services),
            clock_filters(found, services),
            _rows(found, services, as_of),
            _foot(found, now),
        ),
    )


def _turned(view: View, state: DueState) -> tuple[DueState, ...]:
    """The states listed once one of them is turned over; none left means all, and the standard ones need no naming."""
    shown = set(view.due or PRESSING) ^ {state}
    turned = tuple(known for known in DUE_STATES if known in shown) or DUE_STATES
    return () if turned == PRESSING else turned


def _standing(found: Clocks) -> Freshness:
    """The age of the page: that of the oldest reading that is not stale; queues that are stale stand in the foot."""
    standings = [served.freshness for served in found.served]
    of_age = [standing for standing in standings if standing.as_of == found.seen.as_of]
    return (of_age or standings or [Freshness("stale", None)])[0]


def _sentence(found: Clocks, as_of: int) -> list[Clause]:
    if not found.reports:
        return [Clause("No queue has been read yet, so nothing is known of any clock.", strong=True)]
    pressing = [
        Pressing(
            clock.queue.name,
            clock.row.state == "overdue",
            clock.row.due,
            clock.row.priority,
            clock.place == 0,
            clock.row.analyst is not None,
        )
        for clock in found.narrowed
        if clock.row.state in PRESSING
    ]
    return at_risk_sentence(pressing, len(found.served), as_of, found.zone)


def _today(found: Clocks, as_of: int, view: View) -> dict[str, Any]:
    dues = [clock.row.due for clock in found.narrowed if clock.row.due is not None]
    calendars = [served.queue.calendar for served in found.served]
    day = due_day(calendars, as_of, found.zone, dues)
    blocks = [
        Block(
            clock.row.due,
            clock.row.state,
            clock.row.key,
            clock.queue.name,
            clock.row.summary,
            urls.href(view.with_(ticket=clock.row.key)),
        )
        for clock in found.narrowed
        if clock.row.due is not None and clock.row.state != "paused"
    ]
    return due_today(blocks, day, as_of)


def _today_note(found: Clocks, as_of: int) -> str:
    today = words.local_date(as_of, found.zone)
    earlier = sum(
        clock.row.state == "overdue"
        and clock.row.due is not None
        and words.local_date(clock.row.due, found.zone) < today
        for clock in found.narrowed
    )
    parts = ["one block a clock", f"{found.zone.key} time"]
    if earlier:
        parts.append(f"{words.count(earlier)} more overdue since before today")
    return " · ".join(parts)


def _count(found: Clocks, services: Portal) -> list[Component]:
    if not found.reports:
        return [html.H2("Clocks", className="panel-title")]
    listed, every = len(found.listed), len(found.narrowed)
    beside = f"of {words.count(every)} running or paused · earliest due first"
    parts: list[Component] = [
        html.H2(words.plural(listed, "clock"), className="panel-title"),
        html.Span(beside, className="hint"),
    ]
    if listed < every:
        every_href = services.href(found.view.with_(due=DUE_STATES))
        parts.append(html.A(f"Show all {words.count(every)}", href=every_href, className="small"))
    return parts


def _rows(found: Clocks, services: Portal, as_of: int) -> list[dict[str, Any]]:
    shown = found.listed[:MOST_ROWS]
    places = {id(clock.row): clock.place for clock in shown}

    def href(_: Queue, row: DueRow) -> str:
        return services.href(found.view.with_(ticket=row.key))

    return due_rows(
        [(clock.queue, clock.row) for clock in shown],
        as_of=as_of,
        name_of=services.naming.name,
        href=href,
        place_of=lambda _, row: places[id(row)],
        page_zone=found.zone,
    )


def _foot(found: Clocks, now: int) -> list[Component]:
    listed = len(found.listed)
    lines = []
    if listed > MOST_ROWS:
        lines.append(f"The first {words.count(MOST_ROWS)} of {words.count(listed)}; the CSV holds them all.")
    first = [served.queue.name for served in found.served if served.report is None and _is_first(served)]
    if first:
        lines.append(f"{words.listed(first)}: being read for the first time, the clocks come when that is done.")
    lines += [line for served in found.served if (line := _standing_words(served, now))]
    return [html.P(line, className="panel-foot") for line in lines]


def _is_first(served: Served) -> bool:
    return served.freshness.state != "failed" and served.freshness.as_of is None


def _standing_words(served: Served, now: int) -> str | None:
    """What keeps a queue's clocks from being complete and of now; None while nothing does."""
    name, standing, zone = served.queue.name, served.freshness, served.queue.calendar.zone
    if served.report is None:
        if _is_first(served):
            return None
        since = "" if standing.since is None else f" since {words.instant(standing.since, now, zone)}"
        return f"{name} cannot be read{since}: {standing.reason} Its clocks are missing here."
    age = standing.age_ms(now)
    if standing.state == "stale" and age is not None and standing.as_of is not None:
        at = words.instant(standing.as_of, now, zone)
        return f"{name} is {words.age(age)} old: its clocks stand as of {at}, tickets made since are missing."
    return f"{name}: {standing.reason}" if standing.state == "partial" else None
