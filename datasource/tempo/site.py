"""What every Tempo is asked for. Each product adds how its answers are paged and what they call things."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import TypeVar

import msgspec

from datasource.deadline import Deadline
from datasource.decoding import decoder
from datasource.errors import SourceMalformed
from datasource.lanes import Lanes
from datasource.tempo import wire
from datasource.transport import Answer, Transport
from servicelevel.instants import day_of_date
from servicelevel.ticket import Worklog
from servicelevel.worklogs import TeamHours

IN_FLIGHT = 3
"""Tempo publishes no limits; so few requests at once have not been seen refused."""

Form = TypeVar("Form")


class Tempo(ABC):
    """Asks one Tempo. Every method raises SourceError in one of its kinds."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def proved(self) -> None:
        """A whole read of it went well."""
        self._transport.proved()

    @abstractmethod
    def prove(self, deadline: Deadline) -> None:
        """One small question that only a valid token answers."""

    @abstractmethod
    def project_worklogs(
        self,
        project_ids: Iterable[int],
        first: date,
        last: date,
        deadline: Deadline,
        updated_from: datetime | None = None,
    ) -> list[Worklog]:
        """Worklogs on all tickets of these projects, by start date, both dates included.

        With `updated_from` at least those written or changed since. A deleted one shows in no such answer.
        """

    def team_hours(self, team: int, first: date, last: date, deadline: Deadline) -> TeamHours:
        """What a team's members booked anywhere and were scheduled for, on the dates they belonged to it.

        Somebody Tempo has no schedule for (the account is gone) counts on neither side.
        """
        members: dict[str, set[int]] = {}
        for member, joined, left in self._memberships(team, deadline):
            days = range(day_of_date(max(joined or first, first)), day_of_date(min(left or last, last)) + 1)
            members.setdefault(member, set()).update(days)
        scheduled: Counter[int] = Counter()
        asked = [member for member, days in members.items() if days]
        with Lanes(IN_FLIGHT, thread_name_prefix="tempo") as pool:
            plans = pool.map(lambda member: self._schedule(member, first, last, deadline), asked)
            for member, plan in zip(asked, plans, strict=True):
                if plan is None:
                    del members[member]
                    continue
                for entry in plan:
                    if day_of_date(entry.date) in members[member]:
                        scheduled[day_of_date(entry.date)] += entry.requiredSeconds
        booked: Counter[int] = Counter()
        for item in self._team_worklogs(team, members.keys(), first, last, deadline):
            day = day_of_date(item.day)
            if day in members.get(item.author_id, ()):
                booked[day] += item.spent_s
        return TeamHours(dict(booked), dict(scheduled))

    @abstractmethod
    def _memberships(self, team: int, deadline: Deadline) -> Iterable[tuple[str, date | None, date | None]]:
        """Who belongs or belonged to a team, from and to which date (both included; None: no end)."""

    @abstractmethod
    def _schedule(self, member: str, first: date, last: date, deadline: Deadline) -> Sequence[wire.ScheduledDay] | None:
        """Somebody's schedule; None when Tempo does not know them."""

    @abstractmethod
    def _team_worklogs(
        self, team: int, members: Collection[str], first: date, last: date, deadline: Deadline
    ) -> Iterable[Worklog]:
        """What these members of a team booked anywhere; maybe more, never less."""

    def _decode(self, answer: Answer, form: type[Form], call: str) -> Form:
        try:
            return decoder(form).decode(answer.body)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise SourceMalformed("Tempo", f"the answer is not in the promised form: {error}", call=call) from None
