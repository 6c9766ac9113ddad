"""Single views inside another site's page, and the wallboard that nobody touches."""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, Frame, Page

from tests.browser.visiting import WALL, Visits, settle
from tests.fakes.local_server import Asked, LocalServer, Reply, serving
from tests.fakes.served_portal import RunningPortal

Host: TypeAlias = Callable[[str], None]

_BLOCKED = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });
Object.defineProperty(Document.prototype, "cookie", {
  get() { throw new DOMException("blocked", "SecurityError"); },
  set() { throw new DOMException("blocked", "SecurityError"); },
});"""
_HEARS = """addEventListener("message", event => {
  if (event.data.type === "opsportal:height") { heard.push([event.origin, event.data.height]); }
});"""


class HostPage:
    """A page of another origin that shows one address of a portal in a frame."""

    def __init__(self) -> None:
        self.address = ""

    def answer(self, asked: Asked) -> Reply:
        """The page, whatever was asked for."""
        frame = f'<iframe id="portal" src="{escape(self.address)}" width="1000" height="640"></iframe>'
        script = f"<script>const heard = []; {_HEARS}</script>"
        body = f"<!DOCTYPE html><title>Intranet</title><link rel=icon href=data:,><h1>Intranet</h1>{script}{frame}"
        return Reply(body.encode(), headers={"Content-Type": "text/html"})


@pytest.fixture(scope="module")
def host_page() -> HostPage:
    """What the other site shows."""
    return HostPage()


@pytest.fixture(scope="module")
def host(host_page: HostPage) -> Iterator[LocalServer]:
    """The other site."""
    with serving(host_page.answer) as server:
        yield server


@pytest.fixture
def hosted(browser: Browser, host: LocalServer, host_page: HostPage) -> Iterator[Callable[..., tuple[Page, Any]]]:
    """Opens the other site's page with an address of the portal in its frame.

    The portal's setting lets itself and whatever is at localhost show it; without `friend` the site is at 127.0.0.1.
    """
    contexts = []

    def opened(address: str, *, friend: bool = True, blocked: bool = False) -> tuple[Page, Any]:
        host_page.address = address
        context = browser.new_context(viewport={"width": 1100, "height": 800})
        contexts.append(context)
        if blocked:
            context.add_init_script(f"if (window.parent !== window) {{ {_BLOCKED} }}")
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(host.url.replace("127.0.0.1", "localhost") if friend else host.url)
        return page, wrong

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("blocked", [False, True], ids=["storage", "no-storage"])
def test_an_allowed_site_shows_a_queue(portal: RunningPortal, hosted: Any, blocked: bool) -> None:
    """Name, sentence and both promises with numbers, no rail and no controls, whether or not there is storage."""
    page, wrong = hosted(f"{portal.url}/queue/service-desk?embed=1", blocked=blocked)
    frame = _frame(page)
    frame.wait_for_selector("#queue-resolution .figure-lg")

    assert frame.locator("h1").inner_text() == "Service Desk"
    assert "%" in frame.locator("#queue-first-response .figure-lg").inner_text()
    assert not frame.locator(".rail").is_visible()
    assert not frame.locator(".head-controls").is_visible()
    assert not frame.locator("#queue-due-grid").is_visible()
    link = frame.get_by_role("link", name="Open in the portal")
    assert link.get_attribute("href") == "/queue/service-desk"
    assert link.get_attribute("target") == "_blank"
    assert wrong == []


def test_the_host_is_told_how_tall_the_view_is(portal: RunningPortal, hosted: Any) -> None:
    """A message with the height of everything that is shown, from the portal's origin."""
    page, _ = hosted(f"{portal.url}/queue/service-desk?embed=1")
    frame = _frame(page)
    frame.wait_for_selector("#queue-resolution .figure-lg")
    page.wait_for_function("heard.some(([, height]) => height > 300)")

    origin, height = page.evaluate("heard.at(-1)")
    assert origin == portal.url
    assert height == frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")


def test_a_site_that_is_not_allowed_gets_nothing(portal: RunningPortal, hosted: Any) -> None:
    """The browser refuses to show the portal to a site that its setting does not name, and says why."""
    page, wrong = hosted(f"{portal.url}/queue/service-desk?embed=1", friend=False)

    assert any("frame-ancestors" in text for text in wrong)
    assert page.frames[1].locator("#page").count() == 0


def test_the_wallboard_goes_round(visits: Visits) -> None:
    """From all queues to a queue and on, by itself, without losing its mode."""
    page = visits.open("/?kiosk=1", size=WALL, wait=False)
    page.wait_for_selector(".wall-next")
    first = page.url

    _hurry(page)
    page.wait_for_function("here => location.href !== here", arg=first)
    page.wait_for_selector(".wall-one, .wall")

    assert "/queue/" in page.url
    assert "kiosk=1" in page.url
    assert page.locator(".wall-next").get_attribute("data-next") not in (None, page.url)


def test_the_wallboard_comes_back_when_the_portal_was_away(visits: Visits) -> None:
    """It says that there is no answer, keeps the last numbers in sight, and goes on by itself."""
    visits.expected.append("ERR_CONNECTION_REFUSED")
    page = visits.open("/?kiosk=1", size=WALL, wait=False)
    page.wait_for_selector(".wall-next")
    shown = page.url

    page.route("**/*", lambda route: route.abort("connectionrefused"))
    _hurry(page)
    page.wait_for_selector(".wall-offline")
    assert page.url == shown
    assert page.locator(".wall").is_visible()

    page.unroute("**/*")
    page.wait_for_function("here => location.href !== here", arg=shown)
    settle(page)
    assert page.locator(".wall-offline").count() == 0


def _hurry(page: Page) -> None:
    """Let a second be all that the wall still waits."""
    page.evaluate("""() => {
      const next = document.querySelector(".wall-next");
      next.dataset.seconds = "1";
      next.dataset.next += (next.dataset.next.includes("?") ? "&" : "?") + "hurried=1";
    }""")


def _frame(page: Page) -> Frame:
    handle = page.wait_for_selector("#portal")
    frame = handle.content_frame() if handle else None
    assert frame is not None
    return frame
