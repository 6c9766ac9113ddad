"""Signs of life: a lease is kept while something is done, given back afterwards, and missed when it is lost."""

import threading

import pytest

from opsportal.heartbeat import Heartbeat
from tests.fakes.shared import MemoryLeases

LONG_S = 30.0


def test_a_lease_is_extended_until_the_block_ends() -> None:
    """And then it is free."""
    leases, beats = MemoryLeases(), threading.Semaphore(0)
    lease = leases.take("read", 0.03)
    assert lease is not None

    with Heartbeat(lease, 0.03, beats.release) as heart:
        for _ in range(3):
            assert beats.acquire(timeout=LONG_S)
        assert not heart.lost
        assert heart.ours()
        assert leases.take("read", 1) is None

    assert leases.take("read", 1) is not None
    assert all(each.name != "heartbeat" for each in threading.enumerate())


def test_a_lost_lease_is_noticed_and_not_taken_back() -> None:
    """Somebody else has it by now."""
    leases = MemoryLeases()
    lease = leases.take("read", 60)
    assert lease is not None
    with Heartbeat(lease, 60) as heart:
        leases.run_out()
        other = leases.take("read", 60)
        assert not heart.ours()
        assert heart.lost

    assert other is not None
    assert other.held()


def test_a_failure_gives_the_lease_back() -> None:
    """It passes on to who asked."""
    leases = MemoryLeases()
    lease = leases.take("read", 60)
    assert lease is not None
    with pytest.raises(KeyError), Heartbeat(lease, 60):
        raise KeyError("boom")
    assert leases.owners == {}
