from __future__ import annotations

from typing import Any

import pytest

from demo.jql_text import All, Clause, JqlError, Not, Operand, parse
from demo.jql_text import Any as Either
from tests.unit.demo.reader import Reader

_FIELDS = ["status", "priority", "labels", "assignee", "created", "updated", "resolutiondate", "resolution", "project"]


def test_and_binds_closer_than_or() -> None:
    """`a or b and not c` is `a or (b and (not c))`."""
    query = parse("status = Open OR priority in (High, Highest) AND NOT labels is EMPTY ORDER BY created ASC, key DESC")

    assert query.where == Either(
        (
            Clause("status", "=", (Operand("Open", quoted=False),)),
            All(
                (
                    Clause("priority", "in", (Operand("High", quoted=False), Operand("Highest", quoted=False))),
                    Not(Clause("labels", "is", (Operand("EMPTY", quoted=False),))),
                )
            ),
        )
    )
    assert query.order == (("created", False), ("key", True))


def test_quotes_keep_blanks_keywords_and_escapes() -> None:
    """What stands in quotes is a value, whatever it looks like."""
    query = parse(r"""labels = "say \"and\" \\ 'or'" AND labels = 'EMPTY'""")

    assert isinstance(query.where, All)
    assert query.where.parts == (
        Clause("labels", "=", (Operand("say \"and\" \\ 'or'", quoted=True),)),
        Clause("labels", "=", (Operand("EMPTY", quoted=True),)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "project =",
        "project = SD AND",
        "project = SD priority = High",
        "(project = SD",
        "project in SD",
        "project in ()",
        "= SD",
        "assignee is Somebody",
        'project = "SD',
        "project = SD ORDER created",
        "project = SD ORDER BY created ASC created",
        "AND project = SD",
        "project ~",
        "NOT",
        "(" * 60 + "project = SD" + ")" * 60,
        "project = SD ORDER BY a, b, c, d, e, f, g, h",
    ],
)
def test_bad_syntax_is_refused_with_a_message(text: str) -> None:
    """Nothing that is not JQL gets through."""
    with pytest.raises(JqlError) as caught:
        parse(text)

    assert all(caught.value.messages)


@pytest.mark.parametrize(
    ("jql", "complaint"),
    [
        ("project = NOPE", "does not exist for the field 'project'"),
        ("status = Dreaming", "does not exist for the field 'status'"),
        ("priority > High", "is not supported"),
        ("assignee = nobody-at-all", "does not exist for the field 'assignee'"),
        ("colour = blue", "does not exist or you do not have permission"),
        ("created >= tomorrowish", "is invalid"),
        ("project = SD ORDER BY colour", "Not able to sort"),
        ("", "Unbounded"),
        ("ORDER BY created", "Unbounded"),
    ],
)
def test_unknown_names_and_unbounded_queries_are_400(small: Reader, jql: str, complaint: str) -> None:
    """Jira says what it does not know, in errorMessages."""
    answer = small.post("/rest/api/3/search/jql", {"jql": jql})

    assert answer.status_code == 400
    assert complaint in " ".join(answer.json()["errorMessages"])


def _issues(small: Reader, jql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token = None
    while True:
        page = small.search(jql, fields=_FIELDS, maxResults=100, **({"nextPageToken": token} if token else {}))
        found += page["issues"]
        token = page.get("nextPageToken")
        if token is None:
            return found


def test_every_ticket_is_open_or_done(small: Reader) -> None:
    """A clause, its negation and its opposite divide a project without rest."""
    everything = set(small.ids("project = SD"))
    still_open = set(small.ids("project = SD AND statusCategory != Done"))

    assert still_open
    assert set(small.ids("project = SD AND statusCategory = Done")) == everything - still_open
    assert set(small.ids("project = SD AND NOT statusCategory = done")) == still_open
    assert set(small.ids('project = "Service Desk" AND statusCategory in ("To Do", "In Progress")')) == still_open


@pytest.mark.parametrize(
    ("clause", "holds"),
    [
        ("priority in (High, 1)", lambda f: f["priority"]["name"] in {"High", "Highest"}),
        ("priority not in (High, Highest)", lambda f: f["priority"]["name"] not in {"High", "Highest"}),
        ("labels = onsite", lambda f: "onsite" in f["labels"]),
        ("labels is EMPTY", lambda f: f["labels"] == []),
        ("labels != onsite", lambda f: f["labels"] and "onsite" not in f["labels"]),
        ("assignee is EMPTY", lambda f: f["assignee"] is None),
        ("assignee is not EMPTY", lambda f: f["assignee"] is not None),
        ("resolution = Unresolved", lambda f: f["resolution"] is None),
        ("resolution = Duplicate", lambda f: f["resolution"] and f["resolution"]["name"] == "Duplicate"),
        ("status = 3 OR status = Open", lambda f: f["status"]["name"] in {"In progress", "Open"}),
        ("created >= 2026-11-01", lambda f: f["created"] >= "2026-11-01T00:00"),
        ("created < '2026-09-01 10:30'", lambda f: f["created"] < "2026-09-01T10:30"),
        ("updated >= -10d", lambda f: f["updated"] >= "2026-11-13T09:00"),
        ("resolved >= 1793491200000", lambda f: (f["resolutiondate"] or "") >= "2026-10-31T21:00"),
        ("resolved is EMPTY", lambda f: f["resolutiondate"] is None),
    ],
)
def test_clause_finds_exactly_the_tickets_it_describes(small: Reader, clause: str, holds: Any) -> None:
    """Each clause agrees with what the tickets found say of themselves, in two projects; dates are the account's."""
    everything = _issues(small, "project in (SD, FLD)")
    found = {issue["key"] for issue in _issues(small, f"project in (SD, FLD) AND ({clause})")}

    assert found == {issue["key"] for issue in everything if holds(issue["fields"])}


def test_ids_and_keys_that_do_not_exist_match_nothing(small: Reader) -> None:
    """An unknown id is no error in Jira Cloud."""
    known = small.ids("project = SD ORDER BY id")[:2]

    assert small.ids(f"id in ({known[1]}, {known[0]}, 99999999) ORDER BY id ASC") == known
    assert small.ids("key in (SD-99999, NOPE-1)") == []


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("created ASC", lambda issue: issue["fields"]["created"]),
        ("created DESC", lambda issue: issue["fields"]["created"]),
        ("id ASC", lambda issue: int(issue["id"])),
        ("updated DESC, key ASC", lambda issue: issue["fields"]["updated"]),
        ("key DESC", lambda issue: int(issue["key"].rpartition("-")[2])),
    ],
)
def test_results_come_in_the_order_asked_for(small: Reader, order: str, key: Any) -> None:
    """ORDER BY sorts, over page borders."""
    shown = [key(issue) for issue in _issues(small, f"project = SD ORDER BY {order}")]

    assert shown == sorted(shown, reverse="DESC" in order)


def test_parse_resource_names_what_is_wrong(small: Reader) -> None:
    """jql/parse answers each query: errors for the bad ones, none for the good ones, unbounded or not."""
    queries = ["project = SD", "ORDER BY created", "project ==", "project = NOPE"]
    shown = small.post("/rest/api/3/jql/parse?validation=strict", {"queries": queries}).json()["queries"]

    assert [each["query"] for each in shown] == queries
    assert ["errors" in each for each in shown] == [False, False, True, True]
