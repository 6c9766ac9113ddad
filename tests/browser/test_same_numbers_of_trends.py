"""The lines of the trends against `opsportal report --json` as of the ends of their days."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.browser.reading import chart, wait_for_charts
from tests.browser.reports import Reports
from tests.browser.visiting import Visits
from tests.fakes.served_portal import RunningPortal

CHARTS = {"trends-score": "score", "trends-first-response": "first_response", "trends-resolution": "resolution"}
CASES = {"/trends": True, "/trends?period=14&queue=network&queue=people&queue=billing&smooth=0": False}
PROBED = (1, 9, 13)
"""So many days before today a report is made as of the day's end; the others are held against what is kept."""
MEAN_DAYS = 7


@pytest.mark.parametrize("path", CASES, ids=["standard", "chosen"])
def test_every_day_of_a_line_is_what_was_reported_then(
    visits: Visits, portal: RunningPortal, reports: Reports, path: str
) -> None:
    """Dots are the kept days and today's report; the line through them is their 7-day mean, or they themselves."""
    smooth = CASES[path]
    now = reports.of_all()
    kept = portal.table("trends")
    page = visits.open(path)
    wait_for_charts(page, *CHARTS)

    for chart_id, measure in CHARTS.items():
        strokes: dict[str, float] = {}
        told = []
        for trace in chart(page, chart_id)["traces"]:
            queue = trace["name"]
            if queue is None:
                strokes |= {day: y for day, y in zip(trace["x"], trace["y"], strict=True) if y is not None}
                continue
            days = [date.fromisoformat(day) for day in trace["x"]]
            expected = _expected(reports, now[queue], kept, measure, since=days[0])
            assert days == sorted(expected)
            assert trace["y"] == pytest.approx([expected[day] for day in days])
            assert trace["text"][-1].startswith(f"<b>{queue}</b>, today so far")
            assert strokes == pytest.approx(_line(expected, MEAN_DAYS if smooth else 1))
            strokes.clear()
            told.append(queue)
        assert len(told) == 3


def _expected(
    reports: Reports, report: dict[str, Any], kept: list[dict[str, str]], measure: str, *, since: date
) -> dict[date, float]:
    """What each day has to say from a first one on."""
    queue, today = report["queue"], datetime.fromisoformat(report["as_of"]).date()
    days = {day: value for day, value in _kept(kept, queue["name"], measure).items() if day >= since}
    for ago in PROBED:
        day = today - timedelta(days=ago)
        days[day] = _value(reports.of(queue["id"], as_of=_end(report, day)), measure)
    return {**days, today: _value(report, measure)}


def _kept(rows: list[dict[str, str]], queue: str, measure: str) -> dict[date, float]:
    column, scale = ("score", 1) if measure == "score" else (f"{measure}_attainment", 100)
    mine = [row for row in rows if row["queue"] == queue and row[column]]
    return {date.fromisoformat(row["day"]): scale * float(row[column]) for row in mine}


def _value(report: dict[str, Any], measure: str) -> float:
    value = report["health"]["score"] if measure == "score" else 100 * report["sla"][measure]["attainment"]
    return float(value)


def _end(report: dict[str, Any], day: date) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(report["window"]["time_zone"]))
    return midnight - timedelta(milliseconds=1)


def _line(values: dict[date, float], over_days: int) -> dict[str, float]:
    """Each day's mean with the days before it."""
    spans = {day: [value for one, value in values.items() if 0 <= (day - one).days < over_days] for day in values}
    return {day.isoformat(): sum(span) / len(span) for day, span in spans.items()}
