"""The daily taking: which day, of which queues, what becomes of each, and what is left behind when something fails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.ports import History
from opsportal.read_result import ReadResult
from opsportal.reading import Reading
from opsportal.taking import Occasion, take
from servicelevel.calendars import BusinessCalendar
from servicelevel.errors import PortalError
from servicelevel.instants import HOUR_MS
from servicelevel.policy import Queue
from servicelevel.snapshot import Snapshot, end_of_day
from servicelevel.snapshot_run import SnapshotRun
from servicelevel.worklogs import no_worklogs
from tests.factories import columns, crowd, ms, sao_paulo
from tests.fakes.failing_history import FailingHistory
from tests.unit.servicelevel.days import CHANGES, DESK, LAST, NOON, TICKETS, days_ago

TOKYO = BusinessCalendar("tokyo", "Asia/Tokyo")
FEW, FEW_CHANGES = crowd(5, 60, calendar=sao_paulo())
BIG, SMALL = DESK, replace(DESK, id="small", tempo_team=None)
NO_HOURS = no_worklogs("not_configured", "")


class Down(PortalError):
    """A source that fails."""


def reading(queue: Queue = BIG, covers_from: str = "2025-01-01T00:00:00+00:00") -> Reading:
    """What was read of a queue at noon of the 23rd; the small one's samples are filled up."""
    made, changes = (FEW, FEW_CHANGES) if queue.id == "small" else (TICKETS, CHANGES)
    table = columns(*made, changes=changes, covers_from=covers_from)
    return Reading(queue, replace(table, read_at=NOON), NO_HOURS)


@dataclass(slots=True)
class Desk:
    """Two queues and a history; `read` counts how often they are read."""

    history: History
    read: dict[str, ReadResult] = field(default_factory=lambda: {"desk": reading(), "small": reading(SMALL)})
    queues: tuple[Queue, ...] = (BIG, SMALL)
    now: int = NOON
    times_read: int = 0
    since: int = 0

    def take(self, day: date | None = None, at: int | None = None, run_id: str = "1") -> SnapshotRun:
        """A run from the command line."""
        occasion = Occasion(run_id, "command", "host", self.now if at is None else at, day)
        return take(self.queues, self._read, self.history, occasion, engine_version="1", now=lambda: self.now)

    def _read(self, since: int) -> Mapping[str, ReadResult]:
        self.times_read += 1
        self.since = since
        return self.read

    def kept(self, queue: str, day: date = LAST) -> Snapshot | None:
        """What history has of a day."""
        return next(iter(self.history.range(queue, day, day).snapshots), None)


@pytest.fixture
def history(tmp_path: Path) -> SqliteHistory:
    """An empty history."""
    return SqliteHistory(tmp_path / "history.db")


@pytest.fixture
def desk(history: SqliteHistory) -> Desk:
    """Both queues read, nothing kept."""
    return Desk(history)


def _results(run: SnapshotRun) -> list[tuple[str, str]]:
    return [(outcome.queue, outcome.result) for outcome in run.outcomes]


def test_a_run_keeps_the_last_day_of_every_queue(desk: Desk) -> None:
    """Complete and live, and the run tells who took it, when, and what became of each."""
    run = desk.take()

    for queue in desk.queues:
        kept = desk.kept(queue.id)
        assert kept is not None
        assert (kept.source, kept.complete, kept.taken_at) == ("live", True, NOON)
    assert _results(run) == [("desk", "kept"), ("small", "kept")]
    assert desk.history.runs(5) == (run,)
    assert (run.taker, run.host, run.started_at, run.ended_at) == ("command", "host", NOON, NOON)


def test_a_second_run_reads_nothing_and_changes_nothing(desk: Desk) -> None:
    """It finds every day there."""
    desk.take()
    before = [desk.kept(queue.id) for queue in desk.queues]
    desk.now += HOUR_MS

    again = desk.take(run_id="2")

    assert _results(again) == [("desk", "there"), ("small", "there")]
    assert desk.times_read == 1
    assert [desk.kept(queue.id) for queue in desk.queues] == before


def test_the_day_is_the_last_that_had_ended_at_the_instant_asked_for(desk: Desk) -> None:
    """In each queue's own zone; a day that was not the last one any more by now counts as rebuilt."""
    tokyo = replace(BIG, id="tokyo", calendar=TOKYO)
    desk.queues, desk.read = (BIG, tokyo), {"desk": reading(), "tokyo": reading(tokyo)}

    run = desk.take(at=ms("2026-11-22T20:00:00+00:00"))

    assert [(outcome.queue, outcome.day) for outcome in run.outcomes] == [("desk", days_ago(1)), ("tokyo", LAST)]
    rebuilt, live = desk.kept("desk", days_ago(1)), desk.kept("tokyo", LAST)
    assert rebuilt is not None
    assert live is not None
    assert (rebuilt.source, live.source) == ("backfill", "live")
    assert desk.since == end_of_day(BIG.calendar, days_ago(1))


def test_a_queue_that_cannot_be_read_leaves_the_others_their_day(desk: Desk) -> None:
    """Those that need its rates say that they lack them, and the next run replaces them."""
    whole = Desk(SqliteHistory(Path(desk.history._file).with_name("whole.db")))  # type: ignore[attr-defined]
    whole.take()
    desk.read["desk"] = Down("Jira answers 503.")

    run = desk.take()

    assert _results(run) == [("desk", "failed"), ("small", "incomplete")]
    assert [gap.reason for gap in run.gaps] == [
        "Jira answers 503.",
        "Without the rates of a queue that could not be read.",
    ]
    small = desk.kept("small")
    assert small is not None
    assert small.lacks == ("fleet",)

    desk.read["desk"] = reading()
    assert _results(desk.take(run_id="2")) == [("desk", "kept"), ("small", "kept")]
    assert desk.kept("small") == whole.kept("small")


def test_a_day_that_needs_no_rates_is_complete_without_the_others(desk: Desk) -> None:
    """Enough tickets of its own."""
    desk.read["small"] = Down("Jira answers 503.")

    assert _results(desk.take()) == [("desk", "kept"), ("small", "failed")]


def test_an_incomplete_run_never_takes_the_place_of_a_complete_day(desk: Desk) -> None:
    """Whether that was seen live or was rebuilt."""
    desk.take(day=days_ago(1))
    complete = desk.kept("desk", days_ago(1))
    failed = no_worklogs("failed", "Tempo answers 500.")
    desk.read = {queue.id: replace(reading(queue), booked=failed) for queue in desk.queues}
    desk.now = ms("2026-11-22T12:00:00+00:00")  # the day is the last one that has ended, so that it would be live

    run = desk.take(day=days_ago(1), run_id="2")

    assert complete is not None
    assert complete.source == "backfill"
    assert desk.times_read == 2
    assert _results(run) == [("desk", "there"), ("small", "there")]
    assert desk.kept("desk", days_ago(1)) == complete


def test_a_complete_run_takes_the_place_of_an_incomplete_one(desk: Desk) -> None:
    """What the hours lacked is told with the reason, and is there after the second run."""
    whole = dict(desk.read)
    failed = no_worklogs("failed", "Tempo answers 500.")
    desk.read = {queue.id: replace(reading(queue), booked=failed) for queue in desk.queues}

    first = desk.take()
    again = desk.take(run_id="2")
    desk.read = whole
    mended = desk.take(run_id="3")

    assert {gap.reason for gap in first.gaps} == {"Without the hours (Tempo answers 500.)."}
    assert first.outcomes == again.outcomes
    assert _results(mended) == [("desk", "kept"), ("small", "kept")]


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 12, 24)])
def test_a_day_that_has_not_ended_is_not_taken(desk: Desk, day: date) -> None:
    """Nothing is read for it."""
    run = desk.take(day=day)

    assert _results(run) == [("desk", "failed"), ("small", "failed")]
    assert run.gaps[0].reason == f"{day} has not ended in America/Sao_Paulo. Take it after midnight there."
    assert desk.times_read == 0


def test_a_day_that_is_not_covered_is_not_counted_from_what_happens_to_be_there(desk: Desk) -> None:
    """Its window begins before every change is known."""
    desk.read["desk"] = reading(covers_from="2026-11-01T00:00:00+00:00")

    run = desk.take()

    assert _results(run) == [("desk", "failed"), ("small", "kept")]
    assert "Raise WINDOW_DAYS" in str(run.gaps[0].reason)


def test_a_queue_that_breaks_the_rules_leaves_the_others_their_day(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """An error that nobody expected is one queue's, and the log has all of it."""
    broken = reading()
    desk.read["desk"] = replace(broken, columns=replace(broken.columns, created=broken.columns.created[:5]))

    run = desk.take()

    assert _results(run) == [("desk", "failed"), ("small", "incomplete")]
    assert str(run.gaps[0].reason).startswith("An error nobody expected (")
    assert run.gaps[1].reason == "Without the rates of a queue that could not be read."
    assert "Taking the day of desk failed" in caplog.text


def test_a_history_that_cannot_be_read_fails_every_queue_before_jira_is_asked(desk: Desk) -> None:
    """The reason is that of the history, and no exception comes out."""
    desk.history = FailingHistory()

    run = desk.take()

    assert {(gap.result, gap.reason) for gap in run.gaps} == {("failed", "The disk of the history is full.")}
    assert len(run.gaps) == 2
    assert desk.times_read == 0


def test_a_day_that_cannot_be_written_is_told(desk: Desk, history: SqliteHistory) -> None:
    """History can be read, and takes nothing."""
    desk.history = FailingHistory(history, {"put"})

    assert {gap.reason for gap in desk.take().gaps} == {"The disk of the history is full."}


def test_days_are_kept_though_the_run_cannot_be_recorded(
    desk: Desk, history: SqliteHistory, caplog: pytest.LogCaptureFixture
) -> None:
    """The record is about the days, not the other way round."""
    desk.history = FailingHistory(history, {"record"})

    run = desk.take()

    assert not run.gaps
    assert desk.kept("desk") is not None
    assert [record.getMessage() for record in caplog.records] == ["snapshot.unrecorded"]


def test_a_run_that_dies_leaves_its_beginning(desk: Desk) -> None:
    """So that somebody can see that there was one."""

    def die(_: int) -> Mapping[str, ReadResult]:
        raise KeyboardInterrupt

    occasion = Occasion("1", "lambda", "host", NOON)
    with pytest.raises(KeyboardInterrupt):
        take(desk.queues, die, desk.history, occasion, engine_version="1", now=lambda: NOON)

    assert desk.history.runs(5) == (SnapshotRun("1", "lambda", "host", NOON),)


def test_two_at_once_leave_what_one_would_have_left(desk: Desk) -> None:
    """The one that comes second finds the days there that were not there when it began."""
    other = Desk(desk.history)
    first: list[SnapshotRun] = []
    read: Callable[[int], Mapping[str, ReadResult]] = desk._read

    def meanwhile(since: int) -> Mapping[str, ReadResult]:
        first.append(other.take(run_id="2"))
        return read(since)

    second = take(
        desk.queues,
        meanwhile,
        desk.history,
        Occasion("1", "command", "host", NOON),
        engine_version="1",
        now=lambda: NOON,
    )

    assert _results(first[0]) == [("desk", "kept"), ("small", "kept")]
    assert _results(second) == [("desk", "there"), ("small", "there")]
