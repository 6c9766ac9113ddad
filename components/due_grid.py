"""The due list as a grid: earliest due first, each clock with what is left of it and how much of it is used."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from dash import html
from dash_ag_grid import AgGrid

from components import words
from components.grid_keys import KEY_OPTIONS, OPENED, spoken
from servicelevel.due import DueRow, DueState
from servicelevel.instants import SECOND_MS
from servicelevel.policy import Queue, SlaName
from servicelevel.ticket import Person

Column: TypeAlias = Literal[
    "left", "due", "key", "queue", "summary", "priority", "analyst", "promise", "goal", "used", "status"
]
COLUMNS: Final[tuple[Column, ...]] = (
    "left", "due", "key", "queue", "summary", "priority", "analyst", "promise", "goal", "used",
)  # fmt: skip
PAGE_ROWS: Final = 50
ROW_PX: Final = 28
SUMMARY_SHOWN: Final = 300
"""Longer than Jira lets a summary be; whatever is longer all the same is cut."""

PROMISES: Final[dict[SlaName, str]] = {"first_response": "First response", "resolution": "Resolution"}
STATE_WORDS: Final[dict[DueState, str]] = {
    "overdue": "overdue",
    "lt_1h": "within 1 h",
    "lt_4h": "in 1 to 4 h",
    "today": "later today",
    "next_day": "next business day",
    "later": "later",
    "paused": "paused",
}

NARROW_COLUMNS: Final[frozenset[Column]] = frozenset({"left", "key", "summary"})
"""What is shown where there is room for little; the others come back with the room."""

_DEFINITIONS: Final[dict[Column, dict[str, Any]]] = {
    "left": {
        "headerName": "Time left",
        "field": "left_ms",
        "cellRenderer": "TimeLeft",
        "width": 102,
        "headerTooltip": "Working time left of the goal, by the queue’s calendar",
    },
    "due": {"headerName": "Due", "field": "due_ms", "cellRenderer": "Due", "width": 120, "comparator": "nothingLast"},
    "key": {"headerName": "Key", "field": "key", "cellRenderer": "TicketLink", "width": 84, "comparator": "byKey"},
    "queue": {"headerName": "Queue", "field": "queue", "width": 106},
    "summary": {
        "headerName": "Summary",
        "field": "summary",
        "cellRenderer": "Text",
        "flex": 1,
        "minWidth": 160,
        "tooltipField": "summary",
    },
    "priority": {
        "headerName": "Prio",
        "field": "priority_place",
        "cellRenderer": "Priority",
        "width": 84,
        "comparator": "nothingLast",
    },
    "analyst": {"headerName": "Analyst", "field": "analyst", "cellRenderer": "Analyst", "width": 118},
    "promise": {"headerName": "Promise", "field": "promise", "width": 104},
    "goal": {"headerName": "Goal", "field": "goal_ms", "cellRenderer": "Goal", "width": 54, "type": "rightAligned"},
    "used": {"headerName": "Goal used", "field": "used", "cellRenderer": "GoalUsed", "width": 112},
    "status": {"headerName": "Status", "field": "status", "width": 110},
}


def due_rows(
    clocks: Iterable[tuple[Queue, DueRow]],
    *,
    as_of: int,
    name_of: Callable[[Person | None], str | None],
    href: Callable[[Queue, DueRow], str],
    place_of: Callable[[Queue, DueRow], int | None] = lambda *_: None,
    page_zone: ZoneInfo | None = None,
) -> list[dict[str, Any]]:
    """One row a clock in the order given. Instants are shown in the queue's zone, short when they lie on today's date.

    `name_of` says what a person is called (None: not shown), `place_of` a priority's place in Jira's own list from 0,
    by which the column sorts, and `href` leads to the ticket. Where `page_zone` is another zone than the queue's, the
    queue's is named beside the time.
    """
    return [
        {
            **_row(queue, clock, as_of, name_of(clock.analyst), href(queue, clock), place_of(queue, clock)),
            "zone": _zone(clock.due, queue.calendar.zone, page_zone),
        }
        for queue, clock in clocks
    ]


def _row(queue: Queue, clock: DueRow, as_of: int, analyst: str | None, href: str, place: int | None) -> dict[str, Any]:
    zone = queue.calendar.zone
    return {
        "id": f"{queue.id}/{clock.ticket_id}/{clock.sla}",
        "href": href,
        "key": clock.key,
        "queue": queue.name,
        "summary": _cut(clock.summary),
        "status": clock.status,
        "state": clock.state,
        "state_words": STATE_WORDS[clock.state],
        "left_ms": clock.remaining_ms,
        "left": words.time_left(clock.remaining_ms),
        "due_ms": clock.due,
        "due": "paused" if clock.due is None else words.instant(clock.due, as_of, zone),
        "due_in_full": _in_full(clock.due, zone),
        "priority": clock.priority,
        "priority_place": place,
        "analyst": analyst,
        "assigned": clock.analyst is not None,
        "promise": PROMISES[clock.sla],
        "goal_ms": clock.goal_ms,
        "goal": words.duration(clock.goal_ms),
        "used": clock.elapsed_ms / clock.goal_ms if clock.goal_ms else None,
    }


def _zone(due: int | None, zone: ZoneInfo, page_zone: ZoneInfo | None) -> str:
    """The zone's short name, or its offset where it has none; nothing when times are the page's own anyway."""
    if due is None or page_zone is None:
        return ""
    there, here = (datetime.fromtimestamp(due / SECOND_MS, each) for each in (zone, page_zone))
    if there.utcoffset() == here.utcoffset():
        return ""
    name = there.tzname() or zone.key
    return name if name.isalpha() else f"UTC{name.replace('-', words.MINUS)}"


def _cut(text: str) -> str:
    return text if len(text) <= SUMMARY_SHOWN else text[: SUMMARY_SHOWN - 1] + "…"


def _in_full(due: int | None, zone: ZoneInfo) -> str:
    if due is None:
        return "No due time while the clock is paused"
    day = words.local_date(due, zone)
    return f"{words.weekday(day)} {words.day(day)} {day.year} {words.clock(due, zone)}, {zone.key}"


def due_grid(
    grid_id: str,
    rows: Sequence[dict[str, Any]] | None = None,
    *,
    columns: Sequence[Column] = COLUMNS,
    widths: Mapping[Column, int] | None = None,
    paged: bool = True,
    empty: str = "No clock is running here.",
) -> html.Div:
    """A grid of `due_rows` that grows with them, in pages of 50 unless it is not `paged`; `widths` in pixels.

    Without rows it waits for them. A click or Enter on a row follows its link. Jira's text is shown as text.
    """
    return list_grid(
        grid_id,
        [{**_definition(column), **_width(column, widths or {})} for column in columns],
        rows,
        paged=paged,
        empty=empty,
        label="Clocks by due time",
    )


def _width(column: Column, widths: Mapping[Column, int]) -> dict[str, int]:
    return {"width": widths[column]} if column in widths else {}


def _definition(column: Column) -> dict[str, Any]:
    wide = column not in NARROW_COLUMNS
    return {**_DEFINITIONS[column], "context": {"wide": wide}}


def list_grid(
    grid_id: str,
    definitions: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, Any]] | None = None,
    *,
    label: str,
    empty: str,
    paged: bool = True,
) -> html.Div:
    """A grid in the portal's look. Rows carry an `id`, and a `href` where a click or Enter is to lead somewhere.

    Columns whose `context` says `wide` are left out where there is little room.
    """
    grid = AgGrid(
        id=grid_id,
        className="row-grid",
        columnDefs=[{**column, **_comparator(column)} for column in definitions],
        defaultColDef={
            "resizable": True,
            "sortable": True,
            "suppressHeaderMenuButton": True,
            "cellDataType": False,
        },
        rowData=None if rows is None else list(rows),
        getRowId="params.data.id",
        columnSize=None,
        eventListeners={
            "rowClicked": [OPENED],
            "cellKeyDown": [OPENED],
            "gridSizeChanged": ["fitColumns(params)"],
        },
        dashGridOptions={
            "domLayout": "autoHeight",
            "rowHeight": ROW_PX,
            "headerHeight": ROW_PX,
            "pagination": paged,
            "paginationPageSize": PAGE_ROWS,
            "paginationPageSizeSelector": False,
            "animateRows": False,
            "tooltipShowDelay": 400,
            "suppressDragLeaveHidesColumns": True,
            "localeText": spoken(empty),
            **KEY_OPTIONS,
        },
    )
    named: dict[str, Any] = {"aria-label": label}
    return html.Div(grid, role="region", **named)


def _comparator(column: dict[str, Any]) -> dict[str, Any]:
    """Names of our own rules become calls of them."""
    named = column.get("comparator")
    return {"comparator": {"function": named}} if isinstance(named, str) else {}
