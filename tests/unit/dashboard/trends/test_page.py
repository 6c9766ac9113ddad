"""The panels of the trends page, whatever history has."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from dashboard.pages import trends as page
from dashboard.trend_facts import facts, revision, shown_queues
from datasource.history.sqlite import SqliteHistory
from opsportal.reports import Period
from tests.unit.dashboard.trends.shown import (
    IDS,
    QUEUES,
    SLOTS,
    TODAY,
    filled,
    links,
    portal,
    size,
    text,
    trends_view,
)
from tests.unit.servicelevel.days import LAST, days_ago, scored


def test_two_dates_default_to_four_weeks_and_follow_the_address(history: SqliteHistory) -> None:
    """B is the newest day and A the same weekday 28 days before, unless the address says otherwise."""
    services = portal(history)
    usual = filled(services, trends_view())
    asked = filled(services, trends_view(a=days_ago(20), b=days_ago(10)))
    swapped = filled(services, trends_view(a=days_ago(10), b=days_ago(20)))

    assert (usual["a"], usual["b"]) == ((TODAY - timedelta(days=28)).isoformat(), TODAY.isoformat())
    assert (asked["a"], asked["b"]) == (days_ago(20).isoformat(), days_ago(10).isoformat())
    assert (swapped["a"], swapped["b"]) == (asked["a"], asked["b"])
    shapes = [shape["x0"] for shape in asked["score"]["layout"]["shapes"] if shape.get("name") in ("a", "b")]
    assert shapes == [asked["a"], asked["b"]]
    assert "Why it moved" in text(asked["dates"])


def test_two_dates_in_a_gap_say_so(history: SqliteHistory) -> None:
    """A day without a snapshot cannot be compared."""
    shown = filled(portal(history), trends_view(a=days_ago(20), b=days_ago(7)))

    assert "Two days with a snapshot are needed" in text(shown["dates"])


def test_the_picker_switches_one_queue_and_keeps_the_rest(history: SqliteHistory) -> None:
    """Each link of the picker is the view with that queue on or off, in the order of the registry."""
    services = portal(history, prefix="/ops/")
    leads = links(filled(services, trends_view(queues=("network", "desk"), smooth=False))["picker"])

    assert leads[0] == "/ops/trends?queue=network&smooth=0"
    assert leads[1] == "/ops/trends?queue=desk&queue=billing&queue=network&smooth=0"
    assert "/ops/trends?queue=network&queue=desk" in leads
    assert "/ops/trends?period=30&queue=network&queue=desk&smooth=0" in leads


def test_a_page_stays_small(history: SqliteHistory) -> None:
    """Every queue at once is far from the number of components that slows a browser."""
    services = portal(history)
    shown = page._fill(trends_view(queues=IDS), services)

    assert size(page.layout(trends_view())) < 250
    assert sum(size(part) for part in shown.panels) + sum(size(part) for part in shown.head.controls) < 400


def test_no_history_yet_shows_today_and_says_when_lines_begin(tmp_path: Path) -> None:
    """A new portal draws today's points and explains the rest."""
    shown = filled(portal(SqliteHistory(tmp_path / "new.db")), trends_view())

    assert "No history yet" in text(shown["notice"])
    dots = [trace for trace in shown["score"]["data"] if trace.get("mode") == "markers"]
    assert [trace["x"] for trace in dots] == [[TODAY.isoformat()]] * 3
    assert (shown["gaps_note"], shown["signals_note"]) == (None, None)
    assert text(shown["signals"]) == text(shown["gaps"]) == "No day is kept yet."
    assert "There is no history yet" in text(
        page._fill(trends_view(), portal(SqliteHistory(tmp_path / "b.db"))).head.sentence
    )


def test_nothing_read_and_nothing_kept_is_an_empty_page(tmp_path: Path) -> None:
    """Without a reading and without history there is no point, and no error."""
    shown = filled(portal(SqliteHistory(tmp_path / "new.db"), read=False), trends_view())

    assert "No history yet" in text(shown["notice"])
    assert shown["score"]["data"] == []
    assert (shown["a"], shown["b"], shown["key"], shown["changes"]) == (None, None, None, None)
    assert text(shown["signals"]) == text(shown["gaps"]) == "No day is kept yet."


def test_one_kept_day_says_that_lines_begin_with_the_second(tmp_path: Path) -> None:
    """A single day is a dot with a word about it."""
    store = SqliteHistory(tmp_path / "one.db")
    store.put(scored(LAST, 71.0))
    shown = filled(portal(store, read=False), trends_view())

    assert "One day has been kept so far" in text(shown["notice"])
    assert shown["b"] == LAST.isoformat()
    assert shown["a"] is None


def test_a_history_that_cannot_be_read_says_why_and_shows_no_number(tmp_path: Path) -> None:
    """The page names the file and what to do; nothing of it looks like a value."""
    (tmp_path / "broken.db").write_bytes(b"no database " * 200)
    services = portal(SqliteHistory(tmp_path / "broken.db"))
    shown = page._fill(trends_view(), services)
    panels = dict(zip(SLOTS, shown.panels, strict=True))

    assert "History cannot be read" in text(shown.head.sentence)
    assert "broken.db cannot be used" in text(panels["notice"])
    assert panels["score"]["data"] == []
    assert panels["subject"] is None
    unknown = "Not known while history cannot be read."
    assert {text(panels[name]) for name in ("dates", "signals", "gaps")} == {unknown}
    assert revision(trends_view(), services)


def test_history_stands_while_the_readings_are_gone(history: SqliteHistory) -> None:
    """With Jira down the kept days are drawn, without a day of today."""
    shown = filled(portal(history, read=False), trends_view(queues=("desk",)))
    (dots,) = [trace for trace in shown["score"]["data"] if trace.get("mode") == "markers"]

    assert dots["x"][-1] == LAST.isoformat()
    assert shown["notice"] is None


def test_the_revision_follows_history_and_readings(tmp_path: Path) -> None:
    """A tick leaves the page alone until a day or a reading is new."""
    store = SqliteHistory(tmp_path / "history.db")
    before = revision(trends_view(), portal(store))

    assert revision(trends_view(), portal(store)) == before
    assert revision(trends_view(), portal(store, read=False)) != before
    store.put(scored(LAST, 71.0))
    assert revision(trends_view(), portal(store)) != before


def test_which_queues_are_shown() -> None:
    """Those of the address, else those of its team, else the first three of the registry."""
    teams = [replace(queue, team="a" if at % 2 else "b") for at, queue in enumerate(QUEUES)]

    assert [queue.id for queue in shown_queues(trends_view(queues=("people", "desk")), teams)] == ["desk", "people"]
    assert [queue.id for queue in shown_queues(trends_view(team="a"), teams)] == ["billing", "people"]
    assert [queue.id for queue in shown_queues(trends_view(), teams)] == ["desk", "billing", "network"]


def test_a_custom_period_is_drawn_as_asked_for(history: SqliteHistory) -> None:
    """Two dates of one's own bound the charts; today is not drawn when it lies outside."""
    found = facts(trends_view(period=Period(None, days_ago(40), days_ago(20))), portal(history))

    assert (found.first, found.last) == (days_ago(40), days_ago(20))
    assert {line.trend.points[-1].day for line in found.drawn} == {days_ago(20)}
    assert found.b == days_ago(20)
