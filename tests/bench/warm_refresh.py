"""What a running portal asks after 20 changes, and whether it then tells what a cold read would tell."""

import tempfile
from collections.abc import Iterator
from datetime import datetime

from opsportal.json_units import Json
from opsportal.naming import Naming
from opsportal.report_json import queue_report
from opsportal.services import Services
from opsportal.wiring import build
from servicelevel.columns import TicketColumns
from servicelevel.instants import to_ms
from servicelevel.report import QueueReport
from tests.bench.measuring import Line
from tests.bench.sources import AS_OF_TEXT, DATA_CENTER, QUEUE, Counts, DemoJira, demo_jira

TICKETS = 2_500
TOUCHED = 20
REFRESHES = 2
EVERY_S = 300
JIRA_GOAL, TEMPO_GOAL = 3, 1
STEPPED = ("--clock", f"stepped:{AS_OF_TEXT}")


def lines() -> Iterator[Line]:
    """The most requests that one of two warm refreshes takes."""
    with demo_jira(TICKETS, *STEPPED) as jira:
        counts, tickets = _refreshed(jira)
    yield _line("requests to Jira", [count.jira for count in counts], JIRA_GOAL, tickets)
    yield _line("requests to Tempo", [count.tempo for count in counts], TEMPO_GOAL, tickets)
    with demo_jira(TICKETS, *STEPPED, *DATA_CENTER) as jira:
        counts, tickets = _refreshed(jira)
    yield _line("Jira Data Center", [count.jira for count in counts], JIRA_GOAL, tickets)
    yield _line("Tempo Data Center", [count.tempo for count in counts], TEMPO_GOAL, tickets)


def _line(what: str, asked: list[int], goal: int, tickets: int) -> Line:
    each = ", ".join(str(requests) for requests in asked)
    detail = f"{tickets:,} tickets with hours; refreshes one after the other: {each}; reports equal cold ones"
    return Line(f"warm refresh after {TOUCHED} changes, {what}", max(asked), goal, False, "", detail)


def _refreshed(jira: DemoJira) -> tuple[list[Counts], int]:
    """What each warm refresh of one process asked, and how many tickets there are."""
    with tempfile.TemporaryDirectory() as folder:
        portal = build(jira.settings_with_hours(CACHE_DIR=folder), now=lambda: _now(jira))
        made = portal.reports.queue(QUEUE)
        counts = []
        for turn in range(REFRESHES):
            touched, at = _touch(jira, made.columns, turn)
            jira.counts()
            made = portal.reports.queue(QUEUE)
            counts.append(jira.counts())
            _know_of(made, touched, at)
            cold = build(jira.settings_with_hours(), now=lambda: _now(jira))
            _equal(_told(portal, made), _told(cold, cold.reports.queue(QUEUE)))
    return counts, len(made.columns)


def _now(jira: DemoJira) -> int:
    return to_ms(datetime.fromisoformat(jira.control("clock")["now"]))


def _touch(jira: DemoJira, columns: TicketColumns, turn: int) -> tuple[list[int], int]:
    """Between two refreshes give every other one of some tickets a comment, and the rest to somebody else.

    Each turn takes other tickets. Their ids, and when they were touched.
    """
    jira.control("clock", {"advance_s": EVERY_S / 2})
    at = _now(jira)
    rows = range(turn, len(columns), len(columns) // TOUCHED)[:TOUCHED]
    people = [person.id for person in columns.people if person.active]
    for n, row in enumerate(rows):
        change = {"assignee": people[n % len(people)]} if n % 2 else {"comment": "Looked at again."}
        jira.control(f"tickets/{columns.key[row]}/touch", change)
    jira.control("clock", {"advance_s": EVERY_S / 2})
    return [int(columns.id[row]) for row in rows], at


def _know_of(made: QueueReport, touched: list[int], at: int) -> None:
    """Raise when the report was made without the changes: then few requests are no merit."""
    updated = dict(zip(made.columns.id.tolist(), made.columns.updated.tolist(), strict=True))
    passed_over = [ticket for ticket in touched if updated.get(ticket, 0) < at]
    if passed_over or len(touched) != TOUCHED:
        raise RuntimeError(f"the refresh does not know of {len(passed_over)} changes of {len(touched)}")
    if made.now.hours.state != "ok":
        raise RuntimeError(f"the refresh has no hours: {made.now.hours.state_reason}")


def _told(portal: Services, made: QueueReport) -> Json:
    """The report as it is told, but for how old it is and which read it comes from."""
    naming = Naming(portal.reports.policy.analyst_names)
    told = queue_report(made, naming, portal.jira_url, made.as_of)
    return {name: value for name, value in told.items() if name not in ("age_s", "revision")}


def _equal(warm: Json, cold: Json) -> None:
    different = [name for name in cold if warm[name] != cold[name]]
    if different or warm.keys() != cold.keys():
        raise RuntimeError(f"the warm report differs from a cold one of the same instant: {', '.join(different)}")
