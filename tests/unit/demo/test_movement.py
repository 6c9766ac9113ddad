from __future__ import annotations

from typing import Any

import pytest

from demo.options import Options
from tests.unit.demo.reader import Reader, reading


def _open_sla(reader: Reader, jql: str) -> dict[str, Any]:
    page = reader.search(jql, fields=["customfield_10031", "status"], maxResults=100)
    return {issue["key"]: issue["fields"]["customfield_10031"] for issue in page["issues"]}


def test_a_working_day_brings_tickets_answers_and_solutions() -> None:
    """Over six hours of a Tuesday tickets arrive and are resolved, and nothing that was there disappears."""
    with reading(Options(clock="stepped:2026-11-24T12:00:00Z")) as reader:
        before = set(reader.ids("project in (SD, OPS)"))
        solved = set(reader.ids("project in (SD, OPS) AND statusCategory = Done"))
        reader.demo.clock.step(6 * 3600)
        after = set(reader.ids("project in (SD, OPS)"))
        solved_after = set(reader.ids("project in (SD, OPS) AND statusCategory = Done"))

    assert len(after - before) >= 3
    assert len(solved_after - solved) >= 3
    assert len(before - after) <= 1  # one may have been deleted


def test_running_clocks_run_in_working_time_only() -> None:
    """A running clock gains exactly the working time that passes, a paused one nothing."""
    jql = "project = SD AND statusCategory != Done ORDER BY key"
    with reading(Options(clock="stepped:2026-11-24T20:00:00Z")) as reader:  # 17:00 in São Paulo, an hour to closing
        first = _open_sla(reader, jql)
        reader.demo.clock.step(2 * 3600)
        second = _open_sla(reader, jql)

    gains: dict[bool, set[int]] = {True: set(), False: set()}
    for key, shown in first.items():
        now = second.get(key)
        if (
            not isinstance(shown, dict)
            or not isinstance(now, dict)
            or "ongoingCycle" not in shown
            or not now.get("ongoingCycle")
        ):
            continue
        was, is_ = shown["ongoingCycle"], now["ongoingCycle"]
        if (
            was
            and was["paused"] == is_["paused"]
            and was["startTime"]["epochMillis"] == is_["startTime"]["epochMillis"]
        ):
            gains[was["paused"]].add(is_["elapsedTime"]["millis"] - was["elapsedTime"]["millis"])
        if was:
            assert was["withinCalendarHours"] is True
            assert is_["withinCalendarHours"] is False

    assert gains[True] == {0}
    assert 3_600_000 in gains[False]
    assert max(gains[False]) == 3_600_000


@pytest.mark.parametrize("start", ["2026-11-24T03:00:00Z", "2026-11-22T15:00:00Z", "2026-12-25T06:00:00Z"])
def test_something_happens_every_few_minutes_at_any_hour(start: str) -> None:
    """At night, on Sunday and on Christmas Day, the queue that never sleeps is touched every 16 minutes."""
    with reading(Options(clock=f"stepped:{start}")) as reader:
        for _ in range(4):
            since_ms = reader.demo.clock.now_ms()
            reader.demo.clock.step(16 * 60)
            assert reader.ids(f"updated > {since_ms}")


def test_history_is_not_rewritten_by_time() -> None:
    """What a ticket's changelog says today, it still says in a week, at its beginning."""
    with reading(Options(clock="stepped:2026-11-16T15:00:00Z", sizes={"service-desk": 300})) as reader:
        ids = reader.ids("project = SD AND statusCategory != Done")
        first = {id_: reader.get(f"/rest/api/3/issue/{id_}/changelog").json()["values"] for id_ in ids}
        reader.demo.clock.step(7 * 86_400)
        for id_, values in first.items():
            answer = reader.get(f"/rest/api/3/issue/{id_}/changelog")
            assert answer.status_code == 404 or answer.json()["values"][: len(values)] == values
