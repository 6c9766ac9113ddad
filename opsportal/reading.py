"""One queue as read from its sources, and the reading itself."""

from dataclasses import dataclass
from datetime import timedelta

from opsportal.ports import HoursSource, Progress, TicketSource
from servicelevel.columns import TicketColumns
from servicelevel.errors import PortalError
from servicelevel.instants import DAY_MS
from servicelevel.policy import Queue
from servicelevel.worklogs import HoursRead, WorklogColumns, no_worklogs

NO_TEMPO = "No Tempo is configured; set TEMPO_BASE_URL and TEMPO_API_TOKEN."


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One queue's facts as read. `hours` is what the next read of hours goes on from, even when the last one failed."""

    queue: Queue
    columns: TicketColumns
    booked: WorklogColumns
    hours: HoursRead | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """Where queues are read: so many days back, and within a budget of seconds for the tickets and for the hours."""

    tickets: TicketSource
    hours: HoursSource | None
    window_days: int
    budget_s: float

    def covers_from(self, as_of: int) -> int:
        """The instant since which a read as of that instant knows every change."""
        return as_of - self.window_days * DAY_MS

    def read(
        self,
        queue: Queue,
        *,
        now: int,
        as_of: int | None = None,
        tickets: TicketColumns | None = None,
        hours: HoursRead | None = None,
        progress: Progress = lambda *_: None,
    ) -> Reading:
        """Read a queue's tickets and hours, from what was read before on. Hours that fail are missing with a reason.

        Raises:
            PortalError: its tickets could not be read.
        """
        columns = self.read_tickets(queue, now=now, as_of=as_of, previous=tickets, progress=progress)
        progress("hours", 0, 0)
        try:
            read = self.read_hours(queue, columns, now=now, as_of=as_of, previous=hours)
        except PortalError as error:
            return Reading(queue, columns, booked(columns, hours, str(error)), hours)
        return Reading(queue, columns, booked(columns, read), read)

    def read_tickets(
        self,
        queue: Queue,
        *,
        now: int,
        as_of: int | None = None,
        previous: TicketColumns | None = None,
        progress: Progress = lambda *_: None,
    ) -> TicketColumns:
        """Read a queue's tickets.

        Raises:
            PortalError: they could not be read.
        """
        since = self.covers_from(now if as_of is None else as_of)
        return self.tickets.read(
            queue,
            covering(previous, since),
            updated_since=since,
            read_at=now,
            budget_s=self.budget_s,
            progress=progress,
        )

    def read_hours(
        self,
        queue: Queue,
        columns: TicketColumns,
        *,
        now: int,
        as_of: int | None = None,
        previous: HoursRead | None = None,
    ) -> HoursRead | None:
        """Read a queue's hours; None where no source of hours is configured.

        Raises:
            PortalError: they could not be read.
        """
        if self.hours is None:
            return None
        end = now if as_of is None else as_of
        last = queue.calendar.local_date(end)
        first = queue.calendar.local_date(self.covers_from(end)) + timedelta(days=1)
        return self.hours.read(queue, columns, previous, first=first, last=last, read_at=now, budget_s=self.budget_s)


def booked(columns: TicketColumns, hours: HoursRead | None, error: str | None = None) -> WorklogColumns:
    """Hours beside their tickets; none when they could not be read (`error` says why) or are not configured."""
    if error is not None:
        return no_worklogs("failed", error)
    return no_worklogs("not_configured", NO_TEMPO) if hours is None else hours.columns(columns)


def covering(columns: TicketColumns | None, since: int) -> TicketColumns | None:
    """Tickets read before, if they reach as far back as is asked for now."""
    return None if columns is None or columns.covers_from > since else columns
