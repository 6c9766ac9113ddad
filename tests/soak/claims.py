"""What is claimed of a soak, and whatever speaks against it."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

Claim: TypeAlias = Literal[
    "rate",
    "answered",
    "whole",
    "ids",
    "kept",
    "ages",
    "states",
    "revisions",
    "noticed",
    "log",
    "alive",
    "memory",
    "open",
    "well",
]

SENTENCES: Final[dict[Claim, str]] = {
    "rate": "requests were sent when they were due",
    "answered": "every request was answered, none with an unpromised error",
    "whole": "every answer was whole",
    "ids": "every answer bore the id of its request",
    "kept": "who had numbers kept them, and was told nothing older",
    "ages": "every age was true",
    "states": "every state was true and gave its reason",
    "revisions": "one revision was one content",
    "noticed": "every fault was told by /readyz",
    "log": "the log has no error",
    "alive": "no worker died",
    "memory": "no worker grew",
    "open": "no worker piled up open files or threads",
    "well": "all was well in the end",
}

_EXAMPLES: Final = 4


@dataclass(slots=True)
class Claims:
    """What broke which claim: how often, and the first few times in words."""

    broken: Counter[Claim] = field(default_factory=Counter)
    examples: dict[Claim, list[str]] = field(default_factory=dict)
    facts: dict[Claim, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def broke(self, claim: Claim, how: str) -> None:
        """Something speaks against a claim."""
        with self._lock:
            self.broken[claim] += 1
            told = self.examples.setdefault(claim, [])
            if len(told) < _EXAMPLES:
                told.append(how)

    def holds(self, claim: Claim, if_true: object, otherwise: str) -> None:
        """A claim is broken unless something is true."""
        if not if_true:
            self.broke(claim, otherwise)

    def tell(self, claim: Claim, fact: str) -> None:
        """A figure to stand beside a claim."""
        self.facts[claim] = fact

    @property
    def all_hold(self) -> bool:
        """Whether nothing speaks against any."""
        return not self.broken

    def lines(self) -> list[str]:
        """A verdict a claim, each followed by what broke it."""
        lines = []
        for claim in get_args(Claim):
            times = self.broken[claim]
            verdict = f"BROKEN ×{times}" if times else "holds"
            beside = f" ({self.facts[claim]})" if claim in self.facts else ""
            lines.append(f"{verdict:<12} {SENTENCES[claim]}{beside}")
            lines += [f"{'':<12}   {example}" for example in self.examples.get(claim, ())]
        return lines
