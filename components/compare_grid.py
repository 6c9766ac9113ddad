"""The comparison as a grid: it sorts by any column, keeps its order over a refresh, and is one element."""

from typing import Any, Final, Literal, TypeAlias

from dash import html
from dash.development.base_component import Component
from dash_ag_grid import AgGrid

from components.attributes import aria
from components.grid_keys import KEY_OPTIONS, OPENED, spoken

Direction: TypeAlias = Literal["asc", "desc"]
Order: TypeAlias = tuple[str, Direction]
"""A column and which end of it comes first."""

_COLUMNS: Final[tuple[tuple[str, str, str, int, str], ...]] = (
    # name, header, renderer, width, tooltip
    ("queue", "Queue", "CompareQueue", 128, ""),
    ("score", "Score", "CompareChip", 76, "Health score"),
    ("moved", "Moved", "CompareMoved", 56, "Points since the earlier date"),
    ("spark", "30 days", "CompareSpark", 92, "Score of the last 30 days; dotted: 80"),
    ("first_response", "First resp.", "CompareCell", 80, "First responses kept"),
    ("first_response_rank", "Rank", "CompareText", 42, "Place among the queues: a range while intervals overlap"),
    ("resolution", "Resolution", "CompareCell", 80, "Resolutions kept"),
    ("resolution_rank", "Rank", "CompareText", 42, "Place among the queues: a range while intervals overlap"),
    ("top", "Top prio.", "CompareText", 74, "Resolutions kept of the most urgent priority"),
    ("backlog", "Backlog bd", "CompareCell", 76, "Business days of open work at the pace of 28 days"),
    ("ageing", "Ageing", "CompareCell", 64, "Share of open tickets older than the queue’s own p85"),
    ("flow", "Net flow", "CompareCell", 64, "Resolved ÷ created"),
    ("reopen", "Reopen", "CompareCell", 64, "Share reopened within 14 days"),
    ("utilised", "Utilised", "CompareCell", 72, "Hours booked ÷ hours scheduled of the team"),
    ("open", "Open", "CompareText", 46, "Open tickets"),
    ("overdue", "Overdue", "CompareText", 62, "Clocks past their goal"),
)
DEFAULT_ORDER: Final[Order] = ("score", "desc")
SORTABLE: Final = tuple(name for name, *_ in _COLUMNS if name != "spark")
"""The columns that the rows can be put in order by."""
DIRECTIONS: Final[tuple[Direction, ...]] = ("asc", "desc")
_LEFT: Final = ("queue", "score", "moved", "spark", "first_response_rank", "resolution_rank")
ROW_PX, TARGET_PX = 40, 32


def compare_grid(grid_id: str) -> Component:
    """A grid that waits for its `compare_row`s; another order chosen by the reader becomes the address's `sort`.

    The callback fills `rowData`, `columnDefs` with `columns`, and `dashGridOptions` with `grid_options`.
    """
    return html.Div(
        AgGrid(
            id=grid_id,
            className="row-grid compare-grid",
            columnDefs=columns(DEFAULT_ORDER),
            defaultColDef={
                "resizable": False,
                "sortable": True,
                "sortingOrder": ["desc", "asc"],
                "suppressHeaderMenuButton": True,
            },
            rowData=None,
            getRowId="params.data.id",
            columnSize=None,
            eventListeners={"sortChanged": ["sortIntoAddress(params)"], "cellKeyDown": [OPENED]},
            dashGridOptions=grid_options(None),
        ),
        role="region",
        **aria(label="Every measure of every queue"),
    )


def grid_options(target: dict[str, Any] | None) -> dict[str, Any]:
    """Options of the grid with the row of targets, which stays on top however the rows are sorted."""
    return {
        "domLayout": "autoHeight",
        "rowHeight": ROW_PX,
        "headerHeight": 32,
        "animateRows": False,
        "tooltipShowDelay": 400,
        "suppressDragLeaveHidesColumns": True,
        "suppressMovableColumns": True,
        "pinnedTopRowData": [] if target is None else [target],
        "getRowHeight": {"function": f"params.node.rowPinned ? {TARGET_PX} : {ROW_PX}"},
        "suppressMultiSort": True,
        "localeText": spoken("No queue has numbers yet."),
        **KEY_OPTIONS,
    }


def columns(order: Order) -> list[dict[str, Any]]:
    """The columns with the rows in this order."""
    by, direction = order
    return [{**_column(*column), "sort": direction if column[0] == by else None} for column in _COLUMNS]


def _column(name: str, header: str, renderer: str, width: int, tooltip: str) -> dict[str, Any]:
    side = "" if name in _LEFT else "compare-right"
    column: dict[str, Any] = {
        "colId": name,
        "headerName": header,
        "field": f"{name}.v",
        "cellRenderer": renderer,
        "width": width,
        "minWidth": width,
        "flex": width,
        "sortable": name != "spark",
        "comparator": {"function": "nothingLast"},
        "cellClass": f"compare-cell {side}".rstrip(),
        "headerClass": side,
        "headerTooltip": tooltip or None,
    }
    if name == "queue":
        column |= {"pinned": "left", "comparator": {"function": "byKey"}}
    return column
