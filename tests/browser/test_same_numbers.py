"""A queue's page against `opsportal report --json` of the same instant: every figure, in words, tables and traces."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import wording
from tests.browser.reading import chart, grid, rows, styles, text, texts, wait_for_charts
from tests.browser.reports import Reports
from tests.browser.visiting import Profiles, Visits
from tests.browser.wording import decimal, moved, percent, rate, signed
from tests.fakes.served_portal import RunningPortal, report

CASES = [
    ("service-desk", 30, None),
    ("service-desk", 7, None),
    ("service-desk", 30, "High"),
    ("billing", 30, None),
    ("billing", 7, None),
    ("network", 30, None),
    ("network", 7, None),
]
CHARTS = ("queue-contributions", "queue-why-moved", "queue-arrivals", "queue-ageing")


@pytest.fixture(params=CASES, ids=lambda case: "-".join(str(part) for part in case if part), scope="module")
def case(request: pytest.FixtureRequest) -> tuple[str, int, str | None]:
    """A queue, a period in days, and a priority or none."""
    found: tuple[str, int, str | None] = request.param
    return found


@pytest.fixture(scope="module")
def reported(case: tuple[str, int, str | None], reports: Reports) -> dict[str, Any]:
    """The report of the case."""
    return reports.of(*case)


@pytest.fixture(scope="module")
def shown(
    case: tuple[str, int, str | None],
    reported: dict[str, Any],
    browser: Browser,
    portal: RunningPortal,
    profiles: Profiles,
) -> Iterator[Page]:
    """The page of the case, drawn."""
    visits = Visits(browser, portal.url, profiles=profiles)
    page = visits.open(f"/queue/{case[0]}{wording.query(case[1], case[2])}")
    drawn = [name for name in CHARTS if name != "queue-why-moved" or reported["health"]["movement"] is not None]
    wait_for_charts(page, *drawn)
    yield page
    visits.close()


def test_these_reports_are_what_the_command_prints(portal: RunningPortal, reports: Reports) -> None:
    """`opsportal report` with the portal's settings, as a program of its own, prints what pages are compared with."""
    words = ["service-desk", "--days", "7", "--priority", "High"]

    assert report(portal, words) == reports.of("service-desk", 7, "High")


@pytest.mark.parametrize("name", wording.PROMISES)
def test_a_promise_says_what_the_report_says(shown: Page, reported: dict[str, Any], name: str) -> None:
    """Figure, interval, verdict, gap and counts of a promise are those of the report."""
    sla, panel = reported["sla"][name], f"#queue-{name.replace('_', '-')}"
    met, n = sla["met"], sla["n"]

    headline = texts(shown, f"{panel} .sla-headline > *")

    assert text(shown, f"{panel}-note") == f"target {_trimmed(sla['target'])} · n {n:,}"
    assert headline[0] == (rate(met, n) if n else wording.UNKNOWN)
    assert headline[2] == wording.verdict(sla)
    if n >= wording.MIN_SAMPLE:
        low, high = sla["interval"]
        assert headline[1].startswith(f"{100 * low:.1f}–{percent(high)}")
        assert headline[3] == f"{signed(100 * (sla['attainment'] - sla['target']))} pt to target"


@pytest.mark.parametrize("name", wording.PROMISES)
def test_a_promise_moved_from_what_the_earlier_report_says(
    shown: Page, case: tuple[str, int, str | None], reported: dict[str, Any], reports: Reports, name: str
) -> None:
    """Points since 28 days ago: between this report's attainment and that of the report as of then."""
    earlier = datetime.fromisoformat(reported["health"]["previous"]["as_of"])
    then, now = reports.of(*case, as_of=earlier)["sla"][name], reported["sla"][name]
    words = text(shown, f"#queue-{name.replace('_', '-')} .sla-headline > :last-child")

    if now["n"] < wording.MIN_SAMPLE:
        assert words == "Too few"
    elif not then["n"]:
        assert words == "no earlier period to compare"
    else:
        points = 100 * (now["attainment"] - then["attainment"])
        assert words == f"{moved(points, ' pt')} vs {wording.day(earlier.date())}"


@pytest.mark.parametrize("name", wording.PROMISES)
def test_a_bar_divides_the_promises_as_the_report_does(shown: Page, reported: dict[str, Any], name: str) -> None:
    """Met, breached and undecided: the widths of the pieces and the words of the key are the report's counts."""
    sla, panel = reported["sla"][name], f"#queue-{name.replace('_', '-')}"
    parts = {
        "met": sla["met"],
        "breached, closed": sla["breached_closed"],
        "breached, open": sla["breached_open"],
        "undecided": sla["undecided"],
    }
    expected = {word: n for word, n in parts.items() if n}
    out = {f"{n:,} {reason.replace('_', ' ')}": n for reason, n in sla["excluded"].items() if n}

    assert texts(shown, f"{panel} .sla-key > *") == [f"{n:,} {word}" for word, n in expected.items()]
    assert styles(shown, f"{panel} .sla-piece", "flex-grow") == [[str(n)] for n in expected.values()]
    (foot,) = texts(shown, f"{panel} .sla-foot > :first-child")
    total, _, listed = foot.partition(": ")
    assert total == (f"{sum(out.values()):,} excluded" if out else "none excluded")
    assert sorted(listed.split(", ")) == (sorted(out) or [""])


@pytest.mark.parametrize("name", wording.PROMISES)
def test_a_promise_by_priority_is_that_of_the_report(shown: Page, reported: dict[str, Any], name: str) -> None:
    """Each priority's share, counts and interval mark stand where the report's numbers put them."""
    expected = reported["sla"][name]["by_priority"][:6]
    panel = f"#queue-{name.replace('_', '-')} .sla-priorities"

    names, marks = texts(shown, f"{panel} > .prio"), styles(shown, f"{panel} .interval", "--at", "--from", "--to")
    counts, low = texts(shown, f"{panel} > .small.nowrap"), _axis(shown, panel)

    assert names == [row["priority"] or wording.UNKNOWN for row in expected]
    assert counts == [f"{row['met']:,} of {row['n']:,}" for row in expected]
    assert texts(shown, f"{panel} > .sla-rate") == [
        percent(row["attainment"]) if row["n"] >= wording.MIN_SAMPLE else "" for row in expected
    ]
    for mark, row in zip(marks, expected, strict=True):
        if row["n"] >= wording.MIN_SAMPLE:
            places = [row["attainment"], *row["interval"]]
            at = [100 * min(max((place - low) / (1 - low), 0), 1) for place in places]
            assert [float(place.removesuffix("%")) for place in mark] == pytest.approx(at, abs=0.01)


def test_the_score_and_its_contributions_are_the_report_s(shown: Page, reported: dict[str, Any]) -> None:
    """The score, its movement and each bar of the waterfall, end to end, are the report's."""
    health = reported["health"]
    present = [d for d in health["dimensions"] if d["contribution"] is not None]
    drawn = chart(shown, "queue-contributions")
    starts = [round(sum(d["contribution"] for d in present[:place]), 1) for place in range(len(present))]

    assert text(shown, "#queue-score-head .figure-lg") == decimal(health["score"])
    (bars,) = drawn["traces"]
    assert bars["x"] == [d["contribution"] for d in present]
    assert bars["base"] == starts
    for d in present:
        full = f"{100 * d['weight'] / sum(d['weight'] for d in present):.1f}".removesuffix(".0")
        assert f"{decimal(d['contribution'])} of {full}" in drawn["notes"]
    if health["previous"] is not None and health["previous"]["score"] is not None and health["score"] is not None:
        change = health["score"] - health["previous"]["score"]
        assert moved(change) in text(shown, "#queue-score-head")


def test_why_it_moved_takes_the_report_s_steps(shown: Page, reported: dict[str, Any]) -> None:
    """From the earlier score to today's, each step is a row of the report, promises split in mix and rate."""
    health = reported["health"]
    if health["movement"] is None:
        assert text(shown, "#queue-why-words") != ""
        return
    steps: list[tuple[str, float]] = []
    for row in health["movement"]:
        name = wording.DIMENSIONS[row["name"]]
        parts = [("mix", row["mix_effect"]), ("rate", row["rate_effect"]), ("few data", row["prior_effect"])]
        split = row["mix_effect"] is not None and any(points for _, points in parts)
        kept = [(f"{name}: {part}", points) for part, points in parts if points or part != "few data"]
        steps += kept if split else [(name, row["delta"])]
    then, now = health["previous"]["score"], health["score"]

    (bars,) = chart(shown, "queue-why-moved")["traces"]

    assert bars["text"][1:-1] == [f"{name}: {signed(points)}" for name, points in steps]
    assert bars["x"][1:-1] == pytest.approx([abs(points) for _, points in steps], abs=1e-9)
    assert [bars["base"][place] + bars["x"][place] for place in (0, -1)] == pytest.approx([then, now])
    assert text(shown, "#queue-why-note") == f"{decimal(then)} → {decimal(now)}, points of the score"


def test_arrivals_and_departures_are_the_report_s_days(shown: Page, reported: dict[str, Any]) -> None:
    """Every day's bars and the line of open tickets are the report's, and so are the sums beside them."""
    flow = reported["flow"]
    days = flow["by_day"]
    drawn = chart(shown, "queue-arrivals")
    created, resolved, opened = drawn["traces"]

    assert [trace["x"] for trace in drawn["traces"]] == [[day["day"] for day in days]] * 3
    assert created["y"] == [day["created"] for day in days]
    assert [-n for n in resolved["y"]] == [day["resolved"] for day in days]
    assert opened["y"] == [day["open"] for day in days]
    assert drawn["notes"][:2] == [f"{flow['created']:,}created", f"{flow['resolved']:,}resolved"]
    since = wording.day(date.fromisoformat(days[0]["day"]))
    head = text(shown, "#queue-flow-head")
    assert head.startswith(f"{signed(flow['open'] - days[0]['open'], 0)}")
    assert f"open since the end of {since} · net flow {decimal(flow['net_flow'], 2)}" in head


def test_open_work_has_a_dot_a_ticket_and_the_report_s_buckets(shown: Page, reported: dict[str, Any]) -> None:
    """The counts under the axis are the report's, and so are the dots that stand over each of them."""
    stock = reported["backlog"]
    drawn = chart(shown, "queue-ageing")
    ages = drawn["traces"][0]["x"]
    ends = [float("inf") if bucket["to_bd"] is None else bucket["to_bd"] for bucket in stock["age_buckets"]]
    dots = [
        sum(bucket["from_bd"] <= age < end for age in ages)
        for bucket, end in zip(stock["age_buckets"], ends, strict=True)
    ]

    assert [int(n) for n in texts(shown, "#queue-age-buckets b")] == [b["tickets"] for b in stock["age_buckets"]]
    assert dots == [bucket["tickets"] for bucket in stock["age_buckets"]]
    assert len(ages) == stock["open"]
    assert text(shown, "#queue-age-note") == f"{stock['open']:,} open"
    if stock["older"] is not None:
        older = f"{stock['older']:,} of {stock['open']:,} ({percent(stock['ageing_share'])})"
        assert older in text(shown, "#queue-age-head")


def test_work_by_analyst_is_the_report_s(shown: Page, reported: dict[str, Any]) -> None:
    """Open, breached held, resolved, median and hours of each analyst, and their totals."""
    listed = rows(shown, "#queue-analysts tbody tr")
    *people, total = listed
    everyone, spent = reported["analysts"], reported["hours"]

    assert people == [_analyst(row) for row in everyone[: len(people)]]
    assert len(people) == min(len(everyone), len(people)) > 0
    held = sum(row["breached_held"] for row in everyone)
    assert total[1] == f"{_count(reported['backlog']['open'])} · {held:,} breached"
    assert total[2] == _count(reported["flow"]["resolved"])
    assert total[4] == (wording.UNKNOWN if spent["total_h"] is None else f"{round(spent['total_h']):,}")


def test_the_due_list_is_the_report_s(shown: Page, reported: dict[str, Any]) -> None:
    """Each clock shown has the report's time left, due time, analyst and share of its goal, in the report's order."""
    as_of, zone = datetime.fromisoformat(reported["as_of"]), ZoneInfo(reported["window"]["time_zone"])
    found = grid(shown, "queue-due-grid")
    by_order = [_clock(row, as_of, zone) for row in reported["due"]]
    listed = [{name: row[name] for name in by_order[0]} for row in found] if by_order else []
    states = [row["state"] for row in reported["due"]]

    places = [by_order.index(row) for row in listed]
    assert places == sorted(places)
    assert len(places) == min(12, len(by_order))
    assert text(shown, "#queue-due-note").startswith(
        f"{len(states):,} clock{'s' * (len(states) != 1)} · {states.count('overdue')} overdue · "
        f"{states.count('lt_1h')} under 1 h · {states.count('paused')} paused"
    )


def _analyst(row: dict[str, Any]) -> list[str]:
    held = str(row["breached_held"]) if row["breached_held"] else ""
    return [
        row["name"] or "Unassigned",
        f"{_count(row['open'])} {held}".strip(),
        _count(row["resolved"]),
        decimal(row["p50_resolution_h"]),
        wording.UNKNOWN if row["id"] is None else _hours(row["hours"]),  # nobody books no hours
    ]


def _hours(booked: float | None) -> str:
    if booked is None:
        return wording.UNKNOWN
    return "<1" if 0 < booked < 0.5 else f"{booked:,.0f}"


def _clock(row: dict[str, Any], as_of: datetime, zone: ZoneInfo) -> dict[str, str]:
    late = {"overdue": "overdue", "lt_1h": "within 1 h", "lt_4h": "in 1 to 4 h", "today": "later today"}
    late |= {"next_day": "next business day", "later": "later", "paused": "paused"}
    return {
        "left_ms": f"{wording.time_left(row['remaining_s'])} , {late[row['state']]}",
        "due_ms": wording.due(row, as_of, zone),
        "key": row["key"],
        "priority_place": row["priority"],
        "analyst": row["analyst"] or "Unassigned",
        "used": f"{int(100 * row['elapsed_s'] / row['goal_s'])} %",
    }


def _count(n: int) -> str:
    return f"{n:,}"


def _trimmed(ratio: float) -> str:
    return f"{100 * ratio:.2f}".rstrip("0").rstrip(".") + " %"


def _axis(page: Page, panel: str) -> float:
    """Left end of the axis of a panel's interval marks, as its scale prints it."""
    (low,) = page.eval_on_selector_all(f"{panel} .sla-scale", "found => found.map(n => n.firstChild.textContent)")
    return float(low) / 100
