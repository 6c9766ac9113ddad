"""The parameters of the API: each declared once, for those who read the document and for the check of each request."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final, get_args

from dashboard.api.asked import Parameter, Unusable
from dashboard.urls import COMPARED_DAYS, LENSES, MOST_DAYS, PERIOD_DAYS, SCORES
from opsportal.reports import Period, nearest
from opsportal.shapes.history import Measure
from servicelevel.due import DUE_STATES
from servicelevel.measures import UNASSIGNED
from servicelevel.policy import SLA_NAMES, Policy

LONGEST_TEXT: Final = 200
LONGEST_MARK: Final = 400
LONGEST_CURSOR: Final = 200
MOST_TICKETS: Final = 1_000
USUAL_TICKETS: Final = 100
MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)

_FIRST_DAY: Final = date(1990, 1, 2)
_LAST_DAY: Final = date(2059, 12, 30)
_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PERIOD_PATTERN: Final = f"^(?:{'|'.join(map(str, PERIOD_DAYS))}|{_DAY}\\.\\.{_DAY})$"
_TEXT_SCHEMA: Final = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}


def _text(written: str, longest: int = LONGEST_TEXT) -> str:
    if not written.strip():
        raise Unusable("It is empty. Leave it out to ask for all.")
    if len(written) > longest:
        raise Unusable(f"It has {len(written)} characters; at most {longest} are taken.")
    if not written.isprintable():
        raise Unusable("It has characters that cannot be printed.")
    return written


def _plain_text(written: str, _: Policy) -> str:
    return _text(written)


def _analyst(written: str, policy: Policy) -> str:
    text = _text(written)
    if policy.analyst_names == "none" and text.casefold() != UNASSIGNED:
        raise Unusable(f"Nobody is shown here; only {UNASSIGNED!r} can be asked for.")
    return text


def day(written: str) -> date:
    """A local date that calendars reach.

    Raises:
        Unusable: it is none.
    """
    if not re.fullmatch(_DAY, written):
        raise Unusable("A date is written like 2026-10-31.")
    try:
        read = date.fromisoformat(written)
    except ValueError:
        raise Unusable("There is no such date.") from None
    if not _FIRST_DAY <= read <= _LAST_DAY:
        raise Unusable(f"Dates go from {_FIRST_DAY} to {_LAST_DAY}.")
    return read


def too_long(first: date, last: date) -> str | None:
    """What is wrong with a stretch of days; None when nothing is."""
    if first > last:
        return f"It begins on {first}, after it ends on {last}."
    if last - first >= timedelta(days=MOST_DAYS):
        return f"It has {(last - first).days + 1} days; at most {MOST_DAYS} are taken."
    return None


def _period(written: str, _: Policy) -> Period:
    if written in {str(days) for days in PERIOD_DAYS}:
        return Period(int(written))
    first, dots, last = written.partition("..")
    if not dots:
        listed = ", ".join(map(str, PERIOD_DAYS))
        raise Unusable(f"A period is so many days ({listed}), or dates like 2026-10-01..2026-10-31.")
    begin, end = day(first), day(last)
    if (problem := too_long(begin, end)) is not None:
        raise Unusable(problem)
    return Period(None, begin, end)


def _one_of(known: Sequence[Any]) -> Callable[[str, Policy], object]:
    by_text = {str(value): value for value in known}

    def read(written: str, _: Policy) -> object:
        if written not in by_text:
            raise Unusable(f"It is one of: {', '.join(by_text)}.")
        return by_text[written]

    return read


def _queue(written: str, policy: Policy) -> str:
    known = {queue.id: queue for queue in policy.queues}
    if written not in known:
        near = nearest(written[:LONGEST_TEXT], known)
        hint = f" Did you mean {near!r}?" if near else ""
        raise Unusable(f"There is no such queue.{hint} There are: {', '.join(known)}.")
    return written


def _team(written: str, policy: Policy) -> str:
    known = dict.fromkeys(queue.team for queue in policy.queues)
    if written not in known:
        raise Unusable(f"There is no such team. There are: {', '.join(known)}.")
    return written


def _limit(written: str, _: Policy) -> int:
    if not re.fullmatch("[1-9][0-9]{0,3}", written) or int(written) > MOST_TICKETS:
        raise Unusable(f"It is a whole number from 1 to {MOST_TICKETS}.")
    return int(written)


def _date(written: str, _: Policy) -> date:
    return day(written)


def _mark(written: str, _: Policy) -> str:
    return _text(written, LONGEST_MARK)


def _cursor(written: str, _: Policy) -> str:
    return _text(written, LONGEST_CURSOR)


def _words(known: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(known)}


PERIOD: Final = Parameter(
    "period",
    "period",
    "What the numbers are about: so many days back from the reading, or local dates FROM..TO, both included, at most "
    f"{MOST_DAYS} days. 30 by default.",
    {"type": "string", "pattern": _PERIOD_PATTERN},
    _period,
    examples=("14", "2026-10-01..2026-10-31"),
)
PRIORITY: Final = Parameter(
    "priority",
    "priority",
    "Only tickets of these priorities, by name or id of Jira.",
    _TEXT_SCHEMA,
    _plain_text,
    repeated=True,
    examples=("High",),
)
TYPE: Final = Parameter(
    "type", "type", "Only tickets of these types, by name or id of Jira.", _TEXT_SCHEMA, _plain_text, repeated=True
)
ANALYST: Final = Parameter(
    "analyst",
    "analyst",
    "Only tickets that these people hold, by the ids or names that answers call them by; `unassigned` is nobody.",
    _TEXT_SCHEMA,
    _analyst,
    repeated=True,
    examples=("unassigned",),
)
LENS: Final = Parameter(
    "lens",
    "lens",
    "Which way of counting `shown` of each promise has. Everything else counts what was decided, whatever the lens.",
    _words(LENSES),
    _one_of(LENSES),
)
COMPARE: Final = Parameter(
    "compare",
    "compared_days",
    "How many days earlier the window lies that the score is compared with; 28 by default.",
    {"type": "integer", "enum": list(COMPARED_DAYS)},
    _one_of(COMPARED_DAYS),
)
QUEUE: Final = Parameter(
    "queue",
    "queues",
    "Only these queues, by id.",
    {"type": "string", "pattern": "^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"},
    _queue,
    repeated=True,
)
TEAM: Final = Parameter("team", "team", "Only the queues of this team.", _TEXT_SCHEMA, _team)
DUE: Final = Parameter(
    "due", "due", "Only clocks in these states.", _words(DUE_STATES), _one_of(DUE_STATES), repeated=True
)
PROMISE: Final = Parameter("promise", "promise", "Only clocks of this promise.", _words(SLA_NAMES), _one_of(SLA_NAMES))
MARK: Final = Parameter(
    "mark",
    "mark",
    "Only the tickets behind one number, named as the addresses of the pages name it in `tickets=`.",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_MARK},
    _mark,
    examples=("sla:resolution:breached", "open:unassigned"),
)
LIMIT: Final = Parameter(
    "limit",
    "limit",
    f"Tickets a page, {USUAL_TICKETS} by default. A table as CSV has no pages.",
    {"type": "integer", "minimum": 1, "maximum": MOST_TICKETS},
    _limit,
)
CURSOR: Final = Parameter(
    "cursor",
    "cursor",
    "Where to go on: `next_cursor` of the page before, with the same filters.",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_CURSOR},
    _cursor,
)
FROM: Final = Parameter(
    "from",
    "first",
    f"The first day; 90 days up to `to` by default, at most {MOST_DAYS}.",
    {"type": "string", "format": "date", "pattern": f"^{_DAY}$"},
    _date,
    examples=("2026-10-01",),
)
TO: Final = Parameter(
    "to",
    "last",
    "The last day; the last that has ended by default.",
    {"type": "string", "format": "date", "pattern": f"^{_DAY}$"},
    _date,
    examples=("2026-10-31",),
)
MEASURE: Final = Parameter(
    "measure", "measures", "Only these measures of each day.", _words(MEASURES), _one_of(MEASURES), repeated=True
)
SCORES_UNDER: Final = Parameter(
    "scores",
    "scores",
    "Under what the scores stand: `today` makes those of days with counts again by the targets, weights and anchors "
    "that the queue has now; `recorded` leaves each as it was kept. `today` by default.",
    _words(SCORES),
    _one_of(SCORES),
)
