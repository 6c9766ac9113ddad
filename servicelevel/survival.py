"""Percentiles of durations when some clocks are still running (Kaplan–Meier)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from servicelevel.instants import Mask, Millis

# Survival is a product of up to some ten thousand factors; its rounding stays far below one ticket's share.
_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Durations in milliseconds at each asked quantile, None where not reached; how many stopped and still run."""

    values_ms: tuple[int | None, ...]
    stopped: int
    censored: int
    mean_ms: float | None

    @property
    def reason(self) -> str | None:
        """Why a value is missing: `no_data`, `not_reached`, or None when all are there."""
        if self.stopped + self.censored == 0:
            return "no_data"
        return "not_reached" if None in self.values_ms else None


def percentiles(durations_ms: Millis, stopped: Mask, quantiles: Sequence[float]) -> Percentiles:
    """The least duration at which survival has fallen to 1 − q, running clocks censored at their elapsed time.

    At a tie stops come before censorings. The mean is of the stopped only.
    Source: E. L. Kaplan, P. Meier, J. Am. Stat. Assoc. 53 (1958) 457–481.
    """
    ended = np.sort(durations_ms[stopped])
    first = np.flatnonzero(np.diff(ended, prepend=-1))  # durations are never negative
    times, deaths = ended[first], np.diff(first, append=len(ended))
    at_risk = len(durations_ms) - np.searchsorted(np.sort(durations_ms), times, side="left")
    survival = np.cumprod(1 - deaths / at_risk)
    values = []
    for quantile in quantiles:
        reached = int(np.searchsorted(-survival, quantile - 1 - _TOLERANCE, side="left"))
        values.append(int(times[reached]) if reached < len(times) else None)
    mean = float(ended.mean()) if len(ended) else None
    return Percentiles(tuple(values), len(ended), len(durations_ms) - len(ended), mean)
