"""Views and wallboards that a signed token opened, in a browser that keeps nothing for third parties."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from html import escape
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page

from demo.host import HostServer
from servicelevel.instants import HOUR_MS
from tests.browser.own_portal import NEWER
from tests.browser.visiting import PATIENCE_MS, WALL
from tests.fakes.guarded_portal import KEY, SIGNED_IN, GuardedPortal, guarded_portal
from tests.fakes.local_server import Asked, LocalServer, Reply, serving

Opened: TypeAlias = "tuple[Page, list[str]]"


class Opens(Protocol):
    """Opens an address in a window of its own; the list is what the browser complained of."""

    def __call__(self, address: str, size: tuple[int, int] = ...) -> Opened:
        """The page, loaded."""


_SEEN_BY_SCRIPTS: Final = """() => JSON.stringify([location.href, document.referrer, document.cookie, window.name,
  document.documentElement.outerHTML, navigation.entries().map((entry) => entry.url),
  performance.getEntries().map((entry) => entry.name)])"""
_HEARD: Final = "addEventListener('message', (event) => heard.push([event.origin, event.data]))"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedPortal]:
    """A portal where people sign in."""
    with guarded_portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture
def portal(shared: GuardedPortal) -> Iterator[GuardedPortal]:
    """It, with its clock as it was."""
    yield shared
    shared.ahead_ms = 0


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opens]:
    """Windows that are closed at the end."""
    contexts: list[BrowserContext] = []

    def open_(address: str, size: tuple[int, int] = (1100, 800)) -> Opened:
        contexts.append(browser.new_context(viewport={"width": size[0], "height": size[1]}))
        contexts[-1].set_default_timeout(PATIENCE_MS)
        page = contexts[-1].new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(address)
        return page, wrong

    yield open_
    for context in contexts:
        context.close()


@contextmanager
def _intranet(portal: GuardedPortal) -> Iterator[HostServer]:
    """The example of a site that shows a queue, at localhost, which is not where the portal is."""
    with HostServer(f"{portal.url}{portal.prefix}", "desk", KEY) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _site(addresses: Callable[[str], list[str]], **headers: str) -> Iterator[LocalServer]:
    """Another site, at localhost too: a page with a frame for each of the addresses that its origin is given."""

    def answer(asked: Asked) -> Reply:
        frames = "".join(f'<iframe src="{escape(address)}" width="1000" height="500"></iframe>' for address in found)
        body = (
            f"<!DOCTYPE html><title>Site</title><link rel=icon href=data:,><script>const heard = []; {_HEARD}</script>"
        )
        return Reply(f"{body}{frames}".encode(), headers={"Content-Type": "text/html", **headers})

    with serving(answer) as server:
        found = addresses(_origin(server))
        yield server


def _origin(server: LocalServer) -> str:
    return server.url.replace("127.0.0.1", "localhost")


def _frame(page: Page, place: int = 0) -> Frame:
    handle = page.locator("iframe").nth(place).element_handle()
    frame = handle.content_frame()
    assert frame is not None
    return frame


def _drawn(page: Page, place: int = 0) -> Frame:
    frame = _frame(page, place)
    frame.wait_for_selector("#queue-resolution .figure-lg")
    return frame


def _hurry(page: Page) -> None:
    """Let a second be all that the wall still waits."""
    page.evaluate("""() => {
      const next = document.querySelector(".wall-next");
      next.dataset.seconds = "1";
      next.dataset.next += "&hurried=1";
    }""")


def test_a_site_shows_a_queue_where_nothing_is_kept_for_third_parties(portal: GuardedPortal, opened: Opens) -> None:
    """Numbers are drawn, no policy is broken, and the frame is as tall as what it shows."""
    with _intranet(portal) as host:
        page, wrong = opened(f"{host.host.origin}/")
        frame = _drawn(page)
        page.wait_for_function("document.getElementById('portal').style.height.endsWith('px')")

        assert frame.locator("h1").inner_text() == "Desk"
        assert not frame.locator(".rail").is_visible()
        height = frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
        page.wait_for_function("height => document.getElementById('portal').clientHeight === height", arg=height)
        assert 200 < height < 2000
        assert wrong == []


def test_the_browser_of_these_tests_keeps_nothing_for_third_parties(opened: Opens) -> None:
    """Else the test before would prove less than it says: another cookie does not come back, and storage is refused."""
    seen: list[str] = []

    def answer(asked: Asked) -> Reply:
        seen.append(asked.headers.get("Cookie", ""))
        script = "<script>try { localStorage.length; top.postMessage('kept', '*') } catch { top.postMessage('', '*') }"
        kept = {"Set-Cookie": "plain=1; Path=/; Secure; SameSite=None", "Content-Type": "text/html"}
        return Reply(f"<!DOCTYPE html>{script}</script>".encode(), headers=kept)

    with serving(answer) as third, _site(lambda _: [third.url]) as site:
        page, _ = opened(_origin(site))
        page.wait_for_function("heard.length === 1")
        page.reload()
        page.wait_for_function("heard.length === 1")
        assert page.evaluate("heard[0][1]") == ""
    assert seen == ["", ""]


def test_the_token_is_nowhere_when_the_page_is_there(portal: GuardedPortal, opened: Opens) -> None:
    """Neither in the frame's address, its history, what scripts see, nor in an address that it asked for afterwards."""
    asked: list[str] = []
    with _intranet(portal) as host:
        page, _ = opened("about:blank")
        page.on("request", lambda request: asked.append(f"{request.url} {json.dumps(request.headers)}"))
        page.goto(f"{host.host.origin}/")
        frame = _drawn(page)
        (exchange,) = [index for index, words in enumerate(asked) if "/embed?token=" in words]
        token = asked[exchange].partition("token=")[2].partition("&")[0]

        assert token.count(".") == 2
        assert token not in frame.evaluate(_SEEN_BY_SCRIPTS)
        assert frame.url.startswith(f"{portal.url}/queue/desk?embed=1&session=")
        assert len(asked) > exchange + 5
        assert not [words for words in asked[exchange + 1 :] if token in words]
        assert page.evaluate("location.href") == f"{host.host.origin}/"


def test_the_session_is_of_no_use_in_a_window_of_its_own(portal: GuardedPortal, opened: Opens) -> None:
    """The browser keeps it for the site around the frame alone, and the portal passes nobody over."""
    with _intranet(portal) as host:
        page, _ = opened(f"{host.host.origin}/")
        address = _drawn(page).url
        window = page.context.new_page()

        answer = window.goto(address)
        assert answer is not None
        assert answer.status == 401
        assert window.locator("#page").count() == 0


@pytest.mark.parametrize("referrer", ["strict-origin-when-cross-origin", "no-referrer"])
def test_another_site_shows_nothing_with_the_same_token(portal: GuardedPortal, opened: Opens, referrer: str) -> None:
    """Refused at the exchange, or by the browser where it does not say who asks; and that site is told nothing."""
    token = portal.token(origin="http://localhost:1")
    with _site(lambda _: [f"{portal.url}/embed?token={token}"], **{"Referrer-Policy": referrer}) as site:
        page, _ = opened("about:blank")
        with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            page.goto(_origin(site))

        assert _frame(page).locator("#page").count() == 0
        assert page.evaluate("heard") == []


def test_two_views_of_one_page_keep_to_their_own_queues(portal: GuardedPortal, opened: Opens) -> None:
    """Both sessions lie in one jar, and each frame asks in its own."""
    asked: dict[str, set[str | None]] = {}

    def addresses(origin: str) -> list[str]:
        queues = ("desk", "billing")
        tokens = [portal.token(queues=frozenset({queue}), origin=origin, id=f"{queue}-token") for queue in queues]
        return [f"{portal.url}/embed?token={token}" for token in tokens]

    with _site(addresses) as site:
        page, wrong = opened("about:blank")
        page.on(
            "request",
            lambda request: (
                asked.setdefault(request.frame.url, set()).add(request.headers.get("x-opsportal-session"))
                if "/_dash-update" in request.url
                else None
            ),
        )
        page.goto(_origin(site))
        desk, billing = _drawn(page, 0), _drawn(page, 1)

        assert (desk.locator("h1").inner_text(), billing.locator("h1").inner_text()) == ("Desk", "Billing")
        names = [frame.url.rpartition("session=")[2] for frame in (desk, billing)]
        assert names[0] != names[1]
        assert [asked[frame.url] for frame in (desk, billing)] == [{name} for name in names]
        assert len([cookie for cookie in page.context.cookies() if "__Host-opsportal-" in cookie["name"]]) == 2
        assert wrong == []


def test_the_host_is_told_when_the_session_has_ended(portal: GuardedPortal, opened: Opens) -> None:
    """By the next question that the page asks."""
    with _site(lambda origin: [f"{portal.url}/embed?token={portal.token(origin=origin)}"]) as site:
        page, _ = opened(_origin(site))
        frame = _drawn(page)
        portal.ahead_ms = 9 * HOUR_MS
        frame.evaluate(NEWER)

        page.wait_for_function("heard.some(([, told]) => told.type === 'opsportal:ended')")
        assert {origin for origin, _ in page.evaluate("heard")} == {portal.url}


def test_a_page_that_is_loaded_anew_stays_in_its_session(portal: GuardedPortal, opened: Opens) -> None:
    """Links within it keep the session's name in the address."""
    with _site(lambda origin: [f"{portal.url}/embed?token={portal.token(origin=origin)}"]) as site:
        page, _ = opened(_origin(site))
        frame = _drawn(page)
        frame.evaluate("window.portal.go('/queue/desk?period=7&embed=1')")
        frame.wait_for_function("() => location.search.includes('period=7')")
        assert "session=" in frame.evaluate("location.search")

        frame.evaluate("location.reload()")
        frame.wait_for_function("() => performance.getEntriesByType('navigation')[0].type === 'reload'")
        _drawn(page)


def test_a_wallboard_opens_its_token_once_and_goes_round(portal: GuardedPortal, opened: Opens) -> None:
    """From all queues to the first of them, in the session that its address names, and the token is nowhere."""
    token = portal.token(purpose="kiosk", origin=None, queues=None, views=None)
    page, wrong = opened(f"{portal.url}/kiosk?token={token}", WALL)
    page.wait_for_selector(".wall-next")
    first = page.url
    assert first.startswith(f"{portal.url}/?kiosk=1&session=")
    assert token not in page.evaluate(_SEEN_BY_SCRIPTS)

    _hurry(page)
    page.wait_for_function("here => location.href !== here", arg=first)
    page.wait_for_selector(".wall-one")
    assert "/queue/" in page.url
    assert page.url.endswith(first.rpartition("session=")[2])
    page.reload()
    page.wait_for_selector(".wall-next")
    assert wrong == []


def test_a_wallboard_is_in_its_session_when_it_comes_back_and_says_when_that_has_ended(
    portal: GuardedPortal, opened: Opens
) -> None:
    """It was away, loads everything anew in the same session, and does so no more when the token has ended."""
    token = portal.token(purpose="kiosk", origin=None, queues=None, views=None)
    page, _ = opened(f"{portal.url}/kiosk?token={token}", WALL)
    page.wait_for_selector(".wall-next")
    first = page.url

    page.route("**/*", lambda route: route.abort("connectionrefused"))
    _hurry(page)
    page.wait_for_selector(".wall-offline:has-text('The portal does not answer')")
    page.unroute("**/*")
    page.wait_for_url(lambda address: address != first)
    page.wait_for_selector(".wall-one")
    assert page.url.endswith(first.rpartition("session=")[2])

    portal.ahead_ms = HOUR_MS
    _hurry(page)
    page.wait_for_selector(".wall-offline:has-text('What was shown here has ended')")


def test_it_works_below_a_prefix(tmp_path: Path, opened: Opens) -> None:
    """With the same example page."""
    with ExitStack() as held:
        portal = held.enter_context(guarded_portal(tmp_path, **SIGNED_IN, URL_PREFIX="/ops/"))
        host = held.enter_context(_intranet(portal))
        page, wrong = opened(f"{host.host.origin}/")

        frame = _drawn(page)
        assert frame.url.startswith(f"{portal.url}/ops/queue/desk?embed=1&session=")
        assert wrong == []
