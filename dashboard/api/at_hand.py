"""Answers found a moment ago: many clients who ask for the same at once are told the same, for one look."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

from dashboard.api.negotiation import Form

HELD_S: Final = 0.2
"""Seconds for which an answer found counts as found. A new revision is seen that much later, never another number."""
MOST_HELD: Final = 256
CLOCK_S: Final = time.monotonic


@dataclass(frozen=True, slots=True)
class Answer:
    """Which bytes answer a question: their name, their form, their headers, and since when they age (epoch ms)."""

    name: str
    form: Form
    headers: Mapping[str, str]
    read_at: int | None


class AtHand:
    """Answers by question. `clock_s` never goes back; the hold begins before the answer is looked for."""

    def __init__(self, hold_s: float, clock_s: Callable[[], float]) -> None:
        self._hold_s, self._clock_s, self._lock = hold_s, clock_s, Lock()
        self._held: OrderedDict[Hashable, tuple[float, Answer]] = OrderedDict()

    def get(self, question: Hashable, find: Callable[[], Answer]) -> tuple[float, Answer]:
        """The answer of a question, found anew when it was not found a moment ago, and until when it counts as found.

        Whatever `find` raises is raised.
        """
        now_s = self._clock_s()
        held = self._held.get(question)
        if held is not None and now_s < held[0]:
            return held
        held = now_s + self._hold_s, find()
        if self._hold_s > 0:
            with self._lock:
                self._held[question] = held
                self._held.move_to_end(question)
                while len(self._held) > MOST_HELD:
                    self._held.popitem(last=False)
        return held
