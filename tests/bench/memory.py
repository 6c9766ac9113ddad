"""How much resident memory grows while 25,000 tickets are read, in a process of its own."""

import resource
import subprocess
import sys
from collections.abc import Iterator

from opsportal.settings import load
from opsportal.wiring import build
from tests.bench.measuring import Line
from tests.bench.sources import AS_OF, QUEUE, DemoJira, demo_jira

TICKETS = 25_000
GOAL_MB = 250


def lines() -> Iterator[Line]:
    """Peak less what was resident before the read."""
    with demo_jira(TICKETS) as jira:
        growth, tickets = _in_own_process(jira)
    yield Line("resident memory while reading 25,000 tickets", growth, GOAL_MB, False, "MB", f"{tickets:,} tickets")


def _in_own_process(jira: DemoJira) -> tuple[float, int]:
    command = [sys.executable, "-m", "tests.bench.memory"]
    said = subprocess.run(command, env=jira.environment, check=True, capture_output=True, text=True).stdout.split()
    return float(said[0]), int(said[1])


def _resident_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - a file of the kernel's
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def _measure() -> None:
    reports = build(load(env_file=None), now=lambda: AS_OF).reports
    before = _resident_mb()
    columns = reports.read(QUEUE, AS_OF).columns
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(peak - before, len(columns))


if __name__ == "__main__":
    _measure()
