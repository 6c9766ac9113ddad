"""Where a day came from, and whether it is whole, can be seen without colour; what an imported day lacks is no zero."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from datasource.history.sqlite import SqliteHistory
from tests.unit.dashboard.trends.shown import TODAY, filled, portal, text, trends_view
from tests.unit.servicelevel.days import LAST, days_ago, kept, scored


@pytest.fixture
def mixed(tmp_path: Path) -> SqliteHistory:
    """A day of every kind."""
    store = SqliteHistory(tmp_path / "history.db")
    store.put(scored(days_ago(5), 66.0, "import"))
    store.put(scored(days_ago(4), 67.0, "import"))
    store.put(kept(days_ago(3), "backfill"))
    store.put(replace(kept(days_ago(2), "backfill"), complete=False, lacks=("past",)))
    store.put(replace(kept(days_ago(1)), complete=False, lacks=("hours",)))
    store.put(kept())
    return store


def traces(figure: dict[str, Any], mode: str) -> list[dict[str, Any]]:
    """The traces of a chart that are drawn so."""
    return [trace for trace in figure["data"] if trace.get("mode") == mode]


def test_every_kind_of_day_has_a_shape_of_its_own_and_its_words(mixed: SqliteHistory) -> None:
    """On the chart, in the key, and under the pointer."""
    shown = filled(portal(mixed), trends_view(queues=("desk",)))
    (dots,) = traces(shown["score"], "markers")

    symbols = dict(zip(dots["x"], dots["marker"]["symbol"], strict=True))
    assert [symbols[days_ago(ago).isoformat()] for ago in (5, 4, 3, 2, 1, 0)] == [
        "diamond-open", "diamond-open", "circle-open", "circle-x-open", "x-thin", "circle",
    ]  # fmt: skip
    assert symbols[TODAY.isoformat()] == "circle-open-dot"
    key = text(shown["key"])
    for words in (
        "day taken live", "taken live, incomplete", "rebuilt afterwards", "rebuilt, incomplete",
        "imported, score only", "today so far", "7-day mean",
    ):  # fmt: skip
        assert words in key
    said = dict(zip(dots["x"], dots["text"], strict=True))
    assert "imported: its score is all that is known" in said[days_ago(5).isoformat()]
    assert "incomplete: not every change" in said[days_ago(2).isoformat()]
    assert "incomplete: hours could not be read" in said[days_ago(1).isoformat()]


def test_the_key_names_what_is_there_and_nothing_else(history: SqliteHistory) -> None:
    """A mark that no day has would be looked for in vain."""
    key = text(filled(portal(history), trends_view(smooth=False))["key"])

    assert "imported" not in key
    assert "7-day mean" not in key
    assert "day by day" in key


def test_the_line_is_solid_dashed_or_dotted(mixed: SqliteHistory) -> None:
    """Solid through live days, dashed to and through others, dotted to the day that has not ended."""
    (solid, dashed, dotted) = traces(filled(portal(mixed), trends_view(queues=("desk",)))["score"], "lines")

    def days(trace: dict[str, Any]) -> list[str]:
        return [day for day, value in zip(trace["x"], trace["y"], strict=True) if value is not None]

    assert [trace["line"].get("dash") for trace in (solid, dashed, dotted)] == [None, "4px,3px", "1px,3px"]
    assert days(solid) == [days_ago(1).isoformat(), LAST.isoformat()]
    assert days(dashed) == [days_ago(ago).isoformat() for ago in (5, 4, 3, 2, 1)]
    assert days(dotted) == [LAST.isoformat(), TODAY.isoformat()]


def test_an_imported_day_has_a_score_and_no_other_point(mixed: SqliteHistory) -> None:
    """Its promises are unknown: no dot, no zero, and the comparison says why it cannot explain."""
    services = portal(mixed)
    shown = filled(services, trends_view(queues=("desk",), a=days_ago(5), b=LAST))
    (dots,) = traces(shown["resolution"], "markers")

    assert days_ago(5).isoformat() not in dots["x"]
    assert "Of an imported day the score alone is known, so nothing says why it moved." in text(shown["dates"])
    assert "66.0" in text(shown["dates"])
    assert " 0 " not in text(shown["dates"]).split("66.0")[0]


def test_a_chart_that_imported_days_leave_empty_says_so(tmp_path: Path) -> None:
    """The score is drawn; under the title of a promise stands the reason."""
    store = SqliteHistory(tmp_path / "history.db")
    for ago in range(5):
        store.put(scored(days_ago(ago), 66.0, "import"))
    shown = filled(portal(store, read=False), trends_view(queues=("desk",)))

    assert len(traces(shown["score"], "markers")[0]["x"]) == 5
    assert shown["resolution"]["data"] == []
    (note,) = shown["resolution"]["layout"]["annotations"]
    assert note["text"] == "Imported days know their score alone."


def test_shaded_stretches_are_named_by_where_they_came_from(tmp_path: Path) -> None:
    """Imported and rebuilt stretches each have their words, where there is room for both."""
    store = SqliteHistory(tmp_path / "history.db")
    for ago in range(80):
        store.put(scored(days_ago(ago), 66.0, "import" if ago > 50 else "backfill" if ago > 20 else "live"))
    shown = filled(portal(store, read=False), trends_view(queues=("desk",)))["score"]["layout"]
    named = {note["text"]: note["x"] for note in shown["annotations"] if note.get("name") == "band"}

    assert named == {"imported": "2026-09-18", "rebuilt afterwards": "2026-10-17"}
    assert len([shape for shape in shown["shapes"] if shape["type"] == "rect"]) == 1
