"""Who gets in where: the one table of every address and of every question that pages ask.

The gate lets in by it before anything of the application runs, and a test walks all that the application answers: an
address or a question that is not listed here fails it.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from opsportal.identity import Identity, Role

Who: TypeAlias = Literal["nobody", "api", "embed", "kiosk", "viewer", "lead", "admin"]
"""As what somebody comes: without being known, with a token or in a session of one, or signed in with a role."""
Area: TypeAlias = Literal["files", "alive", "ready", "exchange", "metrics", "api", "export", "scripts", "pages"]
"""Addresses that let the same in. `scripts` is what scripts of pages ask for; they show no page that refuses them."""

EVERYBODY: Final[frozenset[Who]] = frozenset({"nobody", "api", "embed", "kiosk", "viewer", "lead", "admin"})
_PEOPLE: Final[frozenset[Who]] = frozenset({"viewer", "lead", "admin"})

ADMITTED: Final[Mapping[Area, frozenset[Who]]] = {
    "files": EVERYBODY,
    "alive": EVERYBODY,
    "ready": EVERYBODY,
    "exchange": EVERYBODY,
    "metrics": frozenset({"api", "admin"}),
    "api": _PEOPLE | {"api"},
    "export": _PEOPLE | {"embed"},
    "scripts": _PEOPLE | {"embed", "kiosk"},
    "pages": _PEOPLE | {"embed", "kiosk"},
}
"""Whom each lets in. What they see there is narrowed to their queues and pages by what answers."""

ENDPOINTS: Final[Mapping[str, Area]] = {
    "healthz": "alive",
    "readyz": "ready",
    "metrics": "metrics",
    "bundle portal.css": "files",
    "bundle portal.js": "files",
    "bundle early.js": "files",
    "bundle favicon.svg": "files",
    "bundle vendor/plotly-basic.min.js": "files",
    "_dash_assets.static": "files",
    "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": "files",
    "_dash-layout": "scripts",
    "_dash-dependencies": "scripts",
    "_dash-update-component": "scripts",
    "_reload-hash": "pages",
    "_favicon.ico": "pages",
    "": "pages",
    "<path:path>": "pages",
    "export": "export",
    "embed": "exchange",
    "kiosk": "exchange",
    "api.listQueues": "api",
    "api.listQueuesCsv": "api",
    "api.getOverview": "api",
    "api.getOverviewCsv": "api",
    "api.getQueueData": "api",
    "api.getQueueDataCsv": "api",
    "api.listTickets": "api",
    "api.listTicketsCsv": "api",
    "api.listAtRisk": "api",
    "api.listAtRiskCsv": "api",
    "api.getTrends": "api",
    "api.getTrendsCsv": "api",
    "api.listTeams": "api",
    "api.listTeamsCsv": "api",
    "api.getOpenApi": "api",
    "api.nothing": "api",
}
"""Every endpoint of Flask, without the prefix that Dash puts into the names of its own."""

CALLBACKS: Final[Mapping[str, Role]] = {
    "frame": "viewer",
    "rail-badge": "viewer",
    "banner": "viewer",
    "page": "viewer",
    "drawer": "viewer",
    "overview": "viewer",
    "queue": "viewer",
    "compare": "viewer",
    "trends": "viewer",
    "at-risk": "viewer",
    "data": "viewer",
    "data-answer": "admin",
}
"""Every question that pages ask of the server, by its short name, and the least role to whom it is answered."""


class Areas:
    """Finds out in which area an address lies. `prefix` is the path under which the portal lives."""

    def __init__(self, prefix: str) -> None:
        self._at_the_root: Mapping[str, Area] = {
            "/healthz": "alive",
            "/readyz": "ready",
            "/metrics": "metrics",
            f"{prefix}embed": "exchange",
            f"{prefix}kiosk": "exchange",
            f"{prefix}api": "api",
        }
        self._below: tuple[tuple[str, Area], ...] = (
            (f"{prefix}api/", "api"),
            (f"{prefix}assets/", "files"),
            (f"{prefix}_dash-component-suites/", "files"),
            (f"{prefix}_dash-", "scripts"),
            (f"{prefix}export/", "export"),
        )

    def of(self, path: str) -> Area:
        """The area of a path as WSGI has it. What fits nowhere else is a page: not for everybody."""
        exact = self._at_the_root.get(path)
        if exact is not None:
            return exact
        for beginning, area in self._below:
            if path.startswith(beginning):
                return "pages" if area == "files" and _wanders(path) else area
        return "pages"


def _wanders(path: str) -> bool:
    """Whether a path might mean a place other than the one that it begins with."""
    return ".." in path or "//" in path or "\\" in path


def who(identity: Identity | None) -> Who:
    """As what somebody comes; None is nobody."""
    if identity is None:
        return "nobody"
    match identity.kind:
        case "anyone" | "person":
            return identity.role
        case token:
            return token
