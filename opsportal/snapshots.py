"""Days put into history: each the measures of a queue as of that local day's end, judged from what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add

from opsportal.ports import History, Now, Progress
from opsportal.reading import Reading
from servicelevel.measures import NO_TRAILING, Filters, Trailing, measure, trailing, wants_fleet
from servicelevel.snapshot import Snapshot, SnapshotSource, end_of_day, last_ended_day
from servicelevel.snapshot_taking import taken
from servicelevel.trend import days_between
from servicelevel.window import last_days

WINDOW_DAYS = 30
"""What a snapshot counts over: the period that every page shows unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Filled:
    """How many days of one queue were put into history, were there already, or lie before every change is known."""

    put: int
    there: int
    uncovered: int


class DayEnds:
    """Judges queues as of the ends of their local days, from one reading of each.

    All readings together give the rates that small samples are filled up with, so a queue left out changes the others.
    """

    def __init__(self, readings: Sequence[Reading], engine_version: str, now: Now) -> None:
        self._readings = {reading.queue.id: reading for reading in readings}
        self._engine_version, self._now = engine_version, now
        self._fleets: dict[int, Trailing] = {}

    def covers(self, queue_id: str, day: date) -> bool:
        """Whether every change of the day's window is known."""
        reading = self._readings[queue_id]
        window = last_days(end_of_day(reading.queue.calendar, day), WINDOW_DAYS)
        return window.start >= reading.columns.covers_from

    def snapshot(self, queue_id: str, day: date, source: SnapshotSource) -> Snapshot:
        """A queue at the end of one of its local days, which has to be covered."""
        reading = self._readings[queue_id]
        queue, columns, booked = reading.queue, reading.columns, reading.booked
        window = last_days(end_of_day(queue.calendar, day), WINDOW_DAYS)
        fleet = NO_TRAILING
        measured = measure(queue, columns, booked, window, Filters(), fleet)
        if wants_fleet(measured):
            fleet = self._fleet(window.end)
            measured = measure(queue, columns, booked, window, Filters(), fleet)
        version, now = self._engine_version, self._now()
        return taken(queue, columns, booked, measured, fleet, taken_at=now, source=source, engine_version=version)

    def _fleet(self, as_of: int) -> Trailing:
        if as_of not in self._fleets:
            evidence = (trailing(r.queue, r.columns, as_of) for r in self._readings.values())
            self._fleets[as_of] = reduce(add, evidence, NO_TRAILING)
        return self._fleets[as_of]


def fill(
    readings: Sequence[Reading],
    history: History,
    first: date,
    last: date,
    *,
    engine_version: str,
    now: Now,
    progress: Progress = lambda *_: None,
) -> Mapping[str, Filled]:
    """Put in what history lacks of these queues from first to last local day, newest first.

    The last day that has ended counts as taken live, those before it as rebuilt. Days that have not ended are left
    alone, days that history has stay as they are, and days whose window reaches further back than every change is known
    stay gaps.

    Raises:
        PortalError: history cannot be read or written.
    """
    ends = DayEnds(readings, engine_version, now)
    wanted = tuple(reversed(days_between(first, last)))
    done, of = 0, len(wanted) * len(readings)
    filled = {}
    for reading in readings:
        queue = reading.queue
        ended, known = last_ended_day(queue.calendar, now()), history.days(queue.id)
        put = there = uncovered = 0
        for day in wanted:
            if day in known:
                there += 1
            elif day <= ended and not ends.covers(queue.id, day):
                uncovered += 1
            elif day <= ended:
                put += history.put(ends.snapshot(queue.id, day, "live" if day == ended else "backfill"))
            done += 1
            progress("history", done, of)
        filled[queue.id] = Filled(put, there, uncovered)
    return filled
