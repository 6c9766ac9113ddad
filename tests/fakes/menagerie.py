"""Three queues in whose every string their own word stands, so that one that is seen where it should not be is found.

The people are called `Ornitho …`, what the portal knows of its own troubles is called `gremlin`, `heffalump` and
`woozle`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from dashboard.portal import Portal
from datasource.history.sqlite import SqliteHistory
from servicelevel.columns import TicketColumns
from servicelevel.errors import PortalError
from servicelevel.instants import HOUR_MS
from servicelevel.policy import Note, Policy, Queue
from servicelevel.snapshot_run import QueueOutcome, SnapshotRun
from servicelevel.ticket import Change, Label, Person, Ticket
from servicelevel.worklogs import HoursRead
from tests.factories import columns, crowd, queue, worklog
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import NOON, Hours, Registry, Tickets, World, refresh_due
from tests.unit.servicelevel.days import scored

WORDS: Final = ("quokka", "numbat", "cuscus")
TEAMS: Final[Mapping[str, str]] = {"quokka": "Crew", "numbat": "Crew", "cuscus": "Cuscus crew"}
LAST_DAY: Final = date(2026, 11, 22)


class Gremlin(PortalError):
    """Why a source fails."""


def queue_of(word: str) -> Queue:
    """The queue of a word."""
    made = queue(f"{word}-desk", team=TEAMS[word])
    return replace(
        made,
        name=f"{word.title()} desk",
        projects=(word.upper(),),
        jql=f'labels = "{word}-only"',
        definition_hash=f"{WORDS.index(word)}" * 16,
    )


def person_of(word: str, known: str) -> Person:
    """An analyst of a queue; `known` is the short name that the factories give."""
    return Person(f"acc-ornitho-{word}-{known}", f"Ornitho {word.title()} {known.title()}")


def table_of(word: str) -> TicketColumns:
    """The tickets of a queue."""
    made, changes = crowd(WORDS.index(word) + 3, 60)
    return columns(
        *(_ticket(word, each) for each in made),
        changes={number: [_change(word, each) for each in one] for number, one in changes.items()},
        unreadable={f"{word.upper()}-9001": f"{word} is odd."},
    )


def _ticket(word: str, made: Ticket) -> Ticket:
    assignee = None if made.assignee is None else person_of(word, made.assignee.id)
    kind = Label(f"{WORDS.index(word)}{made.type.id}", f"{word.title()} {made.type.name}")
    summary = f"The {word} {made.id} is lost"
    return replace(made, key=f"{word.upper()}-{made.id}", summary=summary, type=kind, assignee=assignee)


def _change(word: str, made: Change) -> Change:
    if made.field != "assignee":
        return made
    then, now = (None if known is None else person_of(word, known) for known in (made.from_id, made.to_id))
    return replace(made, **_ends("from", then), **_ends("to", now))


def _ends(end: str, who: Person | None) -> dict[str, Any]:
    return {f"{end}_id": None if who is None else who.id, f"{end}_name": None if who is None else who.name}


@dataclass(slots=True)
class Tables(Tickets):
    """Gives each queue its own table."""

    tables: Mapping[str, TicketColumns] = field(
        default_factory=lambda: {f"{word}-desk": table_of(word) for word in WORDS}
    )

    def read(self, queue: Queue, previous: TicketColumns | None, **asked: Any) -> TicketColumns:
        """As TicketSource promises."""
        self.table = self.tables[queue.id]
        return Tickets.read(self, queue, previous, **asked)


@dataclass(slots=True)
class OwnHours(Hours):
    """An hour of an analyst on the first ticket of each queue."""

    def read(self, queue: Queue, tickets: TicketColumns, previous: HoursRead | None, **asked: Any) -> HoursRead:
        """As HoursSource promises."""
        ana = person_of(queue.id.removesuffix("-desk"), "ana")
        first = int(tickets.id[0])
        booked = (worklog(1, first, "2026-11-20", 1, author=ana),)
        at = asked["read_at"]
        people = {ana.id: ana}
        return HoursRead(
            asked["first"], asked["last"], (first,), booked, frozenset(), frozenset(), people, None, at, at, requests=2
        )


def menagerie(folder: Path, rule: Literal["names", "pseudonyms", "none"] = "names") -> Portal:
    """The portal of the three queues, read at noon, with a history; the source of the first one fails since."""
    notes = (
        Note(date(2026, 11, 12), "The numbat moved", ("numbat-desk",)),
        Note(date(2026, 11, 13), "New shifts", ("quokka-desk", "numbat-desk")),
    )
    policy = Policy(tuple(queue_of(word) for word in WORDS), notes, rule)
    tables = Tables()
    world = World(Registry(policy, ("heffalump: expected a list",)), tables, OwnHours())
    reports = world.read()
    tables.down["quokka-desk"] = Gremlin("The gremlin answers 503.")
    world.pass_minutes(5)
    refresh_due(reports)
    _keep(folder)
    return portal_over(world, reports, folder, RATE_LIMIT="0")


def _keep(folder: Path) -> None:
    history = SqliteHistory(folder / "history.db")
    for word in WORDS:
        for day in (14, 20, 21, 22):
            history.put(replace(scored(date(2026, 11, day), 70.0 + day), queue=f"{word}-desk"))
    outcomes = tuple(QueueOutcome(f"{word}-desk", LAST_DAY, "failed", f"The woozle took the {word}.") for word in WORDS)
    history.record(SnapshotRun("1", "command", "woozle-host", NOON - HOUR_MS, NOON - HOUR_MS + 2_340, outcomes))
