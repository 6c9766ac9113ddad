"""Whatever a ticket or a person is called is shown as the text that it is, on pages, in lists and in files."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser

from tests.browser.visiting import Profiles, Visits
from tests.fakes.hostile_jira import NAME, SUMMARIES, TURNING, hostile_jira, legible
from tests.fakes.served_portal import RunningPortal, running_demo, served_portal

QUEUE = "service-desk"
EVERY_STATE = "&".join(f"due={s}" for s in ("overdue", "lt_1h", "lt_4h", "today", "next_day", "later", "paused"))
TEXTS = tuple(legible(text) for text in SUMMARIES)
PLACES = {
    "overview": "/",
    "queue": f"/queue/{QUEUE}",
    "at risk": f"/at-risk?{EVERY_STATE}",
    "list": f"/queue/{QUEUE}?tickets={QUEUE}/open:all",
    "compare": "/compare",
    "data": "/data",
    "kiosk": "/?kiosk=1",
    "wall of a queue": f"/queue/{QUEUE}?kiosk=1",
}
_FOUND = """() => ({
  harmed: window.harmed ?? null,
  planted: [...document.querySelectorAll("#page img, #page iframe, #page svg[onload], #drawer img, #drawer iframe, b")]
    .filter(n => n.getAttribute("onmouseover") || n.getAttribute("onerror") || n.getAttribute("onload")
      || n.tagName === "IFRAME" || n.tagName === "IMG").length,
  scripts: [...document.querySelectorAll("a")].filter(n => n.protocol === "javascript:").length,
  wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
})"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """A portal of one queue whose tickets and people all have such texts."""
    folder = tmp_path_factory.mktemp("hostile")
    with running_demo("--size", f"{QUEUE}=2500") as ready, hostile_jira(ready["jira_base_url"]) as jira:
        registry = folder / "registry.json"
        registry.write_text(json.dumps(_only(QUEUE, Path(ready["registry"]))), encoding="utf-8")
        changed = {**ready, "jira_base_url": jira.url, "registry": str(registry)}
        with served_portal(changed, folder) as portal:
            yield portal


@pytest.fixture
def visits(browser: Browser, hostile: RunningPortal, profiles: Profiles) -> Iterator[Visits]:
    """Pages of that portal; a request to another host or a message on the console fails the test."""
    visits = Visits(browser, hostile.url, profiles=profiles)
    yield visits
    visits.close()


@pytest.mark.parametrize("place", PLACES)
def test_no_text_becomes_anything_else(visits: Visits, place: str) -> None:
    """No script of a text runs, no element of one is made, none widens the page."""
    page = visits.open(PLACES[place])
    if place == "list":
        page.wait_for_selector("#drawer .ag-row")

    assert page.evaluate(_FOUND) == {"harmed": None, "planted": 0, "scripts": 0, "wide": False}
    assert not set(page.locator("body").evaluate("n => n.textContent")) & set(TURNING)


def test_lists_show_every_text_to_the_letter(visits: Visits, hostile: RunningPortal) -> None:
    """Each kind of text stands in a row of the list as it was written; only length cuts one."""
    page = visits.open(f"/at-risk?{EVERY_STATE}")
    cells = page.evaluate(
        """() => [...document.querySelectorAll("#at-risk-grid [col-id=summary] bdi")].map(n => n.textContent)"""
    )
    known = [text for text in TEXTS if any(_shows(cell, text) for cell in cells)]

    assert all(any(_shows(cell, text) for text in TEXTS) for cell in cells)
    assert len(known) >= len(TEXTS) - 2
    assert max(map(len, cells)) < 1_000


def test_the_drawer_shows_every_text_to_the_letter(visits: Visits, hostile: RunningPortal) -> None:
    """One ticket of each kind: its drawer opens with the text, and nothing of it comes alive."""
    keys = {row["summary"].removeprefix("'"): row["key"] for row in hostile.table("tickets", f"?queue={QUEUE}")}
    page = visits.open(f"/queue/{QUEUE}")
    for text in TEXTS:
        page.evaluate("href => window.portal.go(href)", f"/queue/{QUEUE}?ticket={keys[text]}")
        drawer = page.locator("#drawer dialog[open]", has_text=keys[text])
        drawer.wait_for()

        assert text[:100] in drawer.evaluate("n => n.textContent")
        assert page.evaluate(_FOUND) == {"harmed": None, "planted": 0, "scripts": 0, "wide": False}


@pytest.mark.parametrize(("table", "column"), [("tickets", "summary"), ("due", "summary"), ("analysts", "analyst")])
def test_no_file_holds_a_formula(hostile: RunningPortal, table: str, column: str) -> None:
    """A spreadsheet takes every text for text: one row a ticket, no cell that begins like a formula, nothing lost."""
    answer = requests.get(f"{hostile.url}/export/{table}.csv?queue={QUEUE}", timeout=30)
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))

    assert len(found) == int(answer.headers["X-Row-Count"]) > 3
    for row in found:
        for name, cell in row.items():
            assert not (cell or "").startswith(("=", "+", "@", "\t", "\r")), (name, cell)
            assert not (name == column and cell.startswith("-")), cell
    texts = {row[column].removeprefix("'") for row in found}
    if column == "summary":
        assert texts <= set(TEXTS)
    else:
        assert all(text.startswith(legible(NAME)) or text in ("Unassigned", "", "Former user") for text in texts)


def test_charts_show_texts_as_texts(visits: Visits) -> None:
    """What a chart says about a ticket under the pointer holds its markup as letters."""
    page = visits.open("/at-risk")
    said = page.evaluate(
        """() => document.querySelector("#at-risk-strip .js-plotly-plot").data.flatMap(trace => [...trace.hovertext])"""
    )

    assert said
    assert not any("<script" in text or "<img" in text or "<svg" in text or "<iframe" in text for text in said)


def _shows(cell: str, text: str) -> bool:
    return cell == text or (cell.endswith("…") and text.startswith(cell[:-1]))


def _only(queue: str, registry: Path) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(registry.read_text(encoding="utf-8"))
    return {**whole, "queues": [each for each in whole["queues"] if each["id"] == queue], "notes": []}
