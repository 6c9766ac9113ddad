"""Whatever anything is called is shown as the text that it is, on pages, in lists, charts, addresses and files."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest
import requests
from playwright.sync_api import Browser

from tests.browser.charts import pointed_at
from tests.browser.visiting import Profiles, Visits, go, settle
from tests.fakes.harmful_texts import HARMFUL, LONGEST, MARKUP
from tests.fakes.hostile_jira import NAME, SUMMARIES, TURNING, dressed, hostile_jira, legible
from tests.fakes.served_portal import RunningPortal, fill_history, running_demo, served_portal

QUEUE = "service-desk"
OTHERS = ("billing", "network")
EVERY_STATE = "&".join(f"due={s}" for s in ("overdue", "lt_1h", "lt_4h", "today", "next_day", "later", "paused"))
TEXTS = tuple(legible(text) for text in SUMMARIES)
PLACES = {
    "overview": "/",
    "queue": f"/queue/{QUEUE}",
    "at risk": f"/at-risk?{EVERY_STATE}",
    "list": f"/queue/{QUEUE}?tickets={QUEUE}/open:all",
    "compare": "/compare",
    "trends": "/trends",
    "data": "/data",
    "kiosk": "/?kiosk=1",
    "wall of a queue": f"/queue/{QUEUE}?kiosk=1",
    "view in a frame": f"/queue/{QUEUE}?embed=1",
}
KEYS = (
    *("period", "priority", "type", "analyst", "queue", "team", "compare", "smooth", "scores", "lens", "due"),
    *("promise", "a", "b", "sort", "embed", "kiosk", "tickets", "ticket"),
)
PAGES = ("/", f"/queue/{QUEUE}", "/compare", "/trends", "/at-risk", "/data")
LIVE = 20
"""Texts of those of MARKUP that at least do their harm when somebody makes elements of them."""

_FOUND = """(jira) => {
  const all = [...document.querySelectorAll("*")];
  const links = all.filter(n => n.matches("a, area")).map(n => n.getAttribute("href") ?? n.getAttribute("xlink:href"));
  return {
    harmed: window.harmed ?? null,
    handlers: all.filter(n => n.getAttributeNames().some(name => name.startsWith("on"))).length,
    planted: all.filter(n => n.matches("iframe, object, embed, base, form, math, video, audio, template, x, body img,"
      + " [formaction], body style:not(:empty), body link, #page script, #drawer script")).map(n => n.outerHTML),
    away: links.filter(href => href !== null).filter(href => {
      const url = new URL(href, location.href);
      return url.origin !== location.origin && !url.href.startsWith(jira + "/browse/");
    }),
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  };
}"""
_NOTHING: Final[dict[str, Any]] = {"harmed": None, "handlers": 0, "planted": [], "away": [], "wide": False}

_TOUCH = """() => {
  for (const menu of document.querySelectorAll("details")) menu.querySelector("summary")?.click();
  for (const node of document.querySelectorAll("#page *")) node.dispatchEvent(new MouseEvent("mouseover"));
}"""

_MAKE = """async texts => {
  const live = [];
  for (const text of texts) {
    window.harmed = undefined;
    const box = document.createElement("div");
    document.body.append(box);
    box.append(document.createRange().createContextualFragment(text));
    for (const node of box.querySelectorAll("*")) {
      node.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
      node.focus?.();
      node.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }
    for (let waited = 0; waited < 15 && !window.harmed; waited += 1) await new Promise(done => setTimeout(done, 5));
    if (window.harmed) live.push(text);
    box.remove();
  }
  window.harmed = undefined;
  return live;
}"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """A portal whose tickets, people, queues, teams, notes, types, priorities and statuses all have such texts."""
    folder = tmp_path_factory.mktemp("hostile")
    sizes = [word for size in (f"{QUEUE}=2500", *(f"{other}=300" for other in OTHERS)) for word in ("--size", size)]
    with running_demo(*sizes) as ready, hostile_jira(ready["jira_base_url"]) as jira:
        registry = folder / "registry.json"
        registry.write_text(json.dumps(_registry(Path(ready["registry"]))), encoding="utf-8")
        changed = {**ready, "jira_base_url": jira.url, "registry": str(registry)}
        with served_portal(changed, folder) as portal:
            fill_history(portal, 3)
            yield portal


@pytest.fixture
def visits(browser: Browser, hostile: RunningPortal, profiles: Profiles) -> Iterator[Visits]:
    """Pages of that portal; a request to another host or a message on the console fails the test."""
    visits = Visits(browser, hostile.url, profiles=profiles)
    yield visits
    visits.close()


@pytest.fixture(scope="module")
def unguarded_profiles() -> Profiles:
    """Windows in which pages have no policy."""
    return {}


@pytest.fixture
def unguarded(browser: Browser, hostile: RunningPortal, unguarded_profiles: Profiles) -> Iterator[Visits]:
    """The same pages, in a browser that takes no notice of their policy."""
    visits = Visits(browser, hostile.url, profiles=unguarded_profiles, heed_policy=False)
    yield visits
    visits.close()


@pytest.mark.parametrize("place", PLACES)
def test_no_text_becomes_anything_else(unguarded: Visits, hostile: RunningPortal, place: str) -> None:
    """Without the policy: no script of a text runs, no element of one is made, no link leads elsewhere; it all fits."""
    page = unguarded.open(PLACES[place])
    if place == "list":
        page.wait_for_selector("#drawer .ag-row")

    for _ in pointed_at(page):
        assert page.evaluate(_FOUND, hostile.environment["JIRA_BASE_URL"]) == _NOTHING
    page.evaluate(_TOUCH)
    settle(page)

    assert page.evaluate(_FOUND, hostile.environment["JIRA_BASE_URL"]) == _NOTHING
    assert not set(page.locator("body").evaluate("n => n.textContent")) & set(TURNING)


def test_the_policy_alone_stops_every_text(visits: Visits, unguarded: Visits) -> None:
    """Were elements made of them: without the policy most do their harm, with it none."""
    visits.expected += ["Content Security Policy", "policy stopped", "ERR_", "Failed to load", "404", "base URLs"]
    unguarded.expected += ["ERR_", "404", "Failed to load", "base URLs", "Blocked a frame"]

    assert len(unguarded.open("/data").evaluate(_MAKE, MARKUP)) >= LIVE
    assert visits.open("/data").evaluate(_MAKE, MARKUP) == []


@pytest.mark.parametrize("path", PAGES)
def test_an_address_is_text_too(unguarded: Visits, hostile: RunningPortal, path: str) -> None:
    """In every key and as a key of its own, beside the page's path and as its place in the page."""
    page = unguarded.open(path)
    for first in range(0, len(HARMFUL), len(KEYS)):
        texts = HARMFUL[first : first + len(KEYS)]
        asked = [*zip(KEYS, texts, strict=False), *((text, "1") for text in texts)]
        go(page, f"{path}?{urlencode(asked)}#{quote(texts[0])}")

        assert page.evaluate(_FOUND, hostile.environment["JIRA_BASE_URL"]) == _NOTHING


def test_a_path_is_text_too(unguarded: Visits, hostile: RunningPortal) -> None:
    """Below a queue or anywhere else, loaded anew and gone to: there is nothing at such an address."""
    unguarded.expected.append("404")
    page = unguarded.open(f"/queue/{quote(HARMFUL[0], safe='')}")
    for text in HARMFUL:
        go(page, f"/{quote(text, safe='')}/{quote(text, safe='')}")

        assert page.locator("#page h1").inner_text() == "There is nothing at this address"
        assert page.evaluate(_FOUND, hostile.environment["JIRA_BASE_URL"]) == _NOTHING


def test_lists_show_every_text_to_the_letter(visits: Visits, hostile: RunningPortal) -> None:
    """Each kind of text stands in a row of the list as it was written; only length cuts one."""
    page = visits.open(f"/at-risk?{EVERY_STATE}")
    cells = page.evaluate(
        """() => [...document.querySelectorAll("#at-risk-grid [col-id=summary] bdi")].map(n => n.textContent)"""
    )
    known = [text for text in TEXTS if any(_shows(cell, text) for cell in cells)]

    assert all(any(_shows(cell, text) for text in TEXTS) for cell in cells)
    assert len(known) >= len(TEXTS) // 3
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
        assert page.evaluate(_FOUND, hostile.environment["JIRA_BASE_URL"]) == _NOTHING


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


def test_names_of_queues_stand_on_trends_to_the_letter(visits: Visits) -> None:
    """At the ends of their lines, where charts would read tags."""
    page = visits.open("/trends")
    drawn = page.evaluate(
        """() => [...document.querySelectorAll("#trends-score .annotation-text")].map(n => n.textContent)"""
    )
    names = [legible(dressed(name)) for name in ("Service Desk", "Billing", "Network")]

    assert all(any(text.endswith("…") and name.startswith(text[:-1]) for text in drawn) for name in names)


def test_there_are_forty_texts_and_each_fits_into_a_name() -> None:
    """So that every field takes every one of them."""
    assert len(set(HARMFUL)) == len(HARMFUL) >= 40
    assert max(map(len, HARMFUL)) <= LONGEST


def _shows(cell: str, text: str) -> bool:
    return cell == text or (cell.endswith("…") and text.startswith(cell[:-1]))


def _registry(registry: Path) -> dict[str, Any]:
    """The demo's, for three queues, with such a text in every field that people name things in."""
    whole: dict[str, Any] = json.loads(registry.read_text(encoding="utf-8"))
    queues = [_queue(each) for each in whole["queues"] if each["id"] in (QUEUE, *OTHERS)]
    notes = [{"day": f"2026-11-{20 + place % 3}", "text": text} for place, text in enumerate(HARMFUL)]
    calendars = {dressed(name): calendar for name, calendar in whole["calendars"].items()}
    defaults = {**whole["defaults"], "calendar": dressed(whole["defaults"]["calendar"])}
    return {**whole, "queues": queues, "notes": notes, "calendars": calendars, "defaults": defaults}


def _queue(queue: dict[str, Any]) -> dict[str, Any]:
    goals = {
        promise: [{**goal, "priority": dressed(goal["priority"])} if "priority" in goal else goal for goal in each]
        for promise, each in queue["goals"].items()
    }
    renamed = {name: [dressed(each) for each in queue[name]] for name in _LISTS if name in queue}
    calendar = {"calendar": dressed(queue["calendar"])} if "calendar" in queue else {}
    return {
        **queue,
        **renamed,
        **calendar,
        "name": dressed(queue["name"]),
        "team": dressed(queue["team"]),
        "goals": goals,
    }


_LISTS = ("pause_statuses", "exclude_resolutions")
