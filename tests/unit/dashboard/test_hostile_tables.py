"""Every table that can be taken away, over tickets whose every text is an attack on the program that opens it."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, get_args

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.exports import TableName
from servicelevel.ticket import Label, Person, Ticket
from tests.factories import columns, crowd
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World

ATTACKS: Final = (
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "\uff1d1", "\uff0b1", "\uff0d1",
    "\uff201", "a\rb", "a\nb", "a\r\nb", 'a"b', 'a","b', '"', ",", ";=1", "a\0b", "\ufeff=1", "\u200b=1", "\u202egnp",
    "<script>", "x",
)  # fmt: skip
TRIGGERS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBER: Final = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?")
API: Final = ("queues", "queues/overview", "queues/desk/data", "queues/desk/tickets", "at-risk", "teams")


def _hostile(ticket: Ticket, number: int) -> Ticket:
    attack = ATTACKS[number % len(ATTACKS)]
    return replace(
        ticket,
        summary=attack,
        type=Label(ticket.type.id, attack),
        assignee=None if ticket.assignee is None else Person(ticket.assignee.id, f"{attack} {ticket.assignee.id}"),
    )


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """Asks a portal whose tickets are all attacks."""
    tickets, changes = crowd(7)
    world = World()
    world.tickets.table = columns(*(_hostile(ticket, n) for n, ticket in enumerate(tickets)), changes=changes)
    made: FlaskClient = create_app(portal_over(world, world.read(), tmp_path)).server.test_client()
    return made


def _cells(text: str) -> Iterator[list[str]]:
    """The rows of a file by RFC 4180 to the letter: CRLF between rows, everything else odd only inside quotes.

    Raises:
        AssertionError: it is no such file.
    """
    row: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == '"':
            end = at + 1
            while text[end] != '"' or text[end : end + 2] == '""':
                end += 2 if text[end] == '"' else 1
            row.append(text[at + 1 : end].replace('""', '"'))
            at = end + 1
        else:
            end = next(place for place in range(at, len(text)) if text[place] in ',"\r\n')
            assert text[end] != '"', f"a quote within a cell without quotes: {text[at : end + 1]!r}"
            row.append(text[at:end])
            at = end
        if text[at] == ",":
            at += 1
            continue
        assert text[at : at + 2] == "\r\n", f"a line break without quotes: {text[at - 5 : at + 5]!r}"
        yield row
        row, at = [], at + 2


def _addresses() -> list[str]:
    exports = [f"/export/{name}.csv" + ("?queue=desk" if name == "tickets" else "") for name in get_args(TableName)]
    return exports + [f"/api/{path}.csv" for path in API]


@pytest.mark.parametrize("address", _addresses())
def test_no_cell_is_a_formula_and_none_is_lost(client: FlaskClient, address: str) -> None:
    """Two readers find as many rows and cells as there are, a bare carriage return or not; numbers stay numbers."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    text = answer.data.decode("utf-8").removeprefix("\ufeff")

    rows = list(_cells(text))
    assert rows == list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) - 1 == int(answer.headers.get("X-Row-Count", len(rows) - 1))
    for row in rows:
        for cell in row:
            assert NUMBER.fullmatch(cell) or not cell.startswith(TRIGGERS), cell


def test_the_attacks_are_all_there(client: FlaskClient) -> None:
    """Each as a cell of its own, readable but for an apostrophe."""
    text = client.get("/export/tickets.csv?queue=desk").data.decode("utf-8").removeprefix("\ufeff")
    header, *rows = _cells(text)
    told = {row[header.index("summary")].removeprefix("'") for row in rows}

    assert set(ATTACKS) <= told
