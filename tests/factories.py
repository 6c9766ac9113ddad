"""Small builders of tickets, clocks and queues for the tests: every value has a plain default, instants are ISO text.

Clocks built here keep the promise of an honest source: elapsed time, breach instant and flag agree with the calendar.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, TypeAlias

import numpy as np

from servicelevel.building import ColumnsBuilder
from servicelevel.calendars import ALWAYS_OPEN, BusinessCalendar, Hours
from servicelevel.columns import TicketColumns
from servicelevel.instants import DAY_MS, HOUR_MS, Mask, day_of_date, to_datetime, to_ms
from servicelevel.policy import DEFAULT_WEIGHTS, Anchors, DimensionName, JudgedCycle, Queue, Sla, SlaName
from servicelevel.ticket import Change, ChangedField, CycleDefect, Label, Person, SlaCycle, Status, Ticket, Worklog
from servicelevel.worklogs import TeamHours, WorklogColumns, worklog_columns

AS_OF = "2026-11-23T12:00:00+00:00"
LONG_AGO = "2025-01-01T00:00:00+00:00"

OFFICE: Hours = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
WEEKDAYS = (OFFICE,) * 5 + ((), ())

NEW = Status("1", "New", "new")
DOING = Status("2", "In progress", "indeterminate")
DONE = Status("3", "Resolved", "done")
CLOSED = Status("4", "Closed", "done")

P1, P3 = Label("1", "Highest"), Label("3", "Medium")
INCIDENT, REQUEST = Label("10", "Incident"), Label("11", "Request")
FIXED, DUPLICATE = Label("20", "Fixed"), Label("21", "Duplicate")


def ms(text: str) -> int:
    """Epoch milliseconds of an ISO 8601 instant with an offset."""
    return to_ms(datetime.fromisoformat(text))


def hours(amount: float) -> int:
    """Milliseconds of so many hours."""
    return round(amount * HOUR_MS)


def sao_paulo(holidays: Iterable[date] = (), exceptions: Mapping[date, Hours] | None = None) -> BusinessCalendar:
    """Monday to Friday, 9 to 12 and 13 to 18, in São Paulo."""
    return BusinessCalendar("office", "America/Sao_Paulo", WEEKDAYS, frozenset(holidays), dict(exceptions or {}))


def always() -> BusinessCalendar:
    """24/7 in UTC."""
    return ALWAYS_OPEN


def person(id: str = "ana", name: str | None = None, *, active: bool = True, automation: bool = False) -> Person:  # noqa: A002
    """An account, named after its id."""
    return Person(id, name or id.title(), active, automation)


ANA, BRUNO, CARLA = person("ana"), person("bruno"), person("carla")


def stopped(
    start: str,
    stop: str,
    goal_ms: int = 4 * HOUR_MS,
    *,
    calendar: BusinessCalendar = ALWAYS_OPEN,
    paused_ms: int = 0,
) -> SlaCycle:
    """A clock that ran from start to stop, less `paused_ms` of business time at its beginning."""
    begin, end = ms(start), ms(stop)
    elapsed = calendar.elapsed_ms(begin, end) - paused_ms
    return SlaCycle(begin, end, calendar.after(begin, goal_ms + paused_ms), goal_ms, elapsed, elapsed > goal_ms)


def running(
    start: str, goal_ms: int = 4 * HOUR_MS, *, read_at: str = AS_OF, calendar: BusinessCalendar = ALWAYS_OPEN
) -> SlaCycle:
    """A clock that still ran when it was read."""
    begin = ms(start)
    elapsed = max(calendar.elapsed_ms(begin, ms(read_at)), 0)
    return SlaCycle(begin, None, calendar.after(begin, goal_ms), goal_ms, elapsed, elapsed > goal_ms)


def paused(start: str, goal_ms: int = 4 * HOUR_MS, *, elapsed_ms: int = 0, breach_at: str | None = None) -> SlaCycle:
    """A clock that stood still when it was read; broken before if `breach_at` is given."""
    broken = None if breach_at is None else ms(breach_at)
    return SlaCycle(ms(start), None, broken, goal_ms, elapsed_ms, broken is not None, paused=True)


def defective(reason: CycleDefect, start: str | None = None) -> SlaCycle:
    """A clock that nobody can judge."""
    return SlaCycle(None if start is None else ms(start), None, None, None, None, breached=False, defect=reason)


def ticket(
    id: int = 1,  # noqa: A002
    created: str = "2026-11-20T12:00:00+00:00",
    *,
    updated: str | None = None,
    resolved_on: str | None = None,
    status: Status = DOING,
    type: Label = INCIDENT,  # noqa: A002
    priority: Label | None = P3,
    assignee: Person | None = ANA,
    resolution: Label | None = None,
    first_response: Sequence[SlaCycle] = (),
    resolve: Sequence[SlaCycle] = (),
) -> Ticket:
    """A ticket in progress without any clock, unless said otherwise."""
    return Ticket(
        id,
        f"SD-{id}",
        f"Ticket {id}",
        ms(created),
        ms(updated or resolved_on or created),
        None if resolved_on is None else ms(resolved_on),
        status,
        type,
        priority,
        assignee,
        resolution,
        {"first_response": tuple(first_response), "resolution": tuple(resolve)},
    )


def resolved(id: int, created: str, at: str, *, resolution: Label | None = FIXED) -> Ticket:  # noqa: A002
    """A ticket resolved at an instant, without any clock."""
    return ticket(id, created, resolved_on=at, status=DONE, resolution=resolution)


def change(
    at: str,
    field: ChangedField,
    before: Status | Label | Person | None,
    after: Status | Label | Person | None,
    *,
    history_id: int | None = None,
) -> Change:
    """One field changed from one value to another; the history id follows the instant unless given."""
    return Change(
        ms(at) if history_id is None else history_id,
        ms(at),
        field,
        None if before is None else before.id,
        None if before is None else before.name,
        None if after is None else after.id,
        None if after is None else after.name,
    )


def moved(at: str, before: Status, after: Status, *, history_id: int | None = None) -> Change:
    """The status changed."""
    return change(at, "status", before, after, history_id=history_id)


def columns(
    *tickets: Ticket,
    changes: Mapping[int, Iterable[Change]] | None = None,
    read_at: str = AS_OF,
    covers_from: str = LONG_AGO,
    unreadable: Mapping[str, str] | None = None,
    missing: Iterable[int] = (),
) -> TicketColumns:
    """Columns of these tickets, with Jira's lists of statuses, priorities and resolutions read first."""
    builder = ColumnsBuilder((NEW, DOING, DONE, CLOSED), (P1, P3), (FIXED, DUPLICATE))
    for item in tickets:
        builder.add_ticket(item, ms(read_at))
    for ticket_id, changed in (changes or {}).items():
        builder.add_changes(ticket_id, changed)
    for key, reason in (unreadable or {}).items():
        builder.add_unreadable(key, reason)
    return builder.build(ms(covers_from), ms(read_at), missing)


def every(table: TicketColumns) -> Mask:
    """All tickets chosen."""
    return np.ones(len(table), bool)


def queue(
    id: str = "desk",  # noqa: A002
    *,
    calendar: BusinessCalendar = ALWAYS_OPEN,
    first_response: float = 0.95,
    resolution: float = 0.9,
    judged: Mapping[SlaName, JudgedCycle] | None = None,
    exclude_resolutions: tuple[str, ...] = (),
    weights: Mapping[DimensionName, float] | None = None,
    anchors: Mapping[str, Anchors] | None = None,
    team: str = "support",
    tempo_team: int | None = None,
    budget_window: Literal["rolling_28d", "calendar_month"] = "rolling_28d",
    share: float | None = None,
) -> Queue:
    """A queue with Jira's clocks, default weights; first response judges the first cycle, resolution the last."""
    policies: Mapping[SlaName, JudgedCycle] = {"first_response": "first", "resolution": "last", **(judged or {})}
    return Queue(
        id,
        id.title(),
        team,
        ("SD",),
        calendar,
        Sla("first_response", first_response, clock="jsm", judged=policies["first_response"]),
        Sla("resolution", resolution, clock="jsm", judged=policies["resolution"]),
        exclude_resolutions=exclude_resolutions,
        weights=dict(DEFAULT_WEIGHTS if weights is None else weights),
        anchors=dict(anchors or {}),
        tempo_team=tempo_team,
        budget_window=budget_window,
        share=share,
    )


def worklog(id: int, ticket_id: int, day: str, hours_: float, *, author: Person = ANA, billable: float = 0) -> Worklog:  # noqa: A002
    """Hours booked by one person on one ticket on one date."""
    return Worklog(id, ticket_id, author.id, date.fromisoformat(day), round(hours_ * 3600), round(billable * 3600))


def booked(
    table: TicketColumns,
    *worklogs: Worklog,
    orphans: Iterable[Worklog] = (),
    team: TeamHours | None = None,
) -> WorklogColumns:
    """Hours read without trouble; all three analysts are known by name."""
    return worklog_columns(table, worklogs, orphans, {p.id: p for p in (ANA, BRUNO, CARLA)}, team)


def team_hours(day: str, booked_h: float, scheduled_h: float) -> TeamHours:
    """A team that booked and was scheduled on one date only."""
    number = day_of_date(date.fromisoformat(day))
    return TeamHours({number: round(booked_h * 3600)}, {number: round(scheduled_h * 3600)})


Crowd: TypeAlias = tuple[list[Ticket], dict[int, list[Change]]]


def crowd(seed: int, size: int = 40, *, calendar: BusinessCalendar = ALWAYS_OPEN) -> Crowd:
    """Made-up tickets of the 200 days before AS_OF with their histories and clocks, as read at AS_OF.

    They are closed, reopened, closed again, handed over and reprioritised; each has one clock for the first response
    and one for every run to a resolution. The same seed gives the same tickets.
    """
    draw = random.Random(seed)
    now = ms(AS_OF)
    tickets, histories = [], {}
    for number in range(1, size + 1):
        created = now - draw.randrange(200 * DAY_MS)
        goal = draw.choice((2, 8, 30)) * HOUR_MS
        at, status, resolve, history = created, NEW, [], []
        began = created
        for _ in range(draw.randrange(6)):
            at += 1 + draw.randrange(12 * DAY_MS)
            if at > now:
                break
            nearby = {"1": (DOING, DONE), "2": (DONE, CLOSED), "3": (DOING, CLOSED), "4": (DOING,)}[status.id]
            following = draw.choice(nearby)
            history.append(moved(_iso(at), status, following))
            if status.category != "done" and following.category == "done":
                resolve.append(stopped(_iso(began), _iso(at), goal, calendar=calendar))
            elif status.category == "done" and following.category != "done":
                began = at
            status = following
        if status.category != "done":
            resolve.append(running(_iso(began), goal, calendar=calendar))
        answered = created + draw.randrange(3 * DAY_MS)
        answer = (
            running(_iso(created), HOUR_MS, calendar=calendar)
            if answered > now
            else stopped(_iso(created), _iso(answered), HOUR_MS, calendar=calendar)
        )
        assignee, priority = draw.choice((ANA, BRUNO, CARLA, None)), draw.choice((P1, P3))
        if draw.random() < 0.4 and now > created + 1:
            handed = draw.randrange(created + 1, now + 1)
            history.append(change(_iso(handed), "assignee", draw.choice((ANA, BRUNO, None)), assignee))
        if draw.random() < 0.3 and now > created + 1:
            raised = draw.randrange(created + 1, now + 1)
            history.append(change(_iso(raised), "priority", draw.choice((P1, P3)), priority))
        histories[number] = history
        tickets.append(
            ticket(
                number,
                _iso(created),
                updated=_iso(min(max([created, *(c.at for c in history)]), now)),
                status=status,
                type=draw.choice((INCIDENT, REQUEST)),
                priority=priority,
                assignee=assignee,
                resolution=FIXED if status.category == "done" else None,
                first_response=(answer,),
                resolve=resolve,
            )
        )
    return tickets, histories


def _iso(at: int) -> str:
    return to_datetime(at).isoformat()
