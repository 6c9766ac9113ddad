"""Marks: how a number on a page names what it counts, so that a link can ask for the tickets behind it.

A mark is words joined by colons, the last ones `name=value`: `sla:resolution:breached_open:priority=1`. Whatever could
hold a colon of its own (an account's id does) is percent-encoded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias
from urllib.parse import quote, unquote

from servicelevel.backlog import AgeBucket
from servicelevel.due import DueState
from servicelevel.errors import PortalError
from servicelevel.policy import SlaName

NOBODY = "unassigned"
NO_PRIORITY = "none"

SlaPart: TypeAlias = Literal[
    "decided",
    "met",
    "breached",
    "breached_closed",
    "breached_open",
    "undecided",
    "excluded",
    "no_response",
    "completed_only",
    "completed_only_met",
    "jsm_goals",
    "jsm_goals_met",
]
FlowPart: TypeAlias = Literal["created", "resolved", "open", "reopened"]
ReopenPart: TypeAlias = Literal["resolutions", "reopened"]
OpenPart: TypeAlias = Literal["all", "unassigned", "stale", "older", "resolved_28d"]
AnalystPart: TypeAlias = Literal["open", "resolved", "breached_held", "met", "breached"]


class UnknownMark(PortalError):
    """A mark that names nothing this queue counts."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        super().__init__(f"The link asks for the tickets behind {mark!r}, which names nothing that is counted here.")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark taken apart: its words in order and its named values, decoded."""

    words: tuple[str, ...]
    values: Mapping[str, str]

    @property
    def text(self) -> str:
        """The mark as written in a link."""
        words = [quote(word, safe="+-_.") for word in self.words]
        values = [f"{name}={quote(value, safe='+-_.')}" for name, value in self.values.items()]
        return ":".join([*words, *values])


def parse(text: str) -> Mark:
    """Take a mark apart; whether it names anything is for the selection to say."""
    parts = text.split(":")
    named = [part.split("=", 1) for part in parts if "=" in part]
    words = tuple(unquote(part) for part in parts if "=" not in part)
    return Mark(words, {name: unquote(value) for name, value in named})


def of_queue(queue_id: str, mark: str) -> str:
    """The mark with its queue in front, as a page of several queues needs it."""
    return f"{queue_id}/{mark}"


def split_queue(text: str) -> tuple[str | None, str]:
    """The queue in front of a mark (None when there is none), and the mark."""
    head, slash, mark = text.partition("/")
    return (head, mark) if slash else (None, text)


def sla_mark(
    name: SlaName, part: SlaPart, *, priority: str | None = None, day: date | None = None, reason: str | None = None
) -> str:
    """Promises of one SLA: of a priority (its id, `NO_PRIORITY`), decided on a date, or excluded for a reason."""
    return _text("sla", name, part, priority=priority, day=day, reason=reason)


def flow_mark(part: FlowPart, day: date | None = None) -> str:
    """Tickets that came, went, were reopened, or stood open (at the end of a date when one is given)."""
    return _text("flow", part, day=day)


def reopens_mark(part: ReopenPart) -> str:
    """Tickets by their changes into Done in the window moved back, and those of them that came back."""
    return _text("reopens", part)


def open_mark(part: OpenPart, *, priority: str | None = None) -> str:
    """Open tickets: all, unassigned, stale, older than the queue's own p85; or those resolved in 28 days."""
    return _text("open", part, priority=priority)


def age_mark(bucket: AgeBucket, *, priority: str | None = None) -> str:
    """Open tickets of one bucket of age."""
    return _text("age", age_words(bucket), priority=priority)


def age_words(bucket: AgeBucket) -> str:
    """A bucket's name in marks: `1-3`, `30+` (business days)."""
    return f"{bucket.from_bd}+" if bucket.to_bd is None else f"{bucket.from_bd}-{bucket.to_bd}"


def analyst_mark(person_id: str | None, part: AnalystPart, *, sla: SlaName | None = None) -> str:
    """Tickets of one analyst (None: nobody's), by the id that stands for the person on pages."""
    return _text("analyst", NOBODY if person_id is None else person_id, part, sla=sla)


def due_mark(
    state: DueState | Literal["all"] = "all", *, sla: SlaName | None = None, priority: str | None = None
) -> str:
    """Clocks of the due list in one state, or all of them."""
    return _text("due", state, sla=sla, priority=priority)


def ticket_mark(key: str) -> str:
    """One ticket by its key, where a mark of a picture is a ticket."""
    return _text("ticket", key)


def quality_mark(rule: str) -> str:
    """Tickets that a rule of the data-quality ledger lists."""
    return _text("quality", rule)


def _text(*words: str, **values: str | date | None) -> str:
    return Mark(words, {name: str(value) for name, value in values.items() if value is not None}).text
