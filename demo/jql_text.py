"""Reading JQL: text to a tree of clauses, with the complaints that Jira would make."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<mark>!=|!~|>=|<=|[=<>~(),]|!(?!=))
      | (?P<word>[^\s=<>!~(),"']+)
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_RESERVED = frozenset({"and", "or", "not", "in", "is", "order", "by", "was", "changed"})
_COMPARISONS = frozenset({"=", "!=", ">=", "<=", ">", "<"})
_MOST_TOKENS = 20_000
_MOST_ORDERS = 7
_DEEPEST = 40


class JqlError(ValueError):
    """A query Jira would refuse, with its messages for the reader."""

    def __init__(self, *messages: str) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Operand:
    """A value: its text, and whether it was quoted. `EMPTY` and `NULL` without quotes mean no value."""

    text: str
    quoted: bool

    @property
    def is_empty(self) -> bool:
        """Whether this is the keyword for no value."""
        return not self.quoted and self.text.lower() in {"empty", "null"}


@dataclass(frozen=True, slots=True)
class Clause:
    """field operator values; the operator is one of = != >= <= > < in, not in, is, is not."""

    field: str
    operator: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Node


Node: TypeAlias = Clause | All | Any | Not


@dataclass(frozen=True, slots=True)
class Query:
    """A query: its restriction, if it has one, and (field, descending) to sort by."""

    where: Node | None
    order: tuple[tuple[str, bool], ...]


@lru_cache(maxsize=256)
def parse(text: str) -> Query:
    """Read a query.

    Raises:
        JqlError: the text is not JQL, or uses more of it than the demo knows.
    """
    reader = _Reader(_tokens(text))
    where = None if reader.at_end() or reader.peek() == "order" else reader.either(0)
    return Query(where, reader.order())


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise JqlError(f"Error in the JQL Query: The character at position {position + 1} was not expected.")
        kind = match.lastgroup or ""
        shown = match.group(kind)
        if kind == "quoted":
            shown = _ESCAPE.sub(r"\1", shown[1:-1])
        found.append(_Token(kind, shown, match.start(kind) + 1))
        position = match.end()
        if len(found) > _MOST_TOKENS:
            raise JqlError("The JQL Query is too long.")
    return found


class _Reader:
    """Walks the tokens from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    def at_end(self) -> bool:
        return self._next >= len(self._tokens)

    def peek(self) -> str:
        """The next keyword or mark in lower case; empty for a quoted text and at the end."""
        if self.at_end() or self._tokens[self._next].kind == "quoted":
            return ""
        return self._tokens[self._next].text.lower()

    def either(self, depth: int) -> Node:
        parts = [self._both(depth)]
        while self.peek() in {"or", "||"}:
            self._next += 1
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def order(self) -> tuple[tuple[str, bool], ...]:
        if self.at_end():
            return ()
        self._expect("order")
        self._expect("by")
        fields: list[tuple[str, bool]] = []
        while True:
            name = self._take("a field name").text
            descending = self.peek() == "desc"
            if self.peek() in {"asc", "desc"}:
                self._next += 1
            fields.append((name, descending))
            if self.peek() != ",":
                break
            self._next += 1
        if not self.at_end():
            raise self._unexpected("the end of the query")
        if len(fields) > _MOST_ORDERS:
            raise JqlError(f"A query can be sorted by at most {_MOST_ORDERS} fields.")
        return tuple(fields)

    def _both(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self.peek() in {"and", "&&"}:
            self._next += 1
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise JqlError("The JQL Query is nested too deeply.")
        if self.peek() in {"not", "!"}:
            self._next += 1
            return Not(self._one(depth + 1))
        if self.peek() == "(":
            self._next += 1
            inside = self.either(depth + 1)
            self._expect(")")
            return inside
        return self._clause()

    def _clause(self) -> Clause:
        token = self._take("a field name")
        if token.kind == "mark" or (token.kind == "word" and token.text.lower() in _RESERVED):
            self._next -= 1
            raise self._unexpected("a field name")
        operator = self._operator(token.text)
        if operator in {"in", "not in"}:
            return Clause(token.text, operator, self._list())
        operand = self._operand()
        if operator.startswith("is") and not operand.is_empty:
            raise JqlError(f"The operator '{operator}' on field '{token.text}' takes EMPTY or NULL.")
        return Clause(token.text, operator, (operand,))

    def _operator(self, field: str) -> str:
        word = self._take(f"an operator after '{field}'").text.lower()
        if word in _COMPARISONS or word == "in":
            return word
        if word == "not":
            self._expect("in")
            return "not in"
        if word == "is":
            if self.peek() == "not":
                self._next += 1
                return "is not"
            return "is"
        self._next -= 1
        raise self._unexpected("an operator")

    def _list(self) -> tuple[Operand, ...]:
        self._expect("(")
        found = [self._operand()]
        while self.peek() == ",":
            self._next += 1
            found.append(self._operand())
        self._expect(")")
        return tuple(found)

    def _operand(self) -> Operand:
        token = self._take("a value")
        if token.kind == "mark" or (token.kind == "word" and token.text.lower() in _RESERVED):
            self._next -= 1
            raise self._unexpected("a value")
        if token.kind == "word" and self.peek() == "(":
            self._next += 1
            self._expect(")")
            return Operand(f"{token.text}()", quoted=False)
        return Operand(token.text, token.kind == "quoted")

    def _take(self, wanted: str) -> _Token:
        if self.at_end():
            raise JqlError(f"Error in the JQL Query: Expecting {wanted} but reached the end of the query.")
        self._next += 1
        return self._tokens[self._next - 1]

    def _expect(self, word: str) -> None:
        if self.peek() != word:
            raise self._unexpected(f"'{word}'")
        self._next += 1

    def _unexpected(self, wanted: str) -> JqlError:
        if self.at_end():
            return JqlError(f"Error in the JQL Query: Expecting {wanted} but reached the end of the query.")
        token = self._tokens[self._next]
        return JqlError(
            f"Error in the JQL Query: Expecting {wanted} but got '{token.text}'. (line 1, character {token.position})"
        )
