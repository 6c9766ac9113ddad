"""Tables as files: what is in them, what they are called, and what is answered when there is nothing to give."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from dashboard import exports
from dashboard.exports import export_href
from dashboard.portal import EXTENSION, Portal
from dashboard.urls import View
from opsportal.reports import Period
from servicelevel.errors import PortalError
from servicelevel.policy import Policy
from servicelevel.selection import tickets
from servicelevel.ticket import Ticket
from tests.factories import BRUNO, P1, columns, crowd, queue, running, ticket
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World

EVIL = '=HYPERLINK("https://evil.invalid","<script>alert(1)</script>")'
TABLES = ("overview", "compare", "due", "analysts", "budgets", "quality", "sources", "trends")


class Down(PortalError):
    """A source that fails."""


def _evil() -> Ticket:
    return replace(
        ticket(900, resolve=[running("2026-11-23T05:00:00+00:00")], priority=P1, assignee=BRUNO), summary=EVIL
    )


@pytest.fixture
def world() -> World:
    """Three queues of forty tickets with histories, and one ticket whose summary is an attack."""
    made, changes = crowd(7)
    world = World()
    world.tickets.table = columns(*made, _evil(), changes=changes)
    return world


@pytest.fixture
def services(world: World, tmp_path: Path) -> Portal:
    """The portal when every queue has been read."""
    return portal_over(world, world.read(), tmp_path)


def _get(services: Portal, address: str) -> TestResponse:
    server = Flask("test")
    server.extensions[EXTENSION] = services
    exports.install(server, services)
    return server.test_client().get(address)


def _rows(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_how_many_rows_it_has(services: Portal, name: str) -> None:
    """In a header, and that is how many there are; it is a file to keep, not to cache."""
    answer = _get(services, f"/export/{name}.csv")

    assert int(answer.headers["X-Row-Count"]) == len(_rows(answer))
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{name}_all-queues_')
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_file_is_named_after_queue_period_and_instant(services: Portal) -> None:
    """So that two files in one folder can be told apart."""
    answer = _get(services, "/export/tickets.csv?queue=desk&period=14")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="tickets_desk_14d_2026-11-23T1200Z.csv"'


@pytest.mark.parametrize("mark", ["flow:created", "open:all", "sla:resolution:breached", "due:all"])
def test_a_file_holds_exactly_the_tickets_behind_a_mark(services: Portal, mark: str) -> None:
    """As many rows as the mark counts, with their keys."""
    made = services.reports.queue("desk").report
    assert made is not None
    expected = [made.columns.key[row] for row in tickets(made, mark)]

    rows = _rows(_get(services, f"/export/tickets.csv?tickets=desk/{mark}"))

    assert [row["key"] for row in rows] == expected
    assert expected, "a mark without tickets shows nothing"


def test_filters_and_period_of_the_address_hold(services: Portal) -> None:
    """The same numbers as a report with that filter."""
    made = services.reports.queue("desk", period=Period(7), filters=View(priority=("Highest",)).filters).report
    assert made is not None

    rows = _rows(_get(services, "/export/tickets.csv?queue=desk&priority=Highest&period=7&tickets=flow:created"))

    assert len(rows) == made.now.flow.created
    assert {row["priority"] for row in rows} == {"Highest"}


def test_numbers_are_those_of_the_report(services: Portal) -> None:
    """Unrounded, and what is not known is empty."""
    served = services.reports.overview().served
    rows = {row["id"]: row for row in _rows(_get(services, "/export/overview.csv"))}

    for queue_id, each in served.items():
        made = each.report
        assert made is not None
        score, rate = made.now.health.score, made.now.sla["resolution"].kept.rate
        assert rows[queue_id]["score"] == ("" if score is None else str(score))
        assert float(rows[queue_id]["resolution_attainment"]) == rate


def test_an_attack_in_a_summary_is_disarmed(services: Portal) -> None:
    """It stays readable, in one cell, and no spreadsheet runs it."""
    due = _rows(_get(services, "/export/due.csv?queue=desk&due=overdue&priority=Highest&analyst=Bruno"))

    assert f"'{EVIL}" in [row["summary"] for row in due]


def test_a_negative_time_left_is_a_number(services: Portal) -> None:
    """An overdue clock has less than nothing left, and a spreadsheet can add it up."""
    overdue = _rows(_get(services, "/export/due.csv?due=overdue"))

    assert overdue
    assert all(float(row["remaining_h"]) < 0 for row in overdue)


def test_people_are_called_as_the_registry_says(world: World, tmp_path: Path) -> None:
    """Pseudonyms in every table, and nobody at all where nobody is shown."""
    world.registry.policy = Policy((queue("desk"),), analyst_names="pseudonyms")
    hidden = portal_over(world, world.read(), tmp_path)
    texts = [_get(hidden, f"/export/{name}.csv?queue=desk").text for name in ("analysts", "due", "tickets")]
    assert all("Analyst " in text for text in texts)
    assert not any(re.search(r"\b(Ana|Bruno|Carla)\b", text) for text in texts)

    everybody = _rows(_get(hidden, "/export/tickets.csv?queue=desk"))
    alias = next(row["analyst"] for row in everybody if row["analyst"].startswith("Analyst "))
    theirs = _rows(_get(hidden, f"/export/tickets.csv?queue=desk&analyst={alias}"))
    assert {row["analyst"] for row in theirs} == {alias}
    named = _get(hidden, "/export/tickets.csv?queue=desk&analyst=ana")
    assert (named.status_code, "not a pseudonym" in named.text) == (400, True)

    world.registry.policy = Policy((queue("desk"),), analyst_names="none")
    assert _rows(_get(hidden, "/export/analysts.csv?queue=desk")) == []
    assert {row["analyst"] for row in _rows(_get(hidden, "/export/tickets.csv?queue=desk"))} == {""}


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/export/nonsense.csv", 404, "There is no table 'nonsense'"),
        ("/export/due.csv?queue=nobody", 400, "queue=nobody"),
        ("/export/tickets.csv", 400, "one queue at a time"),
        ("/export/tickets.csv?tickets=desk/nonsense", 400, "names nothing that is counted here"),
        ("/export/tickets.csv?tickets=nobody/open:all", 400, "There is no queue 'nobody'"),
        ("/export/analysts.csv?queue=desk&priority=Purple", 400, "No ticket read has priority 'Purple'"),
        ("/export/quality.csv?queue=desk&period=365", 400, "Ask for a shorter period"),
    ],
)
def test_what_cannot_be_had_is_refused_in_words(services: Portal, address: str, status: int, says: str) -> None:
    """Never an empty file that looks like good news."""
    answer = _get(services, address)

    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
    assert says in answer.text


def test_before_the_first_read_the_answer_is_later(world: World, tmp_path: Path) -> None:
    """503 with the seconds to wait, for tables of numbers; what is known of the queues is there at once."""
    services = portal_over(world, world.process(), tmp_path)

    answer = _get(services, "/export/budgets.csv")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
    assert [row["score"] for row in _rows(_get(services, "/export/overview.csv"))] == ["", "", ""]


def test_a_file_that_lacks_a_queue_says_so(world: World, tmp_path: Path) -> None:
    """In its name and in a header: whoever adds it up has to know."""
    world.tickets.down["network"] = Down("Jira is down.")
    answer = _get(portal_over(world, world.read(), tmp_path), "/export/budgets.csv")

    assert answer.headers["X-Queues-Without-Numbers"] == "network"
    assert answer.headers["Content-Disposition"].endswith('_incomplete.csv"')
    assert {row["queue"] for row in _rows(answer)} == {"Desk", "Billing"}


def test_a_failing_source_stands_in_its_table(world: World, tmp_path: Path) -> None:
    """With its reason, and without a time at which it was read."""
    world.tickets.down["network"] = Down("Jira is down.")
    rows = _rows(_get(portal_over(world, world.read(), tmp_path), "/export/sources.csv?queue=network"))

    assert [(row["source"], row["error"], row["read_at"], row["tries"]) for row in rows] == [
        ("Jira", "Jira is down.", "", "1")
    ]


def test_links_carry_the_view(services: Portal) -> None:
    """What the page shows is what the link asks for; a queue's page asks for that queue."""
    view = View(page="queue", queue="desk", period=Period(14), priority=("P1",), ticket="SD-1", kiosk=True)

    assert export_href(services, "tickets", view) == "/export/tickets.csv?period=14&priority=P1&queue=desk"
    marked = View(page="queue", queue="desk", tickets="desk/open:all")
    assert export_href(services, "tickets", marked) == "/export/tickets.csv?queue=desk&tickets=desk/open:all"


def test_the_prefix_of_the_portal_holds(world: World, tmp_path: Path) -> None:
    """Below another path the tables are there too, and links lead there."""
    services = portal_over(world, world.read(), tmp_path, URL_PREFIX="/ops/")

    assert _get(services, export_href(services, "due", View(page="at-risk"))).status_code == 200
    assert export_href(services, "due", View(page="at-risk")) == "/ops/export/due.csv"
