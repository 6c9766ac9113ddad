"""Half a year taken live, day by day; days of it are deleted, found missing, and rebuilt from the Jira of the end."""

import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from servicelevel.columns import TicketColumns
from servicelevel.membership import members
from servicelevel.snapshot import end_of_day
from servicelevel.standing import standing
from servicelevel.ticket import ChangedField
from servicelevel.window import last_days
from tests.fakes.rebuilt_days import counted
from tests.history.living import LAST, SEED, LivingHistory, living_history

DAYS = 180
DELETED = 14
FIRST = LAST - timedelta(days=DAYS - 1)


def test_rebuilt_days_count_what_the_live_ones_counted(tmp_path: Path) -> None:
    """Reprioritised, handed-off and moved tickets among them: created, resolved, open, met, breached, reopened."""
    gone = random.Random(SEED).sample([FIRST + timedelta(days=n) for n in range(1, DAYS)], DELETED)
    with living_history(tmp_path, SEED, FIRST, deletions=False) as living:
        living.pass_days(LAST, gone)
        assert not any(living.gaps().values())
        held = living.take_away(gone)
        assert len(held) == DELETED * len(living.queues)

        assert living.gaps() == {queue.id: sorted(gone) for queue in living.queues}
        rebuilt = living.rebuilt(gone)

        assert {one.source for one in held.values()} == {"live"}
        assert {one.source for one in rebuilt.values()} == {"backfill"}
        assert {key: counted(one) for key, one in rebuilt.items()} == {key: counted(one) for key, one in held.items()}
        assert not any(living.gaps().values())
        changed = _changed_since(living, gone)
        assert all(changed[field] >= DELETED for field in ("priority", "assignee", "project")), changed
        assert sum(one.counts.flow.reopened for one in held.values() if one.counts) > 0


def _changed_since(living: LivingHistory, days: list[date]) -> Counter[ChangedField]:
    """How many tickets that counted on a day, added up, had a field changed after it."""
    now = {queue.id: living.services.reports.read(queue.id).columns for queue in living.queues}
    changed: Counter[ChangedField] = Counter()
    for day in days:
        for reading in living.kept[day].values():
            end = end_of_day(reading.queue.calendar, day)
            ids = _counted_ids(reading.columns, end)
            for columns in now.values():
                for field in ("priority", "assignee", "project"):
                    later = columns.changes.of(field)
                    later = later.only(later.at > end)
                    changed[field] += len(ids & {int(columns.id[row]) for row in later.row})
    return changed


def _counted_ids(columns: TicketColumns, end: int) -> set[int]:
    stood, window = standing(columns, end), last_days(end, 30)
    rows = stood.open | window.holds(stood.resolved_at) | window.holds(columns.created)
    return set(columns.id[rows & members(columns, end)].tolist())
