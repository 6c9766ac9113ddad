"""From a method and a path to the function that answers, and the name under which it is counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from demo.exchange import Answer, Ask
from demo.site import Site

Handler = Callable[[Site, Ask, dict[str, str]], Answer]

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path template such as `/rest/api/3/issue/{issue}`."""

    method: str
    template: str
    handler: Handler

    @property
    def name(self) -> str:
        """How the route is counted."""
        return f"{self.method} {self.template}"


class Router:
    """Finds routes."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._plain = {(route.method, route.template): route for route in routes if "{" not in route.template}
        self._shaped = [
            (re.compile(_PLACE.sub(r"(?P<\1>[^/]+)", route.template)), route)
            for route in routes
            if "{" in route.template
        ]
        self._known = {route.template for route in routes}

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a request with the values of its places, or None."""
        plain = self._plain.get((method, path))
        if plain is not None:
            return plain, {}
        for pattern, route in self._shaped:
            match = pattern.fullmatch(path)
            if match is not None and route.method == method:
                return route, {name: unquote(value) for name, value in match.groupdict().items()}
        return None

    def knows_path(self, path: str) -> bool:
        """Whether another method would have found something."""
        return path in self._known or any(pattern.fullmatch(path) for pattern, _ in self._shaped)
