from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.attainment import Attainment, Kept, attainment, kept_in
from servicelevel.columns import TicketColumns
from servicelevel.policy import SLA_NAMES, JudgedCycle, Queue, SlaName
from servicelevel.standing import standing
from servicelevel.verdicts import verdicts
from servicelevel.window import Window, last_days
from tests.factories import (
    AS_OF,
    DOING,
    DONE,
    P1,
    P3,
    always,
    change,
    columns,
    crowd,
    every,
    hours,
    ms,
    paused,
    queue,
    running,
    sao_paulo,
    stopped,
    ticket,
)
from tests.unit.servicelevel.bounded import examples

CROWDS = {
    name: (calendar, columns(*tickets, changes=changes))
    for name, calendar in (("always", always()), ("office", sao_paulo()))
    for tickets, changes in [crowd(7, 120, calendar=calendar)]
}
SPAN = (ms("2026-04-01T00:00:00+00:00"), ms(AS_OF))


def kept_at_its_end(table: TicketColumns, name: SlaName, desk: Queue, window: Window) -> Kept:
    """Promises decided in a window, judged at the window's own end."""
    judged = verdicts(table, name, desk, standing(table, window.end))
    return kept_in(judged, window, every(table))


def attained(table: TicketColumns, desk: Queue | None = None, days: float = 30) -> Attainment:
    """The attainment of the resolution promise as of AS_OF."""
    desk = desk or queue()
    stood = standing(table, ms(AS_OF))
    judged = verdicts(table, "resolution", desk, stood)
    return attainment(table, judged, stood, last_days(ms(AS_OF), days), desk.calendar, 0.9, every(table))


def adjacent(cuts: list[int]) -> list[Window]:
    """Windows that share their borders and cover the span."""
    return [Window(start, end) for start, end in pairwise([SPAN[0], *sorted(set(cuts) - {*SPAN}), SPAN[1]])]


@pytest.mark.parametrize("place", CROWDS)
@examples(40)
@given(cuts=st.lists(st.integers(*SPAN), max_size=12), policy=st.sampled_from(("first", "last", "each")))
def test_every_promise_is_decided_in_exactly_one_window(place: str, cuts: list[int], policy: JudgedCycle) -> None:
    """Time cut anywhere into adjacent windows counts what one long window counts, all judged as of today."""
    calendar, table = CROWDS[place]
    desk = queue(calendar=calendar, judged=dict.fromkeys(SLA_NAMES, policy))
    stood = standing(table, SPAN[1])

    for name in SLA_NAMES:
        judged = verdicts(table, name, desk, stood)
        parts = [kept_in(judged, window, every(table)) for window in adjacent(cuts)]

        assert sum(parts, Kept(0, 0)) == kept_in(judged, Window(*SPAN), every(table))


@pytest.mark.parametrize("place", CROWDS)
@examples(40)
@given(cuts=st.lists(st.integers(*SPAN), max_size=12), policy=st.sampled_from(("first", "each")))
def test_every_promise_is_decided_in_exactly_one_period(place: str, cuts: list[int], policy: JudgedCycle) -> None:
    """The same when each window was judged at its own end, within working hours, and nothing is judged anew.

    Out of hours a breach due at closing time is not known yet: it shows from the next opening on.
    """
    calendar, table = CROWDS[place]
    desk = queue(calendar=calendar, judged=dict.fromkeys(SLA_NAMES, policy))
    windows = adjacent([cut for cut in cuts if calendar.is_open(cut)])

    for name in SLA_NAMES:
        parts = [kept_at_its_end(table, name, desk, window) for window in windows]

        assert sum(parts, Kept(0, 0)) == kept_at_its_end(table, name, desk, Window(*SPAN))


def test_a_verdict_belongs_to_the_instant_it_was_decided() -> None:
    """Cleaning up a breach months later changes no other period."""
    late = stopped("2026-09-01T00:00:00+00:00", "2026-11-20T00:00:00+00:00")
    table = columns(ticket(1, "2026-09-01T00:00:00+00:00", resolve=[late]))

    assert attained(table).kept == Kept(0, 0)
    assert attained(table, days=90).kept == Kept(0, 1)
    assert attained(table).completed_only == Kept(0, 1)


def test_open_breaches_are_those_decided_in_the_window_that_still_run() -> None:
    """One broken and running, one broken and stopped, one broken before the window and running."""
    table = columns(
        ticket(1, resolve=[running("2026-11-20T00:00:00+00:00")]),
        ticket(2, resolve=[stopped("2026-11-20T00:00:00+00:00", "2026-11-20T09:00:00+00:00")]),
        ticket(3, resolve=[running("2026-09-01T00:00:00+00:00")]),
        ticket(4, resolve=[running("2026-11-23T11:00:00+00:00")]),
        ticket(5, resolve=[paused("2026-01-01T00:00:00+00:00")]),
    )
    found = attained(table)

    assert (found.kept, found.breached_open, found.undecided) == (Kept(0, 2), 1, 2)
    assert found.jsm_goals == Kept(0, 2)


def test_percentiles_are_of_the_clocks_started_in_the_window() -> None:
    """An older start is out, a running one is censored at what it used."""
    table = columns(
        ticket(1, resolve=[stopped("2026-11-20T00:00:00+00:00", "2026-11-20T02:00:00+00:00")]),
        ticket(2, resolve=[stopped("2026-11-20T00:00:00+00:00", "2026-11-20T06:00:00+00:00")]),
        ticket(3, resolve=[running("2026-11-23T09:00:00+00:00")]),
        ticket(4, resolve=[stopped("2026-10-01T00:00:00+00:00", "2026-11-20T06:00:00+00:00")]),
    )
    found = attained(table).percentiles

    assert (found.stopped, found.censored, found.mean_ms) == (2, 1, hours(4))
    assert found.values_ms == (hours(6), hours(6), hours(6))


def test_by_priority_is_the_priority_at_as_of() -> None:
    """Raised since it was decided, it counts where it stands; without a priority it comes last."""
    done = [stopped("2026-11-20T00:00:00+00:00", "2026-11-20T02:00:00+00:00")]
    table = columns(
        ticket(1, priority=P3, resolve=done),
        ticket(2, priority=None, resolve=done),
        ticket(3, priority=P1, resolve=[stopped("2026-11-20T00:00:00+00:00", "2026-11-20T08:00:00+00:00")]),
        changes={3: [change("2026-11-21T00:00:00+00:00", "priority", P3, P1)]},
    )

    assert list(attained(table).by_priority.items()) == [(0, Kept(0, 1)), (1, Kept(1, 1)), (-1, Kept(1, 1))]


def test_by_day_counts_by_local_date() -> None:
    """Decided at 02:30 UTC is decided the evening before in São Paulo."""
    table = columns(
        ticket(1, resolve=[stopped("2026-11-20T02:00:00+00:00", "2026-11-20T02:30:00+00:00")]),
        ticket(2, resolve=[stopped("2026-11-19T23:00:00+00:00", "2026-11-20T08:00:00+00:00")]),
    )
    found = attained(table, queue(calendar=sao_paulo()), days=5)

    assert [(day.day, day.met, day.breached, day.partial) for day in found.by_day if day.met + day.breached] == [
        (date(2026, 11, 19), 1, 0, False),
        (date(2026, 11, 20), 0, 1, False),
    ]
    assert [day.partial for day in found.by_day] == [True, False, False, False, False, True]
    assert len(found.by_day) == 6


@pytest.mark.parametrize("place", CROWDS)
def test_days_and_priorities_add_up_to_the_whole(place: str) -> None:
    """Every decided promise has one day and one priority."""
    calendar, table = CROWDS[place]
    found = attained(table, queue(calendar=calendar), days=60)

    assert found.kept.n > 20
    assert sum(found.by_priority.values(), Kept(0, 0)) == found.kept
    assert sum(day.met for day in found.by_day) == found.kept.met
    assert sum(day.breached for day in found.by_day) == found.kept.breached


def test_a_replay_judges_as_the_day_saw_it() -> None:
    """As of a day before the second run began, `last` judged the first; the numbers of that day say so."""
    runs = [
        stopped("2026-11-10T00:00:00+00:00", "2026-11-10T02:00:00+00:00"),
        stopped("2026-11-15T00:00:00+00:00", "2026-11-15T09:00:00+00:00"),
    ]
    table = columns(ticket(1, "2026-11-10T00:00:00+00:00", resolve=runs, status=DONE))
    before, after = ms("2026-11-14T00:00:00+00:00"), ms(AS_OF)

    assert kept_at_its_end(table, "resolution", queue(), last_days(before, 30)) == Kept(1, 1)
    assert kept_at_its_end(table, "resolution", queue(), last_days(after, 30)) == Kept(0, 1)


def test_only_chosen_tickets_are_counted() -> None:
    """A ticket that is not chosen is in no part of the attainment."""
    done = [stopped("2026-11-20T00:00:00+00:00", "2026-11-20T02:00:00+00:00")]
    late = [running("2026-11-20T00:00:00+00:00")]
    table = columns(ticket(1, resolve=done), ticket(2, resolve=late), ticket(3, status=DOING))
    stood = standing(table, ms(AS_OF))
    judged = verdicts(table, "resolution", queue(), stood)
    chosen = np.array([True, False, False])

    found = attainment(table, judged, stood, last_days(ms(AS_OF), 30), always(), 0.9, chosen)

    assert (found.kept, found.breached_open, found.excluded["no_goal"]) == (Kept(1, 1), 0, 0)
    assert (found.jsm_goals, found.trailing_90d, found.percentiles.censored) == (Kept(1, 1), Kept(1, 1), 0)
