"""Marks in words: the heading of the list that a mark opens."""

from collections.abc import Callable, Mapping
from typing import Final

from components import words
from servicelevel.marks import NO_PRIORITY, NOBODY, Mark, parse
from servicelevel.report import QueueReport

_SLA: Final[Mapping[str, str]] = {"first_response": "First response", "resolution": "Resolution"}
_PARTS: Final[Mapping[str, str]] = {
    "decided": "decided",
    "met": "met",
    "breached": "breached",
    "breached_closed": "breached and closed",
    "breached_open": "breached and still open",
    "undecided": "undecided",
    "excluded": "excluded",
    "no_response": "resolved without an answer",
    "completed_only": "stopped in the period",
    "completed_only_met": "stopped in the period within the goal",
    "jsm_goals": "in Jira’s goal report",
    "jsm_goals_met": "met in Jira’s goal report",
}
_FLOW: Final[Mapping[str, str]] = {
    "created": "Created",
    "resolved": "Resolved",
    "open": "Open",
    "reopened": "Reopened",
}
_OPEN: Final[Mapping[str, str]] = {
    "all": "Open",
    "unassigned": "Open and unassigned",
    "stale": "Open and untouched for five business days",
    "older": "Open, older than the queue’s own p85",
    "resolved_28d": "Resolved in the last 28 days",
}
_REOPENS: Final[Mapping[str, str]] = {
    "resolutions": "Resolutions, 14 days earlier",
    "reopened": "Resolutions that came back within 14 days",
}
_ANALYST: Final[Mapping[str, str]] = {
    "open": "open",
    "resolved": "resolved in the period",
    "breached_held": "held past the goal",
    "met": "promises met",
    "breached": "promises breached",
}
_DUE: Final[Mapping[str, str]] = {
    "all": "Running or paused clocks",
    "overdue": "Clocks overdue",
    "lt_1h": "Clocks with under 1 h left",
    "lt_4h": "Clocks with 1 to 4 h left",
    "today": "Clocks due later today",
    "next_day": "Clocks due on the next business day",
    "later": "Clocks due later",
    "paused": "Paused clocks",
}


def mark_words(made: QueueReport, text: str, called: Callable[[str], str | None]) -> str:
    """What a mark lists; `called` gives the name of a person by the id that stands for them.

    The mark is one that the selection knows.
    """
    mark = parse(text)
    kind = mark.words[0]
    said: Mapping[str, Callable[[], str]] = {
        "sla": lambda: f"{_SLA[mark.words[1]]} {_PARTS[mark.words[2]]}",
        "flow": lambda: _FLOW[mark.words[1]],
        "reopens": lambda: _REOPENS[mark.words[1]],
        "open": lambda: _OPEN[mark.words[1]],
        "age": lambda: f"Open for {mark.words[1].replace('-', '–')} business days",
        "analyst": lambda: _person(mark, called),
        "due": lambda: _DUE[mark.words[1]],
        "quality": lambda: f"Data quality: {mark.words[1].replace('_', ' ')}",
        "ticket": lambda: f"Ticket {mark.words[1]}",
    }
    return said[kind]() + _narrowed(made, mark)


def _person(mark: Mark, called: Callable[[str], str | None]) -> str:
    who = "Unassigned" if mark.words[1] == NOBODY else called(mark.words[1]) or "Analyst"
    return f"{who}: {_ANALYST[mark.words[2]]}"


def _narrowed(made: QueueReport, mark: Mark) -> str:
    parts = []
    if "sla" in mark.values:
        parts.append(_SLA[mark.values["sla"]].lower())
    if "priority" in mark.values:
        names = {label.id: label.name for label in made.columns.priorities}
        wanted = mark.values["priority"]
        parts.append("no priority" if wanted == NO_PRIORITY else f"priority {names.get(wanted, wanted)}")
    if "reason" in mark.values:
        parts.append(mark.values["reason"].replace("_", " "))
    if "day" in mark.values:
        day = next((each.day for each in made.now.flow.by_day if str(each.day) == mark.values["day"]), None)
        parts.append(mark.values["day"] if day is None else f"{words.weekday(day)} {words.day(day)}")
    return f", {', '.join(parts)}" if parts else ""
