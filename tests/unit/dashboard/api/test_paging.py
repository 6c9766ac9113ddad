"""Pages of tickets: every ticket once, also when the queue is read anew between two pages."""

from pathlib import Path
from typing import Any

from servicelevel.errors import PortalError
from tests.factories import columns, crowd, ticket
from tests.fakes.api_answers import ApiAnswers
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import TTL_MIN, World


class Down(PortalError):
    """A source that fails."""


def _pages(api: ApiAnswers, query: str) -> list[dict[str, Any]]:
    pages = [api.json(f"queues/desk/tickets?{query}")]
    while pages[-1]["next_cursor"] is not None:
        pages.append(api.json(f"queues/desk/tickets?{query}&cursor={pages[-1]['next_cursor']}"))
    return pages


def _keys(pages: list[dict[str, Any]]) -> list[str]:
    return [row["key"] for page in pages for row in page["tickets"]]


def test_pages_hold_every_ticket_once_and_in_order(api: ApiAnswers) -> None:
    """As the whole list does; each page knows how many there are in all."""
    whole = api.json("queues/desk/tickets?limit=1000")
    pages = _pages(api, "limit=5")

    assert _keys(pages) == _keys([whole])
    assert [len(page["tickets"]) for page in pages[:-1]] == [5] * (len(pages) - 1)
    assert {page["total"] for page in pages} == {whole["total"]} == {len(whole["tickets"])}
    assert [page["moved_on"] for page in pages] == [False] * len(pages)
    assert pages[1]["cursor"] == pages[0]["next_cursor"]


def test_a_cursor_holds_its_place_when_the_queue_is_read_anew(api: ApiAnswers, world: World) -> None:
    """No ticket is told twice or left out though others came; that the numbers are newer is said."""
    first = api.json("queues/desk/tickets?limit=5")
    made, changes = crowd(7, 24)
    world.tickets.table = columns(ticket(0), *made, ticket(999), changes=changes)
    world.pass_minutes(2 * TTL_MIN)
    world.read()
    second = api.json(f"queues/desk/tickets?limit=1000&cursor={first['next_cursor']}")

    assert second["moved_on"] is True
    assert second["revision"] != first["revision"]
    keys = [row["key"] for row in first["tickets"] + second["tickets"]]
    assert keys == [item.key for item in made] + ["SD-999"]


def test_a_cursor_belongs_to_one_list(api: ApiAnswers) -> None:
    """Another filter or queue would make its place mean something else; another limit does not."""
    cursor = api.json("queues/desk/tickets?limit=5")["next_cursor"]

    assert api.wrong(f"queues/desk/tickets?priority=Highest&cursor={cursor}") == ["cursor"]
    assert api.wrong(f"queues/billing/tickets?cursor={cursor}") == ["cursor"]
    assert api.get(f"queues/desk/tickets?limit=2&cursor={cursor}").status_code == 200


def test_clocks_narrow_the_tickets(api: ApiAnswers) -> None:
    """To those with a running clock in one of the states, of the promise asked for."""
    told = api.json("queues/desk/tickets?due=overdue&promise=resolution")["tickets"]
    expected = {row["key"] for row in api.json("at-risk?queue=desk&due=overdue&promise=resolution")["due"]}

    assert {row["key"] for row in told} == expected
    assert expected


def test_without_hours_the_column_is_null_with_a_reason(world: World, tmp_path: Path) -> None:
    """Tempo may be down, and the tickets stand."""
    assert world.hours is not None
    world.hours.down = Down("Tempo is down.")
    told = ApiAnswers(portal_over(world, world.read(), tmp_path)).json("queues/desk/tickets")

    assert told["hours_state"] == "failed"
    assert "Tempo is down." in told["hours_reason"]
    assert {row["hours"] for row in told["tickets"]} == {None}
