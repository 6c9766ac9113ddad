"""Days put into history: each the measures of a queue as of that local day's end, judged from what was read."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from operator import add

from opsportal.ports import Now
from opsportal.reading import Reading
from servicelevel.measures import NO_TRAILING, Filters, Trailing, measure, trailing, wants_fleet
from servicelevel.policy import Queue
from servicelevel.snapshot import Snapshot, SnapshotSource, end_of_day
from servicelevel.snapshot_taking import taken
from servicelevel.window import Window, last_days

_log = logging.getLogger(__name__)

WINDOW_DAYS = 30
"""What a snapshot counts over: the period that every page shows unless told otherwise."""


class DayEnds:
    """Judges queues as of the ends of their local days, from one reading of each.

    All readings together give the rates that small samples are filled up with, so a queue left out changes the others.
    With `whole` set to False one is left out, and the days that would need its rates say that they lack them.
    """

    def __init__(self, readings: Sequence[Reading], engine_version: str, now: Now, *, whole: bool = True) -> None:
        self._readings = {reading.queue.id: reading for reading in readings}
        self._engine_version, self._now, self._whole = engine_version, now, whole
        self._fleets: dict[int, Trailing] = {}

    def covers(self, queue_id: str, day: date) -> bool:
        """Whether every change of the day's window is known."""
        reading = self._readings[queue_id]
        return window_of(reading.queue, day).start >= reading.columns.covers_from

    def snapshot(self, queue_id: str, day: date, source: SnapshotSource) -> Snapshot:
        """A queue at the end of one of its local days, which has to be covered."""
        reading = self._readings[queue_id]
        queue, columns, booked = reading.queue, reading.columns, reading.booked
        window = window_of(queue, day)
        fleet = NO_TRAILING
        measured = measure(queue, columns, booked, window, Filters(), fleet)
        filled_up = wants_fleet(measured)
        if filled_up:
            fleet = self._fleet(window.end)
            measured = measure(queue, columns, booked, window, Filters(), fleet)
        version, now = self._engine_version, self._now()
        made = taken(queue, columns, booked, measured, fleet, taken_at=now, source=source, engine_version=version)
        if filled_up and not self._whole:
            return replace(made, complete=False, lacks=(*made.lacks, "fleet"))
        return made

    def _fleet(self, as_of: int) -> Trailing:
        if as_of not in self._fleets:
            evidence = (self._trailing(reading, as_of) for reading in self._readings.values())
            self._fleets[as_of] = reduce(add, evidence, NO_TRAILING)
        return self._fleets[as_of]

    def _trailing(self, reading: Reading, as_of: int) -> Trailing:
        try:
            return trailing(reading.queue, reading.columns, as_of)
        except Exception:  # noqa: BLE001 - whatever one queue has in it, the others have their day
            _log.exception("%s gives no rates to the other queues", reading.queue.id)
            self._whole = False
            return NO_TRAILING


def window_of(queue: Queue, day: date) -> Window:
    """What the snapshot of a local day counts over."""
    return last_days(end_of_day(queue.calendar, day), WINDOW_DAYS)
