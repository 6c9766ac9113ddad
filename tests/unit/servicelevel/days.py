"""Snapshots for the tests: a queue of made-up tickets judged at the ends of its days."""

from dataclasses import replace
from datetime import date, timedelta

from servicelevel.measures import NO_TRAILING, Filters, Measures, measure
from servicelevel.policy import Queue
from servicelevel.snapshot import Snapshot, SnapshotSource, end_of_day
from servicelevel.snapshot_taking import taken
from servicelevel.window import last_days
from servicelevel.worklogs import WorklogColumns
from tests.factories import ANA, BRUNO, booked, columns, crowd, ms, queue, sao_paulo, team_hours, worklog

TICKETS, CHANGES = crowd(11, 90, calendar=sao_paulo())
TABLE = columns(*TICKETS, changes=CHANGES)
DESK = replace(queue(calendar=sao_paulo(), tempo_team=7), definition_hash="first")
LAST = date(2026, 11, 22)
ENGINE = "1"
NOON = ms("2026-11-23T12:00:00+00:00")


def hours_booked() -> WorklogColumns:
    """Hours on every third ticket."""
    work = [worklog(i, i, f"2026-11-{1 + i % 22:02}", 1 + i % 4, author=(ANA, BRUNO)[i % 2]) for i in range(3, 90, 3)]
    return booked(TABLE, *work, team=team_hours("2026-11-20", 60, 80))


def measured(day: date = LAST, desk: Queue = DESK) -> Measures:
    """The measures of 30 days at the end of a local day."""
    window = last_days(end_of_day(desk.calendar, day), 30)
    return measure(desk, TABLE, hours_booked(), window, Filters(), NO_TRAILING)


def kept(day: date = LAST, source: SnapshotSource = "live", desk: Queue = DESK) -> Snapshot:
    """The snapshot of a day."""
    return taken(
        desk,
        TABLE,
        hours_booked(),
        measured(day, desk),
        NO_TRAILING,
        taken_at=NOON,
        source=source,
        engine_version=ENGINE,
    )


def scored(day: date, score: float | None, source: SnapshotSource = "live") -> Snapshot:
    """A day that knows only a score."""
    return Snapshot("desk", day, NOON, source, "first", ENGINE, 30, score, coverage=1.0, complete=True)


def days_ago(n: int, before: date = LAST) -> date:
    """So many days before a day."""
    return before - timedelta(days=n)
