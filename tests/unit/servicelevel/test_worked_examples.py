"""The worked examples of the definitions, digit by digit at the precision they are printed in."""

from datetime import date, timedelta

import numpy as np
import pytest

from servicelevel.attainment import Kept, Proof, proof
from servicelevel.backlog import backlog
from servicelevel.budget import burn_level, exhaustion
from servicelevel.calendars import BusinessCalendar
from servicelevel.evidence import filled_up, wilson
from servicelevel.flow import flow
from servicelevel.health import (
    DEFAULT_ANCHORS,
    Dimension,
    Health,
    attainment_anchors,
    backlog_dimension,
    capacity_dimension,
    health,
    rate_dimension,
    utility,
)
from servicelevel.instants import HOUR_MS, to_datetime
from servicelevel.measures import NO_TRAILING, Filters, measure
from servicelevel.movement import movement, rate_and_mix
from servicelevel.policy import DEFAULT_WEIGHTS, DIMENSIONS, DimensionName
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


def attained(name: DimensionName, rate: float, target: float) -> float | None:
    """Utility of an attainment of a thousand decided promises."""
    sla = "first_response" if name == "responsiveness" else "resolution"
    anchors = attainment_anchors(target, DEFAULT_ANCHORS[sla])
    return rate_dimension(name, round(rate * 1000), 1000, 0.5, target, anchors).utility


def measured(name: DimensionName, rate: float) -> float | None:
    """Utility of a net flow or reopen rate over a thousand tickets."""
    anchors = DEFAULT_ANCHORS["net_flow" if name == "flow" else "reopen_rate"]
    return rate_dimension(name, round(rate * 1000), 1000, 0.5, anchors.at_80, anchors).utility


def used(rate: float) -> float | None:
    """Utility of a team's utilisation."""
    return capacity_dimension(rate, 50, None, DEFAULT_ANCHORS["utilisation"]).utility


def present(name: DimensionName, points: float) -> Dimension:
    """A dimension with enough data and this utility."""
    return Dimension(name, "ratio", 100, 0.5, 0.5, None, 0.5, None, points)


def scored(**points: float) -> Health:
    """A score of these utilities under the default weights; the other dimensions are left out."""
    absent = [Dimension(name, "ratio", 0, None, None, None, None, None, None, "no_data") for name in DIMENSIONS]
    dimensions = [present(d.name, points[d.name]) if d.name in points else d for d in absent]
    return health(dimensions, DEFAULT_WEIGHTS)


def the_check() -> Health:
    """The score of the section on health: six dimensions from their measures."""
    first = attainment_anchors(0.95, DEFAULT_ANCHORS["first_response"])
    second = attainment_anchors(0.90, DEFAULT_ANCHORS["resolution"])
    net, again = DEFAULT_ANCHORS["net_flow"], DEFAULT_ANCHORS["reopen_rate"]
    return health(
        (
            rate_dimension("responsiveness", 193, 200, 0.5, 0.95, first),
            rate_dimension("resolution", 90, 100, 0.5, 0.90, second),
            backlog_dimension(7.25, None, 100, DEFAULT_ANCHORS),
            rate_dimension("flow", 97, 100, 1.0, 1.0, net),
            rate_dimension("quality", 6, 100, 0.5, 0.05, again),
            capacity_dimension(0.82, 90, None, DEFAULT_ANCHORS["utilisation"]),
        ),
        DEFAULT_WEIGHTS,
    )


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
    ("met", "n", "rate"), [(8, 10, 0.8667), (25, 29, 0.8633), (27, 30, 0.9), (4, 4, None)], ids=["8", "25", "27", "4"]
)
def test_9_few_data_are_filled_up(met: int, n: int, rate: float | None) -> None:
    """Up to thirty with the expected rate, from thirty on the raw one, under five none."""
    value = filled_up(met, n, 0.9)

    assert (None if value is None else round(value, 4)) == rate


def test_9_under_five_drops_the_dimension() -> None:
    """Four of four say nothing, and the dimension says why it is not there."""
    dropped = rate_dimension("resolution", 4, 4, 0.9, 0.9, attainment_anchors(0.9, DEFAULT_ANCHORS["resolution"]))

    assert (dropped.utility, dropped.reason) == (None, "few")


@pytest.mark.parametrize(
    ("name", "target", "rate", "points"),
    [
        ("responsiveness", 0.95, 0.965, 87.5),
        ("responsiveness", 0.95, 0.785, 27.2),
        ("responsiveness", 0.95, 0.70, 0.0),
        ("responsiveness", 0.97, 0.985, 90.0),
        ("responsiveness", 0.97, 1.0, 100.0),
        ("responsiveness", 1.0, 0.99, 76.8),
        ("responsiveness", 1.0, 1.0, 100.0),
        ("resolution", 0.90, 0.75, 40.0),
    ],
)
def test_10_utility_of_an_attainment(name: DimensionName, target: float, rate: float, points: float) -> None:
    """Points below and above the target, never past 100 %."""
    assert attained(name, rate, target) == pytest.approx(points, abs=1e-9)


@pytest.mark.parametrize(
    ("measured_points", "points"),
    [
        (utility(9.774, DEFAULT_ANCHORS["backlog_days"]), 54.5387),
        (utility(12.5, DEFAULT_ANCHORS["backlog_days"]), 40),
        (utility(1, DEFAULT_ANCHORS["backlog_days"]), 100),
        (utility(0.50, DEFAULT_ANCHORS["ageing_share"]), 40),
        (measured("flow", 0.97), 68),
        (measured("flow", 1.05), 90),
        (measured("quality", 0.06), 72),
        (measured("quality", 0.035), 90),
        (used(0.82), 57.6),
        (used(0.70), 90),
        (used(0.525), 80),
        (used(0.20), 60),
        (used(1.05), 0),
    ],
    ids=[
        *("9.774 days", "12.5 days", "1 day", "share .50", "flow .97", "flow 1.05", "reopen .06", "reopen .035"),
        *("used .82", "used .70", "used .525", "used .20", "used 1.05"),
    ],
)
def test_11_utility_of_the_other_measures(measured_points: float | None, points: float) -> None:
    """Backlog, ageing, flow, reopens and utilisation, to four decimals."""
    assert measured_points is not None
    assert round(measured_points, 4) == points


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


def test_the_check_before_rounding() -> None:
    """Every utility, every exact contribution and the exact score of the section on health."""
    checked = the_check()

    utilities = [round(d.utility, 6) for d in checked.dimensions if d.utility is not None]
    parts = [checked.share(d.name) * (d.utility or 0) for d in checked.dimensions]
    assert utilities == [87.5, 80, 68, 68, 72, 57.6]
    assert [round(part, 6) for part in parts] == [21.875, 20, 13.6, 6.8, 7.2, 5.76]
    assert checked.exact is not None
    assert round(checked.exact, 6) == 75.235


def test_13_shown_parts() -> None:
    """The parts as shown add up to the score as shown, which is watched."""
    checked = the_check()

    assert list(checked.contributions.values()) == [21.9, 20.0, 13.6, 6.8, 7.2, 5.7]
    assert (checked.score, checked.band, checked.coverage) == (75.2, "watch", 1.0)


def test_14_coverage_carries_a_score() -> None:
    """Three dimensions with 70 of 100 points of weight are enough."""
    three = scored(responsiveness=80, resolution=60, backlog=40)

    assert three.exact is not None
    assert (round(three.exact, 4), three.score, three.coverage) == (61.4286, 61.4, 0.7)


def test_14_too_little_coverage_has_no_score() -> None:
    """Backlog and capacity alone carry 30 of 100 points of weight."""
    two = scored(backlog=90, capacity=90)

    assert (two.score, two.coverage, two.band) == (None, 0.3, "insufficient")


def test_15_why_it_moved() -> None:
    """A dimension that came is one row of coverage, and the rows add up exactly and as shown."""
    then = scored(responsiveness=80, resolution=60, backlog=40)
    now = scored(responsiveness=84, resolution=60, backlog=50, flow=100)

    rows = movement(then, now, {}, {})

    assert rows is not None
    assert [(row.name, round(row.delta, 4), row.shown) for row in rows] == [
        ("responsiveness", 1.3393, 1.3),
        ("resolution", 0.0, 0.0),
        ("backlog", 2.6786, 2.7),
        ("coverage", 4.5536, 4.6),
    ]
    assert round(sum(row.delta for row in rows), 4) == 8.5714
    assert round(sum(row.shown for row in rows), 1) == 8.6
    assert rows[-1].came == ("flow",)


def test_16_rate_and_mix() -> None:
    """Both priorities did nearly as well, but more of the work was hard."""
    effects = rate_and_mix({"P1": Kept(8, 10), "P3": Kept(86, 90)}, {"P1": Kept(24, 30), "P3": Kept(67, 70)})

    assert effects is not None
    assert (round(effects.rate, 4), round(effects.mix, 4)) == (0.0013, -0.0313)
    assert round(effects.rate + effects.mix, 4) == -0.03


def test_16_a_priority_that_came_is_all_mix() -> None:
    """A priority without cycles before takes its own rate of today."""
    effects = rate_and_mix({"P3": Kept(9, 10)}, {"P3": Kept(9, 10), "P1": Kept(5, 10)})

    assert effects is not None
    assert (round(effects.rate, 4), round(effects.mix, 4)) == (0.0, -0.2)


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
