"""Both views of scores, and where days begin to be judged otherwise, on the trends page."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from components.figures.trend import PLOTS
from components.figures.trend_changes import change_words
from datasource.history.sqlite import SqliteHistory
from opsportal.engine import ENGINE_VERSION
from servicelevel.redefinition import ScoresUnder
from tests.unit.dashboard.trends.shown import TODAY, filled, links, of_scores, portal, text, trends_view
from tests.unit.servicelevel.days import LAST, days_ago, kept, measured

CHANGED = days_ago(4)


@pytest.fixture
def redefined(tmp_path: Path) -> SqliteHistory:
    """Ten days whose scores were kept as 40 under another definition, until five days ago."""
    store = SqliteHistory(tmp_path / "history.db")
    for ago in range(10):
        row = replace(kept(days_ago(ago)), engine_version=ENGINE_VERSION)
        store.put(row if row.day >= CHANGED else replace(row, definition_hash="before", score=40.0))
    return store


def dots(figure: dict[str, Any]) -> dict[str, float]:
    """The values of a chart of one queue by day."""
    (trace,) = [each for each in figure["data"] if each.get("mode") == "markers"]
    return dict(zip(trace["x"], trace["y"], strict=True))


def marks(figure: dict[str, Any]) -> list[str]:
    """Where the lines of changes stand."""
    return [shape["x0"] for shape in figure["layout"]["shapes"] if shape.get("name") == "change"]


@pytest.mark.parametrize("scores", ["today", "recorded"])
def test_old_scores_stand_as_the_address_asks(scores: ScoresUnder, redefined: SqliteHistory) -> None:
    """Made again from their counts, or as they were kept; promises and newer days are the same in both."""
    shown = filled(portal(redefined), trends_view(queues=("desk",), scores=scores))
    again = measured(days_ago(9)).health.score

    assert dots(shown["score"])[days_ago(9).isoformat()] == (40.0 if scores == "recorded" else again)
    assert dots(shown["score"])[LAST.isoformat()] == measured().health.score
    assert dots(shown["resolution"])[days_ago(9).isoformat()] == pytest.approx(
        100 * (measured(days_ago(9)).sla["resolution"].kept.rate or 0)
    )


@pytest.mark.parametrize("scores", ["today", "recorded"])
def test_a_change_stands_on_every_chart_and_in_the_list(scores: ScoresUnder, redefined: SqliteHistory) -> None:
    """At the beginning of its day; the words on the first chart, the queues in the list, the mark in the key."""
    shown = filled(portal(redefined), trends_view(queues=("desk",), scores=scores))

    assert {tuple(marks(shown[plot.measure])) for plot in PLOTS} == {("2026-11-17T12:00:00",)}
    told = {plot.measure: [n["text"] for n in shown[plot.measure]["layout"]["annotations"]] for plot in PLOTS}
    assert [measure for measure, texts in told.items() if "definition changed" in texts] == ["score"]
    assert "18 Nov , all of these queues: definition changed." in text(shown["changes"])
    assert "judged otherwise from here on" in text(shown["key"])
    assert ("as recorded" if scores == "recorded" else "by today’s definition") in text(shown["changes"])


def test_without_a_change_there_is_no_mark_and_no_list(history: SqliteHistory) -> None:
    """A definition that stays needs no word."""
    shown = filled(portal(history), trends_view())

    assert shown["changes"] is None
    assert marks(shown["score"]) == []
    assert "judged otherwise" not in text(shown["key"])


def test_the_switch_leads_to_the_other_view_and_keeps_the_rest(redefined: SqliteHistory) -> None:
    """The one shown is marked for those who do not see its colour."""
    services = portal(redefined)
    usual = filled(services, trends_view(queues=("desk",), smooth=False))["picker"]
    recorded = filled(services, trends_view(queues=("desk",), smooth=False, scores="recorded"))["picker"]

    assert "/trends?queue=desk&smooth=0&scores=recorded" in links(usual)
    assert "/trends?queue=desk&smooth=0" in links(recorded)
    assert "/trends?queue=desk&queue=billing&smooth=0&scores=recorded" in links(recorded)
    for picker, word in ((usual, "Today’s definition"), (recorded, "As recorded")):
        (on,) = [part for part in picker[1].children[0].children if "aria-current" in part.to_plotly_json()["props"]]
        assert on.children == word


def test_two_dates_are_compared_under_one_definition_in_both_views(redefined: SqliteHistory) -> None:
    """The change of the score is the one that the sentence under it explains."""
    services = portal(redefined)
    dates = {"queues": ("desk",), "a": days_ago(9), "b": LAST}
    tables = [text(filled(services, trends_view(**dates, scores=scores))["dates"]) for scores in ("today", "recorded")]

    assert tables[0] == tables[1]
    assert "40.0" not in tables[1]


def test_words_that_would_cover_each_other_are_said_together() -> None:
    """Changes on days close to each other share one place, and those at the end stand to the left of their line."""

    def words(*days: date) -> list[tuple[str, str]]:
        line = of_scores("Desk", [70.0] * 90)
        points = tuple(
            replace(point, definition_hash=f"{sum(day <= point.day for day in days)}") for point in line.trend.points
        )
        changed = replace(line, trend=replace(line.trend, points=points))
        return [(note["text"], note["xanchor"]) for note in change_words([changed], days_ago(89), TODAY)]

    assert words(days_ago(60), days_ago(30)) == [("definition changed", "left")] * 2
    assert words(days_ago(60), days_ago(50)) == [("definition changed", "left")]
    assert words(days_ago(3)) == [("definition changed", "right")]
