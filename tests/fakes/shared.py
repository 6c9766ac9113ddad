"""What processes share, in memory: a cache that can lose or refuse, and leases that a test can hold itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from servicelevel.errors import PortalError


class Full(PortalError):
    """The cache takes nothing more."""


@dataclass(slots=True)
class MemoryCache:
    """Keeps values until they are deleted; `full` refuses to keep more. Time-outs are remembered."""

    held: dict[str, bytes] = field(default_factory=dict)
    timeouts_s: dict[str, int] = field(default_factory=dict)
    full: bool = False

    def get(self, key: str) -> bytes | None:
        """As Cache promises."""
        return self.held.get(key)

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """As Cache promises."""
        return [self.get(key) for key in keys]

    def set(self, key: str, value: bytes, *, timeout_s: int) -> None:
        """As Cache promises."""
        if self.full:
            raise Full("the cache is full")
        self.held[key], self.timeouts_s[key] = value, timeout_s

    def add(self, key: str, value: bytes, *, timeout_s: int) -> bool:
        """As Cache promises."""
        if key in self.held:
            return False
        self.set(key, value, timeout_s=timeout_s)
        return True

    def delete(self, key: str) -> None:
        """As Cache promises."""
        self.held.pop(key, None)

    def of(self, kind: str) -> list[str]:
        """Keys of one kind, in their order."""
        return sorted(key for key in self.held if key.startswith(f"{kind}:"))


@dataclass(slots=True)
class MemoryLeases:
    """Leases that run out only when a test says so."""

    owners: dict[str, "MemoryLease"] = field(default_factory=dict)

    def take(self, name: str, for_s: float) -> "MemoryLease | None":
        """As Leases promises."""
        if name in self.owners:
            return None
        self.owners[name] = MemoryLease(self, name)
        return self.owners[name]

    def run_out(self) -> None:
        """The deadline of every lease has passed."""
        self.owners.clear()

    @contextmanager
    def all_taken(self) -> Iterator[None]:
        """Somebody else has every lease while the block runs."""
        take, self.owners = self.owners, _Everything()
        yield
        self.owners = take


@dataclass(slots=True, eq=False)
class MemoryLease:
    """One owner's hold."""

    leases: MemoryLeases
    name: str

    def held(self) -> bool:
        """As Lease promises."""
        return self.leases.owners.get(self.name) is self

    def extend(self, for_s: float) -> bool:
        """As Lease promises."""
        return self.held()

    def release(self) -> None:
        """As Lease promises."""
        if self.held():
            del self.leases.owners[self.name]


class _Everything(dict[str, MemoryLease]):
    def __contains__(self, key: object) -> bool:
        return True
