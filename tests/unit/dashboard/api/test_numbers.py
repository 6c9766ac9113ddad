"""The numbers of the API are those of the report that the pages show."""

import csv
import io
from pathlib import Path
from typing import Any

from opsportal.naming import Naming
from opsportal.report_json import queue_report
from servicelevel.due import DUE_STATES
from servicelevel.policy import Policy
from servicelevel.selection import tickets
from tests.factories import queue
from tests.fakes.api_answers import ApiAnswers
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World


def _rows(api: ApiAnswers, address: str) -> list[dict[str, str]]:
    answer = api.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv"), answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_a_report_is_told_as_the_command_tells_it(api: ApiAnswers, world: World) -> None:
    """Field by field, but for the age and the revision."""
    made = world.process().queue("desk").report
    assert made is not None
    told = queue_report(made, Naming("names"), "https://jira.invalid", world.now)
    answer = api.json("queues/desk/data")

    own = ("age_s", "revision")
    assert {name: value for name, value in answer.items() if name not in own} == _plain(
        {name: value for name, value in told.items() if name not in own}
    )


def test_the_overview_has_the_numbers_of_each_queue(api: ApiAnswers) -> None:
    """The same sections as the queue's own answer."""
    seen = api.json("queues/overview?period=14&compare=7")
    for row in seen["queues"]:
        own = api.json(f"queues/{row['queue']['id']}/data?period=14&compare=7")
        for part in ("queue", "as_of", "sla", "flow", "health", "budget"):
            assert row[part] == own[part]
        assert row["due_counts"] == {state: sum(due["state"] == state for due in own["due"]) for state in DUE_STATES}
    assert sum(team["flow"]["created"] for team in seen["teams"]) == sum(r["flow"]["created"] for r in seen["queues"])
    assert len(seen["due"]) == 20


def test_clocks_are_narrowed_as_asked(api: ApiAnswers) -> None:
    """By queue, promise, state, priority and analyst; the counts show what other states would list."""
    every = api.json("at-risk")
    some = api.json("at-risk?queue=desk&promise=resolution&due=overdue&due=later&analyst=Bruno")

    assert every["total"] == len(every["due"]) == sum(every["counts"].values())
    expected = [
        row for row in every["due"]
        if (row["queue"], row["sla"], row["analyst"]) == ("desk", "resolution", "Bruno")
        and row["state"] in ("overdue", "later")
    ]  # fmt: skip
    assert some["due"] == expected
    assert expected, "a narrowing that leaves nothing shows nothing"
    assert some["counts"]["overdue"] + some["counts"]["later"] == some["total"]


def test_the_lens_is_shown_beside_the_promise(api: ApiAnswers) -> None:
    """`shown` counts as the lens does; what was decided stays what it is."""
    for lens in ("completed_only", "jsm_goals"):
        told = api.json(f"queues/desk/data?lens={lens}")
        plain = api.json("queues/desk/data")["sla"]["resolution"]
        sla = told["sla"]["resolution"]
        assert told["lens"] == sla["shown"]["lens"] == lens
        assert {name: sla["shown"][name] for name in ("met", "breached", "attainment")} == sla["lenses"][lens]
        assert {**sla, "shown": None} == {**plain, "shown": None}


def test_tables_have_the_same_numbers(api: ApiAnswers) -> None:
    """Row by row, in the same order."""
    data, overview = api.json("queues/desk/data"), api.json("queues/overview")
    due, teams = api.json("at-risk"), api.json("teams")

    assert [float(row["score"]) for row in _rows(api, "queues/desk/data.csv")] == [data["health"]["score"]]
    assert [float(row["resolution_attainment"]) for row in _rows(api, "queues/overview.csv")] == [
        row["sla"]["resolution"]["attainment"] for row in overview["queues"]
    ]
    assert [row["key"] for row in _rows(api, "at-risk.csv")] == [row["key"] for row in due["due"]]
    assert [row["team"] for row in _rows(api, "teams.csv")] == [row["team"] for row in teams["teams"]]
    assert [row["id"] for row in _rows(api, "queues.csv")] == ["desk", "billing", "network"]
    listed = api.json("queues/desk/tickets")["tickets"]
    table = _rows(api, "queues/desk/tickets.csv")
    assert [row["key"] for row in table] == [row["key"] for row in listed]
    assert [row["resolution_verdict"] for row in table] == [row["resolution"]["verdict"] for row in listed]


def test_tickets_add_up_to_the_report(api: ApiAnswers, world: World) -> None:
    """Open ones, booked hours, due clocks, and the tickets behind a mark."""
    data, told = api.json("queues/desk/data"), api.json("queues/desk/tickets")
    made = world.process().queue("desk").report
    assert made is not None
    listed = told["tickets"]

    assert sum(row["open"] for row in listed) == data["backlog"]["open"]
    assert sum(row["hours"] for row in listed) == data["hours"]["total_h"]
    due = {(row["key"], row["sla"]): row for row in data["due"]}
    for row in listed:
        for name in ("first_response", "resolution"):
            clock, expected = row[name], due.get((row["key"], name))
            if expected is None:
                assert clock["state"] is None
            else:
                assert {part: clock[part] for part in ("state", "due", "goal_s", "remaining_s", "ticking")} == {
                    part: expected[part] for part in ("state", "due", "goal_s", "remaining_s", "ticking")
                }
    mark = "sla:resolution:breached"
    behind = {made.columns.key[row] for row in tickets(made, mark)}
    assert {row["key"] for row in api.json(f"queues/desk/tickets?mark={mark}")["tickets"]} == behind
    assert behind


def test_people_are_called_as_the_registry_says(world: World, tmp_path: Path) -> None:
    """Pseudonyms can be asked for and real names cannot; where nobody is shown, nobody can be asked for."""
    world.registry.policy = Policy((queue("desk"),), analyst_names="pseudonyms")
    api = ApiAnswers(portal_over(world, world.read(), tmp_path))
    everything = "".join(
        api.get(path).text
        for path in ("queues/desk/data", "queues/desk/tickets", "at-risk", "queues/overview", "teams")
    )
    assert "Analyst " in everything
    assert not [name for name in ("Ana", "Bruno", "Carla") if f'"{name}"' in everything]
    person = next(row for row in api.json("queues/desk/data")["analysts"] if row["id"])
    asked = api.json(f"queues/desk/data?analyst={person['id']}")
    assert asked["backlog"]["open"] == person["open"]
    assert asked["filters"]["analyst"] == [person["id"]]
    for address in ("queues/desk/data", "queues/overview", "at-risk", "queues/desk/tickets"):
        answer = api.get(f"{address}?analyst=Bruno")
        assert answer.status_code == 400
        assert "Carla" not in answer.text

    world.registry.policy = Policy((queue("desk"),), analyst_names="none")
    assert api.json("queues/desk/data")["analysts"] == []
    assert {row["analyst"] for row in api.json("queues/desk/tickets")["tickets"]} == {None}
    assert api.wrong("at-risk?analyst=Bruno") == ["analyst"]
    assert api.get("queues/desk/data?analyst=unassigned").status_code == 200


def _plain(value: Any) -> Any:
    """Tuples as the lists that JSON makes of them."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
