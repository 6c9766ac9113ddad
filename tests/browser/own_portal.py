"""A portal of a test's own: it lives in the test's process, its clock moves by hand, and queues are read on demand."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page
from werkzeug.serving import make_server

from dashboard.app import create_app
from dashboard.cache import FileCache
from dashboard.leases import FileLeases
from dashboard.portal import Portal
from dashboard.server import warm_up
from demo.options import Options
from demo.server import Demo, start
from opsportal import wiring
from opsportal.cached import CachedReports
from opsportal.settings import load
from opsportal.source_note import ReadProgress
from opsportal.trends import Trends
from tests.fakes.small_demo import NOON, SIZES, settings_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NEWER = "window.dash_clientside.set_props('tick', {n_intervals: Date.now()})"
"""What the page's own interval does once a minute."""


@dataclass(slots=True)
class OwnPortal:
    """`url` is without a slash at its end. Time passes in the portal and in its sources together."""

    url: str
    demo: Demo
    reports: CachedReports

    def read(self, *queues: str) -> None:
        """Read these queues, or all whose turn it is."""
        for queue in queues or self.reports.due():
            self.reports.refresh(queue)

    def break_down(self, queues: Sequence[str], **rule: Any) -> None:
        """Have a fault in Jira while these queues are read, whose turn it has to be."""
        self.demo.application.control.faults.replace([{"route": "*", **(rule or {"kind": "status", "status": 401})}])
        try:
            self.read(*queues)
        finally:
            self.demo.application.control.faults.replace([])

    def pass_minutes(self, minutes: float) -> None:
        """Move the clock on."""
        self.demo.clock.step(60 * minutes)

    def tell_progress(self, queue: str, progress: ReadProgress) -> None:
        """Have a first read be so far."""
        refreshing = self.reports._refreshing
        refreshing.board.tell(refreshing._shelf.key("progress", self.reports.find(queue)), progress)


class Doorway:
    """One address for portals that live one after the other, so that what a browser has of one serves the next."""

    def __init__(self) -> None:
        self.url = ""
        self.portal: WSGIApplication | None = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The answer of the portal that lives now, without compression: nothing is gained on the way to oneself."""
        if self.portal is None:
            start_response("503 Service Unavailable", [])
            return []
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return self.portal(environ, start_response)


@contextmanager
def doorway() -> Iterator[Doorway]:
    """A doorway that is served from a thread while the block runs."""
    made = Doorway()
    server = make_server("127.0.0.1", 0, made, threaded=True)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def own_portal(folder: Path, door: Doorway) -> Iterator[OwnPortal]:
    """A portal on a small demo that starts at noon with nothing read."""
    with start(Options(clock=f"stepped:{NOON}", sizes=SIZES, lifetime_s=600)) as demo:
        settings = load({**settings_of(demo), "HISTORY_URL": f"sqlite:///{folder / 'history.db'}"}, env_file=None)
        now = demo.clock.now_ms
        cache, leases = FileCache(folder / "shared"), FileLeases(folder / "leases")
        wired = wiring.build_cached(settings, cache, leases, now=now)
        trends = Trends(wiring.history(settings), lambda: wired.reports.policy, now)
        portal = Portal(wired.reports, trends, settings, wired.jira_url, now)
        app = create_app(portal).server
        warm_up(app, portal.prefix)
        door.portal = app
        try:
            yield OwnPortal(door.url, demo, wired.reports)
        finally:
            door.portal = None


def look_again(page: Page) -> None:
    """Let the page's minute pass: it asks whether there is something newer."""
    with page.expect_response(lambda answer: "_dash-update-component" in answer.url):
        page.evaluate(NEWER)
