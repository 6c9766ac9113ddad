"""The policy of the pages in a browser: it is in nobody's way, and it stops what it is there to stop."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from opsportal.source_note import ReadProgress
from tests.browser.charts import pointed_at
from tests.browser.own_portal import Doorway, OwnPortal, own_portal
from tests.browser.visiting import WALL, Profiles, Theme, Visits, go, settle

QUEUE = "/queue/service-desk"
GONE_THROUGH = (QUEUE, "/compare", "/trends", "/at-risk", "/data", "/queue/billing?period=7&lens=completed_only", "/")
"""Addresses that are reached from the overview without the document being loaded again."""
VIEWS = ("/?embed=1", f"{QUEUE}?embed=1", "/trends?embed=1", "/?kiosk=1", f"{QUEUE}?kiosk=1")

_LISTEN = """() => {
  window.stopped = [];
  addEventListener("securitypolicyviolation", (it) => window.stopped.push(it.effectiveDirective));
}"""
_MADE = """const made = (tag, given) =>
  document.body.appendChild(Object.assign(document.createElement(tag), given));
const THERE = "http://elsewhere.invalid/";"""
_TRIES = {
    "script-src-elem": """made("script", { textContent: "window.harmed = 1" });""",
    "script-src": """setTimeout("window.harmed = 1");""",
    "script-src-attr": """made("div", { innerHTML: "<img src=data:, onerror='window.harmed = 1'>" });""",
    "img-src": """made("img", { src: THERE });""",
    "connect-src": """fetch(THERE).catch(() => null);""",
    "frame-src": """made("iframe", { src: THERE });""",
    "object-src": """made("object", { data: THERE });""",
    "style-src-elem": """made("link", { rel: "stylesheet", href: THERE });""",
    "font-src": """new FontFace("x", `url(${THERE})`).load().catch(() => null);""",
    "media-src": """made("audio", { src: THERE }).load();""",
    "worker-src": """try { new Worker("data:text/javascript,1"); } catch { /* as it should be */ }""",
    "base-uri": """made("base", { href: THERE });""",
    "form-action": """made("form", { action: THERE, method: "post" }).submit();""",
}
"""What an intruder would like to do, by the line of the policy that stops it."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_needs_what_its_policy_forbids(visits: Visits, theme: Theme) -> None:
    """Every page, with the pointer on every chart, printed, and in the other theme too."""
    page = visits.open("/", theme=theme)
    for path in GONE_THROUGH:
        go(page, path)
        assert (path in ("/data", "/compare", "/")) or len(list(pointed_at(page))) >= 2
    for changed in ({"media": "print"}, {"color_scheme": "light"}, {"color_scheme": "dark"}):
        page.emulate_media(**changed)  # type: ignore[arg-type]  # each is one of its arguments
        settle(page)
    page.emulate_media(media="null")
    page.pdf()

    assert visits.faults == []


@pytest.mark.parametrize("path", VIEWS)
def test_no_view_for_frames_and_walls_does(visits: Visits, path: str) -> None:
    """Loaded as a site or a wallboard loads them."""
    visits.open(path, size=WALL)

    assert visits.faults == []


def test_nothing_that_opens_does(visits: Visits) -> None:
    """Help, switcher, every menu, a list of tickets, the drawer of one, a definition."""
    page = visits.open(QUEUE)
    page.locator(".rail-help").click()
    page.keyboard.press("Escape")
    page.keyboard.type("/bil")
    expect(page.locator("#switcher li:visible")).to_have_count(1)
    page.keyboard.press("Escape")
    for menu in page.locator("#page details.menu > summary").all():
        menu.click()
    page.keyboard.press("Escape")
    page.locator("#page .definition-button").first.focus()
    page.locator("#page a[href*='tickets=']:visible").first.dispatch_event("click")
    expect(page.locator("dialog.drawer[open] .ag-row").first).to_be_visible()
    page.locator("dialog.drawer[open] .ag-row a").first.click()
    expect(page.locator("dialog.drawer[open] .drawer-verdict")).to_be_visible()

    assert visits.faults == []


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_charts_are_saved_as_pictures(visits: Visits, kind: str, begins: bytes) -> None:
    """Made in the browser alone."""
    page = visits.open(QUEUE)
    page.click('summary[aria-label="Export"]')

    with page.expect_download() as waiting:
        page.click(f'.menu-export button[data-charts="{kind}"]')

    assert Path(waiting.value.path()).read_bytes().startswith(begins)
    assert visits.faults == []


def test_nothing_that_goes_wrong_does(visits: Visits) -> None:
    """An address of nothing, a callback that failed, and a tab that is older than the portal."""
    visits.expected += ["404", "409", "500", "Callback error"]
    page = visits.open("/queue/gone")
    go(page, "/")
    page.route("**/_dash-update-component*", lambda route: route.fulfill(status=500, body="{}"))
    with page.expect_response(lambda answer: answer.status == 500):
        page.evaluate("window.portal.go('/compare')")
    page.unroute("**/_dash-update-component*")
    page.route("**/_dash-update-component*", lambda route: route.fulfill(status=409, body="{}"))
    page.evaluate("window.portal.go('/trends')")
    expect(page.get_by_text("A newer version is running.")).to_be_visible()

    assert not [fault for fault in visits.faults if "policy" in fault.lower()]


@pytest.fixture
def own(tmp_path: Path, door: Doorway) -> Iterator[OwnPortal]:
    """A portal that has read nothing yet."""
    with own_portal(tmp_path, door) as portal:
        yield portal


def test_no_page_without_numbers_does(own: OwnPortal, browser: Browser, profiles: Profiles) -> None:
    """Where nothing was read yet, and where nothing could be."""
    visits = Visits(browser, own.url, profiles=profiles)
    own.tell_progress("billing", ReadProgress("tickets", 300, 1200, own.demo.clock.now_ms()))
    visits.open("/queue/billing", wait=False).wait_for_selector(".queue-state")
    own.break_down(["billing"])

    for path in ("/", "/queue/billing", "/data"):
        page = visits.open(path, wait=False)
        expect(page.locator("#page")).to_contain_text("401" if path == "/data" else "could not be read")

    visits.close()


@pytest.mark.parametrize("line", _TRIES)
def test_the_policy_stops(visits: Visits, line: str) -> None:
    """What no page does; the browser says which line of the policy it was."""
    visits.expected += ["policy stopped", "Content Security Policy", "violates"]
    page = visits.open("/data", wait=False)
    page.evaluate(_LISTEN)

    page.evaluate(f"() => {{ {_MADE} {_TRIES[line]} }}")
    page.wait_for_function("line => window.stopped.includes(line)", arg=line)

    assert page.evaluate("window.harmed ?? null") is None
    assert _elsewhere(visits) == []


@pytest.mark.parametrize("path", ["/api/queues.csv", "/export/overview.csv", "/api/queues", "/healthz"])
def test_no_answer_is_taken_for_a_script(visits: Visits, path: str) -> None:
    """Though it comes from here: it says what it is, and that nobody is to guess."""
    visits.expected += ["MIME", "ERR_"]
    page = visits.open("/data", wait=False)

    became = page.evaluate(
        """path => new Promise((done) => document.head.append(Object.assign(document.createElement("script"),
          { src: path, onload: () => done("a script"), onerror: () => done("nothing") })))""",
        path,
    )

    assert became == "nothing"


def _elsewhere(visits: Visits) -> list[str]:
    """Requests that did leave the browser for another host: those that were stopped are told of as stopped."""
    stopped = " ".join(fault for fault in visits.faults if "policy stopped" in fault)
    asked = [fault for fault in visits.faults if fault.startswith("asked another host: ")]
    visits.expected += [fault for fault in asked if fault.rpartition(" ")[2].rstrip("/") in stopped]
    return [fault for fault in asked if fault not in visits.expected]
