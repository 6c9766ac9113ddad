"""Pages of several queues against `opsportal report --json` of every queue at the same instant."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import wording
from tests.browser.reading import chart, rows, text, texts, wait_for_charts
from tests.browser.reports import Reports
from tests.browser.visiting import Profiles, Visits
from tests.browser.wording import decimal, moved, query, rate
from tests.fakes.served_portal import RunningPortal

PRESSING = ("overdue", "lt_1h")
STATES = ("overdue", "lt_1h", "lt_4h", "today", "next_day", "later", "paused")


@pytest.fixture(scope="module")
def overview(
    case: tuple[int, str | None], browser: Browser, portal: RunningPortal, profiles: Profiles
) -> Iterator[Page]:
    """The overview of the case."""
    visits = Visits(browser, portal.url, profiles=profiles)
    yield visits.open(f"/{query(*case)}")
    visits.close()


def test_every_card_says_what_the_queue_s_report_says(overview: Page, reported: dict[str, Any]) -> None:
    """Score, movement, both promises, open, overdue and due soon: of every queue, the worst first."""
    cards = overview.locator("#overview-cards > .card")
    found = {}
    for card in cards.all():
        found[_plain(card.locator(".card-name").inner_text())] = _plain(card.text_content() or "")
    scores = [report["health"]["score"] for report in (reported[name] for name in found)]

    assert sorted(found) == sorted(reported)
    assert [score for score in scores if score is not None] == sorted(s for s in scores if s is not None)
    for name, report in reported.items():
        for words in _card(report):
            assert words in found[name], (name, words)


def test_all_queues_are_pooled_from_the_reports(overview: Page, reported: dict[str, Any]) -> None:
    """Shares are of all decided promises; the counts are sums; the worst queue is the one of the lowest score."""
    body = _plain(overview.locator("#overview-all").text_content() or "")
    states = [row["state"] for report in reported.values() for row in report["due"]]
    scored = {name: r["health"]["score"] for name, r in reported.items() if r["health"]["score"] is not None}
    worst = min(scored, key=lambda name: scored[name])

    for name, words in wording.PROMISES.items():
        met, n = (sum(report["sla"][name][part] for report in reported.values()) for part in ("met", "n"))
        assert words in body
        assert rate(met, n) in body
        assert f"n {n:,}" in body
    assert f"Worst {worst}" in body
    counts = [sum(report["backlog"]["open"] for report in reported.values())]
    counts += [sum(state == wanted for state in states) for wanted in ("overdue", "lt_1h", "lt_4h", "paused")]
    assert texts(overview, "#overview-all .all-tallies b") == [f"{n:,}" for n in counts]


def test_the_due_list_begins_with_the_first_clocks_of_all_reports(overview: Page, reported: dict[str, Any]) -> None:
    """The three most overdue and the next four to break, with their time left and their due time."""
    first = next(iter(reported.values()))
    as_of, zone = datetime.fromisoformat(first["as_of"]), ZoneInfo(first["window"]["time_zone"])
    every = list(chain.from_iterable(report["due"] for report in reported.values()))
    late = sorted((row for row in every if row["state"] == "overdue"), key=_first_due)
    coming = sorted((row for row in every if row["due"] and row["state"] != "overdue"), key=_first_due)
    shown = rows(overview, "#overview-due .due-line", ".due-left, .due-at, .due-key")

    few = min(3, len(late))
    expected = [*late[:few], *coming[: len(shown) - few]]
    assert len(shown) == min(7, len(late[:3]) + len(coming))
    assert shown == [
        [wording.time_left(r["remaining_s"]), wording.due(r, as_of, zone) if r["due"] else wording.UNKNOWN, r["key"]]
        for r in expected
    ]


def test_error_budgets_are_the_reports_least_left_first(overview: Page, reported: dict[str, Any]) -> None:
    """Left, used of allowed and the four burn rates of each line."""
    lines = {
        f"{name} {words.lower()}": report["budget"][promise]
        for name, report in reported.items()
        for promise, words in wording.PROMISES.items()
    }
    shown = rows(overview, "#overview-budgets tbody tr")
    left = [lines[_plain(row[0])]["remaining_share"] for row in shown]

    assert len(shown) >= 3
    assert left == sorted(left)
    for name, _, remaining, used, *more in shown:
        budget = lines[_plain(name)]
        burn = {level["level"]: level["rate"] for level in budget["burn"]}
        assert remaining == decimal(budget["remaining"])
        assert used == f"{budget['used']:,} of {decimal(budget['allowed'])} · n {budget['decided']:,}"
        assert more[:4] == [
            wording.UNKNOWN if burn[level] is None else f"{decimal(burn[level])}×"
            for level in ("1bd", "3bd", "7bd", "window")
        ]


@pytest.mark.parametrize("priority", [None, "High"])
def test_at_risk_counts_and_draws_every_clock_of_the_reports(
    visits: Visits, reports: Reports, priority: str | None
) -> None:
    """The seven counts, the blocks of today and the rows of the list are the clocks of all reports."""
    made = [*reports.of_all(priority=priority).values()]
    every = [row for report in made for row in report["due"]]
    today = datetime.fromisoformat(made[0]["as_of"])
    blocks = [row for row in every if row["due"] and row["state"] != "paused" and _on(row, today)]
    listed = [row for row in every if row["state"] in PRESSING]
    page = visits.open(f"/at-risk{query(30, priority)}")
    wait_for_charts(page, "at-risk-strip")
    drawn = chart(page, "at-risk-strip")

    counts = [int(n.replace(",", "")) for n in texts(page, "#at-risk-buckets .bucket-n")]

    assert counts == [sum(row["state"] == state for row in every) for state in STATES]
    assert sorted(key for trace in drawn["traces"] for key in _keys(trace)) == sorted(row["key"] for row in blocks)
    assert text(page, "#at-risk-count h2") == wording.plural(len(listed), "clock")
    assert page.locator("#at-risk-grid [role=treegrid], #at-risk-grid [role=grid]").get_attribute(
        "aria-rowcount"
    ) == str(len(listed) + 1)  # the header is a row of its own


def _card(report: dict[str, Any]) -> list[str]:
    health, states = report["health"], [row["state"] for row in report["due"]]
    soon = sum(state in ("lt_1h", "lt_4h") for state in states)
    said = [
        wording.chip(health),
        f"{report['backlog']['open']:,} open",
        f"{states.count('overdue')} overdue",
        f"{soon} due in 4 h",
    ]
    if health["score"] is not None and health["previous"] and health["previous"]["score"] is not None:
        said.append(moved(health["score"] - health["previous"]["score"]))
    for name, words in wording.PROMISES.items():
        sla = report["sla"][name]
        said.append(f"{words}{rate(sla['met'], sla['n'])}{wording.verdict(sla)}")
    return said


def _first_due(row: dict[str, Any]) -> tuple[float, str, int]:
    project, _, number = row["key"].rpartition("-")
    at = datetime.fromisoformat(row["due"]).timestamp() if row["due"] else float("inf")
    return at, project, int(number)


def _on(row: dict[str, Any], today: datetime) -> bool:
    return datetime.fromisoformat(row["due"]).astimezone(today.tzinfo).date() == today.date()


def _keys(trace: dict[str, Any]) -> list[str]:
    return [path.rpartition("ticket=")[2] for path in trace["customdata"]]


def _plain(words: str) -> str:
    return " ".join(words.split())
