"""One queue measured over one window: every number that needs no second date, down to the health score."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from servicelevel.attainment import Attainment, Kept, attainment, kept_in
from servicelevel.backlog import Backlog, backlog
from servicelevel.columns import NONE_CODE, TicketColumns, codes_of
from servicelevel.evidence import FULL_SAMPLE
from servicelevel.flow import REOPEN_DAYS, Flow, flow, reopens
from servicelevel.health import (
    DEFAULT_ANCHORS,
    Dimension,
    Health,
    attainment_anchors,
    backlog_dimension,
    capacity_dimension,
    health,
    rate_dimension,
)
from servicelevel.instants import Codes, Mask
from servicelevel.policy import SLA_NAMES, Anchors, DimensionName, Queue, SlaName
from servicelevel.standing import Standing, standing
from servicelevel.verdicts import Verdicts, verdicts
from servicelevel.window import Window, booked_dates, last_days
from servicelevel.worklogs import Hours, WorklogColumns, hours

DIMENSION_OF: Mapping[SlaName, DimensionName] = {"first_response": "responsiveness", "resolution": "resolution"}
UNASSIGNED = "unassigned"

TRAILING_DAYS = 90
EVIDENCE_DAYS = TRAILING_DAYS + REOPEN_DAYS
"""How far back from an instant anything that is measured as of it reaches; a window may reach further."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Only tickets with one of these priorities, types and analysts, written as ids or names; empty: all.

    `unassigned` among the analysts means tickets that nobody holds. Values are those at as_of.
    """

    priority: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    analyst: tuple[str, ...] = ()

    def rows(self, columns: TicketColumns, stood: Standing) -> Mask:
        """One flag a ticket."""
        chosen = stood.exists.copy()
        if self.priority:
            chosen &= _any_of(stood.priority, len(columns.priorities), codes_of(columns.priorities, self.priority))
        if self.type:
            chosen &= _any_of(columns.type, len(columns.types), codes_of(columns.types, self.type))
        if self.analyst:
            wanted = {text.casefold() for text in self.analyst}
            people = {
                i for i, p in enumerate(columns.people) if p.id.casefold() in wanted or p.name.casefold() in wanted
            }
            nobody = {NONE_CODE} if UNASSIGNED in wanted else set()
            chosen &= _any_of(stood.assignee, len(columns.people), people | nobody)
        return chosen


def _any_of(codes: Codes, size: int, wanted: Iterable[int]) -> Mask:
    """Which codes are wanted, by looking each up in a table whose last place is NONE_CODE's."""
    table = np.zeros(size + 1, bool)
    table[list(wanted)] = True
    return table[codes]


@dataclass(frozen=True, slots=True)
class Trailing:
    """What a queue usually does: 90 days of decided promises, and of resolutions moved back 14 days.

    `reopened` counts reopened out of resolutions: its `met` are those reopened. Empty where not covered.
    """

    kept: Mapping[SlaName, Kept]
    reopened: Kept

    def __add__(self, other: "Trailing") -> "Trailing":
        kept = {name: self.kept[name] + other.kept[name] for name in SLA_NAMES}
        return Trailing(kept, self.reopened + other.reopened)


NO_TRAILING = Trailing({name: Kept(0, 0) for name in SLA_NAMES}, Kept(0, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """Everything one queue is measured by over one window, as of its end."""

    window: Window
    dates: tuple[date, date]
    stood: Standing
    rows: Mask
    judged: Mapping[SlaName, Verdicts]
    sla: Mapping[SlaName, Attainment]
    flow: Flow
    backlog: Backlog
    hours: Hours
    trailing: Trailing
    health: Health

    def kept_by_priority(self, columns: TicketColumns) -> dict[DimensionName, dict[str, Kept]]:
        """Decided promises by the name of their priority, per attainment dimension."""
        return {
            DIMENSION_OF[name]: {
                "" if code == NONE_CODE else columns.priorities[code].id: kept
                for code, kept in self.sla[name].by_priority.items()
            }
            for name in SLA_NAMES
        }


def measure(
    queue: Queue,
    columns: TicketColumns,
    booked: WorklogColumns,
    window: Window,
    filters: Filters,
    fleet: Trailing,
) -> Measures:
    """Measure a queue over a window as of its end.

    `fleet` is the trailing evidence of all queues, used to fill up small samples of a queue that has too few itself.
    """
    calendar = queue.calendar
    stood = standing(columns, window.end)
    rows = filters.rows(columns, stood)
    judged = {name: verdicts(columns, name, queue, stood) for name in SLA_NAMES}
    sla = {
        name: attainment(columns, judged[name], stood, window, calendar, queue.sla(name).target, rows)
        for name in SLA_NAMES
    }
    moved = flow(columns, stood, window, calendar, rows)
    stock = backlog(columns, stood, calendar, rows)
    dates = booked_dates(window, calendar)
    spent = hours(columns, booked, stood, window, dates, rows)
    own = _trailing(columns, judged, window.end, rows)
    dimensions = _dimensions(queue, sla, moved, stock, spent, own, fleet)
    return Measures(
        window, dates, stood, rows, judged, sla, moved, stock, spent, own, health(dimensions, queue.weights)
    )


def trailing(queue: Queue, columns: TicketColumns, as_of: int) -> Trailing:
    """What a queue adds to the fleet's evidence as of an instant."""
    stood = standing(columns, as_of)
    judged = {name: verdicts(columns, name, queue, stood) for name in SLA_NAMES}
    return _trailing(columns, judged, as_of, stood.exists)


def wants_fleet(measures: Measures) -> bool:
    """Whether a dimension was filled up although the queue's own 90 days hold too few: only then the fleet matters."""
    own = {DIMENSION_OF[name]: measures.trailing.kept[name].n for name in SLA_NAMES}
    own["quality"] = measures.trailing.reopened.n
    return any(d.low_sample and own.get(d.name, FULL_SAMPLE) < FULL_SAMPLE for d in measures.health.dimensions)


def _trailing(columns: TicketColumns, judged: Mapping[SlaName, Verdicts], as_of: int, rows: Mask) -> Trailing:
    span = last_days(as_of, TRAILING_DAYS)
    covered = span.start >= columns.covers_from
    kept = {name: kept_in(judged[name], span, rows) if covered else Kept(0, 0) for name in SLA_NAMES}
    again = reopens(columns, span, rows)
    return Trailing(kept, Kept(again.reopened, again.resolutions) if again.covered else Kept(0, 0))


def expected_rate(own: Kept, fleet: Kept, target: float) -> float:
    """The rate a small sample is filled up with: the queue's own 90 days, else the fleet's, else the target."""
    if own.n >= FULL_SAMPLE and own.rate is not None:
        return own.rate
    return target if fleet.rate is None else fleet.rate


def _dimensions(
    queue: Queue,
    sla: Mapping[SlaName, Attainment],
    moved: Flow,
    stock: Backlog,
    spent: Hours,
    own: Trailing,
    fleet: Trailing,
) -> tuple[Dimension, ...]:
    anchors: dict[str, Anchors] = {**DEFAULT_ANCHORS, **queue.anchors}
    promises = []
    for name in SLA_NAMES:
        kept, target = sla[name].kept, sla[name].target
        prior = expected_rate(own.kept[name], fleet.kept[name], target)
        around = attainment_anchors(target, anchors[name])
        promises.append(rate_dimension(DIMENSION_OF[name], kept.met, kept.n, prior, target, around))
    again, reopen_anchors = moved.reopens, anchors["reopen_rate"]
    usual = expected_rate(own.reopened, fleet.reopened, reopen_anchors.at_80)
    net = anchors["net_flow"]
    n = stock.open + stock.resolved_28d
    return (
        *promises,
        backlog_dimension(stock.days, stock.ageing_share, n, anchors),
        rate_dimension("flow", moved.resolved, moved.created, 1.0, net.at_80, net),
        rate_dimension(
            "quality",
            again.reopened,
            again.resolutions,
            usual,
            reopen_anchors.at_80,
            reopen_anchors,
            covered=again.covered,
        ),
        capacity_dimension(spent.utilisation, spent.resolved, spent.utilisation_reason, anchors["utilisation"]),
    )
