from dataclasses import replace
from datetime import date

import pytest

from servicelevel.policy import DEFAULT_WEIGHTS, Note
from servicelevel.snapshot import Snapshot, SnapshotRange
from servicelevel.trend import Gap, Trend, days_between, point, trend, with_today
from servicelevel.two_dates import two_dates
from tests.unit.servicelevel.days import DESK, ENGINE, LAST, days_ago, kept, measured, scored


def line(*rows: Snapshot, first: date, last: date = LAST, begins: date | None = None) -> Trend:
    """The trend of these rows."""
    return trend(DESK, SnapshotRange(rows), first, last, expected=(begins or rows[0].day, LAST), engine_version=ENGINE)


def scores(values: list[float | None]) -> Trend:
    """A trend of one score a day that ends on LAST; None is a day without a snapshot."""
    first = days_ago(len(values) - 1)
    rows = [scored(days_ago(len(values) - 1 - at), value) for at, value in enumerate(values) if value is not None]
    return line(*rows, first=first, begins=first)


def test_gaps_are_kept_as_gaps() -> None:
    """Missing days between the first kept day and the last that has ended are gaps, in stretches."""
    made = scores([70.0, None, None, 80.0, None, 90.0])

    assert made.gaps == (Gap(days_ago(4), days_ago(3)), Gap(days_ago(1), days_ago(1)))
    assert [gap.days for gap in made.gaps] == [2, 1]
    assert [value for _, value in made.values("score")] == [70.0, None, None, 80.0, None, 90.0]


def test_days_before_history_began_and_days_to_come_are_no_gaps() -> None:
    """A period that is longer than history is not full of holes, and neither are days that have not ended."""
    made = line(scored(days_ago(2), 80.0), scored(LAST, 81.0), first=days_ago(30), last=date(2026, 11, 30))

    assert made.gaps == (Gap(days_ago(1), days_ago(1)),)
    assert made.begins == days_ago(2)


def test_history_that_began_before_the_period_leaves_gaps_from_its_first_day() -> None:
    """With older days than those shown, the first days of the period are gaps when they are missing."""
    made = line(scored(days_ago(3), 80.0), first=days_ago(5), begins=days_ago(100))

    assert made.gaps == (Gap(days_ago(5), days_ago(4)), Gap(days_ago(2), LAST))


def test_no_day_at_all_is_no_gap() -> None:
    """A queue without history has an empty trend."""
    made = trend(DESK, SnapshotRange(()), days_ago(9), LAST, expected=None, engine_version=ENGINE)

    assert (made.points, made.gaps, made.signals, made.begins) == ((), (), (), None)


def test_an_unreadable_day_is_a_gap_with_its_reason() -> None:
    """A broken row stands apart from a day that nobody kept."""
    rows = SnapshotRange((scored(days_ago(3), 80.0), scored(LAST, 80.0)), {days_ago(2): "not a snapshot"})
    made = trend(DESK, rows, days_ago(3), LAST, expected=(days_ago(3), LAST), engine_version=ENGINE)

    assert made.gaps == (Gap(days_ago(2), days_ago(2), "not a snapshot"), Gap(days_ago(1), days_ago(1)))


def test_the_mean_is_over_the_days_there_are() -> None:
    """A day's mean is that of the known ones among its last seven; a day in a gap has none."""
    made = scores([70.0, None, 80.0, 90.0, None, None, None, None, None, None, None, 60.0])
    smooth = [value for _, value in made.smooth("score")]

    assert smooth == [70.0, None, 75.0, 80.0, *[None] * 7, 60.0]


def test_the_mean_forgets_the_eighth_day() -> None:
    """Seven days and no more are averaged."""
    made = scores([0.0, *[70.0] * 7])

    assert [value for _, value in made.smooth("score")][-2:] == [60.0, 70.0]


def test_a_day_without_a_score_is_a_point_but_no_value() -> None:
    """Too little data that day is known: it is no gap, and its value stays unknown."""
    first = days_ago(1)
    made = line(scored(first, None), scored(LAST, 80.0), first=first)

    assert made.gaps == ()
    assert made.values("score") == ((first, None), (LAST, 80.0))


def test_values_are_those_of_the_counts() -> None:
    """Each measure of a point is that of the report at the end of its day."""
    made, now = point(DESK, kept(), ENGINE), measured()

    assert made.value("first_response") == now.sla["first_response"].kept.rate
    assert made.value("resolution") == now.sla["resolution"].kept.rate
    assert made.value("open") == now.flow.open
    assert made.value("created") == now.flow.created
    assert made.value("resolved") == now.flow.resolved
    assert made.value("backlog_days") == now.backlog.days
    assert made.value("net_flow") == now.flow.net_flow
    assert made.value("reopen_rate") == now.flow.reopens.rate
    assert made.decided("resolution") == now.sla["resolution"].kept.n


def test_an_imported_day_knows_its_score_alone() -> None:
    """Where there are no counts every other measure is unknown, never zero."""
    made = point(DESK, scored(LAST, 71.5, "import"), ENGINE)

    assert made.score == 71.5
    assert made.value("resolution") is None
    assert made.decided("resolution") is None


def test_a_changed_definition_redraws_old_days_and_an_unchanged_one_does_not() -> None:
    """Scores of a trend all stand under the queue's present definition."""
    row = replace(kept(), score=12.3)
    other = replace(DESK, definition_hash="second", weights={**DEFAULT_WEIGHTS, "backlog": 0.0})

    assert (point(DESK, row, ENGINE).score, point(DESK, row, ENGINE).redrawn) == (12.3, False)
    assert point(other, row, ENGINE).score == measured(desk=other).health.score
    assert point(other, row, ENGINE).redrawn
    assert point(other, scored(LAST, 71.5, "import"), ENGINE).score == 71.5


def test_today_so_far_joins_the_line_but_feeds_no_signal() -> None:
    """The running day is the last point of a trend that reaches it."""
    today = date(2026, 11, 23)
    quiet = [70.0 + at % 2 for at in range(30)]
    ended = line(*(scored(days_ago(29 - at), value) for at, value in enumerate(quiet)), first=days_ago(29), last=today)
    made = with_today(ended, point(DESK, scored(today, 5.0), ENGINE))

    assert made.points[-1].day == today
    assert made.values("score")[-1] == (today, 5.0)
    assert made.signals == ()
    assert with_today(made, point(DESK, scored(today, 9.0), ENGINE)) is made
    assert with_today(scores(list(quiet)), point(DESK, scored(today, 5.0), ENGINE)).points[-1].day == LAST


def test_notes_of_the_queue_and_of_all_queues_are_shown() -> None:
    """Notes about other queues and of other days are left out."""
    notes = [
        Note(days_ago(3), "for all"),
        Note(days_ago(2), "for this", ("desk",)),
        Note(days_ago(2), "for another", ("billing",)),
        Note(days_ago(40), "long ago"),
    ]
    made = trend(DESK, SnapshotRange(()), days_ago(9), LAST, expected=None, engine_version=ENGINE, notes=notes)

    assert [note.text for note in made.notes] == ["for all", "for this"]


def test_two_dates_say_what_changed_and_why() -> None:
    """Rows carry both values; the movement adds up to the change of the shown score."""
    a, b = point(DESK, kept(days_ago(28)), ENGINE), point(DESK, kept(), ENGINE)
    made = two_dates(DESK, b, a)

    rows = {row.name: row for row in made.rows}
    assert (made.a.day, made.b.day) == (days_ago(28), LAST)
    assert rows["score"].a == a.score
    assert rows["score"].b == b.score
    assert rows["urgent"].b is not None
    assert made.urgent_name == "Highest"
    assert made.movement is not None
    assert sum(row.shown for row in made.movement) == pytest.approx(rows["score"].delta)
    assert list(rows)[:4] == ["score", "first_response", "resolution", "urgent"]


def test_two_dates_without_counts_have_no_movement() -> None:
    """Imported days can be compared by their scores only."""
    made = two_dates(DESK, point(DESK, scored(days_ago(3), 70.0), ENGINE), point(DESK, scored(LAST, 75.0), ENGINE))
    by_name = {row.name: row.delta for row in made.rows}

    assert by_name["score"] == 5.0
    assert by_name["open"] is None
    assert "urgent" not in by_name
    assert made.movement is None


def test_days_between_hold_both_ends() -> None:
    """From a day to itself is one day."""
    assert days_between(LAST, LAST) == (LAST,)
    assert days_between(date(2026, 10, 24), date(2026, 10, 26)) == tuple(date(2026, 10, d) for d in (24, 25, 26))
