"""History as a table for people: one row a queue and day, its counts in columns."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from servicelevel.instants import to_datetime
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.snapshot import Counts, Snapshot
from servicelevel.spreadsheet import BYTE_ORDER_MARK, safe

Cell: TypeAlias = str | int | float | None

_OF_DAY: Final[Mapping[str, Callable[[Snapshot], Cell]]] = {
    "queue": lambda kept: kept.queue,
    "day": lambda kept: kept.day.isoformat(),
    "source": lambda kept: kept.source,
    "complete": lambda kept: "yes" if kept.complete else "no",
    "lacks": lambda kept: " ".join(kept.lacks),
    "score": lambda kept: kept.score,
    "coverage": lambda kept: kept.coverage,
}
_OF_COUNTS: Final[Mapping[str, Callable[[Counts], Cell]]] = {
    "open": lambda counts: counts.flow.open,
    "created": lambda counts: counts.flow.created,
    "resolved": lambda counts: counts.flow.resolved,
    "reopened": lambda counts: counts.flow.reopened,
    "net_flow": lambda counts: counts.net_flow,
    "reopen_rate": lambda counts: counts.reopen_rate,
    "unassigned": lambda counts: counts.backlog.unassigned,
    "stale": lambda counts: counts.backlog.stale,
    "older": lambda counts: counts.backlog.older,
    "backlog_days": lambda counts: counts.backlog_days,
    "resolved_28d": lambda counts: counts.backlog.resolved_28d,
    "business_days_28d": lambda counts: counts.backlog.business_days_28d,
    "hours_total_s": lambda counts: counts.hours.total_s,
    "hours_billable_s": lambda counts: counts.hours.billable_s,
    "utilisation": lambda counts: counts.utilisation,
}
_OF_PROMISE: Final[Mapping[str, Callable[[Counts, SlaName], Cell]]] = {
    "target": lambda counts, name: counts.sla[name].target,
    "attainment": lambda counts, name: counts.sla[name].kept.rate,
    "met": lambda counts, name: counts.sla[name].met,
    "breached": lambda counts, name: counts.sla[name].breached,
    "breached_open": lambda counts, name: counts.sla[name].breached_open,
    "undecided": lambda counts, name: counts.sla[name].undecided,
    "excluded": lambda counts, name: sum(counts.sla[name].excluded.values()),
}
_OF_MAKING: Final[Mapping[str, Callable[[Snapshot], Cell]]] = {
    "window_days": lambda kept: kept.window_days,
    "taken_at": lambda kept: to_datetime(kept.taken_at).isoformat(),
    "definition_hash": lambda kept: kept.definition_hash,
    "engine_version": lambda kept: kept.engine_version,
}


def header() -> bytes:
    """The line with the names of the columns, after the byte order mark."""
    promises = [f"{name}_{part}" for name in SLA_NAMES for part in _OF_PROMISE]
    return BYTE_ORDER_MARK.encode() + _row([*_OF_DAY, *promises, *_OF_COUNTS, *_OF_MAKING])


def row(kept: Snapshot) -> bytes:
    """A day as a line; what it does not know stays empty."""
    counts = kept.counts
    promises = [None if counts is None else cell(counts, name) for name in SLA_NAMES for cell in _OF_PROMISE.values()]
    return _row(
        [
            *(cell(kept) for cell in _OF_DAY.values()),
            *promises,
            *(None if counts is None else cell(counts) for cell in _OF_COUNTS.values()),
            *(cell(kept) for cell in _OF_MAKING.values()),
        ]
    )


def _row(cells: list[Cell]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([safe(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue().encode("utf-8", errors="replace")
