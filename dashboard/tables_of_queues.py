"""Tables with a row a queue, a budget, a day or a source."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from components.frames import Cell, Kind, Table
from opsportal.cached import Served, SourceNote
from opsportal.json_units import hours_of, instant
from servicelevel.calendars import ALWAYS_OPEN
from servicelevel.due import DUE_STATES
from servicelevel.policy import SLA_NAMES, Queue
from servicelevel.report import QueueReport
from servicelevel.trend import Trend

_HEAD: Final[Mapping[str, Kind]] = {
    "queue": "text", "id": "text", "team": "text", "as_of": "text", "state": "text", "score": "float", "band": "text",
    "score_then": "float", "coverage": "float",
}  # fmt: skip
_SLA: Final[Mapping[str, Kind]] = {
    "attainment": "float", "met": "int", "n": "int", "low": "float", "high": "float", "target": "float",
    "verdict": "text", "undecided": "int",
}  # fmt: skip
_KEPT: Final[Mapping[str, Kind]] = {"attainment": "float", "n": "int", "target": "float"}
_MORE: Final[Mapping[str, Kind]] = {
    "open": "int", "created": "int", "resolved": "int", "net_flow": "float", "backlog_days": "float",
    "ageing_share": "float", "own_p85_h": "float", "reopen_rate": "float", "utilisation": "float", "hours": "float",
}  # fmt: skip


def overview_table(served: Iterable[Served]) -> Table:
    """Each queue's score, promises and clocks; a queue without a report has its state and nothing else."""
    states: dict[str, Kind] = {f"due_{state}": "int" for state in DUE_STATES}
    columns = {**_HEAD, **_of_slas(), "open": "int", **states}
    rows = []
    for each in served:
        made = each.report
        if made is None:
            rows.append(_padded(_head(each), columns))
            continue
        found = [row.state for row in made.due]
        counts = [found.count(state) for state in DUE_STATES]
        rows.append([*_head(each), *_promises(made), made.now.backlog.open, *counts])
    return Table(columns, rows)


def compare_table(served: Iterable[Served]) -> Table:
    """Each queue by every measure; a queue without a report has its state and nothing else."""
    columns = {**_HEAD, **_of_slas(), **_MORE}
    rows = []
    for each in served:
        made = each.report
        if made is None:
            rows.append(_padded(_head(each), columns))
            continue
        flow, backlog, spent = made.now.flow, made.now.backlog, made.now.hours
        more: list[Cell] = [
            backlog.open, flow.created, flow.resolved, flow.net_flow, backlog.days, backlog.ageing_share,
            hours_of(backlog.own_p85_ms), flow.reopens.rate, spent.utilisation,
            None if spent.total_s is None else spent.total_s / 3600,
        ]  # fmt: skip
        rows.append([*_head(each), *_promises(made), *more])
    return Table(columns, rows)


def budgets_table(reports: Iterable[QueueReport]) -> Table:
    """Error budgets, queue by queue and promise by promise, in tickets; `*_rate` are burn rates of the look-backs."""
    levels = ("1bd", "3bd", "7bd", "window")
    columns: dict[str, Kind] = {
        "queue": "text", "promise": "text", "target": "float", "from": "text", "to": "text", "decided": "int",
        "allowed": "float", "used": "int", "remaining": "float", "remaining_share": "float", "exhausted_on": "text",
        "exhausted_reason": "text", **{f"{level}_rate": "float" for level in levels}, "firing": "text",
    }  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for made in reports:
        calendar = made.queue.calendar
        for name in SLA_NAMES:
            spent = made.budgets[name]
            burn = {level.level: level for level in spent.burn}
            rows.append(
                (
                    made.queue.name, name, spent.target, instant(spent.window.start, calendar),
                    instant(spent.window.end, calendar), spent.kept.n, spent.allowed, spent.kept.breached,
                    spent.remaining, spent.remaining_share, instant(spent.exhausted_at, calendar),
                    spent.exhaustion.reason, *(burn[level].rate if level in burn else None for level in levels),
                    " ".join(level.level for level in spent.burn if level.firing),
                )
            )  # fmt: skip
    return Table(columns, rows)


def trends_table(queues: Sequence[Queue], series: Mapping[str, Trend]) -> Table:
    """One row a queue and kept day; days without a snapshot have no row."""
    columns: dict[str, Kind] = {
        "queue": "text", "day": "text", "source": "text", "complete": "text", "score": "float",
        **{f"{name}_{part}": kind for name in SLA_NAMES for part, kind in _KEPT.items()},
        "open": "int", "created": "int", "resolved": "int", "backlog_days": "float", "net_flow": "float",
        "reopen_rate": "float", "redrawn": "text", "definition_hash": "text", "engine_version": "text",
    }  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for queue in queues:
        for point in series[queue.id].points if queue.id in series else ():
            promises: list[Cell] = []
            for name in SLA_NAMES:
                kept = None if point.counts is None else point.counts.sla[name]
                promises += [point.value(name), point.decided(name), None if kept is None else kept.target]
            measures = [point.value(name) for name in ("backlog_days", "net_flow", "reopen_rate")]
            counts = [None if (n := point.value(name)) is None else int(n) for name in ("open", "created", "resolved")]
            rows.append(
                (
                    queue.name, point.day.isoformat(), point.source, "yes" if point.complete else "no", point.score,
                    *promises, *counts, *measures, "yes" if point.redrawn else "no", point.definition_hash,
                    point.engine_version,
                )
            )  # fmt: skip
    return Table(columns, rows)


def sources_table(queues: Mapping[str, Queue], notes: Iterable[SourceNote]) -> Table:
    """What is known of the reads of every queue and source."""
    columns: Mapping[str, Kind] = {
        "queue": "text", "source": "text", "read_at": "text", "duration_s": "float", "kind": "text", "rows": "int",
        "missing": "int", "unreadable": "int", "requests": "int", "error": "text", "since": "text", "tries": "int",
        "next_try": "text",
    }  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for note in notes:
        queue = queues.get(note.queue_id)
        calendar = ALWAYS_OPEN if queue is None else queue.calendar
        rows.append(
            (
                note.queue_id if queue is None else queue.name, note.source, instant(note.read_at, calendar),
                note.duration_s, note.kind, note.rows, note.missing, note.unreadable, note.requests, note.error,
                instant(note.since, calendar), note.tries, instant(note.next_try, calendar),
            )
        )  # fmt: skip
    return Table(columns, rows)


def _of_slas() -> dict[str, Kind]:
    return {f"{name}_{part}": kind for name in SLA_NAMES for part, kind in _SLA.items()}


def _head(each: Served) -> list[Cell]:
    queue, made = each.queue, each.report
    cells: list[Cell] = [queue.name, queue.id, queue.team, instant(each.freshness.as_of, queue.calendar)]
    if made is None:
        return [*cells, each.freshness.state if each.problem is None else str(each.problem)]
    health = made.now.health
    then = None if made.previous is None else made.previous.health.score
    return [*cells, each.freshness.state, health.score, health.band, then, health.coverage]


def _promises(made: QueueReport) -> list[Cell]:
    cells: list[Cell] = []
    for name in SLA_NAMES:
        reached = made.now.sla[name]
        low, high = reached.kept.interval or (None, None)
        cells += [
            reached.kept.rate, reached.kept.met, reached.kept.n, low, high, reached.target, reached.proof,
            reached.undecided,
        ]  # fmt: skip
    return cells


def _padded(cells: Sequence[Cell], columns: Mapping[str, Kind]) -> list[Cell]:
    return [*cells, *[None] * (len(columns) - len(cells))]
