"""What breaks next, over all queues: the most overdue, and the next to run out, so that neither hides the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.chips import priority_chip
from components.icons import leads
from servicelevel.due import DueRow
from servicelevel.policy import Queue

MOST_OVERDUE: Final = 3
NEXT: Final = 4


@dataclass(frozen=True, slots=True)
class DueLine:
    """One clock as shown: its row, its queue, who holds it by the name that may be shown, and where it leads.

    `analyst` is None when nobody holds it, and empty where people are not shown. `place` is that of its priority.
    """

    queue: Queue
    row: DueRow
    analyst: str | None
    place: int | None
    href: str


@dataclass(frozen=True, slots=True)
class DueNext:
    """The lines chosen and how many more are overdue."""

    overdue: Sequence[DueLine]
    coming: Sequence[DueLine]
    more_overdue: int


def choose(lines: Sequence[DueLine], *, overdue: int = MOST_OVERDUE, coming: int = NEXT) -> DueNext:
    """The most overdue and the next to break; where one kind is short the other takes its room.

    `lines` come earliest due first; paused clocks break at no known time and are left out.
    """
    late = [line for line in lines if line.row.state == "overdue"]
    next_ = sorted((line for line in lines if line.row.state != "overdue" and line.row.due is not None), key=_due)
    room = overdue + coming
    shown = late[: max(overdue, room - len(next_))]
    return DueNext(shown, next_[: room - len(shown)], len(late) - len(shown))


def due_next(chosen: DueNext, now: int, zone: ZoneInfo, *, overdue_href: str) -> Component:
    """The list with its times in one zone, so that they can be compared; `overdue_href` leads to all overdue."""
    if not chosen.overdue and not chosen.coming:
        return html.P("No clock is running: nothing is overdue and nothing can break.", className="empty-line")
    rows: list[Component] = []
    if chosen.overdue:
        rows.append(
            html.Div([html.B("Overdue", className="tone-risk"), " · earliest due first"], className="due-title")
        )
        rows += [_line(line, now, zone) for line in chosen.overdue]
    between: list[Component | str] = []
    if chosen.more_overdue:
        between += [dcc.Link(f"{chosen.more_overdue} more overdue", href=overdue_href), " · " if chosen.coming else ""]
    if chosen.coming:
        between.append(html.B("Next to break", className="tone-watch"))
    if between:
        rows.append(html.Div(between, className="due-title"))
    rows += [_line(line, now, zone) for line in chosen.coming]
    return html.Div(rows, className="due-next")


def _line(line: DueLine, now: int, zone: ZoneInfo) -> Component:
    row, late = line.row, line.row.state == "overdue"
    due = words.UNKNOWN if row.due is None else words.instant(row.due, now, zone)
    return dcc.Link(
        [
            html.Span(
                words.time_left(row.remaining_ms), className=f"due-left num {leads('risk' if late else 'watch')}"
            ),
            html.Span(due, className="due-at num"),
            html.Span(row.key, className="due-key"),
            html.Span(row.summary, className="due-summary"),
            priority_chip(row.priority, line.place),
            _analyst(line.analyst),
        ],
        href=line.href,
        className="due-line due-late" if late else "due-line due-soon",
        title=_title(line, now),
    )


def _title(line: DueLine, now: int) -> str:
    """The queue, and the time in its own zone."""
    due, zone = line.row.due, line.queue.calendar.zone
    when = "" if due is None else f", due {words.instant(due, now, zone)} {zone.key}"
    return f"{line.queue.name}: {line.row.key}{when}"


def _analyst(name: str | None) -> Component:
    if name is None:
        return html.Span("Unassigned", className="due-analyst unassigned")
    return html.Span(name, className="due-analyst")


def _due(line: DueLine) -> tuple[float, str]:
    return float("inf") if line.row.due is None else line.row.due, line.row.key
