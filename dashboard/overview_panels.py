"""The overview's panels, each made of the reports: all queues, due next, a card a queue, teams, error budgets."""

from collections.abc import Sequence
from typing import Final

from dash import dcc, html
from dash.development.base_component import Component

from components import states, words
from components.budget_table import BudgetLine, budget_table, hidden_words, least_left_first
from components.cause import moved
from components.chips import age_badge, score_chip
from components.consolidated import Tally, Worst, consolidated_panel
from components.due_next import DueLine, DueNext, choose, due_next
from components.queue_card import CardLinks, Scales, queue_card, state_card
from components.team_rows import TeamRow, team_table
from dashboard.overview_facts import OverviewFacts, Past
from opsportal.cached import Served
from servicelevel.due import DueRow, DueState
from servicelevel.health import band
from servicelevel.instants import SECOND_MS
from servicelevel.marks import due_mark, open_mark
from servicelevel.policy import SLA_NAMES, Queue
from servicelevel.report import QueueReport

SPARSE_FROM: Final = 10
"""From so many queues on a card leaves out what the queue's own page shows better, so that the page stays quick."""

BUDGET_ROWS: Final = 8
BUDGET_ROWS_SPARSE: Final = 3


def all_queues(found: OverviewFacts, past: Past, scales: Scales) -> list[Component]:
    """The consolidated panel."""
    total = found.seen.consolidated
    return consolidated_panel(
        total,
        change=found.change,
        against=found.against,
        scores=past.of_all,
        scales=scales,
        worst=_worst(found),
        tallies=_tallies(found),
    )


def due(found: OverviewFacts) -> Component:
    """What is overdue and what breaks next, over all queues."""
    view = found.view.to("at-risk").with_(due=("overdue",))
    few = len(found.asked) >= SPARSE_FROM
    shown = chosen_due(found, overdue=2, coming=3) if few else chosen_due(found)
    return due_next(shown, found.now, found.zone, overdue_href=found.href(view))


def chosen_due(found: OverviewFacts, *, overdue: int = 3, coming: int = 4) -> DueNext:
    """The lines that the list shows."""
    return choose([_due_line(found, queue, row) for queue, row in found.seen.due], overdue=overdue, coming=coming)


def due_note(found: OverviewFacts) -> list[Component]:
    """How many are overdue, how many have under an hour of working time left, and the zone of the times."""
    states_ = [row.state for _, row in found.seen.due]
    late, soon = states_.count("overdue"), states_.count("lt_1h")
    beside = f" · {soon} with under 1 h left · times in {city(found)}"
    return [
        dcc.Link(f"{late} overdue", href=_at_risk(found, None, "overdue")),
        html.Span(beside, className="wide-only"),
    ]


def city(found: OverviewFacts) -> str:
    """The page's zone as people call it."""
    return found.zone.key.rpartition("/")[2].replace("_", " ")


def cards(found: OverviewFacts, past: Past, scales: Scales) -> list[Component]:
    """One card a queue: the worst first, then those that have no numbers, then those with too few."""
    sparse = len(found.asked) >= SPARSE_FROM
    return [_card(found, served, past, scales, sparse=sparse) for served in worst_first(found)]


def worst_first(found: OverviewFacts) -> list[Served]:
    """Every queue by its score; those that cannot be shown stand before those with too few to judge."""

    def place(served: Served) -> tuple[int, float]:
        if served.report is None:
            return 1, 0.0
        score = served.report.now.health.score
        return (2, 0.0) if score is None else (0, score)

    return sorted(found.asked, key=place)


def teams(found: OverviewFacts, scales: Scales) -> Component | None:
    """One row for each team that has several queues; None where no team has."""
    names = {served.queue.id: served.queue.name for served in found.asked}
    pools = [pool for pool in found.seen.teams if len(pool.queues) > 1]
    rows = [TeamRow(pool, names, found.href(found.view.to("compare").with_(team=pool.name))) for pool in pools]
    return team_table(rows, scales.axis, sparse=len(found.asked) >= SPARSE_FROM) if rows else None


def budgets(found: OverviewFacts) -> list[Component]:
    """The error budgets with the least left, and what is left out in words."""
    lines = least_left_first(
        [
            BudgetLine(made.queue, name, made.budgets[name], found.queue_href(made.queue))
            for made in found.made
            for name in SLA_NAMES
        ]
    )
    if not lines:
        return [html.P("No queue has numbers yet.", className="muted")]
    most = BUDGET_ROWS_SPARSE if len(found.asked) >= SPARSE_FROM else BUDGET_ROWS
    shown, hidden = lines[:most], lines[most:]
    table = html.Div(budget_table(shown, found.now), className="table-scroll")
    if not hidden:
        return [table]
    return [table, html.P(hidden_words(hidden), className="panel-foot")]


def no_numbers(found: OverviewFacts, served: Served) -> Component:
    """Why a queue has no numbers: it is being read for the first time, cannot be read, or not for this period."""
    known, now = served.freshness, found.now
    zone = found.zone
    if served.problem is not None:
        return states.note([html.B("No numbers for what is asked. "), str(served.problem)])
    if served.progress is not None and known.state != "failed":
        read = served.progress
        return states.first_read(read.phase, read.done, read.of or None, now - read.started)
    if known.state != "failed":
        return states.empty("Not read yet", "The portal reads this queue in the background; this page fills by itself.")
    facts = [("Last good read", "none")]
    if known.next_try is not None:
        facts.append(("Next try", words.instant(known.next_try, now, zone)))
    since = "" if known.since is None else f"Since {words.instant(known.since, now, zone)}, "
    why = f"{since}{words.plural(known.tries, 'try', 'tries')}."
    return states.failed(known.reason or "It could not be read", why, facts)


def age(found: OverviewFacts, served: Served) -> Component | str:
    """When a queue was read; with a word and a colour only where it is not as it should be."""
    known, zone = served.freshness, found.zone
    if known.as_of is None:
        return ""
    if known.state == "fresh":
        return words.instant(known.as_of, found.now, zone)
    badge: Component = age_badge(known, found.now, zone, ttl_ms=found.portal.settings.cache_ttl * SECOND_MS)
    return badge


def _card(found: OverviewFacts, served: Served, past: Past, scales: Scales, *, sparse: bool) -> Component:
    made, queue = served.report, served.queue
    if made is None:
        return state_card(queue, found.queue_href(queue), no_numbers(found, served))
    return queue_card(
        made,
        CardLinks(
            found.queue_href(queue),
            found.tickets_href(queue, open_mark("all")),
            _at_risk(found, queue, "overdue"),
            _at_risk(found, queue, "lt_1h", "lt_4h"),
        ),
        past.of_queue.get(queue.id, ()),
        scales,
        against=found.against,
        age=age(found, served),
        sparse=sparse,
    )


def _at_risk(found: OverviewFacts, queue: Queue | None, *due_states: DueState) -> str:
    """The list of clocks in these states; of one state of one queue beside this page, else on the page of them."""
    if queue is not None and len(due_states) == 1:
        return found.tickets_href(queue, due_mark(due_states[0]))
    queues = () if queue is None else (queue.id,)
    return found.href(found.view.to("at-risk").with_(due=due_states, queues=queues))


def _worst(found: OverviewFacts) -> Worst | None:
    worst = found.seen.consolidated.worst
    if worst is None:
        return None
    queue_id, score = worst
    made = next(made for made in found.made if made.queue.id == queue_id)
    return Worst(made.queue.name, score_chip(score, band(score)), moved(made), found.queue_href(made.queue))


def _tallies(found: OverviewFacts) -> Sequence[Tally]:
    states_ = [row.state for _, row in found.seen.due]
    open_ = sum(made.now.backlog.open for made in found.made)

    def tally(word: str, tone: str, *which: DueState) -> Tally:
        return Tally(sum(state in which for state in states_), word, _at_risk(found, None, *which), tone)

    return [
        Tally(open_, "open", found.href(found.view.to("compare"))),
        tally("overdue", "risk", "overdue"),
        tally("within 1 h", "watch", "lt_1h"),
        tally("in 1 to 4 h", "", "lt_4h"),
        tally("paused", "", "paused"),
    ]


def _due_line(found: OverviewFacts, queue: Queue, row: DueRow) -> DueLine:
    naming = found.portal.naming
    name = None if row.analyst is None else naming.name(row.analyst) or ""
    return DueLine(queue, row, name, _place(found, queue, row), found.href(found.view.with_(ticket=row.key)))


def _place(found: OverviewFacts, queue: Queue, row: DueRow) -> int | None:
    report: QueueReport | None = found.seen.served[queue.id].report
    if report is None or row.priority is None:
        return None
    names = [label.name for label in report.columns.priorities]
    return names.index(row.priority) if row.priority in names else None
