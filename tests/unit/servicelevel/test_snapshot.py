from dataclasses import replace
from datetime import date

import pytest

from servicelevel.attainment import Kept
from servicelevel.instants import DAY_MS
from servicelevel.measures import NO_TRAILING, Filters, Trailing, measure, wants_fleet
from servicelevel.policy import DEFAULT_WEIGHTS, SLA_NAMES
from servicelevel.rescoring import kept_by_priority, rescored
from servicelevel.snapshot import SnapshotSource, end_of_day, full_rank, last_ended_day
from servicelevel.snapshot_taking import taken
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import columns, crowd, ms, queue, sao_paulo, ticket
from tests.unit.servicelevel.days import (
    CHANGES,
    DESK,
    LAST,
    NOON,
    TABLE,
    TICKETS,
    days_ago,
    hours_booked,
    kept,
    measured,
)


def test_it_counts_what_the_report_counts() -> None:
    """Every count of a snapshot is that of the measures at the end of its day."""
    now, counts = measured(), kept().counts

    assert counts is not None
    for name in SLA_NAMES:
        assert counts.sla[name].kept == now.sla[name].kept
        assert counts.sla[name].undecided == now.sla[name].undecided
    assert counts.flow.created == now.flow.created
    assert counts.flow.open == now.flow.open
    assert counts.backlog_days == now.backlog.days
    assert counts.ageing_share == now.backlog.ageing_share
    assert counts.net_flow == now.flow.net_flow
    assert counts.reopen_rate == now.flow.reopens.rate
    assert counts.utilisation == now.hours.utilisation
    assert counts.hours.total_s == now.hours.total_s


def test_priorities_add_up_to_the_queue() -> None:
    """Created, resolved, open, decided, undecided and hours by priority have the queue's own totals."""
    counts = kept().counts

    assert counts is not None
    parts = counts.by_priority
    assert len(parts) == 2
    assert sum(part.created for part in parts) == counts.flow.created
    assert sum(part.resolved for part in parts) == counts.flow.resolved
    assert sum(part.open for part in parts) == counts.flow.open
    assert sum(part.hours_s or 0 for part in parts) == counts.hours.total_s
    for name in SLA_NAMES:
        assert sum((part.kept[name] for part in parts), Kept(0, 0)) == counts.sla[name].kept
        assert sum(part.undecided[name] for part in parts) == counts.sla[name].undecided


@pytest.mark.parametrize("ago", [0, 1, 7, 20, 45, 80])
def test_a_score_can_be_made_again_from_the_row(ago: int) -> None:
    """The counts of a snapshot give its score, contributions and coverage again, digit by digit."""
    row = kept(days_ago(ago))

    assert row.counts is not None
    again = rescored(row.counts, DESK)
    assert row.score is not None
    assert (again.score, again.contributions, again.coverage) == (row.score, row.contributions, row.coverage)


def test_a_score_filled_up_with_the_fleets_rates_can_be_made_again() -> None:
    """What the fleet lent to a small sample is in the row as well."""
    tickets, changes = crowd(5, 60, calendar=sao_paulo())
    table = columns(*tickets, changes=changes)
    fleet = Trailing({name: Kept(100, 100) for name in SLA_NAMES}, Kept(0, 100))
    desk, window = queue(calendar=sao_paulo()), last_days(end_of_day(sao_paulo(), LAST), 30)
    hours = no_worklogs("not_configured", "")
    small = measure(desk, table, hours, window, Filters(), fleet)
    row = taken(desk, table, hours, small, fleet, taken_at=NOON, source="live", engine_version="1")

    assert wants_fleet(small)
    assert row.counts is not None
    assert rescored(row.counts, desk).exact == small.health.exact
    alone = measure(desk, table, hours, window, Filters(), NO_TRAILING)
    assert small.health.exact is not None
    assert small.health.exact != alone.health.exact


def test_a_day_whose_reopens_are_not_covered_is_made_again_without_them() -> None:
    """Changes known for the window only leave the reopen rate out, of the snapshot and of the score made again."""
    table = replace(TABLE, covers_from=end_of_day(DESK.calendar, LAST) - 31 * DAY_MS)
    window, hours = last_days(end_of_day(DESK.calendar, LAST), 30), hours_booked()
    now = measure(DESK, table, hours, window, Filters(), NO_TRAILING)
    row = taken(DESK, table, hours, now, NO_TRAILING, taken_at=NOON, source="live", engine_version="1")

    assert row.counts is not None
    assert row.counts.reopen_rate is None
    again = rescored(row.counts, DESK)
    assert again.utility("quality") is None
    assert (again.exact, again.coverage) == (now.health.exact, now.health.coverage)


def test_other_weights_redraw_the_score() -> None:
    """A queue that weighs otherwise today gets the score of its weights from an old row."""
    row = kept()
    other = replace(DESK, weights={**DEFAULT_WEIGHTS, "backlog": 0.0, "quality": 40.0})

    assert row.counts is not None
    again = rescored(row.counts, other)
    assert again.score == measured(desk=other).health.score
    assert again.score != row.score


def test_priorities_feed_the_movement_as_the_report_does() -> None:
    """The counts by priority that explain a movement are those of the measures."""
    row = kept()

    assert row.counts is not None
    assert kept_by_priority(row.counts) == measured().kept_by_priority(TABLE)


def test_the_day_ends_with_its_last_millisecond_in_the_queues_zone() -> None:
    """A snapshot describes the end of a local day, and the day that still runs has not ended."""
    office = sao_paulo()

    assert end_of_day(office, date(2026, 11, 22)) == ms("2026-11-23T02:59:59.999+00:00")
    assert last_ended_day(office, ms("2026-11-23T02:59:59.999+00:00")) == date(2026, 11, 21)
    assert last_ended_day(office, ms("2026-11-23T03:00:00+00:00")) == date(2026, 11, 22)
    assert kept().day == date(2026, 11, 22)


def test_what_is_lacking_is_said() -> None:
    """Missing tickets, failed hours and an unknown past make a snapshot incomplete, each by its own word."""
    window = last_days(end_of_day(DESK.calendar, LAST), 30)
    table = columns(*TICKETS, changes=CHANGES, missing=[9_000], covers_from="2026-10-01T00:00:00+00:00")
    hours = no_worklogs("failed", "Tempo is down.")
    now = measure(DESK, table, hours, window, Filters(), NO_TRAILING)
    row = taken(DESK, table, hours, now, NO_TRAILING, taken_at=NOON, source="live", engine_version="1")

    assert row.lacks == ("tickets", "hours", "past")
    assert not row.complete
    assert kept().complete
    assert window.end - 90 * DAY_MS < table.covers_from


def test_a_few_tickets_that_cannot_be_read_make_no_day_incomplete() -> None:
    """They are left out and listed, as in a report; when more than one in a hundred cannot be read, the day says so."""
    window = last_days(end_of_day(DESK.calendar, LAST), 30)
    hours = no_worklogs("not_configured", "")
    many = columns(*(ticket(n, "2026-11-01T09:00:00+00:00") for n in range(1, 199)))

    def lacks(unreadable: int) -> tuple[str, ...]:
        table = replace(many, unreadable={f"SD-{n}": "no creation date" for n in range(unreadable)})
        now = measure(DESK, table, hours, window, Filters(), NO_TRAILING)
        return taken(DESK, table, hours, now, NO_TRAILING, taken_at=NOON, source="live", engine_version="1").lacks

    assert lacks(2) == ()
    assert lacks(3) == ("tickets",)


def test_hours_that_are_not_configured_are_no_lack() -> None:
    """A portal without Tempo keeps complete days, which know no hours."""
    hours = no_worklogs("not_configured", "")
    window = last_days(end_of_day(DESK.calendar, LAST), 30)
    now = measure(DESK, TABLE, hours, window, Filters(), NO_TRAILING)
    row = taken(DESK, TABLE, hours, now, NO_TRAILING, taken_at=NOON, source="live", engine_version="1")

    assert row.complete
    assert row.counts is not None
    assert row.counts.hours.total_s is None
    assert {part.hours_s for part in row.counts.by_priority} == {None}


def test_live_ranks_over_rebuilt_over_imported() -> None:
    """And the complete over the incomplete; an incomplete live day and a complete rebuilt one stay as they are."""
    whole = kept()
    sources: tuple[SnapshotSource, ...] = ("import", "backfill", "live")
    ranks = {
        (source, complete): replace(whole, source=source, complete=complete).rank
        for source in sources
        for complete in (False, True)
    }

    assert sorted(ranks, key=ranks.__getitem__) == [*ranks]
    assert [one for one in ranks if [*ranks.values()].count(ranks[one]) > 1] == [("backfill", True), ("live", False)]
    assert all(full_rank(source) == ranks[source, True] for source in sources)
    assert hours_booked().state == "ok"
