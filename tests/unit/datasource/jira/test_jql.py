"""Every query that the portal sends, as a reader of JQL understands it."""

from hypothesis import given
from hypothesis import strategies as st

from datasource.jira.jql import queue_query, quoted
from demo.jql_text import All, Clause, parse

SINCE_MS = 1_785_067_200_000


def _literal(text: str) -> tuple[str, str]:
    """The value of the string literal that a text begins with, and what is left after it."""
    assert text[0] == '"'
    value, at = "", 1
    while text[at] != '"':
        at += text[at] == "\\"
        value += text[at]
        at += 1
    return value, text[at + 1 :]


@given(st.text())
def test_any_text_is_read_back_as_one_literal(text: str) -> None:
    """It neither ends early nor swallows what follows; only what cannot be printed becomes a space."""
    value, rest = _literal(quoted(text) + " AND x = y")

    assert value == "".join(c if c.isprintable() else " " for c in text)
    assert rest == " AND x = y"


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_no_project_key_can_widen_a_query(keys: list[str]) -> None:
    """Whatever is written as a key stays a key: the query keeps its two clauses."""
    tree = parse(queue_query(keys, None, SINCE_MS)).where

    assert isinstance(tree, All)
    assert len(tree.parts) == 2
    named = tree.parts[0]
    assert isinstance(named, Clause)
    assert (named.field.lower(), named.operator) == ("project", "in")
    assert len(named.operands) == len(keys)


def test_a_query_of_one_project() -> None:
    """Open, or updated since an instant that no time zone can shift, in an order that does not move."""
    assert queue_query(["SD"], None, SINCE_MS) == (
        'project in ("SD") AND (statusCategory != Done OR updated >= 1785067200000) ORDER BY created ASC, key ASC'
    )


def test_an_extra_filter_is_kept_together() -> None:
    """An OR of the registry's filter cannot reach past its brackets."""
    query = queue_query(["SD", "BILL"], "type = Bug OR type = Task", SINCE_MS)

    assert query.startswith('project in ("SD", "BILL") AND (type = Bug OR type = Task) AND (statusCategory')
