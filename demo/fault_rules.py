"""Faults switched on while the demo runs: which request is hit, and by what."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from demo.exchange import Ask
from demo.fault_bodies import BODIES

Check: TypeAlias = Callable[[object], bool]

LONGEST_S = 120.0
MOST_RULES = 100

_SEARCHES = (
    "POST /rest/api/3/search/jql",
    "GET /rest/api/3/search/jql",
    "POST /rest/api/2/search",
    "GET /rest/api/2/search",
)
_BULK = "POST /rest/api/3/issue/bulkfetch"
_TOKEN_ROUTES = (*_SEARCHES[:2], "POST /rest/api/3/changelog/bulkfetch")


class FaultError(ValueError):
    """A rule cannot be understood."""


def _is_seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_S


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 100_000


def _is_status(value: object) -> bool:
    return (
        isinstance(value, int) and not isinstance(value, bool) and 200 <= value <= 599 and value not in {204, 205, 304}
    )


def _is_wait(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value >= 0)


def _is_line(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and value.isascii()


def _is_body(value: object) -> bool:
    return isinstance(value, str) and value in BODIES


def _is_name(value: object) -> bool:
    return _is_line(value) and str(value).replace("-", "").isalnum()


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1


def _is_headers(value: object) -> bool:
    return isinstance(value, dict) and all(_is_name(name) and _is_line(held) for name, held in value.items())


def _is_anything(_value: object) -> bool:
    return True


_SECONDS: Mapping[str, Check] = {"seconds": _is_seconds}
_COUNT: Mapping[str, Check] = {"n": _is_count}

KINDS: Mapping[str, Mapping[str, Check]] = {
    "status": {"status": _is_status, "body": _is_body, "text": _is_text, "json": _is_anything, "headers": _is_headers},
    "throttle": {"retry_after_s": _is_wait, "retry_after": _is_line, "reason": _is_line, "headers": _is_headers},
    "hang": _SECONDS,
    "cut": {"share": _is_share},
    "html": {},
    "expired_login": {},
    "expired_token": {},
    "repeat_token": {},
    "drop_issues": _COUNT,
    "duplicate_issues": _COUNT,
    "short_page": _COUNT,
    "slow_body": _SECONDS,
    "close": {},
    "gateway_401_scope": {},
    "latency": _SECONDS,
}
"""What a rule of each kind may say beside `route`, `times` and `after`."""

_ONLY_ON: Mapping[str, tuple[str, ...]] = {
    "expired_token": _TOKEN_ROUTES,
    "repeat_token": _SEARCHES[:2],
    "drop_issues": (*_SEARCHES, _BULK),
    "duplicate_issues": _SEARCHES,
    "short_page": _SEARCHES,
}


@dataclass(slots=True)
class Rule:
    """One fault. `seen` are the requests that it was offered, `fired` those that it hit.

    Attributes:
        route: the name of a route as it is counted, the beginning of several, or `*` for all.
        times: how many requests it hits; None for every one.
        after: how many it lets pass first.
    """

    route: str
    kind: str
    times: int | None = None
    after: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0

    def as_dict(self) -> dict[str, object]:
        """The rule as it was given, with its counts."""
        given: dict[str, object] = {"route": self.route, "kind": self.kind, "times": self.times, "after": self.after}
        return given | dict(self.settings) | {"seen": self.seen, "fired": self.fired}

    def number(self, name: str, default: float) -> float:
        """A number among the settings."""
        value = self.settings.get(name)
        return float(value) if isinstance(value, int | float) else default

    def text(self, name: str, default: str) -> str:
        """A text among the settings."""
        value = self.settings.get(name)
        return value if isinstance(value, str) else default


def read_rule(given: object, routes: Sequence[str]) -> Rule:
    """Understand one rule for a demo that has these routes.

    Raises:
        FaultError: it is no object, names what does not exist, or has a value that makes no sense.
    """
    if not isinstance(given, dict):
        raise FaultError("a rule is an object with a route and a kind")
    route, kind = given.get("route"), given.get("kind")
    if not isinstance(route, str) or not (route == "*" or any(name.startswith(route) for name in routes)):
        raise FaultError(f"no route is called {route!r}, or begins with it")
    if not isinstance(kind, str) or kind not in KINDS:
        raise FaultError(f"a kind is one of {', '.join(KINDS)}, not {kind!r}")
    times, after = given.get("times"), given.get("after", 0)
    if times is not None and not _is_count(times):
        raise FaultError("'times' is a whole number above 0, or null for every request")
    if after != 0 and not _is_count(after):
        raise FaultError("'after' is a whole number")
    settings = {name: value for name, value in given.items() if name not in {"route", "kind", "times", "after"}}
    only_on = _ONLY_ON.get(kind)
    if only_on is not None and route != "*" and not any(name.startswith(route) for name in only_on):
        raise FaultError(f"{kind} happens on {', '.join(only_on)} only")
    for name, value in settings.items():
        check = KINDS[kind].get(name)
        if check is None or not check(value):
            known = ", ".join(KINDS[kind]) or "nothing else"
            raise FaultError(f"{name!r}: {value!r} makes no sense for {kind} (it knows {known})")
    return Rule(route, kind, times, after, settings)


class Faults:
    """The rules in force. A request goes down the list, and the first rule that is due takes it."""

    def __init__(self, routes: Sequence[str]) -> None:
        self._routes = tuple(routes)
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def replace(self, given: object) -> None:
        """Put other rules into force; none of them if one makes no sense.

        Raises:
            FaultError: this is no list of rules.
        """
        if not isinstance(given, list) or len(given) > MOST_RULES:
            raise FaultError(f"faults are a list of at most {MOST_RULES} rules")
        rules = [read_rule(each, self._routes) for each in given]
        with self._lock:
            self._rules = rules

    def as_list(self) -> list[dict[str, object]]:
        """The rules in force with their counts."""
        with self._lock:
            return [rule.as_dict() for rule in self._rules]

    def take(self, route: str, ask: Ask) -> Rule | None:
        """The rule that hits a request to a route."""
        with self._lock:
            for rule in self._rules:
                if not self._fits(rule, route, ask):
                    continue
                rule.seen += 1
                if rule.seen > rule.after and (rule.times is None or rule.fired < rule.times):
                    rule.fired += 1
                    return rule
        return None

    def _fits(self, rule: Rule, route: str, ask: Ask) -> bool:
        if (
            rule.route != "*"
            and rule.route != route
            and (rule.route in self._routes or not route.startswith(rule.route))
        ):
            return False
        if route not in _ONLY_ON.get(rule.kind, (route,)):
            return False
        if rule.kind == "expired_token":
            return ask.sent("nextPageToken") not in {None, ""}
        if rule.kind == "duplicate_issues":
            return ask.sent("nextPageToken") not in {None, ""} or ask.sent("startAt") not in {None, "", "0"}
        return True
