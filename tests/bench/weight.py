"""What pages weigh in a real Chromium: bytes and requests on the wire, and time and movement until they are drawn.

Bytes and requests are counted by the browser's own network log. Times are medians of visits taken in turn, each with a
profile that was never here before, and are compared with a Dash page that has nothing on it.
"""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.bench.measuring import Line
from tests.browser.visiting import LAPTOP, started_browser
from tests.fakes.served_portal import (
    ROOT,
    ServedPortal,
    fill_history,
    free_port,
    running_demo,
    served_portal,
    wait_until_it_answers,
)

ROUNDS = 5
HISTORY_DAYS = 30
PATIENCE_MS = 60_000
OVERVIEW, QUEUE = "/", "/queue/service-desk"
EMBEDDED = f"{QUEUE}?embed=1"

_DRAWN = {
    OVERVIEW: """() => document.querySelectorAll("#overview-cards .card-promises").length >= 8
        && document.querySelector("#overview-budgets tbody tr") && performance.now()""",
    QUEUE: """() => ["queue-contributions", "queue-why-moved", "queue-arrivals", "queue-ageing"].every(id => {
            const chart = document.getElementById(id)?.querySelector(".js-plotly-plot");
            return chart?.data?.length && chart.querySelector(".trace, .point, .scatterlayer path");
        }) && performance.now()""",
    EMBEDDED: """() => document.querySelectorAll(".sla-panel .sla-priorities").length >= 2 && performance.now()""",
    "empty": """() => document.getElementById("nothing") && performance.now()""",
}
_WATCH_SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
_EMPTY = """
import sys
from dash import Dash, html
from gunicorn.app.base import BaseApplication

app = Dash("empty")
app.layout = html.Div(id="nothing")
app.server.test_client().get("/")

class Served(BaseApplication):
    def load_config(self):
        for name, value in dict(bind=f"127.0.0.1:{sys.argv[1]}", worker_class="gthread", threads=4, workers=2,
                                preload_app=True, loglevel="error", control_socket_disable=True).items():
            self.cfg.set(name, value)

    def load(self):
        return app.server

Served().run()
"""


@dataclass  # without slots: Playwright keeps its own names on whoever listens
class Traffic:
    """What a page moved over the wire: every request with its address, and all bytes, headers included."""

    requests: list[str] = field(default_factory=list)
    received: float = 0.0
    callbacks: int = 0

    def watch(self, page: Page) -> None:
        """Count everything that the page asks from now on."""
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if url.startswith("http"):
            self.requests.append(url)
            self.callbacks += "_dash-update-component" in url

    def _finished(self, event: dict[str, Any]) -> None:
        self.received += event["encodedDataLength"]


def lines() -> Iterator[Line]:
    """Every claim about what a page weighs."""
    with _world() as (browser, portal, empty):
        yield from _wire(browser, portal)
        yield from _embedded(browser, portal)
        yield from _switches(browser, portal)
        yield from _times(browser, portal, empty)


def _wire(browser: Browser, portal: ServedPortal) -> Iterator[Line]:
    context = _profile(browser)
    first, _ = _visit(context, portal.url, OVERVIEW)
    again, _ = _visit(context, portal.url, OVERVIEW)
    context.close()
    yield Line("first visit to /, on the wire", first.received / 1e6, 1.1, False, "MB", "")
    yield Line("first visit to /, requests", len(first.requests), 25, False, "", "")
    detail = f"{len(again.requests)} requests, those from the browser's own store included"
    yield Line("repeat visit to /, on the wire", again.received / 1e3, 50, False, "kB", detail)


def _embedded(browser: Browser, portal: ServedPortal) -> Iterator[Line]:
    """An embedded view has no charts: what draws them stays where it is."""
    context = _profile(browser)
    seen, _ = _visit(context, portal.url, EMBEDDED)
    context.close()
    heavy = [url for url in seen.requests if "plotly" in url]
    detail = f"{len(seen.requests)} requests and {seen.received / 1e6:.2f} MB in all"
    yield Line("embedded view, scripts of charts", len(heavy), 0, False, "", detail)


def _switches(browser: Browser, portal: ServedPortal) -> Iterator[Line]:
    """From page to page by the rail: how many callbacks each takes."""
    context = _profile(browser)
    page = context.new_page()
    traffic = Traffic()
    traffic.watch(page)
    page.goto(portal.url + OVERVIEW)
    _quiet(page)
    counts = {}
    for name in ("compare", "trends", "at-risk", "data", "overview"):
        before = traffic.callbacks
        page.click(f".rail-{name}")
        page.wait_for_selector(f"#{name}-head-title h1")
        _quiet(page)
        counts[name] = traffic.callbacks - before
    context.close()
    yield Line(
        "page switch, callbacks", max(counts.values()), 4, False, "", ", ".join(f"{k} {n}" for k, n in counts.items())
    )


def _times(browser: Browser, portal: ServedPortal, empty: str) -> Iterator[Line]:
    sides = ((empty, "empty"), (portal.url, OVERVIEW), (portal.url, QUEUE))
    drawn: dict[str, list[float]] = {side: [] for _, side in sides}
    shifted: dict[str, list[float]] = {side: [] for _, side in sides}
    for _ in range(ROUNDS):
        for url, side in sides:
            context = _profile(browser)
            _, page = _visit(context, url, side)
            drawn[side].append(page.evaluate("window.drawnAt"))
            shifted[side].append(page.evaluate("window.shifted"))
            context.close()
    floor = statistics.median(drawn["empty"])
    for name, side in (("overview", OVERVIEW), ("queue's page", QUEUE)):
        took = statistics.median(drawn[side])
        detail = f"{took:.0f} ms against {floor:.0f} ms, medians of {ROUNDS}"
        yield Line(f"{name} drawn ÷ empty Dash page", took / floor, 2.5, False, "x", detail)
        yield Line(f"{name}, layout shift", max(shifted[side]), 0.02, False, "", f"worst of {ROUNDS}")


def _visit(context: BrowserContext, url: str, side: str) -> tuple[Traffic, Page]:
    """Open a page and wait until everything on it is drawn and nothing is under way any more."""
    page, traffic = context.new_page(), Traffic()
    page.add_init_script(_WATCH_SHIFTS)
    traffic.watch(page)
    page.goto(url + ("/" if side == "empty" else side), wait_until="commit")
    page.evaluate("at => window.drawnAt = at", page.wait_for_function(_DRAWN[side], timeout=PATIENCE_MS).json_value())
    _quiet(page)
    return traffic, page


def _quiet(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)  # charts and grids that follow the last answer
    page.wait_for_load_state("networkidle")


def _profile(browser: Browser) -> BrowserContext:
    width, height = LAPTOP
    return browser.new_context(viewport={"width": width, "height": height})


@contextmanager
def _world() -> Iterator[tuple[Browser, ServedPortal, str]]:
    """A browser, the portal with all its queues read, and a page with nothing on it under the same kind of server."""
    with (
        tempfile.TemporaryDirectory() as folder,
        started_browser() as browser,
        running_demo() as ready,
        served_portal(ready, Path(folder)) as portal,
        _program([sys.executable, "-c", _EMPTY, str(port := free_port())]),
    ):
        fill_history(portal, HISTORY_DAYS)
        wait_until_it_answers(f"http://127.0.0.1:{port}")
        yield browser, portal, f"http://127.0.0.1:{port}"


@contextmanager
def _program(command: Sequence[str]) -> Iterator[None]:
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield
        finally:
            process.terminate()
