"""Scores under today's definition and as recorded, and where days begin to be judged otherwise."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from servicelevel.policy import DEFAULT_WEIGHTS
from servicelevel.redefinition import ScoresUnder
from servicelevel.snapshot import Snapshot, SnapshotRange
from servicelevel.trend import Trend, point, trend, with_today
from tests.unit.servicelevel.days import DESK, ENGINE, LAST, days_ago, kept, measured, scored

HEAVIER = replace(DESK, definition_hash="second", weights={**DEFAULT_WEIGHTS, "backlog": 0.0})


def line(rows: Sequence[Snapshot], scores: ScoresUnder = "today", shown: int | None = None) -> Trend:
    """The trend of days in a row that end with LAST, of which so many are shown."""
    first = days_ago((shown or len(rows)) - 1)
    expected, kept_days = (rows[0].day, LAST), SnapshotRange(tuple(rows))
    return trend(HEAVIER, kept_days, first, LAST, expected=expected, engine_version=ENGINE, scores=scores)


def days(*definitions: str, engine: str = ENGINE) -> list[Snapshot]:
    """A day that knows only its score under each of these definitions, the last one on LAST."""
    n = len(definitions) - 1
    rows = [scored(days_ago(n - at), 70.0 + at) for at in range(n + 1)]
    return [
        replace(row, definition_hash=definition, engine_version=engine)
        for row, definition in zip(rows, definitions, strict=True)
    ]


def test_today_makes_scores_again_and_recorded_leaves_them() -> None:
    """Under the present weights a day has the score that a report with them would have had."""
    row = replace(kept(), score=12.3)
    today, recorded = point(HEAVIER, row, ENGINE), point(HEAVIER, row, ENGINE, "recorded")

    again = measured(desk=HEAVIER).health
    assert (today.score, today.contributions, today.redrawn) == (again.score, dict(again.contributions), True)
    assert (recorded.score, recorded.contributions, recorded.redrawn) == (12.3, row.contributions, False)


def test_another_version_of_the_portal_makes_scores_again_too() -> None:
    """Its rules may be others; counts of an equal definition and version are left as they are."""
    row = replace(kept(), score=12.3)

    assert point(DESK, row, "2").score == measured().health.score
    assert (point(DESK, row, ENGINE).score, point(DESK, row, ENGINE).redrawn) == (12.3, False)


@pytest.mark.parametrize("scores", ["today", "recorded"])
def test_a_change_is_marked_on_the_first_day_that_knows_it(scores: ScoresUnder) -> None:
    """In both views, and across a gap; what changes before the first day shown is not marked."""
    rows = days("zero", "first", "first", "first", "second", "second")
    del rows[3]
    (change,) = line(rows, scores, shown=4).changes

    assert (change.day, change.before, change.what) == (days_ago(1), days_ago(3), ("definition",))
    assert change.words == "definition changed"


def test_the_version_and_imported_days_are_marked_apart() -> None:
    """Two days of a file are like each other; the portal's own next to them are not."""
    rows = [
        scored(days_ago(4), 60.0, "import"),
        replace(scored(days_ago(3), 61.0, "import"), definition_hash="another file"),
        *days("first"),
    ]
    rows[2] = replace(rows[2], day=days_ago(2))
    rows += [replace(*days("first", engine="2"), day=days_ago(1)), *days("second", engine="3")]

    assert [(change.day, change.what) for change in line(rows).changes] == [
        (days_ago(2), ("origin",)),
        (days_ago(1), ("engine",)),
        (LAST, ("definition", "engine")),
    ]


def test_a_definition_that_changed_today_is_marked_on_today() -> None:
    """The running day is judged by the definition of now."""
    ended = line(days("first", "first"))
    running = point(HEAVIER, replace(scored(days_ago(-1), 50.0), definition_hash="second"), ENGINE)
    made = with_today(replace(ended, last=running.day), running)

    assert [change.day for change in made.changes] == [running.day]


def test_no_mean_mixes_recorded_scores_of_two_definitions() -> None:
    """The mean begins anew with the change; where all scores were made again it goes on."""
    recorded = line(days("first", "first", "second", "second"), "recorded")
    counted = [replace(kept(days_ago(ago)), definition_hash=name) for ago, name in ((1, "first"), (0, "second"))]
    again = line(counted)

    assert [value for _, value in recorded.smooth("score")] == [70.0, 70.5, 72.0, 72.5]
    assert [value for _, value in again.smooth("score")][1] == pytest.approx(
        sum(value for _, value in again.values("score") if value is not None) / 2
    )
    rates = [value for _, value in line(counted, "recorded").values("resolution") if value is not None]
    assert [value for _, value in line(counted, "recorded").smooth("resolution")][1] == pytest.approx(sum(rates) / 2)


@pytest.mark.parametrize("scores", ["today", "recorded"])
def test_signals_compare_with_no_day_before_a_change(scores: ScoresUnder) -> None:
    """Thirty quiet days and a fall with the new definition are no signal; without the change they are one."""
    quiet = [80.0 if at % 2 else 82.0 for at in range(30)]

    def found(definition: str) -> int:
        rows = [scored(days_ago(30 - at), value) for at, value in enumerate([*quiet, 60.0])]
        rows[-1] = replace(rows[-1], definition_hash=definition)
        return len(line(rows, scores).signals)

    assert (found("first"), found("second")) == (1, 0)
