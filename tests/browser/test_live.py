"""A page that is left open: it follows what is read, and leaves zoom, order, places and choices as they were."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.own_portal import Doorway, OwnPortal, look_again, own_portal
from tests.browser.visiting import Profiles, Visits

COUNT_CHANGES = """() => {
  const ages = (node) => (node.closest ? node : node.parentElement)
    .closest("[data-as-of], .ag-aria-description-container");
  window.changes = 0;
  const count = (seen) => { window.changes += seen.filter(one => !ages(one.target)).length; };
  const all = { childList: true, subtree: true, characterData: true };
  new MutationObserver(count).observe(document.getElementById("page"), all);
}"""
STEADY = """(begun) => {
  const before = window.steady?.begun === begun ? window.steady : { begun, looks: 0 };
  const same = window.quietForMs() > 300 && window.changes === before.changes;
  window.steady = { begun, changes: window.changes, looks: same ? before.looks + 1 : 0 };
  return window.steady.looks >= 6;
}"""
LOOK_MS = 100
ZOOMED_TO = """(id) => document.querySelector(`#${id} .js-plotly-plot`).layout.xaxis.range.map(at => at.slice(0, 10))"""
FIRST_KEYS = """() => [...document.querySelectorAll("#queue-due-grid .ag-row")]
  .sort((a, b) => a.getAttribute("row-index") - b.getAttribute("row-index"))
  .map(row => row.querySelector("a").innerText)"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, door: Doorway) -> Iterator[OwnPortal]:
    """A portal whose time the tests move on; each begins with everything read."""
    with own_portal(tmp_path_factory.mktemp("own"), door) as portal:
        yield portal


@pytest.fixture
def own_visits(browser: Browser, own: OwnPortal, profiles: Profiles) -> Iterator[Visits]:
    """Pages of it, with everything just read."""
    own.pass_minutes(6)
    own.read()
    visits = Visits(browser, own.url, profiles=profiles)
    yield visits
    visits.close()


def test_a_page_left_open_follows_without_losing_order_or_place(own: OwnPortal, own_visits: Visits) -> None:
    """Two hours later numbers and age are others; the grid is sorted as it was, and the page stands where it stood."""
    page = own_visits.open("/queue/service-desk")
    page.locator("#queue-due-grid .ag-header-cell", has_text="Key").click()
    page.locator("#queue-due-grid .ag-header-cell", has_text="Key").click()
    page.evaluate("window.scrollTo(0, 700); window.stamp = 1")
    keys, age = page.evaluate(FIRST_KEYS), page.locator(".head-age").inner_text()
    assert keys == sorted(keys, key=_number, reverse=True)

    own.pass_minutes(120)
    own.read()
    look_again(page)

    expect(page.locator(".head-age")).not_to_have_text(age)
    page.wait_for_function(f"before => JSON.stringify(({FIRST_KEYS})()) !== JSON.stringify(before)", arg=keys)
    after = page.evaluate(FIRST_KEYS)
    assert after == sorted(after, key=_number, reverse=True)
    assert page.evaluate("[window.scrollY, window.stamp]") == [700, 1]


def test_a_zoom_outlives_an_update(own: OwnPortal, own_visits: Visits) -> None:
    """Charts of a trend keep the stretch that was looked at when today's point moves on; all three share it."""
    page = own_visits.open("/trends")
    whole = page.evaluate(ZOOMED_TO, "trends-score")
    _drag_across(page, "trends-score")
    page.wait_for_function(f"before => ({ZOOMED_TO})('trends-resolution')[0] !== before", arg=whole[0])
    zoomed, age = page.evaluate(ZOOMED_TO, "trends-score"), page.locator(".head-age").inner_text()

    own.pass_minutes(30)
    own.read()
    look_again(page)

    expect(page.locator(".head-age")).not_to_have_text(age)
    for chart in ("trends-score", "trends-first-response", "trends-resolution"):
        page.wait_for_function(f"([id, zoomed]) => String(({ZOOMED_TO})(id)) === String(zoomed)", arg=[chart, zoomed])


@pytest.mark.parametrize("path", ["/", "/queue/service-desk", "/compare", "/trends", "/at-risk", "/data"])
def test_a_minute_without_news_changes_nothing(own_visits: Visits, path: str) -> None:
    """While nothing newer was read, not one element of the page is touched."""
    page = own_visits.open(path)
    page.evaluate(COUNT_CHANGES)
    page.wait_for_function(STEADY, arg=1, polling=LOOK_MS)  # grids draw their rows one frame after the other
    page.evaluate("window.changes = 0")

    look_again(page)
    page.wait_for_function(STEADY, arg=2, polling=LOOK_MS)

    assert page.evaluate("window.changes") == 0


def test_an_open_list_grows_with_what_is_read(own: OwnPortal, own_visits: Visits) -> None:
    """A list that is open while tickets come in shows them, and stays open."""
    page = own_visits.open("/queue/service-desk?tickets=service-desk/flow:created")
    count = page.locator("dialog.drawer[open] .drawer-count")
    before = count.inner_text()

    own.pass_minutes(24 * 60)
    own.read()
    look_again(page)

    expect(count).not_to_have_text(before)
    expect(page.locator("dialog.drawer[open]")).to_have_count(1)


def test_a_refresh_that_was_asked_for_is_answered_honestly(own: OwnPortal, own_visits: Visits) -> None:
    """The first wish of a minute is taken, the second is told why it is not; the page shows the new reading then."""
    own.pass_minutes(1)
    page = own_visits.open("/data")
    button = page.get_by_role("button", name="Refresh now").first
    said = page.locator("#page").get_by_role("status").or_(page.locator("#data-refreshed"))

    button.click()
    expect(said.first).to_contain_text("Service Desk")
    first = said.first.inner_text()
    assert own.reports.due() == ("service-desk",)

    button.click()
    expect(said.first).not_to_have_text(first)
    expect(said.first).to_contain_text("minute")


def test_an_age_grows_while_nobody_asks(own_visits: Visits, browser: Browser) -> None:
    """The badge counts on in the browser; at twice the cache time it says that the numbers are stale."""
    page = browser.new_page()
    page.clock.install()
    own_visits.watch(page)
    page.goto(own_visits.url)
    badge = page.locator(".head-age .age")
    expect(badge).to_have_class("age age-fresh")
    _pass(page, seconds=10)
    page.route("**/_dash-update-component*", lambda route: route.abort())
    own_visits.expected += ["Failed to load resource", "Callback", "Failed to fetch"]

    _pass(page, seconds=9 * 60)
    expect(badge).to_contain_text("9\N{NO-BREAK SPACE}min")
    expect(badge).to_have_class("age age-fresh")
    _pass(page, seconds=2 * 60)

    expect(badge).to_contain_text("11\N{NO-BREAK SPACE}min")
    expect(badge).to_have_class("age age-stale")
    expect(badge).to_contain_text("Stale")
    page.close()


def _pass(page: Page, *, seconds: int) -> None:
    page.clock.run_for(seconds * 1000)


def _drag_across(page: Page, chart: str) -> None:
    """Zoom into the middle third of a chart by hand, where no line of a date is in the way."""
    box = page.locator(f"#{chart} .nsewdrag").first.bounding_box()
    assert box is not None
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 3, height)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, height, steps=4)
    page.mouse.move(box["x"] + box["width"] * 2 / 3, height, steps=4)
    page.mouse.up()


def _number(key: str) -> int:
    return int(key.rpartition("-")[2])
