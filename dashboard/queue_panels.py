"""The panels of the queue page: for each the values of its slots, from one report."""

from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from components import states, words
from components.age_buckets import age_buckets, ageing_words
from components.analysts import analysts_table, hours_note
from components.band_chip import band_chip
from components.cause import moved
from components.chips import movement
from components.due_grid import due_rows
from components.figures.ageing import ageing_dots, ageing_height
from components.figures.arrivals import arrivals
from components.figures.contributions import contributions, contributions_height, lift
from components.figures.why_moved import in_words, why_moved, why_moved_height
from components.graph import empty
from components.sla_panel import SlaView, axis_low, sla_note, sla_panel
from dashboard.queue_facts import QueueFacts, due_shown
from servicelevel import marks
from servicelevel.ageing import ageing
from servicelevel.columns import NONE_CODE
from servicelevel.due import DueRow
from servicelevel.health import DEFAULT_ANCHORS
from servicelevel.policy import DIMENSIONS, SLA_NAMES, Queue, SlaName
from servicelevel.report import QueueReport

_NO_MOVEMENT: Final = {
    "not_covered": "The earlier period reaches further back than every change is known, so there is no earlier score.",
    "no_score": "There is no score today, so nothing can be said about its movement.",
    "no_previous_score": "There was not enough data for a score then, so there is nothing to compare with.",
}


def promise(found: QueueFacts, made: QueueReport, name: SlaName) -> list[Component]:
    """The body of a promise's panel."""
    reached = made.now.sla[name]
    before = None if made.previous is None else made.previous.sla[name]
    low = axis_low(*made.now.sla.values())
    view = SlaView(name, reached, before, found.against, made.columns, low)
    return sla_panel(view, found.link, found.lens_hrefs, found.view.lens)


def promises(found: QueueFacts, made: QueueReport) -> list[Any]:
    """Body and note of both promises."""
    return [part for name in SLA_NAMES for part in (promise(found, made, name), sla_note(made.now.sla[name]))]


def score(found: QueueFacts, made: QueueReport) -> list[Any]:
    """Head, note, picture with its height, and the sentence of the health score."""
    health = made.now.health
    present = sum(d.utility is not None for d in health.dimensions)
    all_of = len(DIMENSIONS)
    note = f"{'all six' if present == all_of else f'{present} of {all_of}'} dimensions present · 0–100"
    head = [
        html.Span(words.decimal(health.score), className="figure-lg"),
        band_chip(health.band),
        movement(moved(made), found.against),
    ]
    height = {"height": f"{contributions_height(health)}px"}
    return [head, note, contributions(health, queue_id=made.queue.id), height, lift(health)]


def why(found: QueueFacts, made: QueueReport) -> list[Any]:
    """Note, picture with its height, and the words of the score's movement, or why there is none."""
    previous = made.previous
    then = None if previous is None else previous.health.score
    now = made.now.health.score
    if made.movement is None or then is None or now is None:
        text = _NO_MOVEMENT.get(made.movement_reason or "", "The scores cannot be compared.")
        return ["", empty(1), {"height": "1px"}, states.note(text, shape="insufficient", tone="")]
    note = f"{words.decimal(then)} → {words.decimal(now)}, points of the score"
    dates = (found.against, found.today)
    picture = why_moved(made.movement, then, now, dates=dates, queue_id=made.queue.id)
    return [note, picture, {"height": f"{why_moved_height(made.movement)}px"}, in_words(made.movement)]


def people(found: QueueFacts, made: QueueReport) -> list[Any]:
    """Table and note of the work by analyst."""
    naming = found.portal.naming
    if not naming.shows_people:
        return [
            html.P("Analysts are not shown here: the registry's privacy rule.", className="muted"),
            hours_note(made),
        ]
    body = analysts_table(made, naming.name, naming.id, found.link)
    spent = made.now.hours
    if spent.state == "failed":
        body.append(states.note(f"Hours are missing: {spent.state_reason}"))
    return [body, hours_note(made)]


def flow(found: QueueFacts, made: QueueReport) -> list[Any]:
    """Head and picture of arrivals and departures."""
    through = made.now.flow
    net = words.decimal(through.net_flow, 2)
    target = {**DEFAULT_ANCHORS, **made.queue.anchors}["net_flow"].at_80
    first, *later = through.by_day
    if later:
        day = words.day(first.day, words.local_date(found.now, found.zone))
        counted, what = words.signed(through.open - first.open, 0), f"open since the end of {day}"
    else:
        counted, what = words.count(through.open), "open"  # a single day has no other to differ from
    head = [
        html.Span(counted, className="figure-lg"),
        html.Span(f"{what} · net flow {net}, target {words.decimal(target, 2)}", className="muted"),
    ]
    closed = [day.day for day in through.by_day if not made.queue.calendar.has_hours(day.day)]
    return [head, arrivals(through, closed=closed, queue_id=made.queue.id)]


def age(found: QueueFacts, made: QueueReport) -> list[Any]:
    """Head, note, picture with its height, and the buckets of the ageing of open work."""
    stock, dots = made.now.backlog, ageing(made)
    target = {**DEFAULT_ANCHORS, **made.queue.anchors}["ageing_share"].at_80
    codes = sorted({item.priority for item in dots.tickets}, key=lambda code: (code == NONE_CODE, code))
    rows = [(code, "none" if code == NONE_CODE else made.columns.priorities[code].name) for code in codes]
    note = dcc.Link(f"{words.count(stock.open)} open", href=found.link(marks.open_mark("all")), className="quiet-link")
    height = {"height": f"{ageing_height(len(rows))}px"}
    picture = ageing_dots(dots, made.columns.key, rows, queue_id=made.queue.id)
    head = ageing_words(stock, target, found.link)
    return [head, note, picture, height, age_buckets(stock, dots, found.link)]


def due(found: QueueFacts, made: QueueReport) -> list[Any]:
    """Rows, note and foot of the due list."""
    places = {label.name: place for place, label in enumerate(made.columns.priorities)}

    def href(_: Queue, row: DueRow) -> str:
        return found.portal.href(found.view.with_(ticket=row.key))

    def place(_: Queue, row: DueRow) -> int | None:
        return None if row.priority is None else places.get(row.priority)

    rows = due_rows(
        [(made.queue, row) for row in due_shown(made)],
        as_of=made.as_of,
        name_of=found.portal.naming.name,
        href=href,
        place_of=place,
    )
    counts = {state: sum(row.state == state for row in made.due) for state in ("overdue", "lt_1h", "paused")}
    note = (
        f"{words.plural(len(made.due), 'clock')} · {words.count(counts['overdue'])} overdue · "
        f"{words.count(counts['lt_1h'])} under 1 h · {words.count(counts['paused'])} paused"
    )
    more = dcc.Link(f"Show all {words.count(len(made.due))}", href=found.every_clock_href)
    return [rows, note, more if len(made.due) > len(rows) else None]
