"""What the uses need from the world. Adapters fit by shape; only the wiring knows which they are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, Literal, Protocol, TypeAlias

from servicelevel.columns import TicketColumns
from servicelevel.policy import Policy, Queue
from servicelevel.snapshot import Snapshot, SnapshotRange, SnapshotSource
from servicelevel.snapshot_run import SnapshotRun
from servicelevel.worklogs import HoursRead

Now: TypeAlias = Callable[[], int]
"""The present instant in epoch milliseconds."""

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told (phase, done, of about how many) as a read goes on, from any thread."""


class TicketSource(Protocol):
    """Where tickets come from."""

    def read(
        self,
        queue: Queue,
        previous: TicketColumns | None,
        *,
        updated_since: int,
        read_at: int,
        budget_s: float,
        progress: Progress,
    ) -> TicketColumns:
        """A queue's tickets that are open or were updated since an instant, from `previous` on where there is one.

        Raises:
            PortalError: no complete answer within the budget of seconds.
        """


class MovedTicketSource(TicketSource, Protocol):
    """Where tickets come from, those that were moved away too."""

    def with_departed(
        self,
        queue: Queue,
        columns: TicketColumns,
        left: Mapping[int, frozenset[str]],
        *,
        read_at: int,
        budget_s: float,
        progress: Progress,
    ) -> TicketColumns:
        """A queue's tickets and those that it had and other projects have now.

        `left` names the candidates: tickets with the ids of the projects that they were moved out of.

        Raises:
            PortalError: no complete answer within the budget of seconds.
        """


class HoursSource(Protocol):
    """Where hours come from."""

    def read(
        self,
        queue: Queue,
        tickets: TicketColumns,
        previous: HoursRead | None,
        *,
        first: date,
        last: date,
        read_at: int,
        budget_s: float,
    ) -> HoursRead:
        """Hours of a queue with start dates from first to last, from `previous` on where there is one.

        Raises:
            PortalError: no complete answer within the budget of seconds.
        """


class Registry(Protocol):
    """Where queues are defined."""

    def read(self) -> Policy:
        """The registry as it stands now.

        Raises:
            PortalError: it is missing or wrong; the message lists every problem.
        """

    def current(self) -> "RegistryReading":
        """The last good registry, which is looked at again when it changed, with what is wrong with a newer one.

        Raises:
            PortalError: none has been good so far.
        """


class History(Protocol):
    """Where the end of each day is kept, one item a queue and local day."""

    def put(self, snapshot: Snapshot) -> bool:
        """Keep a snapshot; False when the day has one of the same or a higher rank, which then stays.

        Raises:
            PortalError: it could not be kept.
        """

    def range(self, queue: str, first: date, last: date) -> SnapshotRange:
        """A queue's days from first to last, both included, in order; a broken row is told, not raised.

        Raises:
            PortalError: history could not be read.
        """

    def ranges(self, queues: Sequence[str], first: date, last: date) -> Mapping[str, SnapshotRange]:
        """The same of several queues, read side by side; each of them has a range, which may be empty.

        Raises:
            PortalError: history could not be read.
        """

    def days(self, queue: str) -> Mapping[date, SnapshotSource]:
        """Every day of a queue that has a snapshot, in order, and where it came from.

        Raises:
            PortalError: history could not be read.
        """

    def begins(self, queue: str) -> date | None:
        """The first day of a queue that has a snapshot; None when it has none.

        Raises:
            PortalError: history could not be read.
        """

    def record(self, run: SnapshotRun) -> None:
        """Keep the record of a run, in place of an earlier one of the same id.

        Raises:
            PortalError: it could not be kept.
        """

    def runs(self, limit: int) -> tuple[SnapshotRun, ...]:
        """The latest runs, the last one begun first; records that cannot be read are left out.

        Raises:
            PortalError: history could not be read.
        """


class RegistryReading(Protocol):
    """A registry in force."""

    @property
    def policy(self) -> Policy:
        """What it states."""

    @property
    def changed_at(self) -> datetime:
        """When it was last written (UTC)."""

    @property
    def problems(self) -> Sequence[object]:
        """What is wrong with a newer version that is not in force; each says so as text."""


class Cache(Protocol):
    """Bytes by key that all processes share. Any of them may be gone at any time; what is there is whole."""

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none that can be read."""

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The value of each key in its place, as `get` has it, all in one journey."""

    def set(self, key: str, value: bytes, *, timeout_s: int) -> None:
        """Keep a value for so many seconds at most.

        Raises:
            PortalError: it cannot be kept.
        """

    def add(self, key: str, value: bytes, *, timeout_s: int) -> bool:
        """Keep a value unless there is one: whether it was kept. Of several at once one succeeds.

        Raises:
            PortalError: it cannot be kept.
        """

    def delete(self, key: str) -> None:
        """Forget a value."""


class Lease(Protocol):
    """What one owner alone may do until a deadline. It ends with its owner, wherever that dies."""

    def held(self) -> bool:
        """Whether it still is ours: not past its deadline, and taken by nobody since."""

    def extend(self, for_s: float) -> bool:
        """Move the deadline to so many seconds from now; False when it is ours no more."""

    def release(self) -> None:
        """Give it back, if it still is ours."""


class Leases(Protocol):
    """Leases by name, known to every process."""

    def take(self, name: str, for_s: float) -> Lease | None:
        """The lease for so many seconds, or None while another owner has it.

        Raises:
            PortalError: there is no way to tell.
        """


RefreshResult: TypeAlias = Literal["kept", "failed", "given_up"]
"""What became of a read: it is kept; a source failed; or it was ended before anything could be kept."""


class Observer(Protocol):
    """Who counts what happens. Called from any thread; it must be quick and must not raise."""

    def upstream(self, source: str, status: int | None, duration_s: float) -> None:
        """A request to a source was answered with an HTTP status, or with nothing (None)."""

    def refreshed(self, queue_id: str, result: RefreshResult, duration_s: float) -> None:
        """A read of a queue has ended."""

    def cache(self, hit: bool) -> None:
        """A queue was asked for, and there was a reading of it or not."""


class NoObserver:
    """Nobody counts."""

    def upstream(self, source: str, status: int | None, duration_s: float) -> None:
        """Nothing."""

    def refreshed(self, queue_id: str, result: RefreshResult, duration_s: float) -> None:
        """Nothing."""

    def cache(self, hit: bool) -> None:
        """Nothing."""


NOBODY: Final = NoObserver()
