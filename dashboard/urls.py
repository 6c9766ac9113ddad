"""The address is the state: one frozen value for everything a page shows, read from an address and written to one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal, TypeAlias, TypeVar, get_args
from urllib.parse import parse_qs, quote, unquote, urlencode

from components.compare_grid import DEFAULT_ORDER, DIRECTIONS, SORTABLE, Order
from opsportal.reports import Period
from servicelevel.due import DUE_STATES, DueState
from servicelevel.measures import Filters
from servicelevel.policy import SLA_NAMES, Policy, SlaName
from servicelevel.redefinition import ScoresUnder

PageName: TypeAlias = Literal["overview", "queue", "compare", "trends", "at-risk", "data", "not-found"]
Lens: TypeAlias = Literal["decided", "completed_only", "jsm_goals"]

PERIOD_DAYS: Final = (7, 14, 30, 90, 365)
"""Periods offered as so many days back."""
COMPARED_DAYS: Final = (7, 14, 28)
"""Distances of the earlier period that a number is compared with."""
LENSES: Final[tuple[Lens, ...]] = ("decided", "completed_only", "jsm_goals")
SCORES: Final[tuple[ScoresUnder, ...]] = get_args(ScoresUnder)
"""Whether old scores stand under today's definition or as they were recorded."""

DEFAULT_PERIOD: Final = Period(30)
TRENDS_PERIOD: Final = Period(90)
DEFAULT_COMPARED_DAYS: Final = 28

_PATHS: Final[Mapping[str, PageName]] = {
    "": "overview",
    "compare": "compare",
    "trends": "trends",
    "at-risk": "at-risk",
    "data": "data",
}
_TICKET_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}-[0-9]{1,18}")
_DATES: Final = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_FIRST_DAY, _LAST_DAY = date(1990, 1, 2), date(2059, 12, 30)
MOST_DAYS: Final = 400
"""Days of a period between two dates, or of a stretch of history."""
_LONGEST_VALUE = 200
_MOST_VALUES = 50
_LONGEST_SEARCH = 8_000
_MOST_PAIRS = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows. `notes` says in words which values of the address could not be used; they take no part in ==.

    `queue` is the queue of the queue page, `queues` those chosen on pages that show several (empty: all), `tickets` the
    mark whose tickets are listed, `ticket` the key of the one whose drawer is open, `a` and `b` two dates compared,
    `sort` the column and direction that the comparison is in the order of.
    """

    page: PageName = "overview"
    queue: str | None = None
    period: Period = DEFAULT_PERIOD
    priority: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    analyst: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    team: str | None = None
    compared_days: int = DEFAULT_COMPARED_DAYS
    smooth: bool = True
    scores: ScoresUnder = "today"
    lens: Lens = "decided"
    due: tuple[DueState, ...] = ()
    promise: SlaName | None = None
    a: date | None = None
    b: date | None = None
    sort: Order = DEFAULT_ORDER
    embed: bool = False
    kiosk: bool = False
    tickets: str | None = None
    ticket: str | None = None
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def filters(self) -> Filters:
        """Priority, type and analyst as reports take them."""
        return Filters(self.priority, self.type, self.analyst)

    def with_(self, **changes: Any) -> "View":
        """The same view but for these fields. A step to other numbers closes lists and drawers unless it names them."""
        if not changes.keys() & {"ticket", "tickets"}:
            changes = {"ticket": None, "tickets": None, **changes}
        return replace(self, **changes)

    def to(self, page: PageName, queue: str | None = None) -> "View":
        """Another page with the same period, filters and comparison; what belongs to this page alone is left behind."""
        period = default_period(page) if page == "trends" or self.page == "trends" else self.period
        return View(
            page=page,
            queue=queue,
            period=period,
            priority=self.priority,
            type=self.type,
            analyst=self.analyst,
            compared_days=self.compared_days,
            lens=self.lens,
            embed=self.embed,
            kiosk=self.kiosk,
        )


def default_period(page: PageName) -> Period:
    """The period of a page whose address names none."""
    return TRENDS_PERIOD if page == "trends" else DEFAULT_PERIOD


def parse(pathname: str, search: str, policy: Policy, prefix: str = "/") -> View:
    """The view of an address. Unknown keys are ignored; values that cannot be used fall back and are noted in words."""
    page, queue = _page(pathname, policy, prefix)
    read = _Reader(_query(search))
    known_queues = [known.id for known in policy.queues]
    known_teams = list(dict.fromkeys(known.team for known in policy.queues))
    view = View(
        page=page,
        queue=queue,
        period=read.one("period", _period, default_period(page)),
        priority=read.texts("priority"),
        type=read.texts("type"),
        analyst=read.texts("analyst"),
        queues=read.several("queue", _one_of(known_queues)),
        team=read.one("team", _one_of(known_teams), None),
        compared_days=read.one("compare", _one_of(COMPARED_DAYS), DEFAULT_COMPARED_DAYS),
        smooth=read.one("smooth", _flag, True),
        scores=read.one("scores", _one_of(SCORES), "today"),
        lens=read.one("lens", _one_of(LENSES), "decided"),
        due=read.several("due", _one_of(DUE_STATES)),
        promise=read.one("promise", _one_of(SLA_NAMES), None),
        a=read.one("a", _day, None),
        b=read.one("b", _day, None),
        sort=read.one("sort", _order, DEFAULT_ORDER),
        embed=read.one("embed", _flag, False),
        kiosk=read.one("kiosk", _flag, False),
        tickets=read.one("tickets", _text, None),
        ticket=read.one("ticket", _ticket_key, None),
    )
    return replace(view, notes=tuple(read.notes))


def href(view: View, prefix: str = "/") -> str:
    """The address of a view: defaults left out, keys in one order, so that equal views have equal addresses."""
    return path(view, prefix) + search(view)


def path(view: View, prefix: str = "/") -> str:
    """The path of a view."""
    if view.page == "queue":
        return f"{prefix}queue/{quote(view.queue or '', safe='')}"
    return prefix + next((known for known, page in _PATHS.items() if page == view.page), "not-found")


def search(view: View) -> str:
    """The query of a view with its question mark; empty when everything is as by default."""
    pairs: list[tuple[str, str]] = []
    if view.period != default_period(view.page):
        pairs.append(("period", period_text(view.period)))
    for key, values in (
        ("priority", view.priority),
        ("type", view.type),
        ("analyst", view.analyst),
        ("queue", view.queues),
        ("due", view.due),
    ):
        pairs += [(key, value) for value in values]
    single: Mapping[str, object] = {
        "team": view.team,
        "compare": view.compared_days if view.compared_days != DEFAULT_COMPARED_DAYS else None,
        "smooth": None if view.smooth else 0,
        "scores": view.scores if view.scores != "today" else None,
        "lens": view.lens if view.lens != "decided" else None,
        "promise": view.promise,
        "a": view.a,
        "b": view.b,
        "sort": "-".join(view.sort) if view.sort != DEFAULT_ORDER else None,
        "embed": 1 if view.embed else None,
        "kiosk": 1 if view.kiosk else None,
        "tickets": view.tickets,
        "ticket": view.ticket,
    }
    pairs += [(key, str(value)) for key, value in single.items() if value is not None]
    return "?" + urlencode(pairs, safe=":/,", quote_via=quote) if pairs else ""


def period_text(period: Period) -> str:
    """A period as the address writes it: `30`, or `2026-10-01..2026-10-31`."""
    if period.first is None or period.last is None:
        return str(period.days)
    return f"{period.first}..{period.last}"


def _page(pathname: str, policy: Policy, prefix: str) -> tuple[PageName, str | None]:
    if not (pathname + "/").startswith(prefix):
        return "not-found", None
    inside = pathname[len(prefix) :].removesuffix("/")
    if inside in _PATHS:
        return _PATHS[inside], None
    head, _, tail = inside.partition("/")
    queue = unquote(tail)
    if head == "queue" and any(known.id == queue for known in policy.queues):
        return "queue", queue
    return "not-found", None


def _query(search: str) -> Mapping[str, Sequence[str]] | None:
    """The values of a query by key; None of one that is too long to be an address."""
    if len(search) > _LONGEST_SEARCH or search.count("&") >= _MOST_PAIRS:
        return None
    return parse_qs(search.removeprefix("?"), keep_blank_values=False)


class _Reader:
    """Takes values out of a parsed query and writes down what could not be used."""

    def __init__(self, query: Mapping[str, Sequence[str]] | None) -> None:
        self._query = query or {}
        self.notes = [] if query is not None else ["The address is too long and was left out from its ? on."]

    def one(self, key: str, read: Callable[[str], T | None], default: T) -> T:
        for written in self._query.get(key, ())[:1]:
            value = read(written)
            if value is not None:
                return value
            self._note(key, written)
        return default

    def several(self, key: str, read: Callable[[str], T | None]) -> tuple[T, ...]:
        values: dict[T, None] = {}
        for written in self._query.get(key, ())[:_MOST_VALUES]:
            value = read(written)
            if value is None:
                self._note(key, written)
            else:
                values[value] = None
        return tuple(values)

    def texts(self, key: str) -> tuple[str, ...]:
        return self.several(key, _text)

    def _note(self, key: str, written: str) -> None:
        shown = written if len(written) <= 40 else written[:39] + "…"
        why = f"has more than {MOST_DAYS} days" if key == "period" and _is_too_long(written) else "is not known here"
        self.notes.append(f"{key}={shown} {why} and was left out.")


def _text(written: str) -> str | None:
    return written if written.isprintable() and len(written) <= _LONGEST_VALUE else None


def _flag(written: str) -> bool | None:
    return {"0": False, "1": True}.get(written)


def _ticket_key(written: str) -> str | None:
    return written.upper() if _TICKET_KEY.fullmatch(written) else None


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if _FIRST_DAY <= day <= _LAST_DAY else None


def _period(written: str) -> Period | None:
    if written in {str(days) for days in PERIOD_DAYS}:
        return Period(int(written))
    dates = _dates(written)
    if dates is None or _is_too_long(written):
        return None
    return Period(None, *dates)


def _dates(written: str) -> tuple[date, date] | None:
    """Two dates in their order, both included."""
    matched = _DATES.fullmatch(written)
    first, last = (None, None) if matched is None else (_day(matched[1]), _day(matched[2]))
    return None if first is None or last is None or first > last else (first, last)


def _is_too_long(written: str) -> bool:
    dates = _dates(written)
    return dates is not None and (dates[1] - dates[0]).days >= MOST_DAYS


def _order(written: str) -> Order | None:
    known: dict[str, Order] = {f"{column}-{way}": (column, way) for column in SORTABLE for way in DIRECTIONS}
    return known.get(written)


def _one_of(known: Sequence[T]) -> Callable[[str], T | None]:
    by_text = {str(value): value for value in known}
    return by_text.get
