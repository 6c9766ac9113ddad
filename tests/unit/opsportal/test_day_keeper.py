"""The portal's own taking of days: from what it has read, at the right time, once, until every day is whole."""

import logging
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.cached import CachedReports
from opsportal.day_keeper import LOOK_EVERY_S, MENDED_AT_ONCE, RETRY_S, SOON_S, DayKeeper
from opsportal.moved import MovedTickets
from opsportal.ports import History
from servicelevel.calendars import BusinessCalendar
from servicelevel.columns import TicketColumns
from servicelevel.errors import PortalError
from servicelevel.instants import DAY_MS
from servicelevel.policy import Policy
from servicelevel.snapshot import SnapshotSource
from servicelevel.ticket import Label
from tests.factories import change, columns, ms, queue, ticket
from tests.fakes.desk_world import NOON, Registry, World, refresh_due
from tests.fakes.failing_history import FailingHistory
from tests.unit.servicelevel.days import scored

LAST = date(2026, 11, 22)
QUEUES = ("desk", "billing", "network")
SD, OPS = Label("1", "Service desk"), Label("2", "Platform ops")


class Down(PortalError):
    """A source that fails."""


@pytest.fixture
def history(tmp_path: Path) -> SqliteHistory:
    """An empty history."""
    return SqliteHistory(tmp_path / "history.db")


def keeper_of(world: World, reports: CachedReports, history: History, at: time = time(2, 15)) -> DayKeeper:
    """As one process has it; its waits follow the world's clock."""
    return DayKeeper(
        reports,
        MovedTickets(world.tickets, lambda: world.now, 60.0),
        history,
        world.leases,
        at=at,
        lock_s=30.0,
        now=lambda: world.now,
        clock_s=lambda: world.now / 1000,
    )


def days(history: History, queue_id: str = "desk") -> dict[date, SnapshotSource]:
    """What history has of a queue."""
    return dict(history.days(queue_id))


def test_the_day_is_taken_once_every_queue_was_read(history: SqliteHistory) -> None:
    """And recorded as a run of the portal; another look finds nothing to do."""
    world = World()
    reports = world.process()
    keeper = keeper_of(world, reports, history)

    assert keeper.look() == SOON_S
    assert not days(history)
    refresh_due(reports)
    keeper.look()

    for name in QUEUES:
        assert days(history, name) == {LAST: "live"}
    (run,) = history.runs(5)
    assert (run.taker, [outcome.result for outcome in run.outcomes]) == ("portal", ["kept"] * 3)
    while keeper.look() == SOON_S:
        continue
    assert history.runs(5) == (run,)


def test_every_queue_is_taken_at_its_own_time(history: SqliteHistory) -> None:
    """At 02:15 in its zone: in Tokyo that is nine hours earlier than in London."""
    tokyo = queue("desk", calendar=BusinessCalendar("tokyo", "Asia/Tokyo"))
    world = World(registry=Registry(Policy((tokyo, queue("billing")))), now=ms("2026-11-22T17:14:00+00:00"))
    reports = world.read()
    keeper = keeper_of(world, reports, history)

    before = LAST - timedelta(days=1)
    keeper.look()
    assert (days(history, "desk"), days(history, "billing")) == ({}, {before: "live"})

    world.pass_minutes(1)
    keeper.look()
    assert (days(history, "desk"), days(history, "billing")) == ({LAST: "live"}, {before: "live"})

    world.pass_minutes(9 * 60 - 1)
    refresh_due(reports)
    keeper.look()
    assert list(days(history, "billing")) == [before]
    world.pass_minutes(1)
    keeper.look()
    assert days(history, "billing") == {before: "live", LAST: "live"}


def test_what_was_read_before_the_day_ended_does_not_describe_its_end(history: SqliteHistory) -> None:
    """The keeper waits for the next read."""
    world = World(now=ms("2026-11-22T23:59:00+00:00"))
    reports = world.read()
    keeper = keeper_of(world, reports, history, at=time(0, 0))
    world.pass_minutes(2)

    assert keeper.look() == SOON_S
    assert not days(history)
    world.pass_minutes(5)
    refresh_due(reports)
    keeper.look()
    assert days(history) == {LAST: "live"}


def test_a_queue_that_cannot_be_read_is_tried_again_later(
    history: SqliteHistory, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are not held up; the same trouble is logged once, and its end is."""
    caplog.set_level(logging.INFO)
    world = World()
    world.tickets.down["network"] = Down("Jira answers 503.")
    reports = world.read()
    keeper = keeper_of(world, reports, history)

    keeper.look()
    assert (bool(days(history, "desk")), bool(days(history, "network"))) == (True, False)
    (run,) = history.runs(5)
    assert run.gaps[0].reason == "It could not be read since the day ended. Jira answers 503."

    world.pass_minutes(RETRY_S / 60)
    keeper.look()
    world.tickets.down.clear()
    world.pass_minutes(RETRY_S / 60)
    refresh_due(reports)
    keeper.look()

    assert days(history, "network") == {LAST: "live"}
    told = [record.getMessage() for record in caplog.records if record.name == "opsportal.snapshot_lines"]
    assert told == ["snapshot.gap", "snapshot.completed"]
    (run,) = history.runs(5)
    assert [outcome.result for outcome in run.outcomes] == ["there", "there", "kept"]


def test_two_workers_take_a_day_once(history: SqliteHistory) -> None:
    """While one does, the other leaves it alone; later it finds it there."""
    world = World()
    reports = world.read()
    one, other = (keeper_of(world, reports, history) for _ in range(2))

    lease = world.leases.take("snapshot", 30)
    assert one.look() == LOOK_EVERY_S
    assert not days(history)
    assert lease is not None
    lease.release()

    one.look()
    kept = history.range("desk", LAST, LAST)
    world.pass_minutes(1)
    other.look()
    assert history.range("desk", LAST, LAST) == kept
    assert len(history.runs(5)) == 1


def test_another_worker_does_not_repeat_at_once_what_just_failed(history: SqliteHistory) -> None:
    """A try every few minutes is enough for all of them together."""
    world = World()
    world.tickets.down["network"] = Down("Jira answers 503.")
    reports = world.read()
    keeper_of(world, reports, history).look()
    (run,) = history.runs(5)
    world.pass_minutes(1)

    assert keeper_of(world, reports, history).look() == LOOK_EVERY_S
    assert history.runs(5) == (run,)


def test_gaps_are_mended_a_few_at_a_time(history: SqliteHistory) -> None:
    """Between the day that history begins and yesterday, as rebuilt; what is there stays."""
    world = World()
    history.put(scored(LAST - timedelta(days=16), 70.0))
    history.put(scored(LAST - timedelta(days=7), 71.0, source="backfill"))
    keeper = keeper_of(world, world.read(), history)

    keeper.look()
    assert keeper.look() == SOON_S
    assert len(days(history)) == 3 + MENDED_AT_ONCE
    while keeper.look() == SOON_S:
        continue

    kept = history.range("desk", LAST - timedelta(days=30), LAST).snapshots
    assert [snapshot.day for snapshot in kept] == [LAST - timedelta(days=n) for n in range(16, -1, -1)]
    assert [snapshot.source for snapshot in kept] == ["live", *["backfill"] * 15, "live"]
    assert [snapshot.score for snapshot in kept if snapshot.day == LAST - timedelta(days=7)] == [71.0]
    assert days(history, "billing") == {LAST: "live"}


def test_gaps_further_back_than_what_was_read_stay(history: SqliteHistory) -> None:
    """They are `opsportal backfill`'s; the keeper does not try them again and again."""
    world = World()
    history.put(scored(LAST - timedelta(days=200), 70.0))
    keeper = keeper_of(world, world.read(), history)

    while keeper.look() == SOON_S:
        continue

    there = sorted(days(history))
    assert there[0] == LAST - timedelta(days=200)
    assert there[1:] == [LAST - timedelta(days=n) for n in range(89, -1, -1)]


def test_no_gap_is_mended_without_the_rates_of_every_queue(history: SqliteHistory) -> None:
    """It would stay incomplete for good."""
    world = World()
    history.put(scored(LAST - timedelta(days=3), 70.0))
    world.tickets.down["network"] = Down("Jira answers 503.")
    keeper = keeper_of(world, world.read(), history)

    for _ in range(3):
        keeper.look()

    assert sorted(days(history)) == [LAST - timedelta(days=3), LAST]


def test_no_gap_is_mended_that_a_queue_was_not_read_since(history: SqliteHistory) -> None:
    """What was read two days ago says nothing of yesterday, and its rates would be those of two days ago."""
    world = World(now=NOON - 2 * DAY_MS)
    reports = world.read()
    history.put(scored(LAST - timedelta(days=5), 70.0))
    world.pass_days(2)
    world.tickets.down["network"] = Down("Jira answers 503.")
    refresh_due(reports)
    keeper = keeper_of(world, reports, history)

    for _ in range(3):
        keeper.look()

    assert [(LAST - day).days for day in sorted(days(history))] == [5, 4, 3, 2, 0]


def test_a_history_that_fails_is_somebody_elses_to_tell(history: SqliteHistory) -> None:
    """And once it takes days again, they are there."""
    world = World()
    failing = FailingHistory()
    keeper = keeper_of(world, world.read(), failing)

    with pytest.raises(PortalError, match="disk of the history"):
        keeper.look()

    failing.behind = history
    keeper.look()
    assert days(history) == {LAST: "live"}


def moved_at(at: str) -> TicketColumns:
    """Three tickets, one of which was moved."""
    return columns(ticket(1), ticket(2), ticket(3), changes={2: [change(at, "project", SD, OPS)]})


def created(history: History, day: date = LAST) -> int:
    """How many tickets were created in a day's window."""
    (kept,) = history.range("desk", day, day).snapshots
    assert kept.counts is not None
    return kept.counts.flow.created


def test_a_day_has_the_tickets_that_were_moved_since_it_ended(history: SqliteHistory) -> None:
    """They are read once more, and nothing else is; what the pages show stays as it was read."""
    world = World()
    world.tickets.table = moved_at("2026-11-23T08:00:00+00:00")
    reports = world.read()

    keeper_of(world, reports, history).look()

    assert world.tickets.brought_back == [(name, (2,)) for name in QUEUES]
    assert len(world.tickets.asked) == len(QUEUES)
    assert created(history) == len(world.tickets.joined)
    reading = reports.reading("desk")
    assert reading is not None
    assert len(reading.columns) == 3


def test_a_day_whose_moved_tickets_cannot_be_had_is_tried_again_later(history: SqliteHistory) -> None:
    """It would be counted with too few for good."""
    world = World()
    world.tickets.table = moved_at("2026-11-23T08:00:00+00:00")
    world.tickets.lost["desk"] = Down("Jira answers 503.")
    keeper = keeper_of(world, world.read(), history)

    keeper.look()
    assert not days(history)
    assert [gap.reason for gap in history.runs(5)[0].gaps if gap.queue == "desk"] == ["Jira answers 503."]

    world.tickets.lost.clear()
    world.pass_minutes(RETRY_S / 60)
    keeper.look()
    assert days(history) == {LAST: "live"}


def test_a_gap_has_the_tickets_that_were_moved_since_then(
    history: SqliteHistory, caplog: pytest.LogCaptureFixture
) -> None:
    """It stays a gap for some minutes when they cannot be had."""
    world = World()
    world.tickets.table = moved_at("2026-11-22T08:00:00+00:00")
    first, gap = LAST - timedelta(days=2), LAST - timedelta(days=1)
    history.put(scored(first, 70.0))
    keeper = keeper_of(world, world.read(), history)
    keeper.look()

    world.tickets.lost["desk"] = Down("Jira answers 503.")
    assert keeper.look() == LOOK_EVERY_S
    world.tickets.lost.clear()
    assert keeper.look() == LOOK_EVERY_S
    assert list(days(history)) == [first, LAST]
    assert [record.getMessage() for record in caplog.records] == ["history.unmended"]

    world.pass_minutes(RETRY_S / 60)
    keeper.look()
    assert days(history)[gap] == "backfill"
    assert created(history, gap) == len(world.tickets.joined)
