"""Advisories that are lived with for a while: requirements/accepted.toml, where each has a reason and an end.

```
[[accepted]]
id = "GHSA-xxxx-xxxx-xxxx"
package = "name"
reason = "why it cannot be used against the portal, and what is being waited for"
until = 2027-03-31
```
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

LONGEST = timedelta(days=180)
_REASON_CHARS = 30
_FIELDS = {"id", "package", "reason", "until"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """One advisory against one package, and the last day on which it is passed over."""

    id: str
    package: str
    reason: str
    until: date


class NotAccepted(Exception):
    """The file cannot be used; one sentence an entry in `problems`."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def accepted(path: Path, day: date) -> tuple[Accepted, ...]:
    """The entries of the file, all in force on that day.

    Raises:
        NotAccepted: the file cannot be read, or entries lack something, have ended, or would last too long.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotAccepted((f"{path} cannot be read: {error}",)) from None
    entries = content.get("accepted", [])
    if content.keys() - {"accepted"} or not isinstance(entries, list):
        raise NotAccepted((f"{path} holds something else than entries [[accepted]]",))
    problems = tuple(problem for number, entry in enumerate(entries, 1) for problem in _wrong(number, entry, day))
    if problems:
        raise NotAccepted(tuple(f"{path}, {problem}" for problem in problems))
    return tuple(Accepted(**entry) for entry in entries)


def _wrong(number: int, entry: object, day: date) -> Iterator[str]:
    """What is wrong with one entry."""
    here = f"entry {number}"
    if not isinstance(entry, Mapping) or entry.keys() != _FIELDS:
        yield f"{here}: expected {', '.join(sorted(_FIELDS))} and nothing else"
        return
    for name in ("id", "package"):
        if not isinstance(entry[name], str) or not str(entry[name]).strip():
            yield f"{here}: expected a text as {name}"
    reason, until = entry["reason"], entry["until"]
    if not isinstance(reason, str) or len(reason.strip()) < _REASON_CHARS:
        yield f"{here}: expected a reason that another person can judge, of {_REASON_CHARS} characters or more"
    if not isinstance(until, date) or isinstance(until, datetime):
        yield f"{here}: expected a day as until, such as 2027-03-31"
    elif until < day:
        yield f"{here}: {entry['id']} was accepted until {until}; update {entry['package']} or decide anew"
    elif until > day + LONGEST:
        yield f"{here}: {entry['id']} is accepted until {until}, which is more than {LONGEST.days} days away"
