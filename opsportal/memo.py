"""Values kept by what they were made of: one thread makes a value, the others wait; the longest unused goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(slots=True)
class _Making:
    lock: Lock = field(default_factory=Lock)
    waiting: int = 0


class Memo(Generic[Value]):
    """At most `most` of weight, as `weight` says of each value; a value too heavy for that is kept alone.

    A value that cannot be made is made anew each time it is asked for. Safe to share between threads.
    """

    def __init__(self, most: int, weight: Callable[[Value], int] = lambda _: 1) -> None:
        self._most, self._weight = most, weight
        self._lock = Lock()
        self._held: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._total = 0
        self._making: dict[Hashable, _Making] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key, made if it is not there. Whatever `make` raises is raised."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key][0]
            making = self._making.setdefault(key, _Making())
            making.waiting += 1
        try:
            with making.lock:
                with self._lock:
                    if key in self._held:
                        return self._held[key][0]
                value = make()
                self._keep(key, value)
                return value
        finally:
            with self._lock:
                making.waiting -= 1
                if not making.waiting:
                    self._making.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
            self._total = 0

    def _keep(self, key: Hashable, value: Value) -> None:
        weight = self._weight(value)
        with self._lock:
            self._held[key] = (value, weight)
            self._total += weight
            while self._total > self._most and len(self._held) > 1:
                _, (_, gone) = self._held.popitem(last=False)
                self._total -= gone
