"""How much a count proves: the Wilson interval, the binomial tail, and filling up small samples."""

import math

Z_95 = 1.959964
"""Two-sided 95 % quantile of the normal distribution."""

MIN_SAMPLE = 5
FULL_SAMPLE = 30
"""Below the first a rate says nothing; below the second it is filled up with the expected rate."""


def wilson(hits: int, n: int) -> tuple[float, float] | None:
    """Wilson's 95 % score interval of a rate; None without observations.

    The ends are exact where the data leave no doubt: low is 0 at no hits, high is 1 at all hits.
    Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212.
    """
    if n == 0:
        return None
    rate, z2 = hits / n, Z_95 * Z_95
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    return (0.0 if hits == 0 else centre - half), (1.0 if hits == n else centre + half)


def binomial_tail(at_least: int, n: int, probability: float) -> float:
    """P(X >= at_least) for X binomial(n, probability)."""
    if at_least <= 0:
        return 1.0
    if probability <= 0 or at_least > n:
        return 0.0
    if probability >= 1:
        return 1.0
    log_p, log_q = math.log(probability), math.log1p(-probability)
    terms = (
        math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * log_p + (n - k) * log_q)
        for k in range(at_least, n + 1)
    )
    return min(math.fsum(terms), 1.0)


def filled_up(hits: float, n: int, expected: float) -> float | None:
    """The rate of a small sample filled up to 30 observations with the expected rate; None below 5.

    From 30 on it is the raw rate, so that the thirtieth observation makes no step.
    """
    if n < MIN_SAMPLE:
        return None
    if n >= FULL_SAMPLE:
        return hits / n
    return (hits + (FULL_SAMPLE - n) * expected) / FULL_SAMPLE
