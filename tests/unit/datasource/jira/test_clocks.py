"""SLA fields as runs of a clock, in every form that sites have been seen to send."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasource.jira.parse import Read, TicketReader
from servicelevel.building import ColumnsBuilder
from servicelevel.ticket import SlaCycle
from tests.fakes.canned import Json
from tests.fakes.jira_json import FIRST_RESPONSE, RESOLUTION, clock, issue

READER = TicketReader({"first_response": FIRST_RESPONSE, "resolution": RESOLUTION})
START = 1_793_617_200_000
RUN: Json = clock(start_ms=START)["ongoingCycle"]


def _cycles(value: Any) -> tuple[SlaCycle, ...]:
    """Of a field that stands in a page beside a sound one, which has to come through untouched."""
    (read,) = READER.page(json.dumps({"issues": [issue(1, **{FIRST_RESPONSE: value})]}).encode())
    assert isinstance(read, Read)
    ticket = read.ticket
    assert ticket.cycles["resolution"] == (SlaCycle(START, None, START + 14_400_000, 14_400_000, 1_800_000, False),)
    return ticket.cycles["first_response"]


def _running(**parts: Any) -> Json:
    return {"completedCycles": [], "ongoingCycle": {**RUN, **parts}}


def _completed(**parts: Any) -> Json:
    return {"completedCycles": [{**RUN, "stopTime": {"epochMillis": START + 9_000_000}, **parts}]}


def test_a_running_clock() -> None:
    """Its numbers are as of the answer."""
    assert _cycles(_running()) == (SlaCycle(START, None, START + 14_400_000, 14_400_000, 1_800_000, False),)


def test_a_paused_clock_often_has_no_instant_of_breach() -> None:
    """The instant moves while a clock stands."""
    paused = _running(paused=True, breachTime=None)

    assert _cycles(paused) == (SlaCycle(START, None, None, 14_400_000, 1_800_000, False, paused=True),)


def test_a_completed_clock_keeps_its_own_elapsed_time() -> None:
    """Elapsed time leaves out pauses and nights: it is never stop minus start."""
    (run,) = _cycles(_completed())

    assert (run.stop, run.elapsed_ms) == (START + 9_000_000, 1_800_000)
    assert run.stop is not None
    assert run.start is not None
    assert run.elapsed_ms != run.stop - run.start


def test_a_completed_clock_is_never_paused() -> None:
    """Whatever it says."""
    assert _cycles(_completed(paused=True))[0].paused is False


def test_elapsed_time_follows_from_the_remaining() -> None:
    """Goal minus remaining, past the goal too."""
    overdue = _running(elapsedTime=None, remainingTime={"millis": -600_000}, breached=True)

    (run,) = _cycles(overdue)

    assert (run.elapsed_ms, run.breached, run.defect) == (15_000_000, True, None)


def test_runs_come_in_order_of_start_and_the_running_one_last() -> None:
    """Whatever order the site lists them in."""
    late = {**RUN, "startTime": {"epochMillis": START + 50}, "stopTime": {"epochMillis": START + 60}}
    early = {**RUN, "startTime": {"epochMillis": START - 50}, "stopTime": {"epochMillis": START}}
    value = {"completedCycles": [late, early], "ongoingCycle": {**RUN, "startTime": {"epochMillis": START + 99}}}

    assert [(run.start, run.stop) for run in _cycles(value)] == [
        (START - 50, START),
        (START + 50, START + 60),
        (START + 99, None),
    ]


@pytest.mark.parametrize("value", [{"completedCycles": []}, {"completedCycles": [], "ongoingCycle": None}, None])
def test_a_clock_that_never_started_has_no_runs(value: Json | None) -> None:
    """It is neither kept nor broken."""
    assert _cycles(value) == ()


@pytest.mark.parametrize(
    "value",
    [
        "2h 30m",
        "",
        {"text": "2h 30m", "breached": False},
        {},
        [],
        [1, 2],
        ["2h"],
        [None, None],
        7_200_000,
        True,
        {"completedCycles": "none"},
        {"completedCycles": [5]},
        _running(startTime={"epochMillis": "yesterday"}),
        _running(breached="no"),
    ],
    ids=str,
)
def test_a_field_of_another_kind_is_one_unreadable_run(value: Any) -> None:
    """The ticket stands, and its other clock too."""
    (run,) = _cycles(value)

    assert run.defect == "unreadable"


def test_integers_of_old_releases_count_as_unreadable_or_without_start() -> None:
    """Their names differ; what matters is that nobody judges them."""
    old = {"completeCycles": [], "ongoingCycle": {"goalTime": 7_200_000, "startDate": START, "remainingTime": -5}}

    (run,) = _cycles(old)

    assert run.defect is not None


def test_a_list_of_one_object_is_that_object() -> None:
    """Some releases wrap it."""
    assert _cycles([_running()]) == _cycles(_running())


@pytest.mark.parametrize(
    ("value", "defect"),
    [
        (_running(startTime=None), "no_start"),
        (_running(startTime={}), "no_start"),
        (_running(goalDuration=None), "no_goal"),
        (_running(elapsedTime=None, remainingTime=None), "unreadable"),
        (_completed(stopTime=None), "unreadable"),
        (_running(goalDuration={"millis": -1}), "unreadable"),
        (_running(elapsedTime={"millis": -1}), "unreadable"),
        (_running(startTime={"epochMillis": 5}), "unreadable"),
        (_running(breachTime={"epochMillis": 10**16}), "unreadable"),
        (_completed(stopTime={"epochMillis": -1}), "unreadable"),
    ],
)
def test_a_run_that_nobody_can_judge_says_why(value: Json, defect: str) -> None:
    """Missing parts and absurd numbers are defects of that run, not of the ticket."""
    assert [run.defect for run in _cycles(value)] == [defect]


_NUMBERS = st.none() | st.integers(-(10**20), 10**20) | st.sampled_from([START, 0, 2**63 - 1, 2**63, -(2**63) - 1])


@given(st.tuples(*[_NUMBERS] * 6), st.booleans())
def test_absurd_numbers_never_break_the_columns(numbers: tuple[int | None, ...], completed: bool) -> None:
    """One odd clock costs itself: a queue with it is built like any other."""
    start, stop, breach, goal, elapsed, remaining = numbers
    run = {
        "startTime": {"epochMillis": start},
        "stopTime": {"epochMillis": stop},
        "breachTime": {"epochMillis": breach},
        "goalDuration": {"millis": goal},
        "elapsedTime": {"millis": elapsed},
        "remainingTime": {"millis": remaining},
    }
    value = {"completedCycles": [run]} if completed else {"completedCycles": [], "ongoingCycle": run}
    (read,) = READER.page(json.dumps({"issues": [issue(1, **{FIRST_RESPONSE: value})]}).encode())
    assert isinstance(read, Read)
    builder = ColumnsBuilder()

    builder.add_ticket(read.ticket, START)

    assert len(builder.build(0, START).cycles["first_response"].row) == 1
