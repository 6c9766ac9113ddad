"""How a demo is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_SEED = 20261123
DEFAULT_LIFETIME_S = 4 * 3600.0


class OptionError(ValueError):
    """An option has a value that makes no sense."""


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

    Raises:
        OptionError: the port, a latency or the lifetime makes no sense.
    """

    port: int = 0
    seed: int = DEFAULT_SEED
    clock: str = "real"
    latency: Latency = Latency()
    sizes: Mapping[str, int] = field(default_factory=dict)
    lifetime_s: float = DEFAULT_LIFETIME_S

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise OptionError("a port lies between 0 and 65535")
        if not 0 < self.lifetime_s <= 7 * 86_400:
            raise OptionError("a lifetime lies between 0 and 604800 seconds")
