"""The thread that follows: it looks again and again, and nothing that goes wrong ends it."""

import threading

import pytest

from dashboard.follower import Follower
from servicelevel.errors import PortalError

LONG_S = 30.0


class Down(PortalError):
    """A failure told in words."""


class Following:
    """Counts looks; the first ones fail as a test says."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.looks = threading.Semaphore(0)

    def follow(self) -> None:
        """Look."""
        self.looks.release()
        if self.failures:
            raise self.failures.pop(0)


def _looks(following: Following, times: int) -> None:
    for _ in range(times):
        assert following.looks.acquire(timeout=LONG_S)


def test_it_looks_until_it_is_stopped() -> None:
    """And leaves no thread behind."""
    following = Following()
    follower = Follower(following, step_s=0.01)
    follower.start()
    _looks(following, 3)
    follower.stop(LONG_S)

    assert all(each.name != "follower" for each in threading.enumerate())


@pytest.mark.parametrize("failure", [Down("no registry"), KeyError("boom")])
def test_a_trouble_is_told_once_and_survived(failure: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """And once more when it comes back after all was well."""
    following = Following(failure, failure, failure)
    follower = Follower(following, step_s=0.01)
    follower.start()
    _looks(following, 6)
    assert caplog.text.count("is not taken over") == 1
    following.failures.append(failure)
    _looks(following, 4)
    follower.stop(LONG_S)

    assert str(failure) in caplog.text
    assert caplog.text.count("is not taken over") == 2


def test_one_that_was_never_started_can_be_stopped() -> None:
    """As when the start of something else failed."""
    Follower(Following()).stop()
