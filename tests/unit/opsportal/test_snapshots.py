from dataclasses import replace

from opsportal.judging import judged_alone
from opsportal.snapshots import DayEnds
from servicelevel.snapshot import end_of_day
from servicelevel.window import last_days
from tests.factories import sao_paulo
from tests.unit.opsportal.rebuilding import reading, small_reading
from tests.unit.servicelevel.days import LAST, NOON, days_ago

OFFICE = sao_paulo()


def test_every_day_is_the_report_of_its_end() -> None:
    """A day's snapshot says what the report said at the end of that day."""
    ends = DayEnds([reading()], "1", lambda: NOON)
    for ago in range(10):
        day = days_ago(ago)
        row = ends.snapshot("desk", day, "live")
        made = judged_alone(reading(), last_days(end_of_day(OFFICE, day), 30), None, 28)
        assert row.counts is not None
        assert (row.day, row.source, row.taken_at) == (day, "live", NOON)
        assert row.score == made.now.health.score
        assert row.counts.flow.open == made.now.flow.open


def test_a_day_is_covered_by_what_is_known_of_its_window() -> None:
    """A window that begins before every change is known is not counted from what happens to be there."""
    begin = end_of_day(OFFICE, days_ago(3)) - 30 * 86_400_000
    known = replace(reading(), columns=replace(reading().columns, covers_from=begin))
    ends = DayEnds([known], "1", lambda: NOON)

    assert [ends.covers("desk", days_ago(ago)) for ago in (2, 3, 4)] == [True, True, False]


def test_a_small_queue_is_filled_up_with_the_rates_of_all() -> None:
    """The evidence of the other queues counts as it does in a report."""
    small = small_reading("small")
    alone = DayEnds([small], "1", lambda: NOON).snapshot("small", LAST, "live")
    together = DayEnds([small, reading()], "1", lambda: NOON).snapshot("small", LAST, "live")

    assert alone.counts is not None
    assert together.counts is not None
    assert alone.counts.sla["resolution"].kept == together.counts.sla["resolution"].kept
    assert together.counts.sla["resolution"].fleet_90d.n > alone.counts.sla["resolution"].fleet_90d.n
