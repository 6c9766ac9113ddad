"""A first registry from what Jira shows: one queue a project, to be looked through and edited by a person."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasource.registry.choice import Choice, choose
from datasource.registry.evidence import SampledTicket, evidence
from datasource.registry.parse import parse
from datasource.registry.places import is_zone
from datasource.registry.terms import LONGEST_NAME, PROJECT_PATTERN, is_plain
from servicelevel.policy import SLA_NAMES, SlaName

_TARGETS: Mapping[SlaName, float] = {"first_response": 0.95, "resolution": 0.9}
_GOALS: Mapping[SlaName, str] = {"first_response": "8h", "resolution": "40h"}
_LONGEST_ID = 64
_WAITING = r"wait|pending|hold|paused|aguard|espera|warte|attente|attesa|oczek|ожида|대기|보류|待ち|保留|等待|挂起"
_OUR_TURN = r"support|agent|suporte|soporte"
"""Waiting for these is waiting for us: the promise goes on."""


@dataclass(frozen=True, slots=True)
class SampledProject:
    """A project, the SLA fields of its site, and a sample of its recent tickets."""

    key: str
    name: str
    category: str | None
    tickets: Sequence[SampledTicket]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A registry as JSON text, and why it reads as it does, line by line."""

    text: str
    because: tuple[str, ...]


def suggestion(
    projects: Sequence[SampledProject], sla_fields: Mapping[str, str], time_zone: str | None, sample_days: int
) -> Suggestion:
    """A registry that can be used, with a queue for each project; `sla_fields` are names by field id.

    Raises:
        RegistryInvalid: what Jira says does not fit into a registry, as with more than 500 projects.
    """
    lines: list[str] = []
    zone = time_zone if time_zone is not None and is_zone(time_zone) else None
    queues: list[dict[str, Any]] = []
    for project in projects:
        if re.fullmatch(PROJECT_PATTERN, project.key):
            queues.append(_queue(project, sla_fields, sample_days, {queue["id"] for queue in queues}, lines))
        else:
            lines.append(f"{project.key}: left out, as a registry cannot name a project of such a key")
    whole = {
        "$schema": "docs/queue_registry.schema.json",
        "version": 1,
        "calendars": {"round-the-clock": {"time_zone": zone or "UTC"}},
        "defaults": {"calendar": "round-the-clock", "targets": dict(_TARGETS)},
        "queues": queues,
    }
    text = json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    parse(text.encode(), "the suggested registry")
    return Suggestion(text, (*lines, *_for_all(zone)))


def _for_all(zone: str | None) -> Iterable[str]:
    yield "for all queues:"
    if zone is None:
        yield "  time zone: UTC, as Jira names none for this account"
    else:
        yield f"  time zone: {zone}, that of this account in Jira"
    yield "  calendar: 24/7, as Jira tells nobody its working hours; add `hours` and `holidays`"
    targets = ", ".join(f"{name} {_TARGETS[name]:g}" for name in SLA_NAMES)
    yield f"  targets: {targets} are usual ones, not yours; write what was promised"


def _queue(
    project: SampledProject, sla_fields: Mapping[str, str], days: int, ids: set[str], lines: list[str]
) -> dict[str, Any]:
    name = _plain(project.name) or project.key
    category = _plain(project.category or "")
    queue_id = _free_id(name, project.key, ids)
    chosen = choose(evidence(sla_fields, project.tickets), project.tickets)
    waiting, passed_over = _waiting_statuses(project.tickets)
    queue: dict[str, Any] = {"id": queue_id, "name": name, "team": category or name, "project": project.key}
    queue["sla"] = {sla: _clock(chosen, sla) for sla in SLA_NAMES}
    goals = {sla: [{"goal": _GOALS[sla]}] for sla in SLA_NAMES if chosen.of(sla) is None}
    if goals:
        queue["goals"] = goals
    if waiting:
        queue["pause_statuses"] = list(waiting)
    lines.append(f"{project.key} {name!r}: queue {queue_id}, by {len(project.tickets)} tickets of the last {days} days")
    lines += [f"  {line}" for line in chosen.because]
    if goals:
        made_up = " and ".join(f"{sla} {_GOALS[sla]}" for sla in SLA_NAMES if sla in goals)
        lines.append(f"  goals: {made_up} stand in for promises that Jira does not show; write yours")
    seen = ", ".join(f'"{status}" ({count})' for status, count in waiting.items())
    lines.append(f"  pause_statuses: {seen or 'no status of the sample reads like waiting'}")
    lines += [f'  not a pause: "{status}" waits for the team itself' for status in passed_over]
    lines.append(f"  team: the project's {'category' if category else 'name, as it has no category'}")
    return queue


def _clock(chosen: Choice, sla: SlaName) -> dict[str, str]:
    field = chosen.of(sla)
    return {"clock": "computed"} if field is None else {"field": field}


def _waiting_statuses(tickets: Iterable[SampledTicket]) -> tuple[dict[str, int], list[str]]:
    """Statuses of open tickets whose names read like waiting for others, with their counts; and for us."""
    found: Counter[str] = Counter()
    for ticket in tickets:
        status = _plain(ticket.status)
        if not ticket.done and re.search(_WAITING, status.casefold()):
            found[status] += 1
    ours = sorted(status for status in found if re.search(_OUR_TURN, status.casefold()))
    return {status: found[status] for status in sorted(found) if status not in ours}, ours


def _free_id(name: str, key: str, taken: set[str]) -> str:
    """An id made of the name, or of the key where the name has no Latin letters; never one that is taken."""
    wanted = _slug(name) or _slug(key)
    if wanted == "overview" or wanted in taken:
        wanted = _slug(f"{wanted[: _LONGEST_ID // 2]}-{key[: _LONGEST_ID // 2 - 1]}")
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted[: _LONGEST_ID - 5]}-{number}"
    return candidate


def _slug(text: str) -> str:
    latin = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:_LONGEST_ID].strip("-")


def _plain(text: str) -> str:
    return "".join(c for c in text if is_plain(c)).strip()[:LONGEST_NAME].strip()
