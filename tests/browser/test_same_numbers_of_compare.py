"""The comparison against `opsportal report --json` of every queue: its table, its interval plots, its small charts."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import wording
from tests.browser.reading import grid
from tests.browser.reports import CASES, Reports
from tests.browser.visiting import Profiles, Visits
from tests.browser.wording import decimal, moved, percent, query, rate
from tests.fakes.served_portal import RunningPortal

TARGET = 80
_PLOT = """(id) => {
  const panel = document.getElementById(id);
  const plain = (node) => node.textContent.replace(/\\s+/g, " ").trim();
  const marks = [...panel.querySelectorAll("a[href*='tickets=']")];
  return {
    lines: marks.map((mark) => {
      const drawn = [mark, ...mark.querySelectorAll("*")].find((node) => node.style.getPropertyValue("--target"));
      let line = mark;
      while (!line.querySelector("a[href*='/queue/']")) line = line.parentElement;
      const at = ["--at", "--from", "--to", "--target"].map((name) => parseFloat(drawn.style.getPropertyValue(name)));
      return { name: plain(line.querySelector("a[href*='/queue/']")), says: mark.title, text: plain(line), at };
    }),
    ticks: [...panel.querySelectorAll("*")].filter((node) => !node.children.length).map(plain)
      .filter((words) => /^\\d+ %$/.test(words)),
  };
}"""
_MULTIPLES = """() => [...document.querySelectorAll("#compare-scores a[href*='/queue/']")].map((link) => {
  let one = link;
  while (!one.querySelector("[role=img]")) one = one.parentElement;
  const drawn = one.querySelector("[role=img]");
  return {
    name: link.textContent.trim(), text: one.textContent.replace(/\\s+/g, " "), says: drawn.title,
    own: drawn.style.getPropertyValue("--own"), target: drawn.style.getPropertyValue("--target"),
  };
})"""


@pytest.fixture(scope="module")
def compare(
    case: tuple[int, str | None], browser: Browser, portal: RunningPortal, profiles: Profiles
) -> Iterator[Page]:
    """The comparison of the case."""
    visits = Visits(browser, portal.url, profiles=profiles)
    yield visits.open(f"/compare{query(*case)}")
    visits.close()


def test_the_table_has_every_measure_of_the_reports(compare: Page, reported: dict[str, Any]) -> None:
    """Each cell of the table is the report's number, the highest score first."""
    shown = grid(compare, "compare-grid")
    named = {
        name: row for row in shown for name in reported if row["queue"] == f"{name} {reported[name]['queue']['team']}"
    }
    scores = [score for name in named if (score := reported[name]["health"]["score"]) is not None]

    assert set(named) == set(reported)
    assert scores == sorted(scores, reverse=True)
    for name, report in reported.items():
        for column, words in _measures(report, [*reported.values()]).items():
            assert f"{named[name][column]} ".startswith(f"{words} "), (name, column)


@pytest.mark.parametrize("name", wording.PROMISES)
def test_an_interval_plot_draws_the_reports_intervals(compare: Page, reported: dict[str, Any], name: str) -> None:
    """Order, share, interval, target, place and verdict of each queue, in words and where they lie on the axis."""
    promises = {queue: report["sla"][name] for queue, report in reported.items()}
    plot = compare.evaluate(_PLOT, f"compare-{name.replace('_', '-')}")
    low = int(plot["ticks"][0].removesuffix(" %")) / 100

    assert [line["name"] for line in plot["lines"]] == sorted(promises, key=lambda queue: _order(queue, promises))
    assert plot["ticks"][-1] == "100 %"
    for line in plot["lines"]:
        sla = promises[line["name"]]
        places = [sla["attainment"], *sla["interval"], sla["target"]] if sla["n"] >= wording.MIN_SAMPLE else []
        expected = [100 * (place - low) / (1 - low) for place in places]
        assert [at for at in line["at"] if at is not None][: len(places)] == pytest.approx(expected, abs=0.01)
        assert line["says"].startswith(_says(sla)), line["name"]
        assert _place(sla, [*promises.values()]) in line["text"]
        assert wording.verdict(sla) in line["text"]


def test_small_charts_draw_the_days_that_are_kept(visits: Visits, portal: RunningPortal, reports: Reports) -> None:
    """Thirty points a queue: the kept days' scores, and at the end that of the report, on the scale that is printed."""
    kept = portal.table("trends")
    every = reports.of_all()
    page = visits.open("/compare")

    drawn = page.evaluate(_MULTIPLES)

    scores = {name: report["health"]["score"] for name, report in every.items()}
    assert [one["name"] for one in drawn] == sorted(scores, key=lambda name: -scores[name])
    for one in drawn:
        days = sorted((row["day"], float(row["score"])) for row in kept if row["queue"] == one["name"] and row["score"])
        last = date.fromisoformat(every[one["name"]]["as_of"][:10])
        series = [*(score for day, score in days if day < last.isoformat()), scores[one["name"]]][-30:]
        assert len(series) == 30
        assert decimal(scores[one["name"]]) in one["text"]
        assert f"to {scores[one['name']]:.1f} on {wording.day(last)}, " in one["says"]
        assert f"between {min(series):.1f} and {max(series):.1f}" in one["says"]
        assert _drawn_scores(one, series) == pytest.approx(series, abs=0.2)  # lines end at tenths of a pixel


@pytest.mark.parametrize(("days", "priority"), CASES[1:])
def test_small_charts_are_left_out_where_no_days_are_kept(visits: Visits, days: int, priority: str | None) -> None:
    """Another period or a filter has other numbers than the history of the standard one."""
    page = visits.open(f"/compare{query(days, priority)}")

    assert page.evaluate("document.querySelectorAll('#compare-scores [role=img]').length") == 0
    assert "No history for this choice" in page.locator("#compare-scores").inner_text()


def _measures(report: dict[str, Any], every: list[dict[str, Any]]) -> dict[str, str]:
    health, stock, flow = report["health"], report["backlog"], report["flow"]
    then = (health["previous"] or {}).get("score")
    known = then is not None and health["score"] is not None
    states = [row["state"] for row in report["due"]]
    places = {
        f"{name}_rank": _place(report["sla"][name], [other["sla"][name] for other in every]).removeprefix("rank ")
        for name in wording.PROMISES
    }
    return {
        "score": decimal(health["score"]),
        "moved": moved(health["score"] - then).removeprefix("= ") if known else wording.UNKNOWN,
        **{name: rate(report["sla"][name]["met"], report["sla"][name]["n"]) for name in wording.PROMISES},
        **places,
        "backlog": decimal(stock["backlog_days"]),
        "ageing": percent(stock["ageing_share"], 0),
        "flow": decimal(flow["net_flow"], 2),
        "reopen": percent(flow["reopen_rate"]),
        "utilised": percent(report["hours"]["utilisation"], 0),
        "open": f"{stock['open']:,}",
        "overdue": str(states.count("overdue")),
    }


def _order(queue: str, promises: dict[str, Any]) -> tuple[bool, float, str]:
    sla = promises[queue]
    return sla["n"] < wording.MIN_SAMPLE, -(sla["attainment"] or 0), queue


def _says(sla: dict[str, Any]) -> str:
    target = f"target {100 * sla['target']:.4g} %"
    if not sla["n"]:
        return f"nothing decided, {target}"
    if sla["n"] < wording.MIN_SAMPLE:
        return f"{sla['met']} of {sla['n']} kept, too few to judge"
    low, high = sla["interval"]
    share = f"{100 * sla['attainment']:.1f} % of {sla['n']:,} kept"
    return f"{share}, 95 % interval {100 * low:.1f}–{100 * high:.1f} %, {target}: {wording.verdict(sla).lower()}"


def _place(sla: dict[str, Any], every: list[dict[str, Any]]) -> str:
    """`rank 2–5`: behind whoever's whole interval lies higher, ahead of whoever's lies lower."""
    judged = [other["interval"] for other in every if other["n"] >= wording.MIN_SAMPLE]
    if sla["n"] < wording.MIN_SAMPLE:
        return wording.UNKNOWN
    low, high = sla["interval"]
    best, worst = 1 + sum(one[0] > high for one in judged), len(judged) - sum(one[1] < low for one in judged)
    return f"rank {best}" if best == worst else f"rank {best}–{worst}"


def _drawn_scores(one: dict[str, str], series: list[float]) -> list[float]:
    """The scores that a line's heights stand for, by the height of 80, which is drawn, and that of one known score."""
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", unquote(one["own"]).partition("fill")[0])]
    (at_target,) = re.findall(r"M0 ([\d.]+)H", unquote(one["target"]))
    far = max(range(len(series)), key=lambda place: abs(series[place] - TARGET))
    per_pixel = (series[far] - TARGET) / (heights[far] - float(at_target))
    return [TARGET + (height - float(at_target)) * per_pixel for height in heights]
