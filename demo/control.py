"""The demo's own resource, /demo: its clock, latency, counts, tokens, faults, and tickets by hand."""

from __future__ import annotations

import json
from collections.abc import Callable

from demo.clock import Clock, ClockError, iso
from demo.credentials import credentials
from demo.exchange import Answer, Ask, Refused, problem
from demo.fault_rules import FaultError, Faults
from demo.interventions import intervene
from demo.options import Latency, OptionError
from demo.site import Site
from demo.stats import Stats
from demo.workflow import compact

PREFIX = "/demo/"


class Control:
    """Answers requests about the demo itself: without credentials, never counted, never hit by a fault.

    `latency` and `opened_by` are read by those who answer.
    """

    def __init__(self, site: Site, clock: Clock, stats: Stats, faults: Faults, latency: Latency) -> None:
        self.site = site
        self.clock = clock
        self.stats = stats
        self.faults = faults
        self.latency = latency
        self.opened_by = credentials(site.dialect)

    def answer(self, ask: Ask) -> Answer:
        """The answer to a request below /demo."""
        parts = ask.path.removeprefix(PREFIX).split("/")
        handler = self._handlers().get((ask.method, "/".join(parts)))
        try:
            if handler is not None:
                return handler(ask)
            if ask.method == "POST" and len(parts) == 3 and parts[0] == "tickets":
                return intervene(self.site, ask, parts[1], parts[2])
            return problem(404, f"There is nothing at {ask.path}.")
        except (ClockError, FaultError, OptionError) as error:
            return problem(400, str(error))
        except Refused as refused:
            return refused.answer

    def _handlers(self) -> dict[tuple[str, str], Callable[[Ask], Answer]]:
        return {
            ("GET", "clock"): self._clock,
            ("POST", "clock"): self._step,
            ("POST", "latency"): self._slow_down,
            ("POST", "tokens"): self._renew,
            ("GET", "stats"): self._counts,
            ("POST", "stats/reset"): self._forget,
            ("GET", "index"): self._index,
            ("POST", "index"): self._fall_behind,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._break,
            ("DELETE", "faults"): self._mend,
            ("POST", "tickets/reset"): self._undo,
        }

    def _clock(self, _ask: Ask) -> Answer:
        return Answer(compact({"kind": self.clock.kind, "now": iso(self.clock.now_ms())}))

    def _step(self, ask: Ask) -> Answer:
        self.clock.step(_number(ask.json_object().get("advance_s")))
        return self._clock(ask)

    def _slow_down(self, ask: Ask) -> Answer:
        """Change the parts of the latency that are named, leave the others."""
        given = {name: _number(value) for name, value in ask.json_object().items()}
        now = {"call_s": self.latency.call_s, "ticket_s": self.latency.ticket_s, "bare_id_s": self.latency.bare_id_s}
        unknown = set(given) - set(now)
        if unknown:
            raise OptionError(f"a latency has call_s, ticket_s and bare_id_s, not {', '.join(sorted(unknown))}")
        changed = now | given
        self.latency = Latency(**changed)
        return Answer(compact(changed))

    def _renew(self, ask: Ask) -> Answer:
        """Let other tokens open the demo from now on."""
        given = ask.json_object()
        self.opened_by = self.opened_by.renewed(given)
        return Answer(compact({"renewed": sorted(given)}))

    def _counts(self, _ask: Ask) -> Answer:
        return Answer(compact(self.stats.as_dict()))

    def _forget(self, ask: Ask) -> Answer:
        self.stats.reset()
        return self._counts(ask)

    def _index(self, _ask: Ask) -> Answer:
        return Answer(compact({"lag_s": self.site.index.lag_s}))

    def _fall_behind(self, ask: Ask) -> Answer:
        self.site.index.set_lag(_number(ask.json_object().get("lag_s")))
        return self._index(ask)

    def _faults(self, _ask: Ask) -> Answer:
        return Answer(compact(self.faults.as_list()))

    def _break(self, ask: Ask) -> Answer:
        try:
            given = json.loads(ask.body or b"null")
        except ValueError as error:
            raise FaultError("faults are a list of rules in JSON") from error
        self.faults.replace(given)
        return self._faults(ask)

    def _mend(self, ask: Ask) -> Answer:
        self.faults.replace([])
        return self._faults(ask)

    def _undo(self, _ask: Ask) -> Answer:
        return Answer(compact({"reset": self.site.world.edits.reset()}))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OptionError(f"{value!r} is not a number of seconds")
    return float(value)
