from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.backfill import Backfill, Rebuilt, rebuild
from opsportal.ports import Progress
from opsportal.reading import Reading
from opsportal.reports import UnknownQueue
from servicelevel.columns import TicketColumns
from servicelevel.errors import PortalError
from servicelevel.instants import DAY_MS
from servicelevel.measures import EVIDENCE_DAYS
from servicelevel.policy import Policy, Queue
from servicelevel.snapshot import end_of_day
from tests.factories import columns
from tests.unit.opsportal.rebuilding import reading, small_reading
from tests.unit.servicelevel.days import DESK, LAST, NOON, days_ago, kept, scored

OTHER = replace(DESK, id="other")


@pytest.fixture
def history(tmp_path: Path) -> SqliteHistory:
    """An empty history."""
    return SqliteHistory(tmp_path / "history.db")


class Readable:
    """A source that has what was read of both queues, but for those that it fails for."""

    def __init__(self, *, fails: str | None = None) -> None:
        self.fails = fails
        self.asked: list[tuple[str, int]] = []

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
        """The tickets, said to be covered as far back as was asked for."""
        assert previous is None
        self.asked.append((queue.id, updated_since))
        if queue.id == self.fails:
            raise PortalError("Jira says no.")
        return replace(reading(queue).columns, covers_from=updated_since)

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
        """Nobody asks, for nothing was moved."""
        raise AssertionError


def backfill(history: SqliteHistory, tickets: Readable) -> Backfill:
    """At noon of the 23rd, of two queues without hours."""
    return Backfill(Policy((DESK, OTHER)), tickets, None, history, lambda: NOON, "1")


def put_in(history: SqliteHistory, *readings: Reading, first: date, last: date = LAST) -> tuple[Rebuilt, ...]:
    """Rebuild a range of days at noon of the 23rd."""
    queues = [each.queue for each in readings]
    return rebuild(readings, queues, history, first, last, engine_version="1", now=lambda: NOON)


def test_every_queue_is_read_as_far_back_as_its_evidence(history: SqliteHistory) -> None:
    """Whichever is rebuilt: the rates of all fill up small samples. Two days before the last need more than it does."""
    tickets = Readable()

    made = backfill(history, tickets).run(days_ago(2), LAST, ["other"])

    since = end_of_day(DESK.calendar, days_ago(2)) - EVIDENCE_DAYS * DAY_MS
    assert sorted(tickets.asked) == [("desk", since), ("other", since)]
    assert made == (Rebuilt("other", put=3),)
    assert dict(history.days("other")) == dict.fromkeys((days_ago(2), days_ago(1), LAST), "backfill")
    assert history.days("desk") == {}
    assert all(row.complete for row in history.range("other", days_ago(2), LAST).snapshots)


def test_nothing_is_read_when_nothing_is_lacking(history: SqliteHistory) -> None:
    """A second run finds every day there and asks Jira nothing."""
    backfill(history, Readable()).run(days_ago(3), LAST)
    before = history.range("desk", days_ago(9), LAST)
    tickets = Readable()

    made = backfill(history, tickets).run(days_ago(3), LAST + timedelta(days=2))

    assert tickets.asked == []
    assert made == (Rebuilt("desk", there=4, not_ended=2), Rebuilt("other", there=4, not_ended=2))
    assert history.range("desk", days_ago(9), LAST) == before


def test_a_run_that_was_broken_off_goes_on_where_it_ended(history: SqliteHistory) -> None:
    """Every day is kept by itself: what was put before stays, and only the rest is rebuilt."""

    class Broken(SqliteHistory):
        puts = 0

        def put(self, snapshot: object) -> bool:
            self.puts += 1
            if self.puts > 2:
                raise PortalError("The disk is full.")
            return super().put(snapshot)  # type: ignore[arg-type]

    with pytest.raises(PortalError):
        backfill(Broken(history._file), Readable()).run(days_ago(4), LAST, ["desk"])

    assert list(history.days("desk")) == [days_ago(1), LAST]
    assert backfill(history, Readable()).run(days_ago(4), LAST, ["desk"]) == (Rebuilt("desk", put=3, there=2),)


def test_a_day_taken_live_stays_whatever_it_lacks(history: SqliteHistory) -> None:
    """And a day that was imported gives way, as does one that was rebuilt with something lacking."""
    history.put(replace(kept(days_ago(3)), complete=False, lacks=("tickets",)))
    history.put(scored(days_ago(2), 12.3, "import"))
    history.put(replace(kept(days_ago(1), "backfill"), complete=False, lacks=("hours",)))

    (made,) = put_in(history, reading(), first=days_ago(3))

    assert (made.put, made.there) == (3, 1)
    rows = {row.day: row for row in history.range("desk", days_ago(3), LAST).snapshots}
    assert (rows[days_ago(3)].source, rows[days_ago(3)].complete) == ("live", False)
    assert (rows[days_ago(2)].source, rows[days_ago(2)].complete) == ("backfill", True)
    assert (rows[days_ago(1)].source, rows[days_ago(1)].complete) == ("backfill", True)


def test_a_queue_that_cannot_be_read_says_why_and_the_others_are_rebuilt(history: SqliteHistory) -> None:
    """Its days stay gaps, and those of the others may lack what moved there: the next run takes their place."""
    desk, other = backfill(history, Readable(fails="desk")).run(days_ago(1), LAST)

    assert desk == Rebuilt("desk", failed="Jira says no.")
    assert other == Rebuilt("other", put=2, incomplete=2)
    assert history.days("desk") == {}
    assert {row.lacks for row in history.range("other", days_ago(1), LAST).snapshots} == {("tickets",)}

    assert backfill(history, Readable()).run(days_ago(1), LAST) == (Rebuilt("desk", put=2), Rebuilt("other", put=2))


def test_days_before_the_first_ticket_stay_gaps(history: SqliteHistory) -> None:
    """A queue that had no ticket yet had no bad days and no good ones."""
    table = small_reading("desk").columns
    begin = int(table.created.min())
    known = Reading(DESK, table, reading().booked)
    first = DESK.calendar.local_date(begin)

    (made,) = put_in(history, known, first=first - timedelta(days=3), last=first + timedelta(days=1))

    assert (made.put, made.before_tickets) == (2, 3)
    assert list(history.days("desk")) == [first, first + timedelta(days=1)]


def test_an_empty_queue_has_no_days(history: SqliteHistory) -> None:
    """Not even empty ones."""
    (made,) = put_in(history, Reading(DESK, columns(), reading().booked), first=days_ago(1))

    assert made == Rebuilt("desk", before_tickets=2)


def test_days_that_lack_tickets_say_so(history: SqliteHistory) -> None:
    """They are kept, and counted, and a later run takes their place."""
    table = replace(reading().columns, missing=(4711,))
    (made,) = put_in(history, replace(reading(), columns=table), first=days_ago(1))

    assert (made.put, made.incomplete) == (2, 2)
    (again,) = put_in(history, reading(), first=days_ago(1))
    assert (again.put, again.incomplete) == (2, 0)


def test_an_unknown_queue_is_refused_before_anything_is_read(history: SqliteHistory) -> None:
    """With those that there are."""
    tickets = Readable()

    with pytest.raises(UnknownQueue, match="desk, other"):
        backfill(history, tickets).run(days_ago(1), LAST, ["dekk"])
    assert tickets.asked == []


def test_progress_counts_every_day_of_every_queue(history: SqliteHistory) -> None:
    """Whoever watches sees how far it is."""
    seen: list[tuple[str, str, int, int]] = []
    run = backfill(history, Readable())

    run.run(days_ago(1), LAST, progress=lambda queue: lambda *step: seen.append((queue, *step)))

    assert seen == [(queue, "days", done, 2) for queue in ("desk", "other") for done in (1, 2)]
