"""One thing wrong with the registry, in the words of the person who has to mend it."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of the file."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_$-]{1,60}")
_SHOWN_CHARS = 60
_NAME_CHARS = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what would be right.

    `path` is empty for the file as a whole; `found` is short whatever the file holds; `nearest` is a name that may
    have been meant.
    """

    path: str
    found: str
    expected: str
    nearest: str | None = None

    def __str__(self) -> str:
        """One line."""
        meant = f" Did you mean {shown(self.nearest)}?" if self.nearest is not None else ""
        return f"{self.path or 'the file'}: found {self.found}; expected {self.expected}.{meant}"


def path_text(path: Path) -> str:
    """A path as it is read aloud: `queues[2].goals.resolution[0].goal`; odd keys stand in brackets and quotes."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{shown(step)}]"
    return text


def shown(value: object) -> str:
    """A value in at most some 60 characters of one line; objects and lists by their size."""
    if isinstance(value, dict):
        return f"an object of {len(value)}" if value else "an empty object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, str):
        text = json.dumps(value[:_SHOWN_CHARS], ensure_ascii=False)[1:-1]
        # Whatever could break the line or hide in it is shown by its code.
        text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
        whole = len(value) <= _SHOWN_CHARS and len(text) <= _SHOWN_CHARS
        return f'"{text}"' if whole else f'"{text[: _SHOWN_CHARS - 1]}…"'
    return json.dumps(value, default=str)[:_SHOWN_CHARS]


def nearest(name: object, names: Iterable[str]) -> str | None:
    """The name that may have been meant, if one is close; upper and lower case are no difference."""
    if not isinstance(name, str) or len(name) > _NAME_CHARS:
        return None
    by_folded = {candidate.casefold(): candidate for candidate in names}
    close = get_close_matches(name.strip().casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None
