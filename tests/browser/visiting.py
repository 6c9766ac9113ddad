"""Pages in a real Chromium, and whatever a reader should never meet there."""

import itertools
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

Theme = Literal["light", "dark"]

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS: Final = 20_000
"""How long anything on a page may take before it has gone wrong."""

LAPTOP: Final = (1280, 800)
PHONE: Final = (390, 844)
WALL: Final = (1920, 1080)

_COUNT_REQUESTS = """(() => {
  const send = window.fetch;
  let underWay = 0, last = performance.now();
  const now = performance.now.bind(performance);
  window.fetch = async function (...request) {
    const done = () => { underWay -= 1; last = now(); };
    underWay += 1; last = now();
    try {
      const answer = await send.apply(this, request);
      answer.clone().arrayBuffer().then(done, done);
      return answer;
    } catch (failed) { done(); throw failed; }
  };
  window.quietForMs = () => underWay ? 0 : now() - last;
  window.redrawn = 0;
  new MutationObserver(() => { window.redrawn += 1; }).observe(document, { childList: true, subtree: true });
})();"""

_TELL_STOPPED = """addEventListener("securitypolicyviolation", (it) =>
  console.error(`policy stopped ${it.effectiveDirective}: ${it.blockedURI} ${it.sourceFile} ${it.sample}`));"""

_SETTLED = """(asked) => {
  const page = document.getElementById("page");
  const seen = (node) => node.getClientRects().length > 0;
  const head = page?.querySelector("h1") || page?.querySelector(".wall, .wall-sentence");
  // No rows, where they would be out of sight and where they would be seen.
  const without = ".row-grid:empty, .ag-overlay-no-rows-wrapper, .ag-overlay-no-rows-center";
  const stands = head && window.quietForMs() > 80
    && ![...page.querySelectorAll(".bone")].some(seen)
    && [...page.querySelectorAll(".dash-graph")].filter(seen).every((graph) => graph.querySelector(".main-svg"))
    && ![...page.querySelectorAll(".dash-graph--pending")].some(seen)
    && ![...page.querySelectorAll("[data-rows-to-come]")].some(seen)
    && [...page.querySelectorAll("[role=region]")].filter(seen).every((grid) =>
      grid.querySelector(`.ag-row:not(.ag-row-pinned) [role=gridcell], ${without}`));
  // Where a grid is to come there is nothing for a moment; then rows, cells, and what these draw, one after another.
  const before = window.stood?.asked === asked ? window.stood : { asked, looks: 0 };
  const same = stands && window.redrawn === before.changes;
  window.stood = { asked, changes: window.redrawn, looks: same ? before.looks + 1 : 0 };
  return window.stood.looks >= 3;
}"""


_ASKED: Final = itertools.count()
_LOOK_MS: Final = 25
"""Not as often as a frame is drawn: without a window there may be few of them."""
_FORGET = "() => { try { window.localStorage.clear(); } catch { /* a page without an address has none */ } }"


class NoBrowser(Exception):
    """There is no Chromium to be started."""


@contextmanager
def started_browser() -> Iterator[Browser]:
    """A Chromium without a window.

    Raises:
        NoBrowser: none is on the PATH.
    """
    executable = next((path for name in NAMES if (path := shutil.which(name))), None)
    if executable is None:
        raise NoBrowser(f"none of {', '.join(NAMES)} is on the PATH; as root, `sh scripts/chromium.sh` installs one")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass(slots=True)
class Profile:
    """One person's window: what it has cached and compiled serves every visit. `idle` are its tabs of nobody's."""

    context: BrowserContext
    size: tuple[int, int]
    theme: Theme
    idle: list[Page] = field(default_factory=list)


Profiles: TypeAlias = "dict[tuple[tuple[int, int], Theme], Profile]"
"""Windows by size and theme."""


@dataclass  # without slots: Playwright keeps its own names on whoever listens
class Visits:
    """Pages opened at one portal. Nothing is remembered from one visit to the next but what a browser caches.

    `faults` lists what happened on them that should not have: warnings and errors on the console, what the pages'
    policy stopped, scripts that failed, requests to another host. A test that provokes one names a piece of its text in
    `expected`. Without `heed_policy` the browser takes no notice of the policy.
    """

    browser: Browser
    url: str
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    profiles: Profiles = field(default_factory=dict)
    heed_policy: bool = True
    _taken: list[tuple[Profile, Page]] = field(default_factory=list)

    def open(self, path: str, *, size: tuple[int, int] = LAPTOP, theme: Theme = "light", wait: bool = True) -> Page:
        """Load an address below the portal's in a tab of its own, and wait until it is drawn."""
        profile = self._profile(size, theme)
        page = profile.idle.pop() if profile.idle else profile.context.new_page()
        self._taken.append((profile, page))
        self.watch(page)
        page.goto(self.url + path)
        if wait:
            settle(page)
        return page

    def watch(self, page: Page) -> None:
        """Write down every fault of a page."""
        page.on("console", self._said)
        page.on("pageerror", self._threw)
        page.on("request", self._asked)

    def close(self) -> None:
        """Leave every page and forget what it stored.

        Raises:
            AssertionError: something happened that a reader should never meet.
        """
        for profile, page in self._taken:
            if not page.is_closed():
                page.evaluate(_FORGET)
                self._leave(profile, page)
        self._taken.clear()
        unexpected = [fault for fault in self.faults if not any(text in fault for text in self.expected)]
        self.faults.clear()
        self.expected.clear()
        assert not unexpected, "\n".join(unexpected)

    def _leave(self, profile: Profile, page: Page) -> None:
        # The next visit in this tab finds its scripts compiled, which is half of what a page costs.
        page.unroute_all()
        page.goto("about:blank")
        page.remove_listener("console", self._said)
        page.remove_listener("pageerror", self._threw)
        page.remove_listener("request", self._asked)
        page.emulate_media(color_scheme=profile.theme)
        page.set_viewport_size(_viewport(profile.size))
        profile.idle.append(page)

    def _profile(self, size: tuple[int, int], theme: Theme) -> Profile:
        if (size, theme) not in self.profiles:
            context = self.browser.new_context(
                viewport=_viewport(size), color_scheme=theme, reduced_motion="reduce", bypass_csp=not self.heed_policy
            )
            context.set_default_timeout(PATIENCE_MS)
            context.add_init_script(_COUNT_REQUESTS)
            context.add_init_script(_TELL_STOPPED)
            self.profiles[size, theme] = Profile(context, size, theme)
        return self.profiles[size, theme]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in ("log", "debug", "info"):
            self.faults.append(f"{message.type} on the console of {message.page and message.page.url}: {message.text}")

    def _threw(self, error: Error) -> None:
        self.faults.append(f"script failed: {error}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.url).netloc:
            self.faults.append(f"asked another host: {request.url}")


def _viewport(size: tuple[int, int]) -> ViewportSize:
    width, height = size
    return {"width": width, "height": height}


def go(page: Page, path: str) -> None:
    """Follow a link within the portal to another address, which loads no document, and wait until it is drawn."""
    with page.expect_response(lambda answer: "_dash-update-component" in answer.url):
        page.evaluate("path => window.portal.go(path)", path)
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page in the frame has its numbers, every chart and grid in sight is drawn, and nothing changes."""
    page.wait_for_function(_SETTLED, arg=next(_ASKED), polling=_LOOK_MS)


def heading(page: Page) -> str:
    """The page's title."""
    return page.locator("#page h1").inner_text()


def number_in(text: str) -> int:
    """The first whole number of a text, which may have separators of thousands.

    Raises:
        ValueError: there is none.
    """
    found = re.search(r"\d[\d,]*", text)
    if found is None:
        raise ValueError(f"no number in {text!r}")
    return int(found[0].replace(",", ""))
