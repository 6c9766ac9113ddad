"""How a page begins: what it asks for is on its way before the renderer runs, and nothing is asked twice."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from tests.browser.visiting import PATIENCE_MS, settle
from tests.fakes.served_portal import RunningPortal

FILLED = {
    "/": "overview",
    "/?kiosk=1": "overview",
    "/queue/service-desk?period=2026-11-02..2026-11-15&type=Incident&compare=7": "queue",
    "/queue/service-desk?embed=1": "queue",
    "/queue/billing?tickets=billing/sla:resolution:met": "queue",
    "/compare?period=14": "compare",
    "/trends?queue=billing&smooth=0": "trends",
    "/at-risk?due=today": "at-risk",
    "/data": "data",
}
"""Addresses, and the page that each shows."""
FRAME = {"frame", "banner", "drawer"}
CALLBACKS = "**/_dash-update-component*"


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """One person's window, so that scripts are loaded once."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    """A new tab."""
    page = window.new_page()
    yield page
    page.close()


def _asked(page: Page) -> list[Request]:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "_dash-update-component" in request.url else None)
    return asked


def _slot(request: Request) -> str:
    output = json.loads(request.post_data or "{}")["output"]
    return str(output).lstrip(".").partition(".")[0].removesuffix("-head-title")


def _of_the_renderer(request: Request) -> bool:
    return "endId=" in request.url


@pytest.mark.parametrize("path", FILLED)
def test_every_page_is_asked_for_once_and_ahead(page: Page, portal: RunningPortal, path: str) -> None:
    """In the renderer's own words, which is why it asks for none of it itself."""
    asked = _asked(page)

    page.goto(portal.url + path)
    page.locator("#page h1, #page .wall, #page .wall-sentence").first.wait_for()
    page.wait_for_load_state("networkidle")

    assert sorted(map(_slot, asked)) == sorted({FILLED[path], *FRAME})
    assert not any(map(_of_the_renderer, asked))


@pytest.mark.parametrize("path", ["/queue/gone", "/constructor"])
def test_where_nothing_is_only_the_frame_is_asked_for(page: Page, portal: RunningPortal, path: str) -> None:
    """There is no page to be filled."""
    asked = _asked(page)

    page.goto(portal.url + path)
    expect(page.locator("#page h1")).to_have_text("There is nothing at this address")
    page.wait_for_load_state("networkidle")

    assert sorted(map(_slot, asked)) == sorted(FRAME)


def test_an_answer_that_is_late_comes_into_the_shape_of_the_page(page: Page, portal: RunningPortal) -> None:
    """The page's shape waits for it in its place; nobody asks again."""
    asked, held = _asked(page), []

    def hold(route: Route) -> None:
        if _slot(route.request) == "queue":
            held.append(route)
        else:
            route.continue_()

    page.route(CALLBACKS, hold)
    page.goto(portal.url + "/queue/billing")
    expect(page.locator("#queue-first-response .bone").first).to_be_visible()
    assert page.locator("#page h1").count() == 0
    (route,) = held
    route.continue_()

    expect(page.locator("#page h1")).to_have_text("Billing")
    page.locator("#queue-arrivals .main-svg").first.wait_for()
    assert sorted(map(_slot, asked)) == sorted({"queue", *FRAME})


def test_what_did_not_get_through_is_asked_again_by_the_renderer(page: Page, portal: RunningPortal) -> None:
    """A connection that broke is no reason for an empty page."""
    asked = _asked(page)
    page.route(CALLBACKS, lambda route: route.continue_() if _of_the_renderer(route.request) else route.abort())

    page.goto(portal.url + "/queue/billing")

    expect(page.locator("#page h1")).to_have_text("Billing")
    again = [request for request in asked if _of_the_renderer(request)]
    assert sorted(map(_slot, again)) == sorted({"queue", *FRAME})


def test_other_words_than_the_renderer_s_do_no_harm(page: Page, portal: RunningPortal) -> None:
    """Another version of it may word its questions differently: then it asks itself, and the page is the same."""
    asked = _asked(page)

    def reworded(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("url.search", "url.hash"))

    page.route("**/data?lens=all", reworded)
    page.goto(portal.url + "/data?lens=all")

    expect(page.locator("#page h1")).to_have_text("Data")
    page.wait_for_load_state("networkidle")
    assert "data" in {_slot(request) for request in asked if _of_the_renderer(request)}


def test_a_page_that_is_come_back_to_is_asked_for_anew(page: Page, portal: RunningPortal) -> None:
    """What was asked ahead is for the visit's first page alone."""
    page.goto(portal.url + "/data")
    expect(page.locator("#page h1")).to_have_text("Data")
    page.locator(".rail-overview").click()
    expect(page.locator("#page h1")).to_have_text("Overview")
    asked = _asked(page)

    page.go_back()

    expect(page.locator("#page h1")).to_have_text("Data")
    page.wait_for_load_state("networkidle")
    assert "data" in map(_slot, asked)


def test_every_first_page_is_drawn_without_a_fault(page: Page, portal: RunningPortal) -> None:
    """An open ticket in the address too, which is then there from the first picture on."""
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.add_init_script("window.quietForMs = () => 1000")

    page.goto(portal.url + "/queue/service-desk?tickets=service-desk/sla:resolution:met")
    settle(page)

    expect(page.locator("dialog.drawer[open] .ag-row").first).to_be_visible()
    assert faults == []
