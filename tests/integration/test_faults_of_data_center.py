"""Faults of Data Center over HTTP: the report is the faultless one, or fails with advice, and what was kept stands."""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from datasource.errors import SourceFailed, SourceIncomplete, SourceThrottled
from datasource.jira import datacenter_read
from datasource.transport import ATTEMPTS
from tests.fakes.clock import StillClock, stop_the_clock
from tests.fakes.faulty_portal import (
    SERVER_SEARCH,
    SERVER_WORKLOGS,
    Json,
    Portal,
    cold_and_warm,
    open_portal,
    rule,
    status,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal before Jira and Tempo on Data Center."""
    with ExitStack() as stack:
        yield open_portal(stack, tmp_path_factory.mktemp("server"), "datacenter")


@pytest.fixture
def kept_of_server(server: Portal, tmp_path: Path) -> Iterator[Path]:
    """The same of Data Center."""
    yield shutil.copytree(server.kept, tmp_path / "kept")
    server.faults()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> StillClock:
    """Waiting takes no time and is remembered."""
    return stop_the_clock(monkeypatch)


# Data Center


@cold_and_warm
def test_429_of_data_center_is_waited_for(server: Portal, kept_of_server: Path, clock: StillClock, how: str) -> None:
    """With a number of seconds and without, in Jira and in Tempo."""
    faults = [rule(SERVER_SEARCH, "throttle", retry_after_s=7), rule(SERVER_WORKLOGS, "throttle")]

    server.outlives(kept_of_server, how, *faults)

    assert 7.0 in clock.waits
    assert max(clock.waits) == 7


def test_429_of_data_center_with_1847_seconds_is_told_at_once(
    server: Portal, kept_of_server: Path, clock: StillClock
) -> None:
    """As on Cloud."""
    said = server.fails(
        kept_of_server, "cold", SourceThrottled, rule(SERVER_SEARCH, "throttle", retry_after_s=1847, times=None)
    )

    assert said.startswith("Jira: asks to wait 1847 s before the next request (POST /rest/api/2/search). Try again")
    assert clock.waits == []


@cold_and_warm
def test_a_failure_of_data_center_that_passes_is_outlived(
    server: Portal, kept_of_server: Path, clock: StillClock, how: str
) -> None:
    """Each answer there says that nobody has to wait; after a failure we do so all the same."""
    server.outlives(kept_of_server, how, status(SERVER_SEARCH, 500, headers={"Retry-After": "0"}))

    assert 0.35 <= max(clock.waits) <= 0.65


@cold_and_warm
def test_a_failure_of_data_center_that_stays_is_told(
    server: Portal, kept_of_server: Path, clock: StillClock, how: str
) -> None:
    """After as many attempts as there are."""
    said = server.fails(kept_of_server, how, SourceFailed, status(SERVER_SEARCH, 500, body="xml", times=None))

    assert said == (
        "Jira: HTTP 500: Something went wrong (POST /rest/api/2/search). The source is in trouble; try again later."
    )
    assert len(clock.waits) == ATTEMPTS - 1


@pytest.fixture
def small_server_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of Data Center that even a small queue needs many of."""
    for name, tickets in (("FIRST_PAGE", 10), ("MOST_WITH_CHANGES", 8), ("MOST_BARE", 12), ("LEAST", 5)):
        monkeypatch.setattr(datacenter_read, name, tickets)


@pytest.mark.usefixtures("small_server_pages")
@pytest.mark.parametrize(
    "faults",
    [
        [rule(SERVER_SEARCH, "drop_issues", n=2)],
        [rule(SERVER_SEARCH, "drop_issues", n=2, after=3)],
        [rule(SERVER_SEARCH, "drop_issues", n=1, after=1, times=3)],
        [rule(SERVER_SEARCH, "short_page", n=4, times=None)],
        [rule(SERVER_SEARCH, "duplicate_issues", n=2, times=4)],
    ],
    ids=["lost-first", "lost", "lost-on-many", "short", "repeated"],
)
def test_pages_of_data_center_that_lose_tickets_are_listed_again(
    server: Portal, kept_of_server: Path, faults: list[Json]
) -> None:
    """The total gives them away."""
    server.outlives(kept_of_server, "cold", *faults)


@pytest.mark.usefixtures("small_server_pages")
def test_pages_of_data_center_that_lose_tickets_for_ever_fail_the_read(server: Portal, kept_of_server: Path) -> None:
    """Less is never passed off as all."""
    said = server.fails(kept_of_server, "cold", SourceIncomplete, rule(SERVER_SEARCH, "drop_issues", n=1, times=None))

    assert re.fullmatch(
        r"Jira: the search names \d+ of \d+ tickets, however often it is asked \(search\)\. "
        r"Nothing of this read is used; try again\.",
        said,
    )
