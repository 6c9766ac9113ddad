"""What can be asked for: everything wrong with a query is named at once, and nothing is guessed."""

from urllib.parse import quote

import pytest

from tests.fakes.api_answers import ApiAnswers

LONG = "x" * 201


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("period=3", ["period"]),
        ("period=2026-10-31..2026-10-01", ["period"]),
        ("period=2025-01-01..2026-02-05", ["period"]),
        ("period=2026-02-30..2026-03-01", ["period"]),
        ("period=1890-01-01..1890-01-02", ["period"]),
        ("period=\N{ARABIC-INDIC DIGIT SEVEN}", ["period"]),
        ("period=7&period=14", ["period"]),
        ("period=", ["period"]),
        ("priority=", ["priority"]),
        (f"priority={LONG}", ["priority"]),
        ("priority=a%00b", ["priority"]),
        ("priority=%FF", ["priority"]),
        ("priority=Purple&type=Dream&analyst=Nobody", ["priority", "type", "analyst"]),
        ("lens=none", ["lens"]),
        ("compare=9", ["compare"]),
        ("compare=07", ["compare"]),
        ("Period=7", ["Period"]),
        ("queue=desk", ["queue"]),
        ("%00=1", ["\x00"]),
        ("period=3&bogus=1&lens=x&priority=Purple", ["bogus", "period", "lens", "priority"]),
        ("&".join(f"x{n}=1" for n in range(101)), ["*"]),
    ],
)
def test_what_cannot_be_used_is_named(api: ApiAnswers, query: str, named: list[str]) -> None:
    """All of it, whether it shows in the query alone or only in the light of what was read."""
    assert api.wrong(f"queues/desk/data?{query}") == named


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("at-risk?due=soon&promise=both&queue=nobody&team=ghosts", ["due", "promise", "queue", "team"]),
        ("at-risk?queue=desk&queue=nobody", ["queue"]),
        ("at-risk?period=7", ["period"]),
        ("trends?from=2026-11-02&to=2026-11-01", ["from", "to"]),
        ("trends?from=2025-01-01", ["from"]),
        ("trends?" + "&".join(["measure=score"] * 51), ["measure"]),
        ("trends?" + "&".join(["measure=score"] * 50 + ["scores=then"]), ["scores"]),
        ("trends?from=yesterday&to=2026-13-01&measure=joy", ["from", "to", "measure"]),
        ("queues/desk/tickets?limit=0", ["limit"]),
        ("queues/desk/tickets?limit=1001", ["limit"]),
        ("queues/desk/tickets?limit=1e2", ["limit"]),
        ("queues/desk/tickets?cursor=ABC", ["cursor"]),
        ("queues/desk/tickets?mark=open:none-such", ["mark"]),
        ("queues/desk/tickets.csv?limit=5&cursor=x", ["cursor"]),
        ("queues/desk/tickets.csv?limit=5", ["limit"]),
        ("openapi.json?pretty=1", ["pretty"]),
        ("teams?team=Support", ["team"]),
    ],
)
def test_each_address_has_its_own_parameters(api: ApiAnswers, address: str, named: list[str]) -> None:
    """And takes no others."""
    assert api.wrong(address) == named


def test_a_problem_says_what_would_be_right(api: ApiAnswers) -> None:
    """The kind, the status, the path, each value as given and what could be given."""
    answer = api.get(f"queues/desk/data?lens=all&priority={LONG}&type={quote('Wish list')}")
    told = answer.get_json(force=True)

    assert answer.mimetype == "application/problem+json"
    assert (told["type"], told["status"], told["instance"]) == (
        "/problems/bad-parameters",
        400,
        "/api/queues/desk/data",
    )
    lens, priority, type_ = told["errors"]
    assert lens == {
        "parameter": "lens",
        "value": "all",
        "problem": "It is one of: decided, completed_only, jsm_goals.",
    }
    assert len(priority["value"]) == 101
    assert type_["value"] == "Wish list"
    assert "There are: " in type_["problem"]


@pytest.mark.parametrize(
    "query",
    [
        "period=7",
        "period=2026-11-01..2026-11-20",
        "priority=highest&priority=MEDIUM",
        "compare=7&lens=jsm_goals",
        "&&",
        "",
    ],
)
def test_what_can_be_used_is_answered(api: ApiAnswers, query: str) -> None:
    """Names without regard to capitals, repeated filters, dates."""
    assert api.get(f"queues/desk/data?{query}").status_code == 200


def test_the_filters_are_told_as_asked(api: ApiAnswers) -> None:
    """In the order given, each once."""
    told = api.json("queues/desk/data?priority=Medium&priority=Highest&priority=Medium&analyst=unassigned")

    assert told["filters"] == {"priority": ["Medium", "Highest"], "type": [], "analyst": ["unassigned"]}
