"""What breaks next: the clocks with under an hour left, and by when the last of them has broken."""

from servicelevel.instants import HOUR_MS, MINUTE_MS
from servicelevel.next_break import broken_by, next_break
from tests.factories import AS_OF, ms, paused, queue, running, sao_paulo, ticket
from tests.unit.components.made_reports import small

NOON = ms(AS_OF)


def test_it_counts_what_is_overdue_and_what_has_under_an_hour_left() -> None:
    """One past its goal, one due at 12:30, one due at 14:00, and one that stands still."""
    rows = small(
        ticket(1, resolve=[running("2026-11-23T06:00:00+00:00", HOUR_MS)]),
        ticket(2, resolve=[running("2026-11-23T11:00:00+00:00", 90 * MINUTE_MS)]),
        ticket(3, resolve=[running("2026-11-23T11:00:00+00:00", 3 * HOUR_MS)]),
        ticket(4, resolve=[paused("2026-11-23T06:00:00+00:00")]),
    ).due

    found = next_break(rows, NOON)

    assert (found.overdue, found.breaking, found.until) == (1, 1, NOON + 31 * MINUTE_MS)
    assert found.first is not None
    assert found.first.key == "SD-2"


def test_the_clocks_counted_are_those_of_the_bucket_of_under_an_hour() -> None:
    """A full hour left is the next bucket, so the sentence and the list never tell two numbers of one hour."""
    made = small(
        ticket(1, resolve=[running("2026-11-23T11:00:00+00:00", 2 * HOUR_MS)]),
        ticket(2, resolve=[running("2026-11-23T11:00:00+00:00", 2 * HOUR_MS - 1)]),
    )

    found = next_break(made.due, NOON)

    assert [row.state for row in made.due] == ["lt_1h", "lt_4h"]
    assert (found.breaking, found.until) == (1, NOON + HOUR_MS)


def test_a_clock_that_breaks_after_closing_time_is_named_with_its_own_day() -> None:
    """Half an hour of work is left a quarter before closing: it breaks the next morning, and so says the instant."""
    evening = "2026-11-18T17:45:00-03:00"
    began, office = "2026-11-18T16:45:00-03:00", sao_paulo()
    clock = running(began, 90 * MINUTE_MS, read_at=evening, calendar=office)
    made = small(ticket(1, began, resolve=[clock]), desk=queue("desk", calendar=office), as_of=evening)

    found = next_break(made.due, ms(evening))

    assert (found.breaking, found.until) == (1, ms("2026-11-19T09:16:00-03:00"))


def test_the_minute_named_has_come_for_the_last_of_them() -> None:
    """A goal that runs out on the minute has run out before the next one; nothing runs out without a goal."""
    assert broken_by([NOON - 1, NOON]) == NOON + MINUTE_MS
    assert broken_by([NOON + 1]) == NOON + MINUTE_MS
    assert broken_by([]) is None


def test_without_a_running_clock_there_is_no_next() -> None:
    """Paused clocks run out at no known time."""
    rows = small(ticket(1, resolve=[paused("2026-11-23T06:00:00+00:00")])).due

    found = next_break(rows, NOON)

    assert (found.overdue, found.breaking, found.first) == (0, 0, None)
