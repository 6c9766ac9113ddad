"""A ticket's life while it is being written: its state moves, and every move leaves a history."""

from __future__ import annotations

from demo.people import Person
from demo.streams import Stream
from demo.ticket import Comment, History, Item, Value, change, change_named
from demo.workflow import OPEN, WAITING_VENDOR, Priority, Resolution, Status


class Life:
    """State and histories of one ticket. Moves are made in the order in which they happen."""

    def __init__(self, priority: Priority, assignee: Person | None, status: Status = OPEN) -> None:
        self.status = status
        self.priority = priority
        self.assignee = assignee
        self.resolution: Resolution | None = None
        self.histories: list[History] = []
        self.comments: list[Comment] = []
        self.gap_next = False

    def move(self, at_ms: int, author: Person | None, status: Status) -> None:
        """Change the status alone."""
        self.record(at_ms, author, self._status_item(status))

    def resolve(self, at_ms: int, author: Person | None, status: Status, resolution: Resolution | None) -> None:
        """Enter a finished status, with a resolution set before it in the same history unless the team sets none."""
        items = []
        if resolution is not None and resolution != self.resolution:
            items.append(change("resolution", self.resolution, resolution))
            self.resolution = resolution
        items.append(self._status_item(status))
        self.record(at_ms, author, *items)

    def reopen(self, at_ms: int, author: Person | None, status: Status) -> None:
        """Leave a finished status; the resolution is taken away."""
        items = []
        if self.resolution is not None:
            items.append(change("resolution", self.resolution, None))
            self.resolution = None
        items.append(self._status_item(status))
        self.record(at_ms, author, *items)

    def decide(self, at_ms: int, author: Person | None, resolution: Resolution) -> None:
        """Set a resolution and leave the status: somebody's mistake."""
        if resolution != self.resolution:
            self.record(at_ms, author, change("resolution", self.resolution, resolution))
            self.resolution = resolution

    def assign(self, at_ms: int, author: Person | None, assignee: Person | None) -> None:
        """Hand the ticket to somebody."""
        if assignee != self.assignee:
            self.record(at_ms, author, change("assignee", self.assignee, assignee))
            self.assignee = assignee

    def prioritise(self, at_ms: int, author: Person | None, priority: Priority) -> None:
        """Change the priority."""
        if priority != self.priority:
            self.record(at_ms, author, change("priority", self.priority, priority))
            self.priority = priority

    def record(self, at_ms: int, author: Person | None, *items: Item) -> None:
        """Keep a history."""
        self.histories.append(History(at_ms, author, items))

    def say(
        self,
        at_ms: int,
        author: Person,
        text: str,
        *,
        public: bool = True,
        only_for: tuple[str, str] | None = None,
        edited_ms: int | None = None,
    ) -> None:
        """Keep a comment."""
        self.comments.append(Comment(at_ms, author, public, text, only_for, edited_ms))

    def histories_kept(self, stream: Stream) -> tuple[History, ...]:
        """The histories in order of time; about one in 150 has lost its author."""
        kept = sorted(self.histories, key=lambda history: history.at_ms)
        return tuple(History(held.at_ms, None, held.items) if stream.chance(1 / 150) else held for held in kept)

    def comments_kept(self) -> tuple[Comment, ...]:
        """The comments in order of time."""
        return tuple(sorted(self.comments, key=lambda comment: comment.at_ms))

    def _status_item(self, status: Status) -> Item:
        old: Value = self.status
        self.status = status
        if self.gap_next:
            self.gap_next = False
            return change_named("status", WAITING_VENDOR.id, WAITING_VENDOR.name, status)
        return change("status", old, status)
