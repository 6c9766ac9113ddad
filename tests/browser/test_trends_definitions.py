"""The trends page over days of every source and two definitions, as it is drawn and switched."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from datasource.history.sqlite import SqliteHistory
from tests.browser.own_portal import Doorway, OwnPortal, own_portal
from tests.browser.reading import chart, texts, wait_for_charts
from tests.browser.visiting import LAPTOP, PHONE, Profiles, Visits, settle
from tests.unit.servicelevel.days import days_ago, kept, scored

CHARTS = ("trends-score", "trends-first-response", "trends-resolution")
ADDRESS = "/trends?queue=service-desk"
KEPT_SCORE = 33.3
CHANGES = """(id) => document.querySelector(`#${id} .js-plotly-plot`).layout.shapes
  .filter(shape => shape.name === "change").length"""
DRAWN = """([value, times]) => document.querySelector("#trends-score .js-plotly-plot")._fullData
  .find(trace => trace.name === "Service Desk").y.filter(drawn => drawn === value).length === times"""
WORDS = """() => [...document.querySelectorAll("#trends-score .annotation-text")].map(note => note.textContent)
  .filter(text => ["definition changed", "imported", "no snapshot"].includes(text))"""
SHAPES = """() => new Set([...document.querySelectorAll("#trends-score .trace:not(:has(.textpoint)) path.point")]
  .map(point => point.getAttribute("d"))).size"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, door: Doorway) -> Iterator[OwnPortal]:
    """A portal with imported days, a gap, incomplete and rebuilt days, and a definition that changed a month ago."""
    folder = tmp_path_factory.mktemp("definitions")
    history = SqliteHistory(folder / "history.db")
    for ago in range(60):
        row = replace(kept(days_ago(ago), "backfill" if 20 < ago < 30 else "live"), definition_hash="after")
        if ago > 50:
            row = replace(scored(days_ago(ago), 70.0, "import"), definition_hash="", engine_version="")
        elif ago > 30:
            row = replace(row, definition_hash="before", score=KEPT_SCORE)
        if 10 <= ago < 14:
            row = replace(row, complete=False, lacks=("hours",))
        if not 3 <= ago < 8:
            history.put(replace(row, queue="service-desk"))
    with own_portal(folder, door) as portal:
        portal.read("service-desk")
        yield portal


@pytest.fixture
def own_visits(browser: Browser, own: OwnPortal, profiles: Profiles) -> Iterator[Visits]:
    """Pages of it."""
    visits = Visits(browser, own.url, profiles=profiles)
    yield visits
    visits.close()


def values(page: Page) -> list[float]:
    """The scores of the days as they are drawn."""
    (dots,) = [trace for trace in chart(page, "trends-score")["traces"] if trace["name"] == "Service Desk"]
    return [float(value) for value in dots["y"]]


def test_scores_are_switched_to_how_they_were_recorded_and_back(own_visits: Visits) -> None:
    """The address says which view it is, the back button leads to the other, and marks of changes stand in both."""
    page = own_visits.open(ADDRESS, size=LAPTOP)
    wait_for_charts(page, *CHARTS)
    assert KEPT_SCORE not in values(page)

    page.get_by_role("link", name="As recorded").click()
    page.wait_for_url("**scores=recorded")
    page.wait_for_function(DRAWN, arg=[KEPT_SCORE, 20])
    settle(page)

    assert [page.evaluate(CHANGES, each) for each in CHARTS] == [3, 3, 3]
    expect(page.locator("#trends-changes")).to_contain_text("definition changed")
    expect(page.locator(".segment[aria-current]").first).to_have_text("As recorded")
    page.go_back()
    page.wait_for_url(f"**{ADDRESS}")
    page.wait_for_function(DRAWN, arg=[KEPT_SCORE, 0])


def test_every_kind_of_day_is_drawn_in_its_own_shape_and_named(own_visits: Visits) -> None:
    """Live, incomplete, rebuilt, imported and today so far; shaded stretches and changes have their words."""
    page = own_visits.open(ADDRESS, size=LAPTOP)
    wait_for_charts(page, *CHARTS)

    assert page.evaluate(SHAPES) == 5
    key = texts(page, ".trend-key li")
    assert key[:5] == [
        "day taken live", "taken live, incomplete", "rebuilt afterwards", "imported, score only", "today so far",
    ]  # fmt: skip
    assert {"definition changed", "no snapshot"} <= set(page.evaluate(WORDS))


def test_a_narrow_chart_keeps_its_marks_and_leaves_the_words_to_the_lists(own_visits: Visits) -> None:
    """On a phone no word lies upon another, nothing reaches over the edge, and everything can be read below."""
    page = own_visits.open(ADDRESS, size=PHONE)
    wait_for_charts(page, *CHARTS)
    page.wait_for_function(f"({WORDS})().length === 0")

    assert page.evaluate(CHANGES, "trends-score") == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert texts(page, "#trends-changes li")
    assert page.locator(".trend-key").is_visible()
