"""The sources of every queue as a grid: when each was last read, what that took, and what is wrong since."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from dash import html

from components import words
from components.due_grid import list_grid

SourceState: TypeAlias = Literal["ok", "partial", "failing", "never", "reading"]
STATE_WORDS: Final[dict[SourceState, str]] = {
    "ok": "Read",
    "partial": "Incomplete",
    "failing": "Failing",
    "never": "Never read",
    "reading": "Reading now",
}
KIND_WORDS: Final[dict[str, str]] = {
    "cold": "everything",
    "changed": "what changed",
    "compared": "all compared",
}
_DEFINITIONS: Final[Sequence[dict[str, Any]]] = (
    {"headerName": "Queue", "field": "queue", "width": 118},
    {"headerName": "Source", "field": "source", "width": 66},
    {"headerName": "State", "field": "state", "cellRenderer": "SourceState", "width": 106},
    {"headerName": "Last read", "field": "read_ms", "cellRenderer": "ReadAt", "width": 90, "comparator": "nothingLast"},
    {"headerName": "What was read", "field": "kind", "width": 106},
    {"headerName": "Took", "field": "took_s", "cellRenderer": "Took", "width": 62, "type": "rightAligned"},
    {"headerName": "Rows", "field": "rows", "cellRenderer": "Counted", "width": 66, "type": "rightAligned"},
    {"headerName": "Left out", "field": "left_out", "cellRenderer": "Counted", "width": 68, "type": "rightAligned"},
    {"headerName": "Requests", "field": "requests", "cellRenderer": "Counted", "width": 78, "type": "rightAligned"},
    {"headerName": "What is wrong", "field": "error", "cellRenderer": "Text", "flex": 1, "minWidth": 140,
     "tooltipField": "error"},
    {"headerName": "Next read", "field": "next_ms", "cellRenderer": "NextAt", "width": 88, "comparator": "nothingLast"},
    {"headerName": "Read again", "field": "queue_id", "cellRenderer": "Refresh", "width": 104, "sortable": False},
)  # fmt: skip
_OUTLINE: Final = ("queue", "source", "state", "read_ms", "left_out", "next_ms")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One queue and source; instants in epoch ms, None where there is nothing to say."""

    queue_id: str
    queue: str
    source: str
    state: SourceState
    read_at: int | None
    kind: str | None
    took_s: float | None
    rows: int | None
    left_out: int | None
    requests: int | None
    error: str | None
    tries: int
    next_at: int | None

    def outline(self) -> "SourceRow":
        """Its state and its times, without how its reads went."""
        return replace(self, kind=None, took_s=None, rows=None, requests=None, error=None, tries=0)


def source_grid(grid_id: str, *, whole: bool = True) -> html.Div:
    """The grid; "Refresh now" puts the queue's id, as `queue`, into the store `data-asked`.

    Unless it is whole it shows states and times alone, and nothing can be asked for.
    """
    columns = _DEFINITIONS if whole else [each for each in _DEFINITIONS if each["field"] in _OUTLINE]
    return list_grid(grid_id, columns, label="Sources by queue", empty="No source was read yet.", paged=False)


def source_rows(rows: Sequence[SourceRow], now: int, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The rows in the order given, all times in one zone."""
    return [
        {
            "id": f"{row.queue_id}/{row.source}",
            "queue_id": row.queue_id,
            "queue": row.queue,
            "source": row.source,
            "state": row.state,
            "state_words": STATE_WORDS[row.state],
            "read_ms": row.read_at,
            "read": _at(row.read_at, now, zone),
            "kind": KIND_WORDS.get(row.kind or "", words.UNKNOWN),
            "took_s": row.took_s,
            "rows": row.rows,
            "left_out": row.left_out,
            "requests": row.requests,
            "error": _wrong(row),
            "next_ms": row.next_at,
            "next": _at(row.next_at, now, zone),
        }
        for row in rows
    ]


def _wrong(row: SourceRow) -> str:
    if row.error is None:
        return ""
    return row.error if row.tries < 2 else f"{row.error} Tried {row.tries} times."


def _at(at: int | None, now: int, zone: ZoneInfo) -> str:
    return words.UNKNOWN if at is None else words.instant(at, now, zone)
