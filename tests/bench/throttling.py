"""How many requests a cold read has refused, where each route takes 100 a second."""

from collections.abc import Iterator

from opsportal.wiring import build
from tests.bench.measuring import Line
from tests.bench.sources import AS_OF, DATA_CENTER, QUEUE, demo_jira

TICKETS = 2_500
BURST_PER_S = 100
"""What Jira Cloud allows for the routes that are asked most. Data Center is as its administrators set it, and as
installed it refuses nothing; it is held to the same here."""

READS = 2
"""The first read waits for the demo to make its answers up; the second follows at once and gets them without delay."""


def lines() -> Iterator[Line]:
    """Answers with status 429 on Cloud and on Data Center, with the portal's own limits and without any latency."""
    yield _refused("Cloud")
    yield _refused("Data Center", *DATA_CENTER)


def _refused(where: str, *options: str) -> Line:
    with demo_jira(TICKETS, "--burst", str(BURST_PER_S), *options) as jira:
        reports = build(jira.settings_with_hours(), now=lambda: AS_OF).reports
        readings = [reports.read(QUEUE, AS_OF) for _ in range(READS)]
        counts = jira.counts()
    for reading in readings:
        if reading.booked.state != "ok":
            raise RuntimeError(f"no hours were read: {reading.booked.state_reason}")
    route, most = counts.routes.most_common(1)[0]
    detail = f"{READS} reads of {len(readings[0].columns):,} tickets with hours: "
    detail += f"{counts.routes.total()} requests, most to {route}: {most}"
    return Line(f"429 answers provoked at the default limits, {where}", counts.statuses["429"], 0, False, "", detail)
