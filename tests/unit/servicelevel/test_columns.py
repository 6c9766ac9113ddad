import numpy as np
import pytest

from servicelevel.building import ColumnsBuilder
from servicelevel.columns import NONE_CODE, TicketColumns, codes_of
from servicelevel.instants import MISSING, date_of_day, day_of_date, to_datetime, to_ms
from servicelevel.standing import standing
from servicelevel.ticket import Label, Status
from tests.factories import (
    AS_OF,
    BRUNO,
    CLOSED,
    DOING,
    DONE,
    P1,
    P3,
    change,
    columns,
    moved,
    ms,
    running,
    stopped,
    ticket,
)


def test_rows_are_ordered_by_ticket_id() -> None:
    """However they came; nothing that is missing becomes a value."""
    table = columns(ticket(30, priority=None, assignee=None), ticket(4), ticket(12))

    assert (table.id.tolist(), table.key) == ([4, 12, 30], ("SD-4", "SD-12", "SD-30"))
    assert (table.priority[2], table.assignee[2], table.resolution[2]) == (NONE_CODE,) * 3
    assert table.resolved_on.tolist() == [MISSING] * 3


def test_cycles_are_ordered_by_ticket_and_start() -> None:
    """Of two with one start the running one comes last."""
    later = stopped("2026-11-20T05:00:00+00:00", "2026-11-20T06:00:00+00:00")
    still, first = (
        running("2026-11-20T01:00:00+00:00"),
        stopped("2026-11-20T01:00:00+00:00", "2026-11-20T02:00:00+00:00"),
    )
    cycles = columns(ticket(2, resolve=[later, still, first]), ticket(1, resolve=[later])).cycles["resolution"]

    assert cycles.row.tolist() == [0, 1, 1, 1]
    assert cycles.stop.tolist() == [later.stop, first.stop, MISSING, later.stop]


def test_priorities_keep_jiras_order_and_unlisted_ones_follow_by_id() -> None:
    """The list that Jira gives is an order of importance."""
    extra = Label("2", "High")
    table = columns(ticket(1, priority=extra), ticket(2, priority=P3))

    assert [label.name for label in table.priorities] == ["Highest", "Medium", "High"]
    assert table.priorities[table.priority[0]] == extra


def test_a_status_only_a_history_names_is_unmapped_and_open() -> None:
    """Without a category nobody can say that it was Done."""
    gone = Status("99", "Old step", "done")
    table = columns(
        ticket(1, "2026-11-01T00:00:00+00:00", status=DOING),
        changes={1: [moved("2026-11-10T00:00:00+00:00", gone, DOING)]},
    )
    code = [status.id for status in table.statuses].index("99")

    assert table.unmapped.tolist() == [i == code for i in range(len(table.statuses))]
    assert standing(table, ms("2026-11-05T00:00:00+00:00")).open.tolist() == [True]


def test_a_status_named_by_history_first_is_mapped_by_a_ticket() -> None:
    """The order in which its name and its category are learnt does not matter."""
    builder = ColumnsBuilder()
    builder.add_changes(1, [moved("2026-11-20T13:00:00+00:00", DOING, DONE)])
    builder.add_ticket(ticket(1, status=DONE), ms(AS_OF))
    table = builder.build(0, ms(AS_OF))

    assert {s.name: (bool(d), bool(u)) for s, d, u in zip(table.statuses, table.done, table.unmapped, strict=True)} == {
        "In progress": (False, True),
        "Resolved": (True, False),
    }


def test_a_history_sent_twice_is_one_history() -> None:
    """Equal changes of one history id are one; two histories at one instant are two."""
    once = moved("2026-11-21T00:00:00+00:00", DOING, DONE, history_id=5)
    other = moved("2026-11-21T00:00:00+00:00", DONE, CLOSED, history_id=6)
    table = columns(ticket(1, status=CLOSED), changes={1: [once, other, once]})

    assert len(table.changes.row) == 2


def test_changes_of_unknown_tickets_are_dropped() -> None:
    """They belong to nobody here."""
    table = columns(ticket(2), changes={i: [change(AS_OF, "assignee", None, BRUNO)] for i in (1, 2, 3)})

    assert table.changes.row.tolist() == [0]


def test_rows_of_ids() -> None:
    """Ids that the queue has not are none, before, between and after those it has."""
    assert columns(ticket(5), ticket(9)).rows_of(np.array([4, 5, 7, 9, 10])).tolist() == [-1, 0, -1, 1, -1]
    assert columns().rows_of(np.array([4])).tolist() == [-1]


def test_what_a_registry_means_by_a_word() -> None:
    """Ids exactly or names in any case; all that share a name are meant."""
    table = (Label("1", "Duplicate"), Label("2", "DUPLICATE"), Label("3", "Spam"))

    assert codes_of(table, ["duplicate"]) == {0, 1}
    assert codes_of(table, ["3", "unknown"]) == {2}
    assert codes_of(table, []) == frozenset()


BASE = ticket(1, resolve=[running("2026-11-23T11:00:00+00:00")])


@pytest.mark.parametrize(
    "other",
    [
        columns(),
        columns(BASE, ticket(2)),
        columns(ticket(1, updated="2026-11-21T00:00:00+00:00", resolve=BASE.cycles["resolution"])),
        columns(ticket(1, status=DONE, resolve=BASE.cycles["resolution"])),
        columns(ticket(1, assignee=None, resolve=BASE.cycles["resolution"])),
        columns(ticket(1, priority=P1, resolve=BASE.cycles["resolution"])),
        columns(ticket(1, resolve=[running("2026-11-23T11:00:00.001+00:00")])),
        columns(ticket(1, first_response=BASE.cycles["resolution"])),
        columns(BASE, changes={1: [moved("2026-11-21T00:00:00+00:00", DOING, DONE)]}),
        columns(BASE, missing=[2]),
        columns(BASE, unreadable={"SD-2": "no status"}),
    ],
    ids=[
        *("nothing", "more", "updated", "status", "assignee", "priority", "clock", "other clock", "change"),
        *("missing", "unreadable"),
    ],
)
def test_other_facts_have_another_revision(other: TicketColumns) -> None:
    """Anything that can change a number changes the name of the facts."""
    assert other.revision != columns(BASE).revision


def test_the_same_facts_read_later_have_the_same_revision() -> None:
    """The instant of the reading is no fact of the tickets."""
    assert columns(BASE, read_at="2026-11-23T12:05:00+00:00").revision == columns(BASE).revision


def test_instants_are_exact_and_need_an_offset() -> None:
    """Milliseconds there and back, days too; a time without an offset names no moment."""
    instant = ms("2026-11-23T12:00:00.001-03:00")

    assert to_ms(to_datetime(instant)) == instant
    assert to_datetime(instant).isoformat() == "2026-11-23T15:00:00.001000+00:00"
    assert day_of_date(date_of_day(20_000)) == 20_000
    with pytest.raises(ValueError, match="no offset"):
        ms("2026-11-23T12:00:00")
