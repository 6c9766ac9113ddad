"""No text becomes more of a query than one value, and no filter of the registry reaches past its queue.

Read with a reader of its own, as small as JQL's quotes, parentheses and keywords allow.
"""

import random
from collections.abc import Iterator
from typing import Final

from datasource.jira.jql import changed_query, matching_query, queue_query, quoted, recent_query
from datasource.registry.filter import filter_fault

RANDOM_TEXTS: Final = 10_000
SINCE_MS: Final = 1_785_067_200_000
ENDS: Final = {"n": "\n", "t": "\t", "r": "\r"}
PIECES: Final = (
    '"', "'", "\\", '\\"', "\\\\", "\\u0022", "(", ")", " OR ", " AND ", ' OR project = "HR"', " ORDER BY key", "--",
    "/*", "\n", "\r", "\0", "\t", "\u2028", "\u202e", "\uff02", "“", "%22", "&quot;", "!=", "~", ",", ";", "SD", "über",
    "", " ", "💥", "\ud800", "\x1b[2J", "in (", "NOT", "EMPTY", "currentUser()", "issueHistory()", "{", "}", "[", "*",
    "x" * 50,
)  # fmt: skip


def _texts(seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    for _ in range(RANDOM_TEXTS):
        pieces = [chance.choice(PIECES) for _ in range(chance.randint(0, 6))]
        pieces += [chr(chance.choice((chance.randrange(0x80), chance.randrange(0x3000)))) for _ in range(2)]
        chance.shuffle(pieces)
        yield "".join(pieces)


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    """Literals with their values, parentheses and commas, and words, as they come.

    Raises:
        ValueError: a quote that is begun is not ended.
    """
    at = 0
    while at < len(query):
        sign = query[at]
        if sign in "\"'":
            value, at = _literal(query, at)
            yield "literal", value
        elif sign in "(),":
            yield "mark", sign
            at += 1
        elif sign.isspace():
            at += 1
        else:
            end = at
            while end < len(query) and query[end] not in "\"'()," and not query[end].isspace():
                end += 1
            yield "word", query[at:end].upper()
            at = end


def _literal(query: str, at: int) -> tuple[str, int]:
    quote = query[at]
    value: list[str] = []
    at += 1
    while at < len(query):
        sign = query[at]
        if sign == quote:
            return "".join(value), at + 1
        if sign == "\\":
            at += 1
            sign = ENDS.get(query[at], query[at])
        value.append(sign)
        at += 1
    raise ValueError(f"the literal is not ended: {query!r}")


def _clauses(query: str) -> list[list[tuple[str, str]]]:
    """What stands between the ANDs outside of all parentheses, with the order that ends the query cut off."""
    clauses: list[list[tuple[str, str]]] = [[]]
    depth = 0
    tokens = list(_tokens(query))
    cut = max(place for place, token in enumerate(tokens) if token == ("word", "ORDER"))
    for kind, text in tokens[:cut]:
        depth += {"(": 1, ")": -1}.get(text, 0) if kind == "mark" else 0
        assert depth >= 0, query
        if depth == 0 and (kind, text) == ("word", "AND"):
            clauses.append([])
            continue
        assert depth > 0 or (kind, text) not in {("word", "OR"), ("word", "NOT"), ("word", "ORDER")}, query
        clauses[-1].append((kind, text))
    assert depth == 0, query
    return clauses


def _read_as(text: str) -> str:
    """What is left of a text in a query: what cannot be printed is a space."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def test_any_text_is_one_literal() -> None:
    """Ten thousand of them come back as they were, and nothing of them is left over."""
    for text in _texts(1):
        assert list(_tokens(quoted(text))) == [("literal", _read_as(text))]


def test_any_keys_keep_the_query_at_its_clauses() -> None:
    """Ten thousand keys, by twos: the query names these projects and has its two clauses."""
    texts = list(_texts(2))
    for first, second in zip(texts[::2], texts[1::2], strict=True):
        for query in (queue_query([first, second], None, SINCE_MS), changed_query([first, second], None, SINCE_MS)):
            projects, _ = _clauses(query)
            assert projects[:3] == [("word", "PROJECT"), ("word", "IN"), ("mark", "(")]
            assert [text for kind, text in projects if kind == "literal"] == [_read_as(first), _read_as(second)]
        project, _ = _clauses(recent_query(first, SINCE_MS))
        assert project == [("word", "PROJECT"), ("word", "="), ("literal", _read_as(first))]


def test_no_filter_that_the_registry_takes_reaches_past_its_queue() -> None:
    """Ten thousand of them; those that are let through stay within their parentheses, and enough are."""
    let_through = 0
    for text in _texts(3):
        if filter_fault(text) is not None:
            continue
        let_through += 1
        projects, extra, since = _clauses(queue_query(["SD"], text, SINCE_MS))
        assert projects == [("word", "PROJECT"), ("word", "IN"), ("mark", "("), ("literal", "SD"), ("mark", ")")]
        assert (extra[0], extra[-1]) == (("mark", "("), ("mark", ")"))
        assert since[-1] == ("mark", ")")
        ids, again = _clauses(matching_query([1, 2], text))
        assert ids[:2] == [("word", "ID"), ("word", "IN")]
        assert again == extra
    assert let_through > RANDOM_TEXTS // 50
