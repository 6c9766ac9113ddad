"""What one cycle of refreshes of twelve queues asks of Jira and Tempo, at 300 and at 2,500 tickets a queue.

Four service desks of the demo, which rest on Sundays, are served as three queues each, whose filters differ and let
every ticket pass.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from dashboard.cache import FileCache
from dashboard.leases import FileLeases
from opsportal.cached import CachedReports
from opsportal.settings import load
from opsportal.wiring import build_cached
from servicelevel.instants import to_ms
from tests.bench.measuring import Line
from tests.bench.sources import ALL_DAYS, DemoJira, demo_jira
from tests.chaos.relay import Call, Relay, relaying

SIZES: Final = (300, 2_500)
CHANGES: Final = (0, 20, 200)
"""Tickets touched between two cycles, spread over the projects."""

JIRA_GOAL, TEMPO_GOAL, BYTES_GOAL = 3, 1, 1.25
_TTL_S: Final = 300
_SUNDAY: Final = "2026-11-22T04:00:00Z"
"""When the demo's people sleep, so that little changes but what is touched."""

_EVERY_S: Final = 700
"""A cycle's distance on the demo's clock: everything is due, and what the last cycle saw is past the overlap."""

_DESKS: Final = ("service-desk", "billing", "platform-ops", "people")
_ALL_PASS: Final = (None, "priority in (Highest, High, Medium, Low, Lowest)", "created >= 2000-01-01")
_QUEUES: Final = len(_DESKS) * len(_ALL_PASS)


@dataclass(slots=True)
class Cycle:
    """One refresh of all queues: requests to Jira by queue, and in all to Tempo; bytes as they came over the wire."""

    jira: list[int] = field(default_factory=list)
    tempo: int = 0
    size: int = 0


def lines() -> Iterator[Line]:
    """Most requests of a queue, requests to Tempo, and how bytes grow with tickets where the changes are the same."""
    cycles, tickets = {}, {}
    for size in SIZES:
        cycles[size], tickets[size] = _cycles(size)
    for size in SIZES:
        told = f"{_QUEUES} queues, {tickets[size]:,} tickets; after {', '.join(map(str, CHANGES))} changes: "
        most = [max(cycle.jira) for cycle in cycles[size]]
        every = ", ".join(str(sum(cycle.jira)) for cycle in cycles[size])
        yield Line(
            f"a cycle's requests to Jira, most of a queue of {size:,}",
            max(most),
            JIRA_GOAL,
            False,
            "",
            f"{told}{every} in all",
        )
        tempo = [cycle.tempo for cycle in cycles[size]]
        yield Line(
            f"a cycle's requests to Tempo, queues of {size:,}",
            max(tempo),
            TEMPO_GOAL,
            False,
            "",
            f"{told}{', '.join(map(str, tempo))}",
        )
    few, many = (cycles[size] for size in SIZES)
    for n, changes in enumerate(CHANGES):
        ratio = many[n].size / few[n].size
        asked = f"{few[n].tempo + sum(few[n].jira)} and {many[n].tempo + sum(many[n].jira)} requests"
        detail = f"{few[n].size / 1e3:.1f} kB at 300 tickets a queue, {many[n].size / 1e3:.1f} kB at 2,500; {asked}"
        yield Line(
            f"bytes of a cycle after {changes} changes, 2,500 ÷ 300 tickets", ratio, BYTES_GOAL, False, "", detail
        )


def _cycles(size: int) -> tuple[list[Cycle], int]:
    """A cycle for each number of changes, and how many tickets all queues have together."""
    options = [part for desk in _DESKS[1:] for part in ("--size", f"{desk}={size}")]
    with (
        demo_jira(size, "--clock", f"stepped:{_SUNDAY}", *options) as jira,
        relaying(jira.url) as relay,
        tempfile.TemporaryDirectory() as folder,
    ):
        reports = _portal(jira, relay, Path(folder))
        _all_read(reports)
        keys = _keys(reports)
        _pass_time(jira)
        _all_read(reports)  # the first warm one still asks for what the cold one left out
        cycles = [_cycle(jira, relay, reports, keys, changes) for changes in CHANGES]
        return cycles, sum(len(_columns(reports, queue.id)) for queue in reports.policy.queues)


def _portal(jira: DemoJira, relay: Relay, folder: Path) -> CachedReports:
    """One worker's reports, on the demo's clock, through the relay."""
    registry = folder / "registry.json"
    registry.write_text(json.dumps(_twelve(Path(jira.environment["QUEUE_REGISTRY"]))), encoding="utf-8")
    places = {
        "JIRA_BASE_URL": relay.url,
        "TEMPO_BASE_URL": f"{relay.url}/tempo/4",
        "QUEUE_REGISTRY": str(registry),
        "WINDOW_DAYS": str(ALL_DAYS),
        "CACHE_TTL": str(_TTL_S),
    }
    settings = load({**jira.environment, **jira.hours, **places}, env_file=None)
    cache, leases = FileCache(folder / "shared"), FileLeases(folder / "leases")
    return build_cached(settings, cache, leases, now=lambda: _now(jira)).reports


def _twelve(path: Path) -> dict[str, Any]:
    """The demo's registry with some of its service desks, each of them three times."""
    whole = json.loads(path.read_text(encoding="utf-8"))
    desks = {queue["id"]: queue for queue in whole["queues"]}
    queues = [
        {**desks[desk], "id": f"{desk}-{n}", "name": f"{desks[desk]['name']} {n}"} | ({"jql": jql} if jql else {})
        for n, jql in enumerate(_ALL_PASS)
        for desk in _DESKS
    ]
    return {**whole, "queues": queues, "notes": []}


def _cycle(
    jira: DemoJira, relay: Relay, reports: CachedReports, keys: Mapping[str, Sequence[str]], changes: int
) -> Cycle:
    for n in range(changes):
        of_project = keys[_DESKS[n % len(_DESKS)]]
        jira.control(f"tickets/{of_project[n // len(_DESKS)]}/touch", {"comment": "Looked at again."})
    _pass_time(jira)
    cycle = Cycle()
    for queue in reports.policy.queues:
        before = len(relay.calls)
        if not reports.refresh(queue.id):
            raise RuntimeError(f"{queue.id} was not read")
        routes = Counter(_source(call) for call in relay.calls[before:])
        cycle.jira.append(routes["Jira"])
        cycle.tempo += routes["Tempo"]
        cycle.size += sum(call.size for call in relay.calls[before:])
    return cycle


def _all_read(reports: CachedReports) -> None:
    for queue in reports.policy.queues:
        if not reports.refresh(queue.id):
            raise RuntimeError(f"{queue.id} was not read")


def _keys(reports: CachedReports) -> dict[str, list[str]]:
    return {desk: list(_columns(reports, f"{desk}-0").key) for desk in _DESKS}


def _columns(reports: CachedReports, queue_id: str) -> Any:
    reading = reports.reading(queue_id)
    if reading is None:
        raise RuntimeError(f"{queue_id} was never read")
    return reading.columns


def _pass_time(jira: DemoJira) -> None:
    jira.control("clock", {"advance_s": _EVERY_S})


def _now(jira: DemoJira) -> int:
    return to_ms(datetime.fromisoformat(jira.control("clock")["now"]))


def _source(call: Call) -> str:
    return "Tempo" if "/tempo/" in call.path else "Jira"
