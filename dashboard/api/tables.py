"""The tables that only the API has: queues, teams, and tickets with both of their clocks."""

from collections.abc import Mapping, Sequence
from typing import Final

from components.frames import Cell, Kind, Table
from opsportal.cached import Served
from opsportal.envelope_json import why_not_whole
from opsportal.json_units import instant
from opsportal.shapes.tickets import TicketClockJson, TicketJson
from servicelevel.policy import SLA_NAMES
from servicelevel.rollup import Pool

_QUEUES: Final[Mapping[str, Kind]] = {
    "id": "text", "name": "text", "team": "text", "project": "text", "time_zone": "text",
    "first_response_target": "float", "resolution_target": "float", "as_of": "text", "state": "text",
    "state_reason": "text",
}  # fmt: skip
_REACHED: Final[Mapping[str, Kind]] = {
    "attainment": "float", "met": "int", "n": "int", "target": "float", "verdict": "text",
}  # fmt: skip
_TEAMS: Final[Mapping[str, Kind]] = {
    "team": "text", "queues": "text", "score": "float", "band": "text", "coverage": "float",
    **{f"{name}_{part}": kind for name in SLA_NAMES for part, kind in _REACHED.items()},
    "open": "int", "created": "int", "resolved": "int", "net_flow": "float", "backlog_days": "float",
    "ageing_share": "float", "reopen_rate": "float",
}  # fmt: skip
_CLOCK: Final[Mapping[str, Kind]] = {
    "verdict": "text", "exclusion": "text", "cycle": "int", "goal_s": "float", "elapsed_s": "float",
    "remaining_s": "float", "due": "text", "decided_at": "text", "state": "text", "ticking": "text",
}  # fmt: skip
_TICKETS: Final[Mapping[str, Kind]] = {
    "queue": "text", "key": "text", "url": "text", "summary": "text", "type": "text", "priority": "text",
    "status": "text", "resolved_as": "text", "analyst": "text", "open": "text", "created": "text", "updated": "text",
    "resolved": "text", "reopened": "int", "age_bd": "float", "hours": "float",
    **{f"{name}_{part}": kind for name in SLA_NAMES for part, kind in _CLOCK.items()},
}  # fmt: skip


def queues_table(served: Sequence[Served]) -> Table:
    """The queues of the registry and how their data stands."""
    rows: list[Sequence[Cell]] = []
    for each in served:
        queue = each.queue
        rows.append(
            (
                queue.id, queue.name, queue.team, " ".join(queue.projects), queue.calendar.time_zone,
                queue.first_response.target, queue.resolution.target,
                instant(each.freshness.as_of, queue.calendar), each.freshness.state, why_not_whole(each),
            )
        )  # fmt: skip
    return Table(_QUEUES, rows)


def teams_table(pools: Sequence[Pool]) -> Table:
    """Each team's score, promises and work."""
    rows: list[Sequence[Cell]] = []
    for pool in pools:
        promises: list[Cell] = []
        for name in SLA_NAMES:
            reached = pool.sla[name]
            promises += [reached.kept.rate, reached.kept.met, reached.kept.n, reached.target, reached.proof]
        moved, stock = pool.flow, pool.backlog
        rows.append(
            (
                pool.name, " ".join(pool.queues), pool.health.score, pool.health.band, pool.health.coverage, *promises,
                moved.open, moved.created, moved.resolved, moved.net_flow, stock.days, stock.ageing_share,
                moved.reopen_rate,
            )
        )  # fmt: skip
    return Table(_TEAMS, rows)


def tickets_table(queue_id: str, tickets: Sequence[TicketJson]) -> Table:
    """Tickets as they are answered, each with its two clocks in one row."""
    return Table(_TICKETS, [_ticket(queue_id, ticket) for ticket in tickets])


def _ticket(queue_id: str, ticket: TicketJson) -> tuple[Cell, ...]:
    return (
        queue_id, ticket["key"], ticket["url"], ticket["summary"], ticket["type"], ticket["priority"],
        ticket["status"], ticket["resolved_as"], ticket["analyst"], _yes(ticket["open"]), ticket["created"],
        ticket["updated"], ticket["resolved"], ticket["reopened"], ticket["age_bd"], ticket["hours"],
        *_clock(ticket["first_response"]), *_clock(ticket["resolution"]),
    )  # fmt: skip


def _clock(clock: TicketClockJson) -> tuple[Cell, ...]:
    return (
        clock["verdict"], clock["exclusion"], clock["cycle"], clock["goal_s"], clock["elapsed_s"],
        clock["remaining_s"], clock["due"], clock["decided_at"], clock["state"], _yes(clock["ticking"]),
    )  # fmt: skip


def _yes(flag: bool | None) -> str | None:
    return None if flag is None else "yes" if flag else "no"
