"""Whether there are numbers to answer with, and if not, what the client is told."""

from collections.abc import Sequence
from math import ceil
from typing import Final

from dashboard.api.asked import Asked
from dashboard.api.found import FirstRead
from dashboard.api.problems import NEVER_READ, BadParameters, Problem, Wrong
from dashboard.urls import period_text
from opsportal.cached import Served
from opsportal.envelope_json import progress
from opsportal.reports import EmptyPeriod, UnknownValue
from servicelevel.errors import PortalError
from servicelevel.instants import SECOND_MS
from servicelevel.report import PeriodNotCovered, QueueReport

FIRST_READ_S: Final = 5
"""Seconds after which a client asks again how far a first read is."""
LEAST_WAIT_S: Final = 5
LONGEST_WAIT_S: Final = 900


def numbers_of(served: Served, asked: Asked, now: int) -> QueueReport:
    """The report of a queue.

    Raises:
        BadParameters, FirstRead, Problem: there is none, for this reason.
    """
    if served.report is None:
        raise _why_none([served], asked, now)
    return served.report


def need_some(served: Sequence[Served], asked: Asked, now: int) -> None:
    """Check that one of several queues has numbers.

    Raises:
        BadParameters, FirstRead, Problem: none has, for this reason.
    """
    if all(each.report is None for each in served):
        raise _why_none(served, asked, now)


def _why_none(served: Sequence[Served], asked: Asked, now: int) -> Exception:
    """What was asked for cannot be had, the first read is under way, or nothing could ever be read."""
    too_much = next((each.problem for each in served if each.problem is not None), None)
    if too_much is not None:
        return BadParameters([_wrong(too_much, asked)])
    under_way = [each for each in served if each.progress is not None]
    return _first_read(max(under_way, key=_has_begun)) if under_way else _never_read(served, now)


def _has_begun(served: Served) -> bool:
    return served.progress is not None and served.progress.phase != "waiting"


def fleet_as_of(served: Sequence[Served]) -> int | None:
    """The instant of the oldest reading that is not stale, of the oldest when all are; None without any (epoch ms)."""
    standings = [each.freshness for each in served]
    known = [(each.state == "stale", each.as_of) for each in standings if each.as_of is not None]
    return min(known)[1] if known else None


def _wrong(problem: PortalError, asked: Asked) -> Wrong:
    match problem:
        case PeriodNotCovered() | EmptyPeriod():
            return Wrong("period", period_text(asked.period), str(problem))
        case UnknownValue():
            return Wrong(problem.filter_name, problem.asked, str(problem))
    return Wrong("*", None, str(problem))


def _first_read(served: Served) -> FirstRead:
    read = progress(served.progress, served.queue.calendar)
    if read is None:
        raise ValueError(f"{served.queue.id} is not being read")
    return FirstRead(
        {
            "as_of": None,
            "age_s": None,
            "state": "stale",
            "state_reason": f"{served.queue.id} is being read for the first time.",
            "revision": served.revision,
            "queue": served.queue.id,
            "progress": read,
        }
    )


def _never_read(served: Sequence[Served], now: int) -> Problem:
    reasons = " ".join(f"{each.queue.id}: {each.freshness.reason or 'it was not read so far.'}" for each in served)
    tries = [each.freshness.next_try for each in served if each.freshness.next_try is not None]
    wait_s = ceil((min(tries) - now) / SECOND_MS) if tries else LEAST_WAIT_S
    retry_after_s = min(max(wait_s, LEAST_WAIT_S), LONGEST_WAIT_S)
    return Problem(NEVER_READ, reasons, headers={"Retry-After": str(retry_after_s)})
