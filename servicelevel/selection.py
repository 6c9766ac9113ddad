"""The tickets behind a number: for every mark exactly what the report counted there, no more and no fewer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np

from servicelevel.attainment import decided_in
from servicelevel.backlog import AGE_BORDERS_BD, PACE_DAYS, STALE_BUSINESS_DAYS, AgeBucket, ages_ms
from servicelevel.columns import NONE_CODE
from servicelevel.due import DUE_STATES
from servicelevel.flow import reopened_changes
from servicelevel.instants import Codes, Mask, Millis, day_of_date
from servicelevel.marks import NO_PRIORITY, NOBODY, Mark, UnknownMark, age_words, parse
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.quality import flags
from servicelevel.report import QueueReport
from servicelevel.standing import done_changes, open_spans
from servicelevel.ticket import Person
from servicelevel.verdicts import EXCLUSIONS, Verdicts
from servicelevel.window import last_days

PersonId: TypeAlias = Callable[[Person], str | None]
"""The id that stands for a person on pages; a privacy rule may put another in its place."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing counted: the row of its ticket, and the promise when a clock was counted rather than a ticket.

    A ticket whose promise is judged on every cycle, or that has two clocks due, is counted more than once.
    """

    row: int
    sla: SlaName | None = None


def _own_id(person: Person) -> str:
    return person.id


def tickets(made: QueueReport, mark: str, person_id: PersonId = _own_id) -> tuple[int, ...]:
    """Rows of the tickets behind a mark, one for each thing counted; see `counted`."""
    return tuple(item.row for item in counted(made, mark, person_id))


def counted(made: QueueReport, mark: str, person_id: PersonId = _own_id) -> tuple[Counted, ...]:
    """Everything behind a mark: as many as the report says there, in the order of the tickets (due lists: by due).

    Raises:
        UnknownMark: it names nothing this queue counts.
    """
    asked = parse(mark)
    try:
        select = _SELECT[asked.words[0]]
        return select(made, asked, person_id)
    except (KeyError, IndexError, ValueError):
        raise UnknownMark(mark) from None


def _sla(made: QueueReport, mark: Mark, _: PersonId) -> tuple[Counted, ...]:
    name, part = _sla_name(mark.words[1]), mark.words[2]
    judged = made.now.judged[name]
    if part == "excluded":
        return _excluded(made, judged, name, mark.values.get("reason"))
    chosen = _cycles(made, judged, part)
    if "priority" in mark.values:
        chosen = chosen & _of_priority(made, mark)[judged.row]
    if "day" in mark.values:
        chosen = chosen & _on_day(made, judged.decided_at, mark.values["day"])
    return tuple(Counted(int(row), name) for row in judged.row[chosen])


def _cycles(made: QueueReport, judged: Verdicts, part: str) -> Mask:
    """The cycles that a part of an SLA's picture counts."""
    window, rows = made.now.window, made.now.rows
    met, breached = decided_in(judged, window, rows)
    stopped = rows[judged.row] & window.holds(judged.stop)
    overrun = rows[judged.row] & judged.running & ~judged.kept_goal & window.holds(judged.goal_passed_at)
    parts: Mapping[str, Mask] = {
        "decided": met | breached,
        "met": met,
        "breached": breached,
        "breached_closed": breached & ~judged.running,
        "breached_open": breached & judged.running,
        "undecided": judged.undecided & rows[judged.row],
        "no_response": (met | breached) & judged.unanswered,
        "completed_only": stopped,
        "completed_only_met": stopped & judged.kept_goal,
        "jsm_goals": stopped | overrun,
        "jsm_goals_met": stopped & judged.kept_goal,
    }
    return parts[part]


def _excluded(made: QueueReport, judged: Verdicts, name: SlaName, reason: str | None) -> tuple[Counted, ...]:
    here = made.now.rows & made.now.window.holds(made.columns.created)
    which = judged.exclusion > 0 if reason is None else np.equal(judged.exclusion, EXCLUSIONS.index(reason))
    return tuple(Counted(int(row), name) for row in np.flatnonzero(here & which))


def _flow(made: QueueReport, mark: Mark, _: PersonId) -> tuple[Counted, ...]:
    part, day, now, columns = mark.words[1], mark.values.get("day"), made.now, made.columns
    if part == "open":
        return _rows(now.rows & now.stood.open if day is None else _open_on(made, day))
    if part == "reopened":
        out = done_changes(columns)[1]
        return _rows_of(out.row[now.window.holds(out.at) & now.rows[out.row]])
    at = {"created": columns.created, "resolved": now.stood.resolved_at}[part]
    chosen = now.rows & now.window.holds(at)
    return _rows(chosen if day is None else chosen & _on_day(made, at, day))


def _open_on(made: QueueReport, text: str) -> Mask:
    """Tickets open at the end of a local date, or at the end of the window when that comes first."""
    day = date.fromisoformat(text)
    calendar, window = made.queue.calendar, made.now.window
    following = calendar.midnight(date.fromordinal(day.toordinal() + 1)) - 1
    end = min(following, window.end)
    row, starts, ends = open_spans(made.columns, made.now.rows)
    result = np.zeros(len(made.columns), bool)
    result[row[(starts <= end) & (ends > end)]] = True
    return result


def _reopens(made: QueueReport, mark: Mark, _: PersonId) -> tuple[Counted, ...]:
    into, came_back = reopened_changes(made.columns, made.now.window, made.now.rows)
    chosen = {"resolutions": into.row, "reopened": into.row[came_back]}[mark.words[1]]
    return tuple(Counted(int(row)) for row in chosen)


def _open(made: QueueReport, mark: Mark, _: PersonId) -> tuple[Counted, ...]:
    part, now, columns = mark.words[1], made.now, made.columns
    calendar, as_of = made.queue.calendar, made.as_of
    open_ = now.rows & now.stood.open
    if part == "all":
        chosen = open_
    elif part == "unassigned":
        chosen = open_ & (now.stood.assignee == NONE_CODE)
    elif part == "stale":
        untouched = calendar.elapsed(np.minimum(columns.updated, as_of), np.full(len(columns), as_of))
        chosen = open_ & (untouched >= STALE_BUSINESS_DAYS * calendar.business_day_ms)
    elif part == "older":
        p85 = now.backlog.own_p85_ms
        chosen = open_ & (ages_ms(columns, as_of, calendar) > p85) if p85 is not None else np.zeros_like(open_)
    elif part == "resolved_28d":
        chosen = now.rows & last_days(as_of, PACE_DAYS).holds(now.stood.resolved_at)
    else:
        raise KeyError(part)
    return _rows(chosen & _of_priority(made, mark))


def _age(made: QueueReport, mark: Mark, _: PersonId) -> tuple[Counted, ...]:
    borders = (0, *AGE_BORDERS_BD)
    buckets = [AgeBucket(low, high, 0) for low, high in zip(borders, (*AGE_BORDERS_BD, None), strict=True)]
    wanted = {age_words(bucket): bucket for bucket in buckets}[mark.words[1]]
    day_ms = made.queue.calendar.business_day_ms
    age = ages_ms(made.columns, made.as_of, made.queue.calendar)
    chosen = made.now.rows & made.now.stood.open & (age >= wanted.from_bd * day_ms)
    if wanted.to_bd is not None:
        chosen &= age < wanted.to_bd * day_ms
    return _rows(chosen & _of_priority(made, mark))


def _analyst(made: QueueReport, mark: Mark, person_id: PersonId) -> tuple[Counted, ...]:
    who, part, now = mark.words[1], mark.words[2], made.now
    codes = [code for code, person in enumerate(made.columns.people) if person_id(person) == who]
    if who == NOBODY:
        codes.append(NONE_CODE)
    if not codes:
        raise KeyError(who)
    theirs = np.isin(now.stood.assignee, codes) & now.rows
    if part in ("met", "breached"):
        return tuple(item for item in _decided(made, mark, part) if theirs[item.row])
    if part == "resolved":
        return _rows(theirs & now.window.holds(now.stood.resolved_at))
    if part == "breached_held":
        held = np.zeros(len(made.columns), bool)
        for judged in now.judged.values():
            held[judged.row[judged.running & judged.breached]] = True
        return _rows(theirs & now.stood.open & held)
    if part != "open":
        raise KeyError(part)
    return _rows(theirs & now.stood.open)


def _decided(made: QueueReport, mark: Mark, part: str) -> list[Counted]:
    names = (_sla_name(mark.values["sla"]),) if "sla" in mark.values else SLA_NAMES
    found = []
    for name in names:
        judged = made.now.judged[name]
        found += [Counted(int(row), name) for row in judged.row[_cycles(made, judged, part)]]
    return found


def _due(made: QueueReport, mark: Mark, _: PersonId) -> tuple[Counted, ...]:
    state = mark.words[1]
    if state != "all" and state not in DUE_STATES:
        raise KeyError(state)
    sla = mark.values.get("sla")
    here = [row for row in made.due if state in ("all", row.state) and sla in (None, row.sla)]
    rows = made.columns.rows_of(np.array([row.ticket_id for row in here], np.int64))
    of_priority = _of_priority(made, mark)
    return tuple(Counted(int(row), item.sla) for row, item in zip(rows, here, strict=True) if of_priority[row])


def _quality(made: QueueReport, mark: Mark, _: PersonId) -> tuple[Counted, ...]:
    now = made.now
    return _rows(flags(made.columns, now.judged, now.stood, now.rows)[mark.words[1]])


def _ticket(made: QueueReport, mark: Mark, _: PersonId) -> tuple[Counted, ...]:
    return (Counted(made.columns.key.index(mark.words[1])),)


def _sla_name(text: str) -> SlaName:
    return SLA_NAMES[SLA_NAMES.index(text)]


def _of_priority(made: QueueReport, mark: Mark) -> Mask:
    """Tickets of the priority a mark names by its id; all where it names none."""
    wanted = mark.values.get("priority")
    if wanted is None:
        return np.ones(len(made.columns), bool)
    ids = [item.id for item in made.columns.priorities]
    code = NONE_CODE if wanted == NO_PRIORITY else ids.index(wanted)
    result: Mask = np.equal(made.now.stood.priority, code)
    return result


def _on_day(made: QueueReport, at: Millis, text: str) -> Mask:
    here = made.now.window.holds(at)
    days = made.queue.calendar.local_days(np.where(here, at, made.as_of))
    on_it: Mask = here & np.equal(days, day_of_date(date.fromisoformat(text)))
    return on_it


def _rows(chosen: Mask) -> tuple[Counted, ...]:
    return tuple(Counted(int(row)) for row in np.flatnonzero(chosen))


def _rows_of(rows: Codes) -> tuple[Counted, ...]:
    return tuple(Counted(int(row)) for row in np.unique(rows))


_SELECT: Mapping[str, Callable[[QueueReport, Mark, PersonId], tuple[Counted, ...]]] = {
    "sla": _sla,
    "flow": _flow,
    "reopens": _reopens,
    "open": _open,
    "age": _age,
    "analyst": _analyst,
    "due": _due,
    "quality": _quality,
    "ticket": _ticket,
}
