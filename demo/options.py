"""How a demo is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.dialect import DIALECTS

DEFAULT_SEED = 20261123
DEFAULT_LIFETIME_S = 4 * 3600.0
LONGEST_LAG_S = 3600.0


class OptionError(ValueError):
    """An option has a value that makes no sense."""


def check_index_lag(lag_s: float) -> None:
    """Let only delays of the search index pass that lie between nothing and an hour.

    Raises:
        OptionError: it does not.
    """
    if not 0 <= lag_s <= LONGEST_LAG_S:
        raise OptionError(f"the index is between 0 and {LONGEST_LAG_S:.0f} seconds behind")


@dataclass(frozen=True, slots=True)
class Latency:
    """How long an answer takes, in seconds: per call, per ticket with fields, per bare id or bulk changelog."""

    call_s: float = 0.0
    ticket_s: float = 0.0
    bare_id_s: float = 0.0

    def __post_init__(self) -> None:
        if not all(0 <= value <= 60 for value in (self.call_s, self.ticket_s, self.bare_id_s)):
            raise OptionError("a latency lies between 0 and 60 seconds")

    def of(self, filled: int, bare: int) -> float:
        """Seconds for an answer with that many tickets with fields and bare ids."""
        return self.call_s + self.ticket_s * filled + self.bare_id_s * bare


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that can be chosen; port 0 takes a free one, `sizes` are tickets a year by queue id.

    `dialect` is `cloud` or `datacenter`. Of Data Center alone are `page_cap`, the most tickets on a page of a search,
    `result_window`, the last position that a search reaches, and `tempo_live_names`, which gives worklogs the names
    that live servers use. The search index is up to `index_lag_s` seconds behind. `burst` is how many requests a
    second each route takes before it answers 429; None never refuses. Without `deletions` no ticket is deleted but by
    an intervention.

    Raises:
        OptionError: one of them makes no sense.
    """

    port: int = 0
    seed: int = DEFAULT_SEED
    clock: str = "real"
    latency: Latency = Latency()
    sizes: Mapping[str, int] = field(default_factory=dict)
    lifetime_s: float = DEFAULT_LIFETIME_S
    dialect: str = "cloud"
    page_cap: int = 1000
    result_window: int = 10_000
    tempo_live_names: bool = False
    index_lag_s: float = 0.0
    burst: int | None = None
    deletions: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise OptionError("a port lies between 0 and 65535")
        if not 0 < self.lifetime_s <= 7 * 86_400:
            raise OptionError("a lifetime lies between 0 and 604800 seconds")
        if self.dialect not in DIALECTS:
            raise OptionError(f"a dialect is one of {', '.join(DIALECTS)}, not {self.dialect!r}")
        if self.page_cap < 1 or self.result_window < 1:
            raise OptionError("pages and the result window hold at least one ticket")
        if self.burst is not None and self.burst < 1:
            raise OptionError("a burst is at least one request a second")
        check_index_lag(self.index_lag_s)
