"""What the uses need from the world. Adapters fit by shape; only the wiring knows which they are."""

from collections.abc import Callable
from datetime import date
from typing import Protocol, TypeAlias

from servicelevel.columns import TicketColumns
from servicelevel.policy import Policy, Queue
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
