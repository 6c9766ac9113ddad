"""Error budgets: how many breaches a target allows, how fast they are used, and when none are left."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from servicelevel.attainment import Kept, kept_in
from servicelevel.calendars import BusinessCalendar
from servicelevel.evidence import binomial_tail, wilson
from servicelevel.instants import MISSING, Mask
from servicelevel.verdicts import Verdicts
from servicelevel.window import Window, last_days

BUDGET_DAYS = 28
RECENT_BUSINESS_DAYS = 7
LEAST_BREACHES = 3
SIGNIFICANCE = 0.01
"""A burn level fires only when as many breaches would come by chance in fewer than one evaluation of a hundred."""

LEVELS = (("1bd", 1, 6.0, "urgent"), ("3bd", 3, 3.0, "today"), ("7bd", 7, 1.5, "week"), ("window", None, 1.0, "policy"))

ExhaustedReason = Literal["exhausted", "not_burning", "no_data"]


@dataclass(frozen=True, slots=True)
class BurnLevel:
    """One look-back: the rate at which the budget burns (1 uses it up by the window's end), and whether it fires."""

    level: str
    business_days: float
    rate: float | None
    threshold: float
    breaches: int
    decided: int
    tail: float | None
    firing: bool
    urgency: str


@dataclass(frozen=True, slots=True)
class Exhaustion:
    """Business days from as_of until nothing remains, with the band of the recent breach rate's interval."""

    business_days: float | None
    band: tuple[float | None, float | None]
    reason: ExhaustedReason | None


@dataclass(frozen=True, slots=True)
class Budget:
    """One SLA's error budget over its window. `allowed`, `used` and `remaining` are tickets; allowed has decimals."""

    target: float
    window: Window
    kept: Kept
    recent: Kept
    exhaustion: Exhaustion
    exhausted_at: int | None
    exhausted_band_at: tuple[int | None, int | None]
    burn: tuple[BurnLevel, ...]

    @property
    def allowed(self) -> float:
        """Breaches that the target allows among those decided."""
        return (1 - self.target) * self.kept.n

    @property
    def remaining(self) -> float:
        """Allowed less used; negative when overspent."""
        return self.allowed - self.kept.breached

    @property
    def remaining_share(self) -> float | None:
        """Remaining / allowed; None when nothing is allowed."""
        return self.remaining / self.allowed if self.allowed > 0 else None


def budget(
    judged: Verdicts, as_of: int, calendar: BusinessCalendar, target: float, rows: Mask, *, by_month: bool
) -> Budget:
    """The error budget of the chosen tickets as of an instant, rolling 28 days or the calendar month so far."""
    window = _month(as_of, calendar) if by_month else last_days(as_of, BUDGET_DAYS)
    day_ms = calendar.business_day_ms
    kept = kept_in(judged, window, rows)
    window_bd = calendar.elapsed_ms(window.start, window.end) / day_ms
    levels = []
    for level, days, threshold, urgency in LEVELS:
        span = window if days is None else Window(calendar.back(as_of, days * day_ms), as_of)
        counted = kept if days is None else kept_in(judged, span, rows)
        levels.append(burn_level(level, window_bd if days is None else days, threshold, urgency, counted, target))
    recent = kept_in(judged, Window(calendar.back(as_of, RECENT_BUSINESS_DAYS * day_ms), as_of), rows)
    remaining = (1 - target) * kept.n - kept.breached
    ends = exhaustion(remaining, window_bd, recent, target, decided=kept.n)

    def instant(business_days: float | None) -> int | None:
        if business_days is None:
            return None
        at = calendar.after(as_of, round(business_days * day_ms))
        return None if at == MISSING else at

    earliest, latest = ends.band
    return Budget(
        target=target,
        window=window,
        kept=kept,
        recent=recent,
        exhaustion=ends,
        exhausted_at=instant(ends.business_days),
        exhausted_band_at=(instant(earliest), instant(latest)),
        burn=tuple(levels),
    )


def burn_level(
    level: str, business_days: float, threshold: float, urgency: str, counted: Kept, target: float
) -> BurnLevel:
    """Judge one look-back: its rate must reach the threshold with at least 3 breaches that chance does not explain."""
    allowed = 1 - target
    rate = counted.breached / counted.n / allowed if counted.n and allowed > 0 else None
    tail = binomial_tail(counted.breached, counted.n, allowed) if counted.n else None
    enough = counted.breached >= LEAST_BREACHES
    if allowed <= 0:
        firing = enough
    else:
        # The rate is a quotient of decimals that binary floats miss by a hair: 3 of 5 at 95 % is 12, not 11.99….
        firing = enough and rate is not None and rate >= threshold - 1e-9 and tail is not None and tail < SIGNIFICANCE
    return BurnLevel(level, business_days, rate, threshold, counted.breached, counted.n, tail, firing, urgency)


def exhaustion(remaining: float, window_bd: float, recent: Kept, target: float, *, decided: int) -> Exhaustion:
    """Business days until the budget is used up when breaches go on as in the last 7 business days.

    Old days leave the window with their share of the budget, so the daily loss is what is left per day of the
    window plus what is burned above the target, at the window's own number of decided promises per business day.
    """
    if decided == 0 or window_bd <= 0:
        return Exhaustion(None, (None, None), "no_data")
    if remaining <= 1e-9:
        return Exhaustion(None, (None, None), "exhausted")
    interval = wilson(recent.breached, recent.n)
    if interval is None or recent.rate is None:
        return Exhaustion(None, (None, None), "no_data")
    per_day = decided / window_bd

    def days(breach_rate: float) -> float | None:
        over = breach_rate - (1 - target)
        if over <= 1e-12:
            return None
        k = remaining / (remaining / window_bd + per_day * over)
        return k if 0 < k < window_bd else None

    central = days(1 - recent.rate)
    low, high = interval
    return Exhaustion(central, (days(high), days(low)), None if central is not None else "not_burning")


def _month(as_of: int, calendar: BusinessCalendar) -> Window:
    today: date = calendar.local_date(as_of)
    return Window(calendar.midnight(today.replace(day=1)) - 1, as_of)
