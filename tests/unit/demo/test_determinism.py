from __future__ import annotations

from dataclasses import replace

from demo.options import Options
from demo.world import World
from demo.zones import DAY_MS, day_number
from tests.unit.demo.reader import NOON, SMALL, Reader, reading

_FIELDS = ["*all"]


def _bytes(reader: Reader) -> dict[str, bytes]:
    """Answers of several routes; page links are brought to one address, since they name the port."""
    ids = reader.ids("project in (SD, NET) ORDER BY id")
    members = reader.tempo("team-memberships/team/11").json()["results"]
    account = members[0]["member"]["accountId"]
    answers = {
        "search": reader.post(
            "/rest/api/3/search/jql", {"jql": "project = SD", "fields": _FIELDS, "expand": "changelog"}
        ),
        "network": reader.post("/rest/api/3/search/jql", {"jql": "statusCategory != Done", "fields": _FIELDS}),
        "bulk": reader.post("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ids[-60:], "fields": _FIELDS}),
        "changes": reader.post("/rest/api/3/changelog/bulkfetch", {"issueIdsOrKeys": ids[:300]}),
        "count": reader.post("/rest/api/3/search/approximate-count", {"jql": "updated >= -3d"}),
        "sla": reader.get(f"/rest/servicedeskapi/request/{ids[-1]}/sla"),
        "hours": reader.tempo("worklogs", from_="2026-09-01", to="2026-12-01", limit=1000),
        "schedule": reader.tempo(f"user-schedule/{account}", from_="2026-11-01", to="2026-11-30"),
        "server": reader.get("/rest/api/3/serverInfo"),
    }
    assert {answer.status_code for answer in answers.values()} == {200}
    home = reader.demo.jira_base_url.encode()
    return {name: answer.content.replace(home, b"HOME") for name, answer in answers.items()} | {
        "date": answers["bulk"].headers["Date"].encode()
    }


def test_server_that_was_stepped_answers_like_one_that_was_frozen_there() -> None:
    """The state at an instant depends on seed, sizes and instant alone, whatever was asked before."""
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL)) as frozen:
        expected = _bytes(frozen)
    with reading(Options(clock="stepped:2026-10-30T20:00:00Z", sizes=SMALL)) as stepped:
        earlier = _bytes(stepped)
        for seconds in (3600, 3 * 86_400, 20 * 86_400 + 15 * 3600):
            stepped.demo.clock.step(seconds)
            _bytes(stepped)
        moved = _bytes(stepped)

    assert stepped.demo.clock.now_ms() == frozen.demo.clock.now_ms()
    assert moved == expected
    assert [name for name in expected if earlier[name] == expected[name]] == ["schedule"]


def test_seed_chooses_the_world(small: Reader) -> None:
    """Another seed, other tickets."""
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL, seed=7)) as other:
        assert _bytes(other)["search"] != _bytes(small)["search"]


def test_size_scales_one_queue_and_leaves_the_others(small: Reader) -> None:
    """Three times the size is about three times the tickets, in that queue only."""
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL | {"service-desk": 480})) as larger:
        ratio = len(larger.ids("project = SD")) / len(small.ids("project = SD"))

        assert 2.4 < ratio < 3.6
        assert larger.ids("project = NET") == small.ids("project = NET")


def test_old_tickets_are_archived_by_the_month(small: Reader) -> None:
    """Nothing is older than the first day of the month twelve months ago."""
    everything = "project in (SD, BILL, OPS, NET, HR, FLD)"

    assert small.ids(f"{everything} AND created < 2025-11-01") == []
    assert small.ids(f"{everything} AND created < 2025-11-20") != []


def test_without_deletions_every_ticket_stays_and_nothing_else_differs() -> None:
    """Those that would be gone are there; the others are the same, one by one."""
    sizes = {"service-desk": 2500, "internal-tools": 2500}
    usual, whole = World(7, sizes), World(7, sizes, deletions=False)
    at_ms = day_number(2026, 11, 23) * DAY_MS
    for project in ("SD", "DEV"):
        left, every = usual.tickets(project, at_ms), whole.tickets(project, at_ms)
        assert len(every) > len(left)
        kept = {ticket.id: ticket for ticket in every}
        assert all(replace(ticket, deleted_ms=None) == kept[ticket.id] for ticket in left)
