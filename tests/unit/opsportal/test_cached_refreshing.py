"""Keeping queues young: whose turn it is, one reader at a time, and what a failure leaves behind."""

from collections.abc import Callable

import pytest

from opsportal.cached import CachedReports, SourceNote
from opsportal.refreshing import ASKED_EVERY_S
from opsportal.shelf import LOST_S, SHARED_AGAIN_S
from opsportal.source_note import ReadProgress
from servicelevel.errors import PortalError
from servicelevel.instants import MINUTE_MS
from servicelevel.report import QueueReport
from tests.factories import columns, ticket
from tests.fakes.clock import Clock
from tests.fakes.desk_world import NOON, TTL_MIN, World, refresh_due


class Down(PortalError):
    """A source that fails."""


class Throttled(PortalError):
    """A source that asks to wait."""

    retry_after_s = 600.0


def _made(reports: CachedReports, queue_id: str = "desk") -> QueueReport:
    made = reports.queue(queue_id).report
    assert made is not None
    return made


def _note(reports: CachedReports, source: str) -> SourceNote:
    (note,) = [each for each in reports.source_notes() if (each.queue_id, each.source) == ("desk", source)]
    return note


def test_a_queue_is_read_before_it_is_a_cache_time_old() -> None:
    """Looked at or not, and not all queues at one time."""
    world = World()
    reports = world.process()
    assert reports.due() == ("desk", "billing", "network")
    assert refresh_due(reports) == 3
    assert reports.due() == ()

    turns = {name: reports.queue(name).freshness.next_try for name in ("desk", "billing", "network")}
    for name, turn in sorted(turns.items(), key=lambda item: item[1] or 0):
        assert turn is not None
        assert 0.7 <= (turn - NOON) / MINUTE_MS / TTL_MIN <= 0.9
        world.now = turn - 1
        assert name not in reports.due()
        world.now = turn
        assert reports.due() == world.process().due() == (name,)
        assert reports.refresh(name)

    assert len(set(turns.values())) == 3
    assert len(world.tickets.asked) == 6
    assert _made(reports).as_of == turns["desk"]


def test_of_two_processes_one_reads_each_time() -> None:
    """And both serve what it read."""
    world = World()
    one, other = world.process(), world.process()

    assert refresh_due(one) == 3
    assert refresh_due(other) == 0
    world.pass_minutes(TTL_MIN)
    assert refresh_due(other) == 3
    assert refresh_due(one) == 0

    assert len(world.tickets.asked) == 6
    assert one.queue("desk").revision == other.queue("desk").revision
    assert one.overview().revision == other.overview().revision


def test_a_read_goes_on_from_what_another_process_read() -> None:
    """Tickets and hours alike."""
    world = World()
    world.read()
    world.pass_minutes(TTL_MIN)
    refresh_due(world.process())

    _, previous = world.tickets.asked[-1]
    assert previous is not None
    assert previous.read_at == NOON
    assert previous.key == world.tickets.table.key
    assert world.hours is not None
    assert world.hours.asked[-1] is not None


def test_nobody_reads_what_somebody_is_reading() -> None:
    """The lease is theirs; the answer comes from what is kept."""
    world = World()
    reports = world.process()

    with world.leases.all_taken():
        assert refresh_due(reports) == 0
    assert world.tickets.asked == []

    assert refresh_due(reports) == 3


def test_a_reader_that_lost_its_lease_keeps_nothing() -> None:
    """Somebody took over, and what they read is younger."""
    world = World()
    world.tickets.during = world.leases.run_out
    reports = world.process()

    assert not reports.refresh("desk")

    assert reports.queue("desk").report is None


def test_the_first_read_is_seen_from_every_process() -> None:
    """While it goes on, and no longer."""
    world = World()
    seen: list[ReadProgress | None] = []
    other = world.process()
    world.tickets.during = lambda: seen.append(other.queue("desk").progress)

    world.process().refresh("desk")

    assert seen == [ReadProgress("tickets", 7, 40, NOON)]
    assert other.queue("desk").progress is None
    assert other.queue("desk").report is not None


def test_a_later_read_shows_as_reading_and_changes_nothing_else() -> None:
    """The numbers stay on the page, and its revision stays what it is."""
    world = World()
    reports = world.read()
    before = reports.queue("desk")
    during = []
    world.tickets.during = lambda: during.append(reports.queue("desk"))
    world.pass_minutes(TTL_MIN)
    reports.refresh("desk")

    assert not before.freshness.reading
    assert [(each.freshness.reading, each.progress) for each in during] == [(True, None)]
    assert during[0].revision == before.revision


def test_after_failures_the_tries_come_later_and_later() -> None:
    """A minute, then twice as long each time, a quarter of an hour at most."""
    world = World()
    world.tickets.down["desk"] = Down("the token is not accepted")
    reports = world.process()
    waits = []
    for tries in range(1, 8):
        assert not reports.refresh("desk")
        standing = reports.queue("desk").freshness
        assert (standing.since, standing.tries) == (NOON, tries)
        assert standing.next_try is not None
        waits.append((standing.next_try - world.now) / MINUTE_MS)
        world.now = standing.next_try - 1
        assert "desk" not in reports.due()
        world.now += 1
        assert "desk" in reports.due()

    assert waits == [1, 2, 4, 8, 15, 15, 15]


def test_a_good_read_ends_the_failure() -> None:
    """Nothing of it is left, and the next one begins to count anew."""
    world = World()
    world.tickets.down["desk"] = Down("Jira is away")
    reports = world.read()
    world.tickets.down.clear()
    world.pass_minutes(1)

    assert reports.refresh("desk")

    standing = reports.queue("desk").freshness
    assert (standing.state, standing.reason, standing.since, standing.tries) == ("fresh", None, None, 0)
    assert _note(reports, "Jira").error is None


def test_a_source_that_asks_to_wait_is_left_alone() -> None:
    """Even when somebody asks for a read."""
    world = World()
    world.tickets.down["desk"] = Throttled("Jira asks to wait")
    reports = world.read()

    assert reports.queue("desk").freshness.next_try == NOON + 10 * MINUTE_MS
    assert reports.ask_refresh("desk")
    world.pass_minutes(9.9)
    assert "desk" not in reports.due()
    world.pass_minutes(0.1)
    assert "desk" in reports.due()


def test_a_read_is_asked_for_at_most_once_a_minute() -> None:
    """By whomever, whichever process they ask; it comes although it is not its turn, or the last one failed."""
    world = World()
    reports, other = world.read(), world.process()

    assert reports.ask_refresh("desk")
    assert not other.ask_refresh("desk")
    assert other.ask_refresh("billing")
    (asked,) = [key for key in world.cache.of("asked") if ":desk:" in key]
    assert world.cache.timeouts_s[asked] == ASKED_EVERY_S == 60

    assert sorted(other.due()) == ["billing", "desk"]
    world.tickets.down["desk"] = Down("Jira is away")
    refresh_due(other)
    assert other.due() == ()

    world.cache.delete(asked)
    assert reports.ask_refresh("desk")
    assert reports.due() == ("desk",)


@pytest.mark.parametrize("unforeseen", [KeyError("boom"), ZeroDivisionError("boom")])
def test_a_mistake_of_ours_stops_only_its_queue(unforeseen: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged with all there is to know, and tried again later like any failure."""
    world = World()
    world.tickets.down["desk"] = unforeseen
    reports = world.read()

    standing = reports.queue("desk").freshness
    assert (standing.state, standing.code) == ("failed", type(unforeseen).__name__)
    assert "its log says where" in str(standing.reason)
    assert "boom" in caplog.text
    assert reports.queue("billing").freshness.state == "fresh"
    assert reports.due() == ()


def test_a_process_that_ends_gives_its_read_up() -> None:
    """That is nobody's failure, and the next process reads at once."""
    world = World()
    reports = world.process()

    assert not reports.refresh("desk", lambda: True)

    assert world.hours is not None
    assert world.hours.asked == []
    assert reports.queue("desk").freshness.state == "stale"
    assert world.process().refresh("desk")


def test_what_cannot_be_shared_is_served_by_its_process(caplog: pytest.LogCaptureFixture) -> None:
    """It says so once, reads in its turn, and shares what it has as soon as there is room."""
    clock = Clock()
    world = World(clock_s=clock)
    reports, other = world.read(), world.process()
    assert _made(other).as_of == NOON
    world.cache.full = True
    for _ in range(2):
        world.pass_minutes(TTL_MIN)
        assert reports.refresh("desk")
        assert "desk" not in reports.due()

    assert caplog.text.count("cannot be shared") == 1
    assert "the cache is full" in caplog.text
    assert _made(reports).as_of == NOON + 2 * TTL_MIN * MINUTE_MS
    assert _made(other).as_of == NOON

    reports.follow()
    world.cache.full = False
    clock.at_s += SHARED_AGAIN_S + 1
    reports.follow()
    assert _made(other).as_of == NOON + 2 * TTL_MIN * MINUTE_MS
    assert reports.queue("desk").revision == other.queue("desk").revision
    assert len(world.tickets.asked) == 5


def test_hours_that_fail_are_missing_and_the_rest_stands() -> None:
    """With their reason; the next good read goes on from the last good one."""
    world = World()
    reports = world.read()
    assert world.hours is not None
    world.hours.down = Down("Tempo is away")
    world.pass_minutes(TTL_MIN)
    refresh_due(reports)

    for process in (reports, world.process()):
        made = _made(process)
        assert (made.now.hours.state, made.now.hours.state_reason) == ("failed", "Tempo is away")
        assert process.queue("desk").freshness.state == "fresh"
        assert made.as_of == NOON + TTL_MIN * MINUTE_MS
    note = _note(reports, "Tempo")
    assert (note.error, note.tries, note.read_at, note.rows) == ("Tempo is away", 1, NOON, 1)

    world.hours.down = None
    world.pass_minutes(TTL_MIN)
    refresh_due(world.process())
    assert world.hours.asked[-1] is not None
    assert _made(reports).now.hours.state == "ok"
    assert _note(reports, "Tempo").error is None


def test_hours_are_not_asked_for_while_their_source_wants_quiet() -> None:
    """Tickets are read on."""
    world = World()
    assert world.hours is not None
    world.hours.down = Throttled("Tempo asks to wait")
    reports = world.read()
    world.pass_minutes(TTL_MIN)
    reports.refresh("desk")

    assert len(world.hours.asked) == 3
    assert _made(reports).now.hours.state_reason == "Tempo asks to wait"
    assert len(world.tickets.asked) == 4
    world.pass_minutes(TTL_MIN)
    reports.refresh("desk")
    assert len(world.hours.asked) == 4


def test_hours_that_are_not_configured_have_no_note() -> None:
    """That is no failure."""
    world = World(hours=None)
    reports = world.read()

    assert _made(reports).now.hours.state == "not_configured"
    assert _made(world.process()).now.hours.state == "not_configured"
    assert {note.source for note in reports.source_notes()} == {"Jira"}


def test_every_read_is_accounted_for() -> None:
    """What it brought, what it took, and of what kind it was."""
    world = World()
    world.tickets.table = columns(ticket(1), ticket(2), unreadable={"SD-9": "no creation date"}, missing=[20])
    reports = world.read()

    jira, tempo = _note(reports, "Jira"), _note(reports, "Tempo")
    assert (jira.read_at, jira.rows, jira.missing, jira.unreadable, jira.requests) == (NOON, 2, 1, 1, 3)
    assert (jira.kind, tempo.kind, tempo.rows, tempo.requests) == ("cold", "cold", 1, 2)
    assert jira.duration_s is not None
    assert jira.duration_s >= 0

    world.pass_minutes(TTL_MIN)
    refresh_due(reports)
    assert (_note(reports, "Jira").kind, _note(reports, "Tempo").kind) == ("changed", "compared")
    assert _note(reports, "Jira").read_at == NOON + TTL_MIN * MINUTE_MS


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _changed(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def _foreign(_: bytes) -> bytes:
    return b"\x80\x04\x95 something else"


@pytest.mark.parametrize("kind", ["head", "tickets", "hours"])
@pytest.mark.parametrize("spoil", [_cut, _changed, _foreign, None])
def test_spoilt_values_count_as_lost(kind: str, spoil: Callable[[bytes], bytes] | None) -> None:
    """Who has a copy serves it and shares it again; where nobody has one the queue is read, which is due at once."""
    clock = Clock()
    world = World(clock_s=clock)
    knowing = world.read()
    (key,) = [key for key in world.cache.of(kind) if ":desk:" in key]
    if spoil is None:
        world.cache.delete(key)
    else:
        world.cache.held[key] = spoil(world.cache.held[key])

    unknowing = world.process()
    assert _made(knowing).as_of == NOON
    assert unknowing.queue("desk").report is None
    assert unknowing.queue("billing").report is not None
    assert unknowing.due() == ("desk",)
    assert knowing.due() == ()

    knowing.follow()
    assert _made(world.process()).as_of == NOON
    clock.at_s += LOST_S
    assert _made(unknowing).as_of == NOON
    assert unknowing.due() == ()
    assert len(world.tickets.asked) == 3


def test_an_emptied_cache_is_filled_again_from_copies() -> None:
    """Nothing is read for that, whichever process has the newest copy of what."""
    world = World()
    reports, other = world.read(), world.process()
    other.overview()
    world.pass_minutes(TTL_MIN)
    assert other.refresh("desk")
    world.cache.held.clear()

    assert _made(reports).as_of == NOON
    assert _made(other).as_of == NOON + TTL_MIN * MINUTE_MS
    for process in (reports, other, reports):
        process.follow()
    young = world.process()
    assert _made(young).as_of == _made(reports).as_of == NOON + TTL_MIN * MINUTE_MS
    assert _made(young, "billing").as_of == NOON
    assert young.queue("desk").revision == other.queue("desk").revision
    assert len(world.tickets.asked) == 4


def test_an_older_state_of_the_cache_takes_nothing_back() -> None:
    """A cache that was restored from yesterday is brought up to date."""
    world = World()
    reports = world.read()
    yesterday = dict(world.cache.held)
    world.pass_minutes(TTL_MIN)
    refresh_due(reports)
    world.cache.held = dict(yesterday)

    assert _made(reports).as_of == NOON + TTL_MIN * MINUTE_MS
    assert _made(world.process()).as_of == NOON
    reports.follow()
    assert _made(world.process()).as_of == NOON + TTL_MIN * MINUTE_MS
    assert reports.due() == ()


def test_no_reader_sees_half_a_reading() -> None:
    """Until the head names the new one, the old one is whole, and for those who are fetching it a little longer."""
    world = World()
    reports = world.read()
    seen = []

    class Watched(dict[str, bytes]):
        def __setitem__(self, key: str, value: bytes) -> None:
            super().__setitem__(key, value)
            if ":desk:" in key:
                seen.append((key.partition(":")[0], _made(world.process()).as_of))

    before = {key: value for key, value in world.cache.held.items() if ":desk:" in key}
    world.cache.held = Watched(world.cache.held)
    world.pass_minutes(TTL_MIN)
    assert reports.refresh("desk")

    new = NOON + TTL_MIN * MINUTE_MS
    writes = [pair for pair in seen if pair[0] != "progress"]
    assert writes == [("tickets", NOON), ("hours", NOON), ("head", new)]
    assert before.keys() <= world.cache.held.keys()


def test_what_is_kept_does_not_grow_with_the_number_of_reads() -> None:
    """The reading before the last one goes with the next."""
    world = World()
    reports = world.read()
    sizes = []
    for _ in range(4):
        world.pass_minutes(TTL_MIN)
        assert refresh_due(reports) == 3
        sizes.append(len(world.cache.held))

    assert len(set(sizes)) == 1
    assert len(world.cache.of("tickets")) == 6
