from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel import marks
from servicelevel.columns import NONE_CODE
from servicelevel.due import DUE_STATES
from servicelevel.measures import Filters
from servicelevel.policy import SLA_NAMES, JudgedCycle, SlaName
from servicelevel.report import QueueReport, report
from servicelevel.selection import counted, tickets
from servicelevel.verdicts import EXCLUSIONS
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import (
    ANA,
    AS_OF,
    DONE,
    DUPLICATE,
    P1,
    P3,
    columns,
    crowd,
    ms,
    queue,
    running,
    sao_paulo,
    stopped,
    ticket,
)
from tests.unit.servicelevel.bounded import examples

NO_HOURS = no_worklogs("not_configured", "no hours here")


def made_of(seed: int, size: int, days: float, filters: Filters, each: bool = False) -> QueueReport:
    """A report over a made-up crowd."""
    judged: dict[SlaName, JudgedCycle] = {"first_response": "each", "resolution": "each"} if each else {}
    desk = queue(calendar=sao_paulo(), judged=judged)
    found, changes = crowd(seed, size, calendar=sao_paulo())
    table = columns(*found, changes=changes)
    return report(desk, table, NO_HOURS, last_days(ms(AS_OF), days), filters=filters)


def priority_id(made: QueueReport, code: int) -> str:
    """The id marks use for a priority."""
    return marks.NO_PRIORITY if code == NONE_CODE else made.columns.priorities[code].id


def promised(made: QueueReport) -> Iterator[tuple[str, int]]:
    """Every mark of the promises with the report's own count."""
    for name in SLA_NAMES:
        reached = made.now.sla[name]
        kept = reached.kept
        yield marks.sla_mark(name, "decided"), kept.n
        yield marks.sla_mark(name, "met"), kept.met
        yield marks.sla_mark(name, "breached"), kept.breached
        yield marks.sla_mark(name, "breached_closed"), kept.breached - reached.breached_open
        yield marks.sla_mark(name, "breached_open"), reached.breached_open
        yield marks.sla_mark(name, "undecided"), reached.undecided
        yield marks.sla_mark(name, "no_response"), reached.no_response
        yield marks.sla_mark(name, "excluded"), sum(reached.excluded.values())
        yield marks.sla_mark(name, "completed_only"), reached.completed_only.n
        yield marks.sla_mark(name, "completed_only_met"), reached.completed_only.met
        yield marks.sla_mark(name, "jsm_goals"), reached.jsm_goals.n
        yield marks.sla_mark(name, "jsm_goals_met"), reached.jsm_goals.met
        for reason, n in reached.excluded.items():
            yield marks.sla_mark(name, "excluded", reason=reason), n
        for code, of_it in reached.by_priority.items():
            yield marks.sla_mark(name, "met", priority=priority_id(made, code)), of_it.met
            yield marks.sla_mark(name, "decided", priority=priority_id(made, code)), of_it.n
        for day in reached.by_day:
            yield marks.sla_mark(name, "met", day=day.day), day.met
            yield marks.sla_mark(name, "breached", day=day.day), day.breached


def worked(made: QueueReport) -> Iterator[tuple[str, int]]:
    """Every mark of work, age, people, due clocks and oddities with the report's own count."""
    flow, stock = made.now.flow, made.now.backlog
    yield marks.flow_mark("created"), flow.created
    yield marks.flow_mark("resolved"), flow.resolved
    yield marks.flow_mark("reopened"), flow.reopened
    yield marks.flow_mark("open"), flow.open
    yield marks.reopens_mark("resolutions"), flow.reopens.resolutions
    yield marks.reopens_mark("reopened"), flow.reopens.reopened
    for day in flow.by_day:
        yield marks.flow_mark("created", day.day), day.created
        yield marks.flow_mark("resolved", day.day), day.resolved
        yield marks.flow_mark("open", day.day), day.open
    yield marks.open_mark("all"), stock.open
    yield marks.open_mark("unassigned"), stock.unassigned
    yield marks.open_mark("stale"), stock.stale
    yield marks.open_mark("resolved_28d"), stock.resolved_28d
    yield marks.open_mark("older"), stock.older or 0
    for bucket in stock.buckets:
        yield marks.age_mark(bucket), bucket.tickets
    for row in made.analysts:
        who = row.person.id if row.person else None
        yield marks.analyst_mark(who, "open"), row.open
        yield marks.analyst_mark(who, "resolved"), row.resolved
        yield marks.analyst_mark(who, "breached_held"), row.breached_held
        for name in SLA_NAMES:
            yield marks.analyst_mark(who, "met", sla=name), row.met[name]
            yield marks.analyst_mark(who, "breached", sla=name), row.breached[name]
    yield marks.due_mark(), len(made.due)
    for state in DUE_STATES:
        yield marks.due_mark(state), sum(row.state == state for row in made.due)
        for name in SLA_NAMES:
            yield marks.due_mark(state, sla=name), sum(row.state == state and row.sla == name for row in made.due)
    for found in made.quality:
        if found.tickets is not None and found.rule not in ("left_out", "missing", "worklog_without_ticket"):
            yield marks.quality_mark(found.rule), found.tickets


@examples(25)
@given(
    st.integers(0, 10_000),
    st.integers(0, 60),
    st.sampled_from([7, 30, 60]),
    st.sampled_from([Filters(), Filters(priority=("Highest",)), Filters(analyst=("ana", "unassigned"))]),
    st.booleans(),
)
def test_a_list_has_as_many_entries_as_its_mark_says(
    seed: int, size: int, days: int, filters: Filters, each: bool
) -> None:
    """For every mark of a report the selection counts what the report counted."""
    made = made_of(seed, size, days, filters, each)

    for mark, count in [*promised(made), *worked(made)]:
        assert (mark, len(tickets(made, mark))) == (mark, count)


@examples(10)
@given(st.integers(0, 10_000))
def test_parts_by_priority_make_up_the_whole(seed: int) -> None:
    """Open tickets by priority, of all ages and of each, are all of them and nobody twice."""
    made = made_of(seed, 50, 30, Filters())
    ids = [item.id for item in made.columns.priorities] + [marks.NO_PRIORITY]

    of_each = [tickets(made, marks.open_mark("all", priority=each)) for each in ids]
    assert sorted(row for rows in of_each for row in rows) == list(tickets(made, marks.open_mark("all")))
    for bucket in made.now.backlog.buckets:
        by_priority = [len(tickets(made, marks.age_mark(bucket, priority=each))) for each in ids]
        assert sum(by_priority) == bucket.tickets


def test_the_tickets_are_the_right_ones() -> None:
    """Met, breached and undecided are told apart by ticket, not only by number."""
    made = report(
        queue(),
        columns(
            ticket(1, resolve=[stopped("2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00")]),
            ticket(2, priority=P1, resolve=[stopped("2026-11-20T12:00:00+00:00", "2026-11-20T17:00:00+00:00")]),
            ticket(3, priority=P1, resolve=[running("2026-11-21T12:00:00+00:00")]),
            ticket(4, priority=None, resolve=[running("2026-11-23T11:00:00+00:00")]),
            ticket(5, status=DONE, resolution=DUPLICATE),
        ),
        NO_HOURS,
        last_days(ms(AS_OF), 30),
    )

    assert tickets(made, "sla:resolution:met") == (0,)
    assert tickets(made, "sla:resolution:breached") == (1, 2)
    assert tickets(made, "sla:resolution:breached_open:priority=1") == (2,)
    assert tickets(made, "sla:resolution:undecided:priority=none") == (3,)
    assert tickets(made, "sla:resolution:excluded:reason=no_goal") == (4,)
    assert tickets(made, "open:all:priority=3") == (0,)


def test_a_clock_counted_says_which_promise() -> None:
    """A ticket with two clocks due is there twice, each time with its promise; the more urgent comes first."""
    both = ticket(
        1, first_response=[running("2026-11-23T11:00:00+00:00")], resolve=[running("2026-11-23T08:30:00+00:00")]
    )
    made = report(queue(), columns(both), NO_HOURS, last_days(ms(AS_OF), 30))

    assert [(item.row, item.sla) for item in counted(made, "due:all")] == [(0, "resolution"), (0, "first_response")]


def test_an_account_with_a_colon_in_its_id_is_found() -> None:
    """Ids are encoded in a mark, so a colon in one cuts nothing."""
    odd = ANA.__class__("557058:ab=c/d", "Ana")
    made = report(queue(), columns(ticket(1, assignee=odd), ticket(2)), NO_HOURS, last_days(ms(AS_OF), 30))

    mark = marks.analyst_mark(odd.id, "open")

    assert ":" not in mark.removeprefix("analyst:").removesuffix(":open")
    assert tickets(made, mark) == (0,)


def test_people_are_found_by_the_id_that_stands_for_them() -> None:
    """Under a privacy rule the account's own id names nobody."""
    made = report(queue(), columns(ticket(1), ticket(2, assignee=None)), NO_HOURS, last_days(ms(AS_OF), 30))

    assert tickets(made, "analyst:someone:open", lambda _: "someone") == (0,)
    assert tickets(made, "analyst:unassigned:open", lambda _: None) == (1,)
    with pytest.raises(marks.UnknownMark):
        tickets(made, "analyst:ana:open", lambda _: "someone")


@pytest.mark.parametrize(
    "mark",
    [
        "",
        "sla",
        "sla:resolution",
        "sla:speed:met",
        "sla:resolution:great",
        "sla:resolution:met:priority=77",
        "sla:resolution:met:day=soon",
        "sla:resolution:excluded:reason=why",
        "flow:sideways",
        "flow:created:day=2026-13-01",
        "flow:open:day=9999-12-31",
        "reopens:never",
        "open:maybe",
        "age:2-4",
        "analyst:ana",
        "analyst:ana:late",
        "analyst:ana:met:sla=speed",
        "due:soon",
        "quality:nonsense",
        "quality:left_out",
    ],
)
def test_a_mark_that_names_nothing_is_refused(mark: str) -> None:
    """A link with a slip in it is an error that quotes it, never an empty list that looks like good news."""
    made = report(queue(), columns(ticket(1, priority=P3)), NO_HOURS, last_days(ms(AS_OF), 30))

    with pytest.raises(marks.UnknownMark) as refused:
        tickets(made, mark)

    assert repr(mark) in str(refused.value)


def test_exclusions_have_marks_by_every_reason() -> None:
    """Each reason an attainment names can be asked for."""
    made = report(queue(), columns(ticket(1)), NO_HOURS, last_days(ms(AS_OF), 30))

    assert set(made.now.sla["resolution"].excluded) == {reason for reason in EXCLUSIONS if reason}


def test_a_mark_reads_back_as_it_was_written() -> None:
    """Taking a mark apart and writing it again gives the same text, with or without its queue."""
    mark = marks.sla_mark("resolution", "met", priority="Très: haut", day=date(2026, 11, 2))

    assert marks.parse(mark).text == mark
    assert marks.parse(mark).values == {"priority": "Très: haut", "day": "2026-11-02"}
    assert marks.split_queue(marks.of_queue("billing", mark)) == ("billing", mark)
    assert marks.split_queue(mark) == (None, mark)
