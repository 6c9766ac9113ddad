"""The demo behind its socket: routes a request, waits as long as a real site would, and counts."""

from __future__ import annotations

import threading

from demo import routes_catalogue, routes_desk, routes_issue, routes_search, routes_tempo
from demo.clock import Clock, ClockError, iso
from demo.exchange import Answer, Ask, Refused, problem
from demo.options import Latency, OptionError
from demo.router import Router
from demo.site import Site
from demo.stats import Stats
from demo.workflow import compact

_CONTROL = "/demo/"


class Application:
    """Answers requests of one site; safe to call from many threads."""

    def __init__(self, site: Site, clock: Clock, latency: Latency) -> None:
        self.site = site
        self.clock = clock
        self.latency = latency
        self.stats = Stats()
        self._stopping = threading.Event()
        self._router = Router(
            (
                *routes_catalogue.ROUTES,
                *routes_search.ROUTES,
                *routes_issue.ROUTES,
                *routes_desk.ROUTES,
                *routes_tempo.ROUTES,
            )
        )

    def answer(self, ask: Ask) -> Answer:
        """The answer to a request, after the time it is meant to take."""
        if ask.path.startswith(_CONTROL):
            return self._control(ask)
        found = self._router.find(ask.method, ask.path)
        self.stats.begin()
        try:
            if found is None:
                return self._nowhere(ask)
            route, places = found
            try:
                answer = route.handler(self.site, ask, places)
            except Refused as refused:
                answer = refused.answer
            if ask.path.startswith("/rest/"):
                self._wait(self.latency.of(answer.filled, answer.bare))
            return answer
        finally:
            self.stats.end(found[0].name if found is not None else f"{ask.method} (unknown)")

    def stop(self) -> None:
        """Let answers that wait go out at once."""
        self._stopping.set()

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._stopping.wait(seconds)

    def _nowhere(self, ask: Ask) -> Answer:
        if self._router.knows_path(ask.path):
            return problem(405, f"{ask.method} is not allowed here.")
        return problem(404, f"There is nothing at {ask.path}.")

    def _control(self, ask: Ask) -> Answer:
        try:
            match ask.method, ask.path:
                case "GET", "/demo/clock":
                    return self._clock()
                case "POST", "/demo/clock":
                    self.clock.step(_number(ask.json_object().get("advance_s")))
                    return self._clock()
                case "POST", "/demo/latency":
                    given = {name: _number(value) for name, value in ask.json_object().items()}
                    return self._slow_down(given)
                case "GET", "/demo/stats":
                    return Answer(compact(self.stats.as_dict()))
                case "POST", "/demo/stats/reset":
                    self.stats.reset()
                    return Answer(compact(self.stats.as_dict()))
                case _:
                    return problem(404, f"There is nothing at {ask.path}.")
        except (ClockError, OptionError) as error:
            return problem(400, str(error))
        except Refused as refused:
            return refused.answer

    def _clock(self) -> Answer:
        return Answer(compact({"kind": self.clock.kind, "now": iso(self.clock.now_ms())}))

    def _slow_down(self, given: dict[str, float]) -> Answer:
        """Change the parts of the latency that are named, leave the others."""
        now = {"call_s": self.latency.call_s, "ticket_s": self.latency.ticket_s, "bare_id_s": self.latency.bare_id_s}
        unknown = set(given) - set(now)
        if unknown:
            raise OptionError(f"a latency has call_s, ticket_s and bare_id_s, not {', '.join(sorted(unknown))}")
        changed = now | given
        self.latency = Latency(**changed)
        return Answer(compact(changed))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OptionError(f"{value!r} is not a number of seconds")
    return float(value)
