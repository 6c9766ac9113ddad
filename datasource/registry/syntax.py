"""From the bytes of the file to plain JSON values, with what JSON lets pass and a hand-written file should not."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, NoReturn

from datasource.registry.errors import RegistryUnreadable
from datasource.registry.problem import Path, Problem, path_text, shown

LARGEST_BYTES = 1024 * 1024
DEEPEST = 32
"""Objects and lists inside one another. A registry needs seven."""

MOST_ENTRIES = 5_000
"""In one object or list."""

_TOKEN = re.compile(r'\\.|["\[\]{}]', re.DOTALL)
_LONGEST_INT = 18


@dataclass(frozen=True, slots=True)
class Tree:
    """The file as plain values, and the problems that only the text shows."""

    value: Any
    problems: tuple[Problem, ...]


class _Pairs(dict[str, Any]):
    """A JSON object that remembers which of its keys were written more than once."""

    repeated: tuple[str, ...] = ()


class _TooMany(Exception):
    """An object or list that no registry has."""

    def __init__(self, path: Path, value: object) -> None:
        super().__init__(path)
        self.path = path
        self.found = shown(value)


def read(text: bytes, origin: str) -> Tree:
    """The JSON value of a text; a key written twice and broken characters are listed beside it.

    Raises:
        RegistryUnreadable: too large, not UTF-8, nested too deeply, with endless lists, or not JSON; where it can be
            said, with line and column.
    """
    if len(text) > LARGEST_BYTES:
        raise _unreadable(origin, "", f"more than {LARGEST_BYTES:,} bytes", "a file of at most 1 MiB")
    try:
        content = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise _unreadable(origin, f"line {line}", f"byte 0x{text[error.start]:02x}", "text in UTF-8") from None
    _refuse_depth(content, origin)

    def refuse_constant(name: str) -> NoReturn:
        raise _unreadable(origin, "", name, "JSON numbers, which know no such value")

    try:
        value = json.loads(
            content, object_pairs_hook=_object, parse_constant=refuse_constant, parse_int=_integer_or_too_large
        )
    except json.JSONDecodeError as error:
        raise _unreadable(origin, f"line {error.lineno}, column {error.colno}", *_syntax(content, error)) from None
    problems: list[Problem] = []
    try:
        return Tree(_plain(value, (), problems), tuple(problems))
    except _TooMany as many:
        expected = f"at most {MOST_ENTRIES:,} entries in one object or list"
        raise _unreadable(origin, path_text(many.path), many.found, expected) from None


def _unreadable(origin: str, where: str, found: str, expected: str) -> RegistryUnreadable:
    return RegistryUnreadable(origin, (Problem(where, found, expected),))


def _refuse_depth(content: str, origin: str) -> None:
    depth, in_string = 0, False
    for match in _TOKEN.finditer(content):
        token = match.group()
        if token == '"':
            in_string = not in_string
        elif not in_string and token in "[{":
            depth += 1
        elif not in_string and token in "]}":
            depth -= 1
        if depth > DEEPEST:
            line = content.count("\n", 0, match.start()) + 1
            column = match.start() - content.rfind("\n", 0, match.start())
            found = f"more than {DEEPEST} objects or lists inside one another"
            raise _unreadable(origin, f"line {line}, column {column}", found, "a registry, which needs seven")


def _syntax(content: str, error: json.JSONDecodeError) -> tuple[str, str]:
    """What stands where the text stops being JSON, and what JSON wants there."""
    rest = content[error.pos :].lstrip()
    found = shown(rest[:12]) if rest else "the end of the text"
    before = content[: error.pos].rstrip()
    if rest.startswith(("//", "/*", "#")):
        return found, "JSON, which has no comments (`notes` may hold remarks)"
    if before.endswith(",") and rest[:1] in {"}", "]"}:
        return found, "another entry, or no comma before the closing bracket"
    if rest.startswith("'"):
        return found, "double quotes"
    return found, f"JSON ({error.msg[:1].lower()}{error.msg[1:]})"


def _object(pairs: list[tuple[str, Any]]) -> _Pairs:
    made = _Pairs(pairs)
    if len(made) < len(pairs):
        made.repeated = tuple(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
    return made


def _integer_or_too_large(digits: str) -> int | float:
    # Python refuses to convert thousands of digits; as a float such a number is merely too large for its place.
    return int(digits) if len(digits) <= _LONGEST_INT else float(digits)


def _plain(value: Any, path: Path, problems: list[Problem]) -> Any:
    """The same values as plain dicts and lists, without broken characters; what was odd goes to `problems`."""
    if isinstance(value, _Pairs | list) and len(value) > MOST_ENTRIES:
        raise _TooMany(path, value)
    if isinstance(value, _Pairs):
        for key in value.repeated:
            repeated = path_text((*path, _sound(key)))
            problems.append(Problem(repeated, "the key more than once in one object", "each key once"))
        for key in value:
            _note_broken(key, path, problems)
        return {_sound(key): _plain(inner, (*path, _sound(key)), problems) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, (*path, i), problems) for i, inner in enumerate(value)]
    if isinstance(value, str):
        _note_broken(value, path, problems)
        return _sound(value)
    return value


def _note_broken(text: str, path: Path, problems: list[Problem]) -> None:
    if _sound(text) != text:
        problems.append(Problem(path_text(path), "half of a surrogate pair", "whole Unicode characters"))


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text
