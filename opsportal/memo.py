"""Values kept by what they were made of: one thread makes a value, the others wait; the longest unused goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Of(NamedTuple):
    """What a value was made from: the `number` grows with each new state of `whom`, and older values are let go."""

    whom: str
    number: int


@dataclass(slots=True)
class _Making:
    lock: Lock = field(default_factory=Lock)
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class _Held(Generic[Value]):
    value: Value
    weight: int
    of: Of


class Memo(Generic[Value]):
    """At most `most` of weight, as `weight` says of each value; a value too heavy for that is kept alone.

    A value that cannot be made is made anew each time it is asked for. Safe to share between threads.
    """

    def __init__(self, most: int, weight: Callable[[Value], int] = lambda _: 1) -> None:
        self._most, self._weight = most, weight
        self._lock = Lock()
        self._held: OrderedDict[Hashable, _Held[Value]] = OrderedDict()
        self._newest: dict[str, int] = {}
        self._total = 0
        self._making: dict[Hashable, _Making] = {}

    def __len__(self) -> int:
        with self._lock:
            return len(self._held)

    def get(self, key: Hashable, of: Of, make: Callable[[], Value]) -> Value:
        """The value of a key, made if it is not there. Whatever `make` raises is raised.

        What was made from an older state of the same is let go; what is asked of an older state is not kept.
        """
        key = (of, key)
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                return held.value
            making = self._making.setdefault(key, _Making())
            making.waiting += 1
        try:
            with making.lock:
                with self._lock:
                    held = self._held.get(key)
                    if held is not None:
                        return held.value
                value = make()
                self._keep(key, value, of)
                return value
        finally:
            with self._lock:
                making.waiting -= 1
                if not making.waiting:
                    self._making.pop(key, None)

    def let_go(self, of: Of) -> None:
        """Forget what was made from older states of the same."""
        with self._lock:
            self._newest[of.whom] = max(of.number, self._newest.get(of.whom, of.number))
            for key in [other for other, held in self._held.items() if held.of < of and held.of.whom == of.whom]:
                self._drop(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
            self._newest.clear()
            self._total = 0

    def _keep(self, key: Hashable, value: Value, of: Of) -> None:
        weight = self._weight(value)
        self.let_go(of)
        with self._lock:
            if of.number < self._newest.get(of.whom, of.number):
                return
            self._held[key] = _Held(value, weight, of)
            self._total += weight
            while self._total > self._most and len(self._held) > 1:
                self._drop(next(iter(self._held)))

    def _drop(self, key: Hashable) -> None:
        self._total -= self._held.pop(key).weight
