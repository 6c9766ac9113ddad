"""The wallboard of one queue: its score and promises in large type, and what breaks next."""

from dash import html
from dash.development.base_component import Component

from components import words
from components.band_chip import band_chip
from components.breaking import breaks_words
from components.cause import moved
from components.chips import movement
from components.due_grid import PROMISES
from components.due_next import DueLine, choose
from components.panel import panel
from components.queue_sentence import queue_sentence
from components.sentence import sentence
from components.sla_panel import sla_note
from components.wall import WallCard, wall_cards, wall_due
from dashboard import queue_panels
from dashboard.kiosk import kiosk_foot, kiosk_head, printed_choice
from dashboard.overview_facts import facts as overview_facts
from dashboard.queue_facts import QueueFacts
from servicelevel.due import DueRow
from servicelevel.next_break import next_break
from servicelevel.policy import SLA_NAMES
from servicelevel.report import QueueReport


def queue_wall(found: QueueFacts) -> Component:
    """One screen of 1920 by 1080 for one queue, without a control."""
    served, made, view = found.served, found.served.report, found.view
    rows = () if made is None else made.due
    breaks = next_break(rows, found.as_of)
    clauses = [] if made is None else [clause for clause in queue_sentence(made) if not clause.wide]
    known = served.freshness
    old = "" if known.as_of is None or known.state == "fresh" else f"{words.age(known.age_ms(found.now) or 0)} old"
    absent = ""
    if made is None:
        absent = str(served.problem) if served.problem is not None else known.reason or "Being read for the first time"
    city = found.zone.key.rpartition("/")[2].replace("_", " ")
    printed = printed_choice(view, words.day_range(*found.dates), found.against, city)
    return html.Div(
        [
            kiosk_head(sentence(clauses), breaks_words(breaks, found.zone), overview_facts(view, found.portal)),
            html.Div(
                wall_cards([WallCard(served.queue, None, absent, old)]) if made is None else _promises(found, made),
                className="wall-left-side wall-one",
            ),
            wall_due(
                choose([_line(found, row) for row in rows], overdue=4, coming=5),
                breaks,
                found.now,
                found.zone,
            ),
            kiosk_foot(view, found.portal, printed),
        ],
        className="wall",
    )


def _promises(found: QueueFacts, made: QueueReport) -> list[Component]:
    """The score, and both promises as on the queue's page."""
    health = made.now.health
    score = html.Div(
        [
            html.B(words.decimal(health.score), className="wall-figure num"),
            band_chip(health.band, framed=False),
            movement(moved(made), found.against),
            html.Span(f"{words.count(made.now.backlog.open)} open", className="muted"),
        ],
        className="wall-one-score",
    )
    panels = [
        panel(
            PROMISES[name],
            queue_panels.promise(found, made, name),
            note=sla_note(made.now.sla[name]),
            class_name="sla-panel",
        )
        for name in SLA_NAMES
    ]
    return [score, *panels]


def _line(found: QueueFacts, row: DueRow) -> DueLine:
    made, naming = found.served.report, found.portal.naming
    names = [] if made is None else [label.name for label in made.columns.priorities]
    place = names.index(row.priority) if row.priority in names else None
    analyst = None if row.analyst is None else naming.name(row.analyst) or ""
    return DueLine(found.served.queue, row, analyst, place, found.portal.href(found.view.with_(ticket=row.key)))
