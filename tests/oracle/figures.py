"""Statistics in exact fractions: quantiles of survival, intervals, tails, and numbers rounded for show."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import comb, floor, sqrt

Z = 1.959964
TENTH = Fraction(1, 10)


def quantiles(durations: Iterable[tuple[int, bool]], *shares: Fraction) -> list[int | None]:
    """Kaplan–Meier quantiles of (duration, stopped): the least duration with survival <= 1 − share, or None."""
    timeline = sorted(durations)
    survival, at_risk, steps = Fraction(1), len(timeline), list[tuple[int, Fraction]]()
    for duration in sorted({duration for duration, _ in timeline}):
        stopped = sum(1 for other, is_stop in timeline if other == duration and is_stop)
        if stopped:
            survival *= Fraction(at_risk - stopped, at_risk)
            steps.append((duration, survival))
        at_risk -= sum(1 for other, _ in timeline if other == duration)
    return [next((duration for duration, left in steps if left <= 1 - share), None) for share in shares]


def wilson(met: int, decided: int) -> tuple[float, float] | None:
    """The 95 % interval of a rate, or None when nothing was decided."""
    if decided == 0:
        return None
    rate, z2 = met / decided, Z * Z
    middle = rate + z2 / (2 * decided)
    half = Z * sqrt(rate * (1 - rate) / decided + z2 / (4 * decided * decided))
    low, high = ((middle + sign * half) / (1 + z2 / decided) for sign in (-1, 1))
    return (0.0 if met == 0 else low), (1.0 if met == decided else high)


def tail(breaches: int, decided: int, share: Fraction) -> Fraction:
    """P(X >= breaches) for X binomial(decided, share)."""
    terms = (comb(decided, k) * share**k * (1 - share) ** (decided - k) for k in range(breaches))
    return 1 - sum(terms, start=Fraction(0))


def half_up(value: Fraction) -> Fraction:
    """A number to 0.1, halves upward."""
    return floor(value * 10 + Fraction(1, 2)) * TENTH


def shown_parts(parts: Sequence[Fraction], total: Fraction) -> list[Fraction]:
    """Parts to 0.1 that add up to a total that is shown: rounded down, then a tenth each to the largest remainders."""
    shown = [floor(part * 10) * TENTH for part in parts]
    missing = round((total - sum(shown, start=Fraction(0))) * 10)
    by_remainder = sorted(range(len(parts)), key=lambda i: (shown[i] - parts[i], i))
    for turn in range(abs(missing)):
        place = by_remainder[turn % len(parts)] if missing > 0 else by_remainder[-1 - turn % len(parts)]
        shown[place] += TENTH if missing > 0 else -TENTH
    return shown
