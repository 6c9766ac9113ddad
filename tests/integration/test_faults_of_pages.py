"""Faults between pages over HTTP: the report is the faultless one, or partial and names what is missing, or fails.

Whatever happens, what was kept before stands, and the next read without the fault gives the faultless report.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from datasource.deadline import Deadline
from datasource.errors import LoginFailed, SourceIncomplete, SourceRejected
from datasource.jira import cloud
from datasource.login import Signature
from datasource.question import Question
from datasource.transport import Transport
from tests.fakes.clock import StillClock, stop_the_clock
from tests.fakes.faulty_portal import (
    BULKFETCH,
    CHANGES,
    SEARCH,
    Json,
    Portal,
    cold_and_warm,
    missing,
    open_portal,
    rule,
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal before Jira Cloud and Tempo Cloud."""
    with ExitStack() as stack:
        yield open_portal(stack, tmp_path_factory.mktemp("cloud"), "cloud")


@pytest.fixture
def kept(portal: Portal, tmp_path: Path) -> Iterator[Path]:
    """What was kept before, for one test alone; the demo is whole again afterwards."""
    yield shutil.copytree(portal.kept, tmp_path / "kept")
    portal.faults()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> StillClock:
    """Waiting takes no time and is remembered."""
    return stop_the_clock(monkeypatch)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch, portal: Portal) -> int:
    """Ids come seven to a page, so that even a small queue has many; how many tickets these are."""
    monkeypatch.setattr(cloud, "IDS_PER_PAGE", 7)
    return 7


# Pages


@pytest.mark.usefixtures("small_pages")
def test_a_token_that_expires_on_page_seven_costs_a_new_search(portal: Portal, kept: Path) -> None:
    """And no ticket."""
    portal.outlives(kept, "cold", rule(SEARCH, "expired_token", after=5))


@pytest.mark.usefixtures("small_pages")
def test_tokens_that_always_expire_on_page_seven_fail_the_read(portal: Portal, kept: Path) -> None:
    """The page before it and the kept tickets are not passed off as all; the message does not blame the registry."""
    expired = [rule(SEARCH, "expired_token", after=5 * n) for n in range(1, cloud.BEGINNINGS + 1)]

    said = portal.fails(kept, "cold", SourceRejected, *expired)

    assert "HTTP 400: The page token has expired. Start the search again (POST /rest/api/3/search/jql)" in said
    assert said.endswith("Try again; if it stays, read fewer tickets with a smaller WINDOW_DAYS.")


@cold_and_warm
def test_a_token_of_changes_that_expires_costs_a_new_beginning(
    portal: Portal, kept: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Changes that come twice count once."""
    monkeypatch.setattr(cloud, "HISTORIES_PER_PAGE", 2 if how == "warm" else 40)

    portal.outlives(kept, how, rule(CHANGES, "expired_token", after=1))


@cold_and_warm
def test_a_page_token_that_comes_twice_ends_the_read(portal: Portal, kept: Path, how: str) -> None:
    """It leads back to the same page, for ever."""
    said = portal.fails(kept, how, SourceIncomplete, rule(SEARCH, "repeat_token", times=None))

    assert "a page token came twice" in said
    assert said.endswith("(search/jql). Nothing of this read is used; try again.")


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    "faults",
    [
        [rule(SEARCH, "duplicate_issues", times=None, n=2)],
        [rule(SEARCH, "short_page", times=None, n=3)],
        [rule(SEARCH, "short_page", n=1)],
        [rule(SEARCH, "drop_issues", n=2, after=2)],
        [rule(SEARCH, "drop_issues", n=1, after=1, times=4)],
        [rule(SEARCH, "drop_issues", n=7, after=1)],
        [rule(SEARCH, "duplicate_issues", n=3, times=3), rule(SEARCH, "drop_issues", n=1, times=3)],
    ],
    ids=["repeated", "short", "short-once", "lost", "lost-on-many", "page-lost", "repeated-and-lost"],
)
def test_tickets_that_repeat_or_slip_through_between_pages_leave_no_trace(
    portal: Portal, kept: Path, faults: list[Json]
) -> None:
    """The count gives them away, and they are looked for again."""
    portal.outlives(kept, "cold", *faults)


def test_a_ticket_that_a_page_leaves_out_once_is_asked_for_again(portal: Portal, kept: Path) -> None:
    """Jira leaves out silently what it cannot deliver."""
    portal.outlives(kept, "cold", rule(BULKFETCH, "drop_issues", n=3))


def test_a_ticket_that_never_comes_is_named_in_a_partial_report(portal: Portal, kept: Path) -> None:
    """The rest stands, and the ticket comes with the next read."""
    portal.faults(rule(BULKFETCH, "drop_issues", n=2, times=None))
    made = portal.report(kept, "cold")
    portal.faults()

    lost = missing(made)
    assert len(lost) == 2
    assert made["state"] == "partial"
    named = "; ".join(f"id {number}" for number in lost)
    assert made["state_reason"] == f"2 tickets left out: 2 not delivered by Jira ({named})."
    assert {row["key"] for row in made["due"]} <= {row["key"] for row in portal.faultless["cold"]["due"]}
    assert portal.report(kept, "cold") == portal.faultless["cold"]


@pytest.mark.usefixtures("small_pages")
def test_a_login_that_is_revoked_between_two_pages_is_never_the_last_page(portal: Portal, kept: Path) -> None:
    """An empty page without a token looks like the end."""
    said = portal.fails(kept, "cold", LoginFailed, rule(SEARCH, "expired_login", times=None, after=3))

    assert "anonymous visitors" in said


# Tickets that leave while they are read


class Meanwhile:
    """Does something before the first request to a path is sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, path: str, act: Callable[[], object]) -> None:
        self.happened = 0
        send, turn = Transport._send, Lock()

        def watched(transport: Transport, question: Question, deadline: Deadline, signature: Signature) -> Any:
            with turn:  # so that it has happened before every later request
                if question.path == path and not self.happened:
                    self.happened += 1
                    act()
            return send(transport, question, deadline, signature)

        monkeypatch.setattr(Transport, "_send", watched)


@pytest.fixture
def changing(tmp_path: Path, clock: StillClock) -> Iterator[Portal]:
    """A demo for one test alone, whose tickets may go."""
    with ExitStack() as stack:
        folder = tmp_path / "changing"
        folder.mkdir()
        yield open_portal(stack, folder, "cloud")


@pytest.mark.parametrize(("action", "body"), [("move", {"project": "OPS"}), ("delete", {})])
def test_a_ticket_that_leaves_while_it_is_read_is_in_no_number(
    changing: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str, body: Json
) -> None:
    """It was named, and then belonged elsewhere or was gone: neither counted nor missing for ever."""
    key = changing.faultless["cold"]["due"][0]["key"]
    meanwhile = Meanwhile(
        monkeypatch, "/rest/api/3/issue/bulkfetch", lambda: changing.tell(f"tickets/{key}/{action}", body)
    )

    made = changing.report(tmp_path / "own", "cold")

    after = changing.report(tmp_path / "after", "cold")
    assert meanwhile.happened == 1
    assert key in {row["key"] for row in changing.faultless["cold"]["due"]}
    assert key not in {row["key"] for row in after["due"]}
    assert made == after
    assert changing.report(tmp_path / "own", "cold") == after
