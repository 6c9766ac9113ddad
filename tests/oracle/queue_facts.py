"""Everything that was read about one queue, and what is judged of it as of an instant."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tests.oracle.computed import Rules, Run, resolution_runs, response_runs, stand_run
from tests.oracle.cycles import Clock, Defect, Standing, read_clock, stand
from tests.oracle.definitions import Definition
from tests.oracle.facts import Categories, Ticket
from tests.oracle.instants import DAY_MS
from tests.oracle.upstream import Booking, Json


@dataclass(frozen=True, slots=True)
class TeamHours:
    """What the members of a Tempo team booked and owed, by date, on the dates of their memberships only."""

    booked_s: Mapping[date, int]
    scheduled_s: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """A cycle that its policy judges, and how it stands."""

    ticket: Ticket
    standing: Standing


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """One queue as read at `read_ms`, reaching back to `since_ms`."""

    definition: Definition
    categories: Categories
    tickets: tuple[Ticket, ...]
    unreadable: tuple[str, ...]
    missing: tuple[str, ...]
    bookings: tuple[Booking, ...]
    orphans: tuple[Booking, ...]
    team: TeamHours | None
    analysts: frozenset[str]
    users: Mapping[str, Json]
    read_ms: int
    since_ms: int
    keep: Callable[[Ticket, int], bool] | None = None
    _clocks: dict[tuple[str, str], Clock] = field(default_factory=dict, repr=False)
    _runs: dict[tuple[str, str], tuple[Run, ...]] = field(default_factory=dict, repr=False)
    _judged: dict[tuple[str, int], list[Judged]] = field(default_factory=dict, repr=False)

    def filtered(self, keep: Callable[[Ticket, int], bool]) -> "QueueFacts":
        """The same queue with only the tickets that pass a filter as of the instant asked about."""
        return replace(self, keep=keep, _judged={})

    def existing(self, at_ms: int) -> list[Ticket]:
        """The tickets created by an instant."""
        return [ticket for ticket in self.tickets if ticket.created_ms <= at_ms and self._kept(ticket, at_ms)]

    def open(self, at_ms: int) -> list[Ticket]:
        """The tickets that are not Done at an instant."""
        return [ticket for ticket in self.existing(at_ms) if ticket.is_open(at_ms)]

    def is_computed(self, sla: str) -> bool:
        """Whether no field tells the clock of an SLA."""
        return self.definition.promises[sla].field is None

    def clock(self, ticket: Ticket, sla: str) -> Clock:
        """What the ticket's field of an SLA holds; nothing where there is no field."""
        key, name = (ticket.id, sla), self.definition.promises[sla].field
        if key not in self._clocks:
            self._clocks[key] = Clock((), ()) if name is None else read_clock(ticket.sla_fields[name])
        return self._clocks[key]

    def runs(self, ticket: Ticket, sla: str) -> tuple[Run, ...]:
        """The runs of a computed clock, whatever their goal."""
        key = (ticket.id, sla)
        if key not in self._runs:
            stops_at = self.definition.promises[sla].stops_at
            is_response = sla == "first_response"
            found = response_runs(ticket, stops_at, self.analysts) if is_response else resolution_runs(ticket)
            self._runs[key] = found
        return self._runs[key]

    def rules(self, sla: str) -> Rules:
        """By what the runs of an SLA are judged."""
        return Rules(self.definition, self.definition.promises[sla], self.categories)

    def unanswered(self, ticket: Ticket, at_ms: int) -> bool:
        """Whether a computed first response that has a goal had ended by an instant without anybody answering."""
        sla, rules = "first_response", self.rules("first_response")
        return self.is_computed(sla) and any(
            not run.answered
            and run.stop_ms is not None
            and run.stop_ms <= at_ms
            and rules.goal_ms(ticket, run.start_ms, at_ms) is not None
            for run in self.runs(ticket, sla)
        )

    def standings(self, ticket: Ticket, sla: str, at_ms: int) -> list[Standing]:
        """Every readable cycle of a ticket that has started by an instant, by its start."""
        if self.is_computed(sla):
            rules = self.rules(sla)
            goals = [(run, rules.goal_ms(ticket, run.start_ms, at_ms)) for run in self.runs(ticket, sla)]
            return [
                stand_run(run, goal_ms, ticket, at_ms, rules)
                for run, goal_ms in goals
                if goal_ms is not None and run.start_ms <= at_ms
            ]
        return [
            stand(cycle, at_ms, self.read_ms, self.definition.work)
            for cycle in self.clock(ticket, sla).cycles
            if cycle.start_ms <= at_ms
        ]

    def all_standings(self, sla: str, at_ms: int) -> Iterator[Standing]:
        """Every readable cycle of every ticket that has started by an instant, whatever is judged."""
        for ticket in self.existing(at_ms):
            yield from self.standings(ticket, sla, at_ms)

    def exclusion(self, ticket: Ticket, sla: str, at_ms: int) -> str | None:
        """Why nothing of a ticket is judged, or None if something is."""
        resolution = ticket.at("resolution", at_ms)
        names = {resolution, self.categories.resolution_names.get(resolution or "")}
        if ticket.is_done(at_ms) and resolution and names & self.definition.exclude_resolutions:
            return "excluded_resolution"
        starts, defects = self._starts(ticket, sla, at_ms)
        if any(start_ms <= at_ms for start_ms in starts):
            return None
        if starts:
            return "no_start"
        return defects[-1] if defects else "no_goal"

    def _starts(self, ticket: Ticket, sla: str, at_ms: int) -> tuple[list[int], tuple[Defect, ...]]:
        """When the readable cycles of a ticket start, and what is wrong with the others."""
        if not self.is_computed(sla):
            clock = self.clock(ticket, sla)
            return [cycle.start_ms for cycle in clock.cycles], clock.defects
        runs, rules = self.runs(ticket, sla), self.rules(sla)
        promised = [run.start_ms for run in runs if rules.goal_ms(ticket, run.start_ms, at_ms) is not None]
        return promised, ("no_goal",) if runs else ("no_start",)

    def judged(self, sla: str, at_ms: int) -> list[Judged]:
        """The cycles that the SLA's policy judges as of an instant."""
        if (sla, at_ms) not in self._judged:
            policy = self.definition.promises[sla].policy
            chosen = {"first": slice(0, 1), "last": slice(-1, None), "each": slice(None)}[policy]
            self._judged[sla, at_ms] = [
                Judged(ticket, standing)
                for ticket in self.existing(at_ms)
                if self.exclusion(ticket, sla, at_ms) is None
                for standing in self.standings(ticket, sla, at_ms)[chosen]
            ]
        return self._judged[sla, at_ms]

    def covers(self, from_ms: int) -> bool:
        """Whether every ticket touched since an instant was read."""
        return from_ms >= self.since_ms

    def priority_name(self, ticket: Ticket, at_ms: int) -> str | None:
        """The name of a ticket's priority at an instant."""
        priority = ticket.at("priority", at_ms)
        return None if priority is None else self.categories.priority_names.get(priority, priority)

    def _kept(self, ticket: Ticket, at_ms: int) -> bool:
        return self.keep is None or self.keep(ticket, at_ms)

    def person_name(self, account_id: str) -> str:
        """What to call a person."""
        return str(self.users.get(account_id, {}).get("displayName", account_id))


def reach_ms(read_ms: int, days: int) -> int:
    """How far back a reading of so many days goes."""
    return read_ms - days * DAY_MS
