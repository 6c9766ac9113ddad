"""Work by analyst: counts that lead to their tickets, medians beside the queue's own, and privacy."""

import json

import pytest
from plotly.utils import PlotlyJSONEncoder

from components.analysts import Named, analysts_table, hours_note
from servicelevel.marks import split_queue
from servicelevel.report import report
from servicelevel.selection import tickets
from servicelevel.ticket import Person
from servicelevel.window import last_days
from servicelevel.worklogs import WorklogColumns, no_worklogs
from tests.factories import ANA, AS_OF, booked, columns, ms, queue, running, stopped, ticket, worklog
from tests.unit.components.drawn import having, hrefs, parts, text
from tests.unit.components.made_reports import NO_HOURS, SEEDS, busy, link, small


def name(person: Person | None) -> str | None:
    """Names as they are."""
    return None if person is None else person.name


def account(person: Person | None) -> str | None:
    """Ids as they are."""
    return None if person is None else person.id


def _as(word: str) -> Named:
    """Everybody under one word."""
    return lambda person: None if person is None else word


@pytest.mark.parametrize("seed", SEEDS)
def test_every_count_leads_to_as_many_tickets(seed: int) -> None:
    """Open, held, resolved and the totals."""
    made = busy(seed)
    counted = [part for part in parts(analysts_table(made, name, account, link)) if type(part).__name__ == "Link"]

    assert counted
    for part in counted:
        (href,) = hrefs(part)
        mark = split_queue(href.removeprefix("/here?tickets="))[1]
        assert len(tickets(made, mark)) == int(text(part).replace(",", ""))


def test_rows_say_what_the_report_says() -> None:
    """One row an analyst and a total, hours rounded, nobody's work in words."""
    made = busy()
    body = [text(row) for row in parts(analysts_table(made, name, account, link)) if type(row).__name__ == "Tr"][1:]

    assert len(body) == len(made.analysts) + 1
    assert any(row.startswith("Unassigned") for row in body)
    assert body[-1].startswith(f"Total{made.now.backlog.open} · ")


def test_under_pseudonyms_neither_name_nor_account_is_written() -> None:
    """Not in the words and not in the addresses."""
    made = busy()
    table = analysts_table(made, _as("Somebody"), _as("x7"), link)
    everything = f"{text(table)} {hrefs(table)} {json.dumps(table, cls=PlotlyJSONEncoder)}"
    everything = everything.replace("Analyst", "")

    for person in made.columns.people:
        assert person.name not in everything
        assert f"analyst:{person.id}:" not in everything


def test_a_median_that_is_not_reached_is_a_dash() -> None:
    """A dot only where there is one; the queue's own median is named under the table."""
    done = stopped("2026-11-20T12:00:00+00:00", "2026-11-20T14:00:00+00:00")
    made = small(ticket(1, resolve=[done]), ticket(2, assignee=None, resolve=[running("2026-11-23T11:00:00+00:00")]))
    cells = [
        part
        for part in parts(analysts_table(made, name, account, link))
        if "median" in str(getattr(part, "className", ""))
    ]

    assert [text(cell) for cell in cells] == ["—", "2.0", "dashed: queue median 2.0"]
    assert having(cells, "median-none") == [cells[0]]


def test_nothing_is_0_and_what_is_not_known_is_a_dash_with_its_reason() -> None:
    """Somebody without a resolved ticket or an hour has 0 of them; nobody can have booked, and no Tempo knows none."""
    table = columns(ticket(1, assignee=ANA), ticket(2, assignee=None))
    window = last_days(ms(AS_OF), 30)

    def cells(spent: WorklogColumns) -> list[list[tuple[str, str | None]]]:
        shown = analysts_table(report(queue(), table, spent, window), name, account, link)
        rows = [part for part in parts(shown) if type(part).__name__ == "Tr"][1:]
        return [[(text(cell), getattr(cell, "title", None)) for cell in row.children] for row in rows]

    nobody, ana, _ = cells(booked(table, worklog(1, 1, "2026-11-20", 0.2)))
    assert [said for said, _ in ana] == ["Ana", "1", "0", "—", "<1"]
    assert ana[3][1] == "No median: less than half of the work begun in this period is resolved"
    assert nobody[2][0] == "0"
    assert nobody[4] == ("—", "Hours belong to who booked them")
    assert [row[4][0] for row in cells(booked(table))] == ["—", "0", "0"]
    assert [row[4] for row in cells(NO_HOURS)][1:] == [("—", "No Tempo is configured")] * 2


def test_hours_that_are_not_known_say_why() -> None:
    """Not configured, failed, or booked with their coverage."""
    failed = report(queue(), columns(ticket(1)), no_worklogs("failed", "no answer"), last_days(ms(AS_OF), 30))

    assert hours_note(small(ticket(1))) == "hours: no Tempo is configured"
    assert hours_note(failed) == "hours could not be read"
    assert " h logged · " in hours_note(busy())


def test_a_quiet_queue_says_so() -> None:
    """No table without a row."""
    assert text(analysts_table(small(), name, account, link)) == "Nobody held or resolved a ticket in this period."
