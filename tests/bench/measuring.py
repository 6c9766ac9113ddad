"""How a line is measured: two sides in turn in one run, the best of each, and the ratio of the two against a goal."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 3
"""The least number of turns: noise only ever adds time, so the best of each side is the nearest to the truth."""


@dataclass(frozen=True, slots=True)
class Line:
    """One measured claim: `value` must be at least (`at_least`) or at most the goal."""

    name: str
    value: float
    goal: float
    at_least: bool
    unit: str
    detail: str

    @property
    def holds(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        verdict = "holds" if self.holds else "MISSED"
        goal = f"{sign} {self.goal:g}{self.unit}"
        return f"{verdict:<7}{self.name:<56}{self.value:>10.3f}{self.unit:<3} {goal:<10} {self.detail}"


def best_of(*sides: Callable[[], object], rounds: int = ROUNDS, times: int = 1) -> list[float]:
    """The best time of each side in seconds, the sides run in turn so that drift of the machine hits all alike.

    What takes about a millisecond is run several `times` a turn, and the mean of the turn counts.
    """
    best = [float("inf")] * len(sides)
    for _ in range(rounds):
        for i, side in enumerate(sides):
            gc.collect()
            start = time.perf_counter()
            for _ in range(times):
                side()
            best[i] = min(best[i], (time.perf_counter() - start) / times)
    return best
