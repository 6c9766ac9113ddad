"""What is kept between reads equals a full read, whatever Jira, its index and the network did in between."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from datasource.errors import SourceError
from datasource.jira import cloud, cloud_read
from datasource.jira.dialect import Dialect
from datasource.jira.jql import queue_query
from datasource.jira.tickets import OVERLAP_MS, JiraTickets
from datasource.registry.file import FileRegistry
from datasource.store.file import FileStore
from opsportal import encoding
from opsportal.kept import KeptTickets
from servicelevel.columns import CycleColumns, TicketColumns
from servicelevel.instants import DAY_MS, MISSING
from servicelevel.policy import SLA_NAMES, Queue
from servicelevel.ticket import CHANGED_FIELDS
from tests.fakes.living_jira import PROJECT, QUEUE, LivingJira, WatchedTransport, living_jira

ROOT = Path(__file__).resolve().parents[2]
WINDOW_MS = 30 * DAY_MS
SWEEP_H = 6
LANES = 2
SEARCH = "POST /rest/api/3/search/jql"
BULKFETCH = "POST /rest/api/3/issue/bulkfetch"

Facts: TypeAlias = dict[int, tuple[Any, ...]]


class Crash(Exception):
    """The process dies between two requests."""


def facts_of(columns: TicketColumns) -> Facts:
    """Every ticket by id with all that was read of it, in words instead of codes.

    What a running clock says of the instant at which it was read is left out.
    """
    statuses = [
        (status.id, None if unmapped else status.category)
        for status, unmapped in zip(columns.statuses, columns.unmapped, strict=True)
    ]
    tables: dict[str, list[Any]] = {"status": statuses}
    for name, labels in (
        ("type", columns.types),
        ("priority", columns.priorities),
        ("resolution", columns.resolutions),
        ("assignee", columns.people),
        ("project", columns.projects),
    ):
        tables[name] = [label.id for label in labels]
    for table in tables.values():
        table.append(None)  # where the code for none points
    found: dict[int, list[Any]] = {}
    for row, ticket_id in enumerate(columns.id.tolist()):
        coded = [tables[name][getattr(columns, name)[row]] for name in ("status", "type", "priority", "resolution")]
        people = [tables["assignee"][columns.assignee[row]], tables["assignee"][columns.creator[row]]]
        instants = [int(column[row]) for column in (columns.created, columns.updated, columns.resolved_on)]
        found[ticket_id] = [columns.key[row], columns.summary[row], *instants, *coded, *people]
    rows = [found[ticket_id] for ticket_id in columns.id.tolist()]
    log = columns.changes
    for i, row in enumerate(log.row.tolist()):
        name = CHANGED_FIELDS[log.field[i]]
        ends = tables[name][log.before[i]], tables[name][log.after[i]]
        rows[row].append(("change", int(log.at[i]), int(log.history[i]), name, *ends))
    said = columns.comments
    for i, row in enumerate(said.row.tolist()):
        author = tables["assignee"][said.author[i]]
        rows[row].append(("comment", int(said.at[i]), int(said.id[i]), author, bool(said.public[i])))
    for sla in SLA_NAMES:
        for i, row in enumerate(columns.cycles[sla].row.tolist()):
            rows[row].append((sla, *_cycle(columns.cycles[sla], i)))
    return {ticket_id: tuple(fact) for ticket_id, fact in found.items()}


def _cycle(cycles: CycleColumns, i: int) -> tuple[int, ...]:
    lasting = (cycles.start[i], cycles.stop[i], cycles.breach_at[i], cycles.goal_ms[i], cycles.paused[i])
    read = () if cycles.stop[i] == MISSING else (cycles.elapsed_ms[i], cycles.breached[i])
    return tuple(int(value) for value in (*lasting, cycles.defect[i], *read))


def computed_and_read(jira: LivingJira) -> Queue:
    """The demo's smallest desk, its first response computed from comments and its resolution read from a field."""
    queue = next(each for each in FileRegistry(jira.demo.registry).read().queues if each.id == QUEUE)
    return replace(queue, first_response=replace(queue.first_response, clock="computed", field=None))


@dataclass(frozen=True, slots=True)
class World:
    """What the machine drives: one Jira for all examples, a reader that goes wrong and one that never does."""

    jira: LivingJira
    queue: Queue
    watched: WatchedTransport
    source: JiraTickets
    straight: JiraTickets


@pytest.fixture(scope="module")
def jira() -> Iterator[LivingJira]:
    """A small Jira on a clock moved by hand."""
    with living_jira() as running:
        yield running


@pytest.fixture
def world(jira: LivingJira, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Readers whose pages are so small that every read has several."""
    monkeypatch.setattr(cloud, "IDS_PER_PAGE", 18)
    monkeypatch.setattr(cloud, "ISSUES_PER_CALL", 4)
    monkeypatch.setattr(cloud, "HISTORIES_PER_PAGE", 40)
    monkeypatch.setattr(cloud_read, "ISSUES_PER_CALL", 20)
    monkeypatch.setattr(cloud_read, "CHANGELOGS_PER_CALL", 25)
    jira.rewind()
    watched, plain = WatchedTransport(jira.demo), WatchedTransport(jira.demo)
    source = JiraTickets(Dialect(watched, lanes=LANES), sweep_hours=SWEEP_H)
    straight = JiraTickets(Dialect(plain, lanes=LANES), sweep_hours=SWEEP_H)
    yield World(jira, computed_and_read(jira), watched, source, straight)
    watched.close()
    plain.close()
    jira.rewind()


class Portal:
    """Reads the queue on and on, and holds every read against a full one.

    `late` are tickets whose last change was found by no search within the overlap, with when that change was: only the
    next full comparison brings them.
    """

    def __init__(self, world: World, folder: Path, skew_ms: int = 0) -> None:
        self.world, self.jira, self.folder, self.skew_ms = world, world.jira, folder, skew_ms
        self.kept = KeptTickets(world.source, FileStore(folder), "demo")
        self.held: TicketColumns | None = None
        self.late: dict[int, int] = {}
        self.reads = self.sweeps = self.failures = self.fired = 0

    def stored(self) -> dict[str, bytes]:
        """Every file of the store."""
        return {path.name: path.read_bytes() for path in self.folder.iterdir()} if self.folder.exists() else {}

    def forget(self) -> None:
        """The cache is gone."""
        for path in self.folder.iterdir():
            path.unlink()
        self.held = None

    def restart(self) -> None:
        """A new process: nothing but the store is left."""
        self.held = None

    def refresh(self, *, dropping: bool = False) -> TicketColumns | None:
        """Read on. A failed read leaves every byte as it was; a whole one is compared. None when it failed.

        `dropping` says that Jira leaves out tickets that it was asked for: only then may some be missing.
        """
        before = self.stored()
        began_ms, behind = self.jira.now_ms, self.jira.unindexed()
        self.world.watched.count = 0
        try:
            columns = self._read(self.kept, self.held)
        except (SourceError, Crash):
            assert self.stored() == before
            self.failures += 1
            self.held = None
            return None
        finally:
            self.world.watched.before = None
            self.fired = self.jira.fired()
            self.jira.faults()
        (stored,) = self.stored().values()
        assert facts_of(encoding.tickets_from_bytes(stored)) == facts_of(columns)
        earlier = encoding.tickets_from_bytes(next(iter(before.values()))) if before else None
        self._compare(columns, earlier, began_ms, behind)
        assert dropping or all(map(self.jira.left, columns.missing))
        self.held = columns
        self.reads += 1
        return columns

    def _read(self, source: KeptTickets | JiraTickets, previous: TicketColumns | None) -> TicketColumns:
        read_at = self.jira.now_ms + self.skew_ms
        since = read_at - WINDOW_MS
        return source.read(
            self.world.queue, previous, updated_since=since, read_at=read_at, budget_s=60, progress=_silently
        )

    def full(self) -> TicketColumns:
        """A full read of now, by a reader that nothing disturbs, which is what a search finds now."""
        columns = self._read(self.world.straight, None)
        listed = self.jira.found(queue_query((PROJECT,), None, self.jira.now_ms + self.skew_ms - WINDOW_MS))
        assert set(columns.id.tolist()) | set(columns.missing) == listed
        assert not columns.unreadable
        return columns

    def _compare(
        self, columns: TicketColumns, earlier: TicketColumns | None, began_ms: int, behind: dict[int, int]
    ) -> None:
        swept = earlier is None or columns.swept_at != earlier.swept_at
        if swept:
            self.sweeps += 1
            self.late = {}
        else:
            assert earlier is not None
            _never_backwards(earlier, columns)
        behind = behind | self.jira.unindexed()
        self.late |= {ticket: at for ticket, at in behind.items() if at < columns.cursor - OVERLAP_MS}
        whole = self.full()
        wanted, got = facts_of(whole), facts_of(columns)
        for ticket in wanted.keys() | got.keys():
            if wanted.get(ticket) == got.get(ticket) and (ticket in whole.missing) == (ticket in columns.missing):
                continue
            missing = ticket in columns.missing and ticket not in got
            touched_ms = self.jira.touched_ms(ticket)
            while_read = self.jira.now_ms > began_ms and (touched_ms > began_ms or ticket in behind)
            excused = missing or while_read
            if not swept:
                excused |= ticket in behind or self.late.get(ticket) == touched_ms or self.jira.left(ticket)
            assert excused, (ticket, swept, wanted.get(ticket), got.get(ticket))


def _never_backwards(earlier: TicketColumns, later: TicketColumns) -> None:
    """No ticket is shown older than it was known to be."""
    known = dict(zip(earlier.id.tolist(), earlier.updated.tolist(), strict=True))
    for ticket, updated in zip(later.id.tolist(), later.updated.tolist(), strict=True):
        assert updated >= known.get(ticket, updated), ticket


def _silently(_phase: str, _done: int, _of: int) -> None:
    """Tell nobody."""


TICKET = st.integers(0, 5)
"""One of the tickets that were touched last, so that a few are touched again and again."""

PAUSE_S = st.sampled_from([0.001, 1.0, 59.999, 60.0, 599.999, 600.0, 600.001, 900.0, 3600.0, 3 * 3600.0])


class StoreMachine(RuleBasedStateMachine):
    """Jira lives, its index falls behind, its answers go wrong, the portal reads on and dies."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.jira = self.world.jira
        self.jira.rewind()
        self.folder = TemporaryDirectory()

    @initialize(skew_s=st.sampled_from([0, -3600, 40]), lag_s=st.sampled_from([0, 0, 300]))
    def begin(self, skew_s: int, lag_s: int) -> None:
        """A cold read, by a machine whose clock may be off."""
        self.jira.lag(lag_s)
        self.portal = Portal(self.world, Path(self.folder.name) / "kept", skew_s * 1000)
        self.portal.refresh()

    def teardown(self) -> None:
        """Nothing is left behind."""
        self.folder.cleanup()

    @rule(seconds=PAUSE_S)
    def pass_time(self, seconds: float) -> None:
        """Tickets come, are answered and resolved by themselves."""
        self.jira.step(seconds)

    @rule(ticket=TICKET, what=st.sampled_from(["comment", "note", "unassign"]))
    def touch(self, ticket: int, what: str) -> None:
        """A public comment, an internal one, or no assignee any more."""
        body: dict[str, object] = {"assignee": None} if what == "unassign" else {"public": what == "comment"}
        self.jira.act(self._key(ticket), "touch", **body)

    @rule(ticket=TICKET)
    def reopen(self, ticket: int) -> None:
        """A finished ticket goes back into work."""
        done = [key for key in self.jira.recent(PROJECT) if self.jira.is_done(key)]
        self.jira.act(done[ticket % len(done)], "reopen")

    @rule(ticket=TICKET)
    def move_away(self, ticket: int) -> None:
        """Into another project, under another key."""
        self.jira.act(self._key(ticket), "move", project="OPS")

    @precondition(lambda self: bool(self.jira.keys("OPS")))
    @rule(ticket=TICKET)
    def move_in(self, ticket: int) -> None:
        """From another project, perhaps one that was moved there."""
        keys = self.jira.recent("OPS")
        self.jira.act(keys[ticket % len(keys)], "move", project=PROJECT)

    @rule(ticket=TICKET, seconds=PAUSE_S)
    def move_there_and_back(self, ticket: int, seconds: float) -> None:
        """The ticket ends in its old project under a new key."""
        key = self._key(ticket)
        self.jira.act(key, "move", project="OPS")
        self.jira.step(seconds)
        self.jira.act(self.jira.recent("OPS")[0], "move", project=PROJECT)

    @rule(ticket=TICKET)
    def delete(self, ticket: int) -> None:
        """No search tells that a ticket is gone."""
        self.jira.act(self._key(ticket), "delete")

    @rule(seconds=st.sampled_from([0, 5, 300, 600, 1200, 3000]))
    def lag(self, seconds: int) -> None:
        """The index falls behind, by more than the overlap too, or catches up."""
        self.jira.lag(seconds)

    @rule()
    def restart(self) -> None:
        """The process ends; the next one begins with what is kept."""
        self.portal.restart()

    @rule()
    def refresh(self) -> None:
        """Nothing goes wrong."""
        assert self.portal.refresh() is not None

    @rule(seconds=PAUSE_S)
    def refresh_later(self, seconds: float) -> None:
        """The same after a while."""
        self.jira.step(seconds)
        assert self.portal.refresh() is not None

    @rule()
    def sweep(self) -> None:
        """Every ticket is compared once its time has come."""
        before = self.portal.sweeps
        self.jira.step(SWEEP_H * 3600 + 7200)
        assert self.portal.refresh() is not None
        assert self.portal.sweeps == before + 1

    @rule()
    def read_cold(self) -> None:
        """The cache was lost."""
        self.portal.forget()
        assert self.portal.refresh() is not None

    @rule(kind=st.sampled_from(["short_page", "duplicate_issues"]), n=st.integers(1, 3), cold=st.booleans())
    def refresh_by_odd_pages(self, kind: str, n: int, cold: bool) -> None:
        """Pages that are short, or begin with tickets of the page before: nothing is lost or counted twice."""
        if cold:
            self.portal.forget()
        self.jira.faults({"route": SEARCH, "kind": kind, "n": n})
        assert self.portal.refresh() is not None

    @rule(after=st.integers(0, 2), cold=st.booleans())
    def refresh_with_a_repeated_token(self, after: int, cold: bool) -> None:
        """Pages that lead back to themselves end the read, and nothing of it is kept."""
        if cold:
            self.portal.forget()
        self.jira.faults({"route": SEARCH, "kind": "repeat_token", "after": after})
        read = self.portal.refresh()
        assert (read is None) == (self.portal.fired > 0)

    @rule(after=st.integers(0, 2), cold=st.booleans())
    def refresh_with_an_expired_token(self, after: int, cold: bool) -> None:
        """A listing of ids begins anew."""
        if cold:
            self.portal.forget()
        self.jira.faults({"route": SEARCH, "kind": "expired_token", "after": after, "times": 1})
        read = self.portal.refresh()
        assert read is not None or (self.portal.fired > 0 and not cold)

    @rule(n=st.integers(1, 3), cold=st.booleans())
    def refresh_with_tickets_withheld(self, n: int, cold: bool) -> None:
        """Tickets that were named and did not come are missing, and come with the next read."""
        if cold:
            self.portal.forget()
        self.jira.faults({"route": BULKFETCH, "kind": "drop_issues", "n": n})
        assert self.portal.refresh(dropping=True) is not None
        self.jira.step(0.001)
        assert self.portal.refresh() is not None

    @rule(request=st.integers(1, 16), cold=st.booleans())
    def crash(self, request: int, cold: bool) -> None:
        """The process dies before some request; a read with fewer of them is whole."""
        if cold:
            self.portal.forget()

        def die(number: int) -> None:
            if number == request:
                raise Crash

        self.world.watched.before = die
        read = self.portal.refresh()
        assert (read is None) == (self.world.watched.count >= request)

    @rule(
        request=st.integers(1, 12), seconds=PAUSE_S, ticket=TICKET, cold=st.booleans(),
        what=st.sampled_from(["touch", "move", "delete", "reopen"]),
    )  # fmt: skip
    def refresh_while_jira_lives(self, request: int, seconds: float, ticket: int, cold: bool, what: str) -> None:
        """Time passes and a ticket changes between two pages; the next read knows, or the next comparison."""
        if cold:
            self.portal.forget()
        key = self._key(ticket)
        if what == "reopen" and not self.jira.is_done(key):
            what = "touch"

        def live(number: int) -> None:
            if number == request:
                self.jira.step(seconds)
                self.jira.act(key, what, **({"project": "OPS"} if what == "move" else {}))

        self.world.watched.before = live
        assert self.portal.refresh() is not None
        self.jira.step(0.001)
        assert self.portal.refresh() is not None

    def _key(self, ticket: int) -> str:
        return self.jira.recent(PROJECT)[ticket]

    @invariant()
    def nothing_half_written_is_left(self) -> None:
        """One file, under its own name."""
        names = [path.name for path in Path(self.folder.name).glob("kept/*")]
        assert len(names) <= 1
        assert not any(name.startswith(".") for name in names)


def test_the_store_equals_a_full_read_after_every_step(world: World, request: pytest.FixtureRequest) -> None:
    """Ticket for ticket, but for what no search could have told since the last comparison of all."""
    runs = int(request.config.getoption("--store-runs"))
    assert world.jira.account_zone() == "America/Sao_Paulo"

    class Machine(StoreMachine):
        pass

    Machine.world = world
    kind = settings(
        max_examples=runs or 24,
        stateful_step_count=50 if runs else 20,
        derandomize=not runs,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(Machine, settings=kind)
    dated = [query for query in world.watched.queries if not query.startswith("id in ")]
    assert dated
    assert all(re.search(r"updated >= \d{13}\b", query) for query in dated)
