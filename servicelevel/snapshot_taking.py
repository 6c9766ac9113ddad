"""Taking a snapshot: the measures of a queue at the end of a local day, turned into the counts that history keeps."""

import numpy as np

from servicelevel.attainment import Kept
from servicelevel.backlog import OWN_PACE_DAYS
from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.instants import DAY_MS, SECOND_MS, Codes, Mask, day_of_date
from servicelevel.measures import Measures, Trailing
from servicelevel.policy import SLA_NAMES, Queue, SlaName
from servicelevel.snapshot import (
    BacklogCounts,
    Counts,
    FlowCounts,
    HoursCounts,
    Lack,
    PriorityCounts,
    SlaCounts,
    Snapshot,
    SnapshotSource,
)
from servicelevel.ticket import Label
from servicelevel.worklogs import WorklogColumns

MOST_UNREADABLE = 0.01
"""Share of a queue's tickets up to which those that cannot be read are left out, as reports leave them out, and listed;
with more of them the day is incomplete."""

_NO_PRIORITY = Label("", "")


def taken(
    queue: Queue,
    columns: TicketColumns,
    booked: WorklogColumns | None,
    measured: Measures,
    fleet: Trailing,
    *,
    taken_at: int,
    source: SnapshotSource,
    engine_version: str,
) -> Snapshot:
    """The snapshot of the local day that ends with the window, from the measures of a report at that instant.

    Without `booked` it does not know the hours of each priority.
    """
    window, score = measured.window, measured.health
    lacks = _lacks(columns, measured)
    return Snapshot(
        queue=queue.id,
        day=queue.calendar.local_date(window.end),
        taken_at=taken_at,
        source=source,
        definition_hash=queue.definition_hash,
        engine_version=engine_version,
        window_days=round(window.days),
        score=score.score,
        coverage=score.coverage,
        complete=not lacks,
        contributions=dict(score.contributions),
        lacks=lacks,
        counts=_counts(columns, booked, measured, fleet),
    )


def _lacks(columns: TicketColumns, measured: Measures) -> tuple[Lack, ...]:
    lacks: list[Lack] = []
    unreadable = len(columns.unreadable)
    if columns.missing or unreadable > MOST_UNREADABLE * (len(columns) + unreadable):
        lacks.append("tickets")
    if measured.hours.state == "failed":
        lacks.append("hours")
    if measured.window.end - OWN_PACE_DAYS * DAY_MS < columns.covers_from:
        lacks.append("past")
    return tuple(lacks)


def _counts(columns: TicketColumns, booked: WorklogColumns | None, measured: Measures, fleet: Trailing) -> Counts:
    moved, stock, spent = measured.flow, measured.backlog, measured.hours
    return Counts(
        sla={name: _sla(name, measured, fleet) for name in SLA_NAMES},
        flow=FlowCounts(
            created=moved.created,
            resolved=moved.resolved,
            open=moved.open,
            reopened=moved.reopened,
            resolutions_moved=moved.reopens.resolutions,
            reopened_moved=moved.reopens.reopened,
            reopens_covered=moved.reopens.covered,
            own_90d=measured.trailing.reopened,
            fleet_90d=fleet.reopened,
        ),
        backlog=BacklogCounts(
            unassigned=stock.unassigned,
            resolved_28d=stock.resolved_28d,
            business_days_28d=stock.business_days_28d,
            older=stock.older,
            stale=stock.stale,
            age_buckets=stock.buckets,
        ),
        hours=HoursCounts(
            state=spent.state,
            state_reason=spent.state_reason,
            total_s=spent.total_s,
            billable_s=spent.billable_s,
            orphan_s=spent.orphan_s,
            covered=spent.covered,
            team_s=spent.team_s,
            scheduled_s=spent.scheduled_s,
            utilisation_reason=spent.utilisation_reason,
        ),
        by_priority=_by_priority(columns, booked, measured),
    )


def _sla(name: SlaName, measured: Measures, fleet: Trailing) -> SlaCounts:
    reached = measured.sla[name]
    p50, p85, _ = (None if value is None else value / SECOND_MS for value in reached.percentiles.values_ms)
    return SlaCounts(
        target=reached.target,
        met=reached.kept.met,
        breached=reached.kept.breached,
        breached_open=reached.breached_open,
        undecided=reached.undecided,
        excluded=dict(reached.excluded),
        own_90d=measured.trailing.kept[name],
        fleet_90d=fleet.kept[name],
        p50_s=p50,
        p85_s=p85,
    )


def _by_priority(
    columns: TicketColumns, booked: WorklogColumns | None, measured: Measures
) -> tuple[PriorityCounts, ...]:
    rows, stood, window, n = measured.rows, measured.stood, measured.window, len(columns.priorities)

    def tally(codes: Codes, chosen: Mask) -> list[int]:
        return [int(count) for count in np.bincount(codes[chosen] + 1, minlength=n + 1)]

    created = tally(stood.priority, rows & window.holds(columns.created))
    resolved = tally(stood.priority, rows & window.holds(stood.resolved_at))
    open_ = tally(stood.priority, rows & stood.open)
    undecided = {}
    for name in SLA_NAMES:
        judged = measured.judged[name]
        undecided[name] = tally(stood.priority[judged.row], judged.undecided & rows[judged.row])
    hours_s = _hours_by_priority(booked, measured, n)
    counted = []
    for code in (*range(n), NONE_CODE):
        at = code + 1
        kept = {name: measured.sla[name].by_priority.get(code, Kept(0, 0)) for name in SLA_NAMES}
        waiting = {name: undecided[name][at] for name in SLA_NAMES}
        booked_s = None if hours_s is None else hours_s[at]
        if any((created[at], resolved[at], open_[at], booked_s, *(k.n for k in kept.values()), *waiting.values())):
            label = _NO_PRIORITY if code == NONE_CODE else columns.priorities[code]
            counted.append(
                PriorityCounts(label.id, label.name, created[at], resolved[at], open_[at], kept, waiting, booked_s)
            )
    return tuple(counted)


def _hours_by_priority(booked: WorklogColumns | None, measured: Measures, n: int) -> list[int] | None:
    if booked is None or booked.state != "ok":
        return None
    first, last = (day_of_date(day) for day in measured.dates)
    here = (booked.day >= first) & (booked.day <= last) & measured.rows[booked.row]
    codes = measured.stood.priority[booked.row[here]] + 1
    return [int(spent) for spent in np.bincount(codes, booked.spent_s[here], minlength=n + 1)]
