"""The demo behind its socket: routes a request, goes wrong if it is told to, waits as a real site would, and counts."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from demo import (
    routes_catalogue,
    routes_desk,
    routes_issue,
    routes_search,
    routes_tempo,
    server_catalogue,
    server_issues,
    server_timesheets,
)
from demo.burst import Bursts
from demo.clock import Clock
from demo.control import PREFIX, Control
from demo.exchange import Answer, Ask, Refused, nothing_sent, problem
from demo.fault_effects import afterwards, bent, instead, throttled, wait_s
from demo.fault_rules import Faults, Rule
from demo.options import Latency
from demo.router import Route, Router
from demo.site import Site
from demo.stats import Stats

_CLOUD_ROUTES = (
    *routes_catalogue.ROUTES,
    *routes_search.ROUTES,
    *routes_issue.ROUTES,
    *routes_desk.ROUTES,
    *routes_tempo.ROUTES,
)
_SERVER_ROUTES = (
    *server_catalogue.ROUTES,
    *server_issues.ROUTES,
    *routes_desk.ROUTES,
    *server_timesheets.ROUTES,
)
_TEMPO = ("/tempo/", "/rest/tempo-")
_GENEROUS = 1000
_LOOK_S = 0.05


class Application:
    """Answers requests of one site; safe to call from many threads.

    Args:
        site: what the answers are made from.
        clock: what time it is.
        latency: how long Jira takes to answer.
        burst: how many requests a second each route takes; None for any number.
    """

    def __init__(self, site: Site, clock: Clock, latency: Latency, burst: int | None = None) -> None:
        routes = _CLOUD_ROUTES if site.dialect.is_cloud else _SERVER_ROUTES
        self.site = site
        self.clock = clock
        self.stats = Stats()
        self.faults = Faults([route.name for route in routes])
        self.control = Control(site, clock, self.stats, self.faults, latency)
        self.stopping = threading.Event()
        self._bursts = None if burst is None else Bursts(burst)
        self._router = Router(routes)

    @property
    def latency(self) -> Latency:
        """How long Jira takes to answer, as of now."""
        return self.control.latency

    def answer(self, ask: Ask) -> Answer:
        """The answer to a request, after the time it is meant to take."""
        ask = replace(ask, dialect=self.site.dialect, opened_by=self.control.opened_by)
        if ask.path.startswith(PREFIX):
            return self.control.answer(ask)
        found = self._router.find(ask.method, ask.path)
        self.stats.begin()
        status = 500
        try:
            answer = self._nowhere(ask) if found is None else self._answer(ask, *found)
            status = answer.status
            return answer
        finally:
            self.stats.end(found[0].name if found is not None else f"{ask.method} (unknown)", status)

    def stop(self) -> None:
        """Let answers that wait go out at once."""
        self.stopping.set()

    def _answer(self, ask: Ask, route: Route, places: dict[str, str]) -> Answer:
        left = self._bursts.take(route.name, time.monotonic()) if self._bursts is not None else _GENEROUS
        if self._bursts is not None and left is None:
            return throttled(ask, "1", limit=self._bursts.per_s)
        rule = self.faults.take(route.name, ask)
        answer = self._proper(ask, route, places) if rule is None else self._faulty(rule, ask, route, places)
        return self._with_limits(ask, answer, left or 0)

    def _proper(self, ask: Ask, route: Route, places: dict[str, str]) -> Answer:
        try:
            answer = route.handler(self.site, ask, places)
        except Refused as refused:
            answer = refused.answer
        if ask.path.startswith("/rest/") and not ask.path.startswith(_TEMPO):
            self._wait(self.latency.of(answer.filled, answer.bare))
        return answer

    def _faulty(self, rule: Rule, ask: Ask, route: Route, places: dict[str, str]) -> Answer:
        if not self._hold_back(ask, wait_s(rule)):
            return nothing_sent()
        answer = instead(rule, ask)
        return afterwards(rule, self._proper(bent(rule, ask), route, places)) if answer is None else answer

    def _hold_back(self, ask: Ask, seconds: float) -> bool:
        """Wait that long, but no longer than the other side does; whether it is still there."""
        until_s = time.monotonic() + seconds
        while (left_s := until_s - time.monotonic()) > 0 and not self.stopping.is_set():
            if ask.gone():
                return False
            self.stopping.wait(min(left_s, _LOOK_S))
        return True

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self.stopping.wait(seconds)

    def _with_limits(self, ask: Ask, answer: Answer, left: int) -> Answer:
        """The headers that say how many requests are left: always on Data Center, on Cloud where bursts are limited."""
        limit = _GENEROUS if self._bursts is None else self._bursts.per_s
        if answer.status == 429 or ask.path.startswith("/tempo/"):
            return answer
        headers = [("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Remaining", str(min(left, limit - 1)))]
        if not self.site.dialect.is_cloud:
            headers += [
                ("X-RateLimit-Interval-Seconds", "1"),
                ("X-RateLimit-FillRate", str(limit)),
                ("Retry-After", "0"),
            ]
        elif self._bursts is None:
            return answer
        given = {name.lower() for name, _ in answer.headers}
        return replace(answer, headers=(*answer.headers, *(each for each in headers if each[0].lower() not in given)))

    def _nowhere(self, ask: Ask) -> Answer:
        if self._router.knows_path(ask.path):
            return problem(405, f"{ask.method} is not allowed here.")
        return problem(404, f"There is nothing at {ask.path}.")
