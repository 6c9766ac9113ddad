"""Redis fails in every way it can while people read: they notice nothing, hardly a call waits, and it comes back."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from tests.chaos.conftest import ON_THE_ROUGH_SITE, ROUGH_LOCK_S
from tests.chaos.readers import Answers, readers, wall_s
from tests.chaos.site import PROJECTS, Site
from tests.chaos.waiting import until

pytestmark = ON_THE_ROUGH_SITE

READERS: Final = 4
AWAY_S: Final = 4.5
PROBE_S: Final = 2.0
"""While Redis is away each process tries it once in so many seconds."""

WAITING: Final = 2
"""Calls of one process that may wait for the time-out before it stops asking."""

GONE: Final = "serve in place of the Redis"
BACK: Final = "is used again"


def _killed(site: Site) -> Iterator[None]:
    site.redis.stop()
    yield
    site.redis.start_again()


def _paused(site: Site) -> Iterator[None]:
    site.redis.pause()
    yield
    site.redis.resume()


def _full(site: Site) -> Iterator[None]:
    site.redis.make_full()
    yield
    site.redis.make_room()


def _read_only(site: Site) -> Iterator[None]:
    site.redis.make_read_only()
    yield
    site.redis.make_writable()


def _refused(site: Site) -> Iterator[None]:
    site.proxy.refuse()
    yield
    site.proxy.pass_again()


FAULTS: Final[dict[str, Callable[[Site], Iterator[None]]]] = {
    "killed and started again, empty": _killed,
    "stopped in its tracks": _paused,
    "full": _full,
    "read-only": _read_only,
    "out of reach": _refused,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_redis_is_away_for_a_while(rough: Site, fault: Callable[[Site], Iterator[None]]) -> None:
    """Every reader is answered; each worker says so once, tries Redis now and then, and says when it is back."""
    said = wall_s()
    with readers(rough.data(), READERS) as answers:
        time.sleep(1.0)
        with contextmanager(fault)(rough):
            until("every worker to notice", lambda: _pids(rough, said, GONE) == set(rough.workers))
            noticed = time.monotonic()
            time.sleep(AWAY_S)
            asked = rough.proxy.names(since_s=noticed)
            away_s = time.monotonic() - noticed
        back = time.monotonic()
        until("every worker to come back", lambda: _pids(rough, said, BACK) == set(rough.workers))
        _all_renewed(rough, answers)

    assert len(asked) <= len(rough.workers) * (1 + math.ceil(away_s / PROBE_S)), asked
    assert set(asked) <= {"SET", "AUTH", "SELECT"}, asked
    assert rough.proxy.names(since_s=back).count("MGET") > 0
    _nobody_noticed(rough, answers)
    for worker in rough.workers:
        assert rough.said(worker, GONE, said) == rough.said(worker, BACK, said) >= 1


def test_hardly_a_call_waits_for_a_redis_that_hangs(rough: Site) -> None:
    """Counted where they pass: at most two of each worker wait for the time-out, then only the probes do."""
    said = wall_s()
    with readers(rough.data(), READERS) as answers:
        time.sleep(1.0)
        held_since = time.monotonic()
        rough.proxy.hold()
        until("every worker to notice", lambda: _pids(rough, said, GONE) == set(rough.workers))
        time.sleep(AWAY_S)
        held, held_s = rough.proxy.names(held=True, since_s=held_since), time.monotonic() - held_since
        rough.proxy.pass_again()
        again = time.monotonic()
        until("every worker to come back", lambda: _pids(rough, said, BACK) == set(rough.workers))
        probes = _before_use(rough, again)
        _all_renewed(rough, answers)

    workers = len(rough.workers)
    assert len([name for name in held if name != "SET"]) <= WAITING * workers, held
    assert len(held) <= workers * (WAITING + math.ceil(held_s / PROBE_S)), held
    assert probes == ["SET"], "the first that succeeds brings it back"
    _nobody_noticed(rough, answers)


def test_redis_forgets_everything(rough: Site) -> None:
    """What the workers have is shared again, and no reader is told anything older."""
    with readers(rough.data(), READERS) as answers:
        time.sleep(1.0)
        rough.redis.flush()
        _all_renewed(rough, answers)

    _nobody_noticed(rough, answers)


def _before_use(site: Site, since: float) -> list[str]:
    """What passed before Redis was first used again, of the first worker that did."""
    names = site.proxy.names(held=False, since_s=since)
    return names[:1]


def _all_renewed(site: Site, answers: Answers) -> None:
    """Every worker of every task has a reading of each queue that is younger than all that was told so far."""
    for queue in PROJECTS:
        path = f"/api/queues/{queue}/data"
        site.all_have(path, answers.newest(path) + 0.001)


def _nobody_noticed(site: Site, answers: Answers) -> None:
    answers.none_failed()
    answers.ages_are_true()
    answers.none_goes_back()
    assert site.longest_lease_s() <= ROUGH_LOCK_S
    site.not_grown()


def _pids(site: Site, said: float, words: str) -> set[int]:
    return {worker for worker in site.workers if site.said(worker, words, said)}
