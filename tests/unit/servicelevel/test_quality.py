from servicelevel.quality import EFFECTS, LISTED_KEYS, QualityRow
from servicelevel.report import report
from servicelevel.ticket import SlaCycle, Status, Ticket
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import (
    AS_OF,
    DOING,
    DONE,
    FIXED,
    booked,
    columns,
    defective,
    hours,
    moved,
    ms,
    queue,
    stopped,
    ticket,
    worklog,
)

SOUND = (stopped("2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00"),)
GONE = Status("99", "Old step", "indeterminate")


def sound(number: int, *, status: Status = DOING) -> Ticket:
    """A ticket that nothing is wrong with."""
    return ticket(
        number, status=status, resolution=FIXED if status == DONE else None, first_response=SOUND, resolve=SOUND
    )


def ledger_of(*tickets: Ticket) -> dict[str, QualityRow]:
    """The ledger of a report, by rule."""
    found = report(queue(), columns(*tickets), no_worklogs("failed", "no answer"), last_days(ms(AS_OF), 30))
    return {row.rule: row for row in found.quality}


def test_every_rule_is_listed_even_when_it_found_nothing() -> None:
    """Nothing wrong is said as nothing, under every rule with its effect."""
    rows = ledger_of(sound(1), sound(2, status=DONE))

    assert set(rows) == set(EFFECTS)
    assert all(row.effect == EFFECTS[rule] for rule, row in rows.items())
    assert {rule: row.tickets for rule, row in rows.items() if row.tickets} == {}


def test_each_rule_finds_its_ticket() -> None:
    """One ticket for each oddity, listed under it with its share."""
    contradiction = SlaCycle(
        ms("2026-11-20T12:00:00+00:00"), ms("2026-11-20T13:00:00+00:00"), None, hours(4), 1, breached=True
    )
    rows = ledger_of(
        sound(1),
        ticket(2, first_response=SOUND),
        ticket(3, first_response=[defective("no_start")], resolve=SOUND),
        ticket(4, first_response=[defective("unreadable")], resolve=SOUND),
        ticket(5, assignee=None, first_response=SOUND, resolve=SOUND),
        ticket(6, status=DONE, first_response=SOUND, resolve=SOUND),
        ticket(7, status=DOING, resolution=FIXED, first_response=SOUND, resolve=SOUND),
        ticket(8, first_response=SOUND, resolve=[contradiction]),
    )

    assert {rule: row.keys for rule, row in rows.items() if row.tickets} == {
        "no_goal": ("SD-2",),
        "no_start": ("SD-3",),
        "unreadable": ("SD-4",),
        "unassigned": ("SD-5",),
        "done_without_resolution": ("SD-6",),
        "open_with_resolution": ("SD-7",),
        "clock_anomaly": ("SD-8",),
    }
    assert rows["unassigned"].share == 1 / 8


def test_a_closed_ticket_without_assignee_is_not_unassigned() -> None:
    """Only open work needs somebody."""
    closed = ticket(1, status=DONE, resolution=FIXED, assignee=None, first_response=SOUND, resolve=SOUND)

    assert ledger_of(closed)["unassigned"].tickets == 0


def test_a_status_that_jira_no_longer_lists_is_unmapped() -> None:
    """Named by a history alone, before or after, it is listed once and counts as open."""
    table = columns(
        sound(1, status=DONE),
        sound(2),
        changes={1: [moved("2026-11-21T00:00:00+00:00", GONE, DONE), moved("2026-11-20T13:00:00+00:00", DOING, GONE)]},
    )
    found = report(queue(), table, no_worklogs("failed", "no answer"), last_days(ms(AS_OF), 30))
    row = next(row for row in found.quality if row.rule == "unmapped_status")

    assert (row.tickets, row.keys) == (1, ("SD-1",))


def test_a_defective_clock_beside_a_sound_one_is_an_anomaly() -> None:
    """The ticket is judged, and what could not be read is said."""
    rows = ledger_of(ticket(1, first_response=SOUND, resolve=[defective("unreadable"), *SOUND]))

    assert (rows["clock_anomaly"].keys, rows["unreadable"].tickets) == (("SD-1",), 0)


def test_tickets_that_did_not_arrive_are_listed_and_make_the_report_partial() -> None:
    """Unreadable answers by key, undelivered tickets by id."""
    whole = columns(sound(1))
    table = columns(sound(1), unreadable={"SD-7": "no status"}, missing=[9, 8])
    hours_read = no_worklogs("failed", "no answer")

    found = report(queue(), table, hours_read, last_days(ms(AS_OF), 30))
    rows = {row.rule: row for row in found.quality}

    assert (rows["left_out"].keys, rows["left_out"].share) == (("SD-7",), 0.5)
    assert (rows["missing"].keys, rows["missing"].tickets) == (("8", "9"), 2)
    assert found.partial
    assert not report(queue(), whole, hours_read, last_days(ms(AS_OF), 30)).partial


def test_hours_without_a_ticket_are_counted_when_hours_are_known() -> None:
    """Unknown hours say so; known ones list the ids."""
    table = columns(sound(1))
    read = booked(table, orphans=[worklog(1, 55, "2026-11-20", 1)])
    known = {row.rule: row for row in report(queue(), table, read, last_days(ms(AS_OF), 30)).quality}
    unknown = ledger_of(sound(1))

    assert (known["worklog_without_ticket"].tickets, known["worklog_without_ticket"].keys) == (1, ("55",))
    assert (unknown["worklog_without_ticket"].tickets, unknown["worklog_without_ticket"].reason) == (
        None,
        "hours are not known",
    )
    assert unknown["no_response"].tickets is None


def test_a_long_list_is_cut_and_its_count_is_not() -> None:
    """The first keys are listed, all are counted."""
    rows = ledger_of(*(ticket(i, assignee=None) for i in range(1, LISTED_KEYS + 21)))

    assert (rows["unassigned"].tickets, len(rows["unassigned"].keys)) == (LISTED_KEYS + 20, LISTED_KEYS)
