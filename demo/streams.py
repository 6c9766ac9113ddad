"""Seeded streams of numbers: each is named, so that what one day draws never depends on another day."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from math import exp, sqrt
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")

NORMAL = NormalDist()


def stable_int(*names: object) -> int:
    """A 64-bit number that depends on the names alone, in every process alike."""
    text = "/".join(str(name) for name in names)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class Weighted:
    """A choice with unequal chances, prepared once."""

    def __init__(self, *weights: float) -> None:
        total = sum(weights)
        self._edges = list(accumulate(weight / total for weight in weights))

    def index(self, uniform: float) -> int:
        """The position of the option that the uniform number in [0, 1) falls on."""
        return min(bisect_right(self._edges, uniform), len(self._edges) - 1)


class Stream:
    """Draws from one named stream. Only uniform numbers are taken from the library, whose sequence is guaranteed."""

    def __init__(self, *names: object) -> None:
        self.uniform = random.Random(stable_int(*names)).random

    def chance(self, probability: float) -> bool:
        """True with the probability given."""
        return self.uniform() < probability

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.uniform()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int((high - low + 1) * self.uniform())

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as the other."""
        return options[int(len(options) * self.uniform())]

    def normal(self) -> float:
        """A standard normal number, within about 4 standard deviations."""
        return NORMAL.inv_cdf(0.00003 + 0.99994 * self.uniform())

    def lognormal(self, median: float, sigma: float) -> float:
        """A positive number around the median, with a tail to the right."""
        return median * exp(sigma * self.normal())

    def poisson(self, mean: float) -> int:
        """How many independent things happen where `mean` are expected."""
        if mean > 40:
            return max(0, round(mean + sqrt(mean) * self.normal()))
        limit, product, count = exp(-mean), self.uniform(), 0
        while product > limit:
            product *= self.uniform()
            count += 1
        return count
