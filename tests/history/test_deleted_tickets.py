"""Tickets that were deleted since: what a rebuilt day cannot know, and nothing else that it does not know."""

import random
from datetime import timedelta
from pathlib import Path

import numpy as np

from opsportal.reading import Reading
from opsportal.snapshots import DayEnds
from servicelevel.building import ColumnsBuilder
from servicelevel.instants import Mask
from tests.fakes.rebuilt_days import counted
from tests.history.living import LAST, SEED, LivingHistory, living_history

DAYS = 45
FIRST = LAST - timedelta(days=DAYS - 1)


def test_every_difference_is_a_ticket_that_was_deleted_since(tmp_path: Path) -> None:
    """A live day without the tickets that are gone by now counts exactly what the rebuilt one counts."""
    gone = random.Random(SEED).sample([FIRST + timedelta(days=n) for n in range(1, DAYS - 5)], 4)
    with living_history(tmp_path, SEED, FIRST, deletions=True) as living:
        living.pass_days(max(gone), gone)
        for queue in living.queues:
            living.jira.act(living.jira.recent(queue.projects[0])[0], "delete")
        living.pass_days(LAST, ())
        held = living.take_away(gone)
        rebuilt = living.rebuilt(gone)

        different = {key for key, one in rebuilt.items() if counted(one) != counted(held[key])}
        assert len(different) >= len(living.queues)
        for day in gone:
            left = [_left(living, reading) for reading in living.kept[day].values()]
            ends = DayEnds(left, "1", living.services.now)
            for queue in living.queues:
                expected = counted(ends.snapshot(queue.id, day, "live"))
                assert counted(rebuilt[queue.id, day]) == expected, (queue.id, day)


def _left(living: LivingHistory, reading: Reading) -> Reading:
    """What was read, without the tickets that Jira shows nobody any more."""
    columns = reading.columns
    there: Mask = np.array([living.jira.exists(ticket) for ticket in columns.id.tolist()], bool)
    builder = ColumnsBuilder(columns.statuses, columns.priorities, columns.resolutions)
    builder.add_columns(columns, there)
    built = builder.build(columns.covers_from, columns.read_at, cursor=columns.cursor, swept_at=columns.swept_at)
    return Reading(reading.queue, built, reading.booked)
