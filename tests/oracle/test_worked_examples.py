"""The second opinion on examples whose results were worked out by hand."""

from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from tests.oracle.cycles import Cycle, Standing, read_clock, stand
from tests.oracle.definitions import Anchors
from tests.oracle.figures import half_up, quantiles, shown_parts, tail, wilson
from tests.oracle.health import busy_utility, utility
from tests.oracle.instants import HOUR_MS, local_date, midnight_ms, ms_of, window_of
from tests.oracle.minutes import WorkMinutes
from tests.oracle.movement import rate_and_mix
from tests.oracle.upstream import Json

OFFICE = ((540, 720), (780, 1080))
SAO_PAULO = WorkMinutes(ZoneInfo("America/Sao_Paulo"), (OFFICE,) * 5 + ((), ()))
BERLIN = WorkMinutes(ZoneInfo("Europe/Berlin"), (((0, 1440),),) * 7)
MEDIAN, P85 = Fraction(1, 2), Fraction(85, 100)


def test_a_goal_passes_at_the_earliest_instant() -> None:
    """A goal that ends with the working day is due that evening, one that does not is due after the weekend."""
    assert SAO_PAULO.after(ms_of("2026-11-27T17:30-03:00"), 4 * HOUR_MS) == ms_of("2026-11-30T13:30-03:00")
    assert SAO_PAULO.after(ms_of("2026-11-27T16:00-03:00"), 2 * HOUR_MS) == ms_of("2026-11-27T18:00-03:00")


def test_a_day_back_begins_at_the_latest_instant() -> None:
    """A business day back from Monday noon begins on Friday at noon's working time, not during the break."""
    assert SAO_PAULO.back(ms_of("2026-11-30T12:30-03:00"), 8 * HOUR_MS) == ms_of("2026-11-27T13:00-03:00")


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 25), ("2026-03-29", 23), ("2026-03-30", 24)])
def test_a_clock_change_makes_a_day_longer_or_shorter(day: str, hours: int) -> None:
    """A day around the clock has as many hours as its wall clock shows."""
    start_ms = midnight_ms(date.fromisoformat(day), BERLIN.zone)

    end_ms = BERLIN.after(start_ms, hours * HOUR_MS)

    assert (end_ms - start_ms, BERLIN.between(start_ms, end_ms)) == (hours * HOUR_MS, hours * HOUR_MS)
    assert local_date(end_ms, BERLIN.zone).isoformat() > day >= local_date(end_ms - 1, BERLIN.zone).isoformat()


def test_exceptions_win_over_holidays_and_holidays_over_the_week() -> None:
    """A holiday that is worked by exception is open, and one that is not is closed."""
    monday, tuesday = date(2026, 11, 30), date(2026, 12, 1)
    hours = WorkMinutes(SAO_PAULO.zone, SAO_PAULO.weekly, frozenset({monday, tuesday}), {tuesday: ((600, 660),)})

    assert hours.between(midnight_ms(monday, hours.zone), midnight_ms(tuesday, hours.zone)) == 0
    assert hours.after(midnight_ms(monday, hours.zone), HOUR_MS) == ms_of("2026-12-01T11:00-03:00")


def test_a_window_has_its_end_and_not_its_start() -> None:
    """30 days back: the first instant is out, the next millisecond and the last instant are in."""
    window = window_of(ms_of("2026-11-23T12:00Z"), 30)

    inside = [ms_of(at) in window for at in ("2026-10-24T12:00Z", "2026-10-24T12:00:00.001Z", "2026-11-23T12:00Z")]

    assert inside == [False, True, True]


def test_quantiles_of_survival() -> None:
    """Stops come before censorings at a tie, and a quantile that is not reached is none."""
    assert quantiles([(1, True), (2, True), (4, True), (3, False), (5, False)], MEDIAN, P85) == [4, None]
    assert quantiles([(2, True), (3, True), (2, False)], MEDIAN, P85) == [3, 3]
    assert quantiles([(2, False)], MEDIAN) == [None]


@pytest.mark.parametrize(
    ("met", "n", "low", "high"),
    [(152, 206, 0.6738, 0.7932), (90, 100, 0.8256, 0.9448), (300, 300, 0.9874, 1), (39, 40, 0.8712, 0.9956)],
)
def test_intervals(met: int, n: int, low: float, high: float) -> None:
    """Wilson's interval to four decimals."""
    interval = wilson(met, n)

    assert interval is not None
    assert [round(end, 4) for end in interval] == [low, high]


def test_tails() -> None:
    """How likely so many breaches are when the promise is just kept."""
    cases = ((2, 5, "0.05"), (3, 5, "0.05"), (3, 13, "0.10"), (13, 59, "0.10"))

    assert [round(float(tail(k, n, Fraction(p))), 4) for k, n, p in cases] == [0.0226, 0.0012, 0.1339, 0.0049]


def test_shown_parts_add_up() -> None:
    """The check of the health score: the parts to 0.1 add up to the total to 0.1."""
    exact = [Fraction(part) for part in ("21.875", "20", "13.6", "6.8", "7.2", "5.76")]

    shown = shown_parts(exact, half_up(sum(exact, start=Fraction(0))))

    assert [float(part) for part in shown] == [21.9, 20.0, 13.6, 6.8, 7.2, 5.7]


def test_utilities() -> None:
    """Straight lines between the anchors, in either direction, with under-use costing points."""
    backlog_days, used = Anchors(Fraction(20), Fraction(5), Fraction(2)), ("0.82", "0.70", "0.525", "0.20", "1.05")
    busy = Anchors(Fraction(1), Fraction("0.75"), Fraction("0.65"))

    assert [utility(backlog_days, Fraction(days)) for days in ("12.5", "1", "25")] == [40, 100, 0]
    assert [float(busy_utility(busy, Fraction(share))) for share in used] == [57.6, 90, 80, 60, 0]


def test_rate_and_mix() -> None:
    """Of a fall by 0.03 the rates gained a little and the mix lost the rest."""
    rate, mix = rate_and_mix({"P1": (8, 10), "P3": (86, 90)}, {"P1": (24, 30), "P3": (67, 70)})

    assert (round(float(rate), 4), round(float(mix), 4), rate + mix) == (0.0013, -0.0313, Fraction(-3, 100))
    assert rate_and_mix({"P3": (9, 10)}, {"P3": (9, 10), "P1": (5, 10)}) == (Fraction(0), Fraction(-1, 5))


def test_odd_fields_have_no_cycles() -> None:
    """What is no SLA value is unreadable, what is empty has no goal, and a list of one value is that value."""
    values: tuple[Json, ...] = (None, "2h 30m", {"text": "2h"}, [{"completedCycles": []}])

    clocks = [read_clock(value) for value in values]

    assert [clock.defects for clock in clocks] == [("no_goal",), ("unreadable",), ("unreadable",), ()]
    assert not any(clock.cycles for clock in clocks)


def test_a_running_clock_is_judged_again_once_business_time_has_passed() -> None:
    """Due on Friday evening and read on Friday afternoon: still undecided on Saturday, breached on Monday at work."""
    due_ms, read_ms = ms_of("2026-11-27T18:00-03:00"), ms_of("2026-11-27T17:00-03:00")
    cycle = Cycle(read_ms - HOUR_MS, None, due_ms, False, False, 2 * HOUR_MS, HOUR_MS)

    def at(text: str) -> Standing:
        return stand(cycle, ms_of(text), read_ms, SAO_PAULO)

    assert (at("2026-11-28T12:00-03:00").verdict, at("2026-11-30T09:00-03:00").verdict) == ("undecided",) * 2
    late = at("2026-11-30T09:00:00.001-03:00")
    assert (late.verdict, late.decided_ms, late.elapsed_ms) == ("breached", due_ms, 2 * HOUR_MS + 1)
