"""The worked examples of the definitions, digit by digit at the precision they are printed in; scores lie apart."""

from datetime import date, timedelta

import numpy as np
import pytest

from servicelevel.attainment import Kept, Proof, proof
from servicelevel.backlog import backlog
from servicelevel.budget import burn_level, exhaustion
from servicelevel.calendars import BusinessCalendar
from servicelevel.evidence import wilson
from servicelevel.flow import flow
from servicelevel.health import (
    DEFAULT_ANCHORS,
    backlog_dimension,
)
from servicelevel.instants import HOUR_MS, to_datetime
from servicelevel.measures import NO_TRAILING, Filters, measure
from servicelevel.report import report
from servicelevel.rollup import mean_target, weighted_score
from servicelevel.standing import standing
from servicelevel.survival import percentiles
from servicelevel.ticket import SlaCycle
from servicelevel.verdicts import Verdict, verdicts
from servicelevel.window import booked_dates, last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import (
    AS_OF,
    DOING,
    DONE,
    always,
    columns,
    every,
    hours,
    moved,
    ms,
    paused,
    queue,
    resolved,
    running,
    sao_paulo,
    stopped,
    ticket,
)

NO_HOURS = no_worklogs("not_configured", "no hours here")
BERLIN = BusinessCalendar("berlin", "Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        ("2026-10-24T12:00:00.000+00:00", False),
        ("2026-10-24T12:00:00.001+00:00", True),
        ("2026-11-23T12:00:00.000+00:00", True),
    ],
)
def test_1_window_is_open_at_its_start_and_closed_at_its_end(at: str, inside: bool) -> None:
    """Thirty days as of noon leave out the first noon and hold the last."""
    window = last_days(ms("2026-11-23T12:00:00+00:00"), 30)

    assert window.holds(np.array([ms(at)])).tolist() == [inside]


def test_2_dates_of_hours_end_with_the_local_date() -> None:
    """At 02:00 UTC it is still the evening before in São Paulo."""
    window = last_days(ms("2026-11-23T02:00:00+00:00"), 30)

    assert booked_dates(window, sao_paulo()) == (date(2026, 10, 24), date(2026, 11, 22))


def test_3_due_runs_over_the_weekend_and_lunch() -> None:
    """Four hours from Friday 17:30 end on Monday 13:30."""
    due = sao_paulo().after(ms("2026-11-27T17:30:00-03:00"), hours(4))

    assert due == ms("2026-11-30T13:30:00-03:00")


def test_3_due_moves_by_the_pause() -> None:
    """An hour of pause on Monday morning moves the due instant to 14:30."""
    start, resumed = "2026-11-27T17:30:00-03:00", "2026-11-30T11:00:00-03:00"
    clock = SlaCycle(ms(start), None, None, hours(4), hours(1.5), breached=False)
    table = columns(ticket(1, start, resolve=[clock]), read_at=resumed)
    desk = queue(calendar=sao_paulo())

    judged = verdicts(table, "resolution", desk, standing(table, ms(resumed)))

    assert judged.due.tolist() == [ms("2026-11-30T14:30:00-03:00")]


def test_4_a_goal_that_ends_with_the_day_is_due_at_its_end() -> None:
    """Two hours from Friday 16:00 end on Friday 18:00, not at the next opening."""
    assert sao_paulo().after(ms("2026-11-27T16:00:00-03:00"), hours(2)) == ms("2026-11-27T18:00:00-03:00")


@pytest.mark.parametrize(
    ("stop", "verdict", "decided"),
    [
        ("2026-11-27T18:00:00-03:00", Verdict.MET, "2026-11-27T18:00:00-03:00"),
        ("2026-11-30T09:00:00.001-03:00", Verdict.BREACHED, "2026-11-27T18:00:00-03:00"),
    ],
)
def test_4_equal_to_the_goal_is_met_and_one_working_millisecond_later_is_not(
    stop: str, verdict: Verdict, decided: str
) -> None:
    """The stop at the due instant keeps the promise; the breach counts where the goal ran out."""
    office = sao_paulo()
    clock = stopped("2026-11-27T16:00:00-03:00", stop, hours(2), calendar=office)
    table = columns(ticket(1, "2026-11-27T16:00:00-03:00", resolve=[clock]), read_at=stop)

    judged = verdicts(table, "resolution", queue(calendar=office), standing(table, ms(stop)))

    assert (judged.verdict.tolist(), judged.decided_at.tolist()) == ([verdict], [ms(decided)])
    assert not judged.anomaly.any()


@pytest.mark.parametrize(("day", "length"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23)])
def test_5_a_day_of_changing_clocks_has_its_own_length(day: date, length: int) -> None:
    """A calendar of whole days in Berlin has 25 hours in autumn and 23 in spring."""
    hours_of_day = BERLIN.elapsed_ms(BERLIN.midnight(day), BERLIN.midnight(day + timedelta(days=1))) / HOUR_MS

    assert hours_of_day == length


def test_6_three_lenses_on_the_same_five_tickets() -> None:
    """Attainment counts each promise where it was decided; the other lenses judge late breaches again."""
    created = "2026-10-01T00:00:00+00:00"
    table = columns(
        ticket(1, created, resolve=[stopped("2026-11-20T08:00:00+00:00", "2026-11-20T09:00:00+00:00")]),
        ticket(2, created, resolve=[stopped("2026-10-02T00:00:00+00:00", "2026-10-03T00:00:00+00:00")]),
        ticket(3, created, resolve=[running("2026-11-20T00:00:00+00:00")]),
        ticket(4, created, resolve=[stopped("2026-10-02T00:00:00+00:00", "2026-11-21T00:00:00+00:00")]),
        ticket(5, created, resolve=[paused("2026-11-20T00:00:00+00:00", elapsed_ms=hours(1))]),
    )

    kept = report(queue(), table, NO_HOURS, last_days(ms(AS_OF), 30)).now.sla["resolution"]

    assert (kept.kept, kept.breached_open, kept.undecided) == (Kept(1, 2), 1, 1)
    assert kept.kept.rate == 0.5
    assert kept.completed_only == Kept(1, 2)
    assert kept.jsm_goals == Kept(1, 3)


@pytest.mark.parametrize(
    ("met", "n", "target", "interval", "state"),
    [
        (152, 206, 0.90, (0.6738, 0.7932), "missed"),
        (90, 100, 0.90, (0.8256, 0.9448), "not_proven"),
        (300, 300, 0.95, (0.9874, 1.0), "met"),
        (5, 5, 0.95, (0.5655, 1.0), "not_proven"),
        (40, 40, 1.0, (0.9124, 1.0), "not_proven"),
        (39, 40, 1.0, (0.8712, 0.9956), "missed"),
    ],
)
def test_7_wilson_interval_and_state(
    met: int, n: int, target: float, interval: tuple[float, float], state: Proof
) -> None:
    """The interval to four decimals, and what it says about the target."""
    bounds = wilson(met, n)

    assert bounds is not None
    assert tuple(round(bound, 4) for bound in bounds) == interval
    assert proof(Kept(met, n), target) == state


@pytest.mark.parametrize(
    ("durations", "ended", "values"),
    [
        ([1, 2, 4, 3, 5], [True, True, True, False, False], (4, None)),
        ([2, 3, 2], [True, True, False], (3, 3)),
        ([3, 4], [False, False], (None, None)),
    ],
)
def test_8_kaplan_meier(durations: list[int], ended: list[bool], values: tuple[int | None, int | None]) -> None:
    """Running clocks are censored, stops come before censorings at a tie."""
    assert percentiles(np.array(durations), np.array(ended), (0.5, 0.85)).values_ms == values


@pytest.mark.parametrize(
    ("open_", "closed", "days", "reason", "points"),
    [(107, 208, 9.7740, None, 54.5385), (5, 0, None, "nothing_resolved", 0.0), (0, 0, 0.0, None, None)],
    ids=["107 open", "nothing resolved", "nothing open"],
)
def test_12_backlog_days(open_: int, closed: int, days: float | None, reason: str | None, points: float | None) -> None:
    """Twenty weekdays with one holiday are 19.0 business days of pace."""
    calendar = sao_paulo(holidays=[date(2026, 11, 2)])
    table = columns(
        *(ticket(i, "2026-11-20T12:00:00+00:00") for i in range(1, open_ + 1)),
        *(resolved(1000 + i, "2026-11-18T12:00:00+00:00", "2026-11-19T12:00:00+00:00") for i in range(closed)),
    )

    stock = backlog(table, standing(table, ms(AS_OF)), calendar, every(table))
    dimension = measure(
        queue(calendar=calendar), table, NO_HOURS, last_days(ms(AS_OF), 30), Filters(), NO_TRAILING
    ).health.dimensions[2]

    assert stock.business_days_28d == 19.0
    assert (None if stock.days is None else round(stock.days, 4), stock.reason) == (days, reason)
    assert dimension.n == open_ + closed
    of_days = dimension.parts[0].utility if dimension.parts else None
    assert (None if of_days is None else round(of_days, 4)) == points


def test_12_without_tickets_the_backlog_is_dropped() -> None:
    """No open ticket and none resolved are no evidence."""
    dropped = backlog_dimension(0.0, 0.0, 0, DEFAULT_ANCHORS)

    assert (dropped.utility, dropped.reason) == (None, "no_data")


def test_17_reopen_rate_looks_back_fourteen_days() -> None:
    """Of four resolutions two lie in the moved window, and one came back after exactly fourteen days."""
    as_of = ms(AS_OF)

    def ago(days: int) -> str:
        return to_datetime(as_of - hours(24 * days)).isoformat()

    into = {1: 44, 2: 43, 3: 14, 4: 5}
    histories = {number: [moved(ago(days), DOING, DONE)] for number, days in into.items()}
    histories[2].append(moved(ago(29), DONE, DOING))
    table = columns(
        *(ticket(number, ago(60), status=DOING if number == 2 else DONE) for number in into), changes=histories
    )

    again = flow(table, standing(table, as_of), last_days(as_of, 30), always(), every(table)).reopens

    assert (again.resolutions, again.reopened, again.rate) == (2, 1, 0.5)


@pytest.mark.parametrize(
    ("breaches", "n", "target", "level", "threshold", "tail", "rate", "fires"),
    [
        (2, 5, 0.95, "1bd", 6.0, 0.0226, 8.0, False),
        (3, 5, 0.95, "1bd", 6.0, 0.0012, 12.0, True),
        (3, 13, 0.90, "1bd", 6.0, 0.1339, 2.3, False),
        (13, 59, 0.90, "window", 1.0, 0.0049, 2.2, True),
    ],
)
def test_18_burn_guard(
    breaches: int, n: int, target: float, level: str, threshold: float, tail: float, rate: float, fires: bool
) -> None:
    """A level fires only when chance does not explain its breaches."""
    judged = burn_level(level, 1, threshold, "urgent", Kept(n - breaches, n), target)

    assert judged.tail is not None
    assert judged.rate is not None
    assert (round(judged.tail, 4), round(judged.rate, 1), judged.firing) == (tail, rate, fires)


def test_18_three_of_thirteen_fires_at_no_level() -> None:
    """A tail of 13 % is chance at every threshold."""
    assert not any(burn_level("x", 1, at, "x", Kept(10, 13), 0.90).firing for at in (6.0, 3.0, 1.5, 1.0))


def test_19_exhaustion() -> None:
    """Ten tickets of budget last four business days at three times the allowed breach rate."""
    ends = exhaustion(10, 20, Kept(21, 30), 0.90, decided=200)

    assert ends.business_days is not None
    assert round(ends.business_days, 4) == 4.0
    assert [None if end is None else round(end, 4) for end in ends.band] == [2.3323, 8.5728]


def test_20_pooling() -> None:
    """Scores weigh their decided promises; the worst is named, and so is how many have none."""
    scores = [("first", 80.0, 400.0), ("second", 50.0, 100.0), ("third", None, 30.0)]

    score, worst, scored_queues = weighted_score(scores)

    assert (score, worst, len(scores) - scored_queues) == (74.0, ("second", 50.0), 1)
    assert round(mean_target([(0.95, 100), (0.90, 50)]), 4) == 0.9333
