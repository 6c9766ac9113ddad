from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.policy import Note
from servicelevel.signals import Reading, Signal, SignalMeasure, days_in_words, signals
from servicelevel.snapshot import SnapshotRange
from servicelevel.trend import trend
from tests.unit.servicelevel.bounded import examples
from tests.unit.servicelevel.days import DESK, ENGINE, scored

BEGIN = date(2026, 9, 1)
QUIET = [80.0 if at % 2 else 82.0 for at in range(30)]
"""Mean 81, moving range 2: limits 81 ± 5.32, two thirds of the way at 81 ± 3.547."""


def judged(
    values: Sequence[float | None],
    *,
    measure: SignalMeasure = "score",
    restarts: Sequence[date] = (),
    definitions: Sequence[str] | None = None,
    shown_from: date = BEGIN,
) -> tuple[Signal, ...]:
    """Signals of one value a day from BEGIN on; None is a gap."""
    readings = [
        Reading(BEGIN + timedelta(days=at), value, definitions[at] if definitions else "one")
        for at, value in enumerate(values)
        if value is not None
    ]
    return signals({measure: readings}, restarts, shown_from=shown_from)


def day(at: int) -> date:
    """The day of a value."""
    return BEGIN + timedelta(days=at)


def test_a_quiet_series_says_nothing() -> None:
    """Steps of the usual size, around one mean, are no signal."""
    assert judged(QUIET) == ()


@pytest.mark.parametrize(("value", "side"), [(75.67, "below"), (86.33, "above")])
def test_one_point_beyond_the_limits(value: float, side: str) -> None:
    """A point past centre ± 2.66 × the mean moving range fires, and is told with its limit."""
    (found,) = judged([*QUIET, value])

    assert (found.rule, found.side, found.first, found.last) == ("beyond", side, day(30), day(30))
    limit = "75.7" if side == "below" else "86.3"
    assert found.text == f"Health score left its 8-week band on 1 Oct {side} {limit}."


@pytest.mark.parametrize("value", [75.69, 86.31])
def test_a_point_just_inside_the_limits_is_none(value: float) -> None:
    """The limit itself belongs to the band."""
    assert judged([*QUIET, value]) == ()


def test_nineteen_points_are_no_baseline() -> None:
    """Twenty points before the day judged are needed."""
    assert judged([*QUIET[:19], 10.0]) == ()
    assert [found.rule for found in judged([*QUIET[:20], 10.0])] == ["beyond"]


def test_eight_in_a_row_on_one_side_are_one_run() -> None:
    """The eighth day fires; further days of the same run make it longer and are not reported again."""
    seven = judged([*QUIET, *[81.9] * 7])
    ten = judged([*QUIET, *[81.9] * 10])

    assert seven == ()
    assert [(found.rule, found.side, found.first, found.last) for found in ten] == [("run", "above", day(30), day(39))]
    assert "stayed above its 8-week mean of 81." in ten[0].text
    assert "for 10 days in a row, 1–10 Oct" in ten[0].text


def test_a_point_on_the_mean_ends_a_run() -> None:
    """A value on neither side breaks the row."""
    constant = [81.0] * 30
    assert judged([*constant, *[81.0] * 8]) == ()


def test_two_of_three_close_to_the_same_limit() -> None:
    """Two of three days past two thirds of the way fire on the second of them, each below the limit itself."""
    (found,) = judged([*QUIET, 85.1, 81.0, 85.2])

    assert (found.rule, found.side, found.first, found.last) == ("two_of_three", "above", day(30), day(32))
    assert "two of three days above 85.0, 1–3 Oct." in found.text


def test_two_thirds_of_the_way_itself_is_not_past_it() -> None:
    """With one of the two days a little nearer to the mean nothing fires."""
    assert judged([*QUIET, 84.9, 81.0, 85.2]) == ()


def test_two_of_three_on_opposite_sides_are_none() -> None:
    """Near one limit and then near the other is no pattern."""
    assert [found for found in judged([*QUIET, 85.1, 81.0, 76.8]) if found.rule == "two_of_three"] == []


def test_gaps_are_skipped() -> None:
    """A missing day neither breaks a run nor counts as a step."""
    with_gap = judged([*QUIET, 81.9, 81.9, 81.9, None, None, 81.9, 81.9, 81.9, 81.9, 81.9])

    assert [(found.rule, found.first, found.last) for found in with_gap] == [("run", day(30), day(39))]


def test_the_baseline_is_56_days_long() -> None:
    """What happened more than 56 days before the day judged is forgotten."""
    old = [20.0, *[80.0, 82.0] * 28]
    assert judged([*old, 81.0], shown_from=day(57)) == ()
    remembered = [*[80.0, 82.0] * 10, 20.0, *[80.0, 82.0] * 15]
    assert ("beyond", "above") not in {(found.rule, found.side) for found in judged([*remembered, 86.4])}
    assert [found.rule for found in judged([*[80.0, 82.0] * 25, 86.4], shown_from=day(50))] == ["beyond"]


def test_a_change_of_definition_restarts_the_baseline() -> None:
    """Days under another definition are not compared: twenty of the new one have to come first."""
    values = [*QUIET, *[60.0] * 19, 40.0]
    definitions = ["one"] * 30 + ["two"] * 20

    assert [found for found in judged(values, definitions=definitions) if found.first >= day(30)] == []
    assert judged(values) != ()


def test_a_day_of_a_new_baseline_restarts_it() -> None:
    """A restart works from its own day on."""
    values = [*QUIET, *[60.0] * 19]

    assert judged(values, restarts=[day(30)]) == ()
    assert judged(values, restarts=[day(31)])[0].first == day(30)


def test_only_notes_that_say_so_restart_the_baseline() -> None:
    """A note with the words "new baseline" restarts it, any other note and those of other queues do not."""
    rows = tuple(scored(day(at), value) for at, value in enumerate([*QUIET, *[60.0] * 19]))

    def found(text: str, queues: tuple[str, ...] = ()) -> int:
        notes = [Note(day(30), text, queues)]
        last = rows[-1].day
        made = trend(DESK, SnapshotRange(rows), BEGIN, last, expected=(BEGIN, last), engine_version=ENGINE, notes=notes)
        return len(made.signals)

    assert found("New shift plan") > 0
    assert found("New baseline: shift plan", ("billing",)) > 0
    assert found("New baseline: shift plan") == 0


def test_days_before_the_period_feed_the_baseline_and_are_not_shown() -> None:
    """A signal is shown when its last day lies in the period."""
    values = [*QUIET, 60.0, *[81.0] * 3]

    assert judged(values, shown_from=day(31)) == ()
    assert [found.rule for found in judged(values, shown_from=day(30))] == ["beyond"]


@pytest.mark.parametrize(
    ("measure", "value", "good", "words"),
    [
        ("score", 95.0, True, "Health score left"),
        ("open", 95.0, False, "Open tickets left"),
        ("open", 60.0, True, "below 75.7"),
        ("resolution", 60.0, False, "Resolution left"),
    ],
)
def test_which_side_is_the_good_one(measure: SignalMeasure, value: float, good: bool, words: str) -> None:
    """Up is good for scores and promises, down for open tickets."""
    (found,) = judged([*QUIET, value], measure=measure)

    assert found.good is good
    assert words in found.text


def test_promises_are_told_in_per_cent() -> None:
    """Limits of an attainment are percentages."""
    (found,) = judged([*(value / 100 for value in QUIET), 0.5], measure="first_response")

    assert found.text == "First response left its 8-week band on 1 Oct below 75.7 %."


def test_days_in_a_row_beyond_the_limits_are_one_signal() -> None:
    """A stretch outside the band is told once, with its length."""
    beyond = [found for found in judged([*QUIET, 60.0, 60.0, 60.0]) if found.rule == "beyond"]

    assert [(found.first, found.last) for found in beyond] == [(day(30), day(32))]
    assert "on 1–3 Oct, 3 days in a row below" in beyond[0].text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 11, 4), date(2026, 11, 4), "4 Nov"),
        (date(2026, 11, 4), date(2026, 11, 6), "4–6 Nov"),
        (date(2026, 10, 30), date(2026, 11, 2), "30 Oct–2 Nov"),
    ],
)
def test_days_in_words(first: date, last: date, text: str) -> None:
    """Dates are said as short as they can be."""
    assert days_in_words(first, last) == text


@examples(40)
@given(st.lists(st.floats(0, 100), min_size=21, max_size=80), st.floats(-50, 50))
def test_moving_a_whole_series_moves_no_signal(values: list[float], by: float) -> None:
    """Rules look at differences only, so the same series at another height has signals on the same days."""
    steps = [round(value) for value in values]
    here = [(found.rule, found.side, found.first, found.last) for found in judged([float(v) for v in steps])]
    there = [(f.rule, f.side, f.first, f.last) for f in judged([float(v + round(by)) for v in steps])]

    assert here == there
