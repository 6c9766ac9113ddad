"""The data-quality ledger as a grid: a row a rule with what it means, a column a queue, every count a link."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dash import html

from components import words
from components.due_grid import list_grid
from servicelevel.quality import EFFECTS, QualityRow

RULE_WORDS: Final[Mapping[str, str]] = {
    "no_goal": "No goal",
    "no_start": "No start of the clock",
    "unreadable": "Clock unreadable",
    "unassigned": "Open, unassigned",
    "unmapped_status": "Status Jira no longer lists",
    "done_without_resolution": "Done, no resolution",
    "open_with_resolution": "Open, with resolution",
    "clock_anomaly": "Clock contradicts itself",
    "left_out": "Ticket unreadable",
    "missing": "Ticket not delivered",
    "no_response": "Resolved unanswered",
    "worklog_without_ticket": "Hours without a ticket",
}
LISTED: Final = frozenset(EFFECTS) - {"left_out", "missing", "worklog_without_ticket"}
"""Rules about tickets that were read, so that a list of them can be opened."""

_QUEUE_PX: Final = 76


def quality_grid(grid_id: str) -> html.Div:
    """The grid; its columns follow the queues and come with its rows."""
    return list_grid(
        grid_id, quality_columns(()), label="Data quality by rule", empty="Nothing was read yet.", paged=False
    )


def quality_columns(queues: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Columns for queues given as (id, name)."""
    head: list[dict[str, Any]] = [
        {"headerName": "Rule", "field": "rule", "width": 168},
        {"headerName": "What it does to the numbers", "field": "effect", "flex": 1, "minWidth": 180,
         "wrapText": True, "autoHeight": True, "cellClass": "wraps"},
    ]  # fmt: skip
    return head + [
        {
            "headerName": name,
            "headerTooltip": name,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
            "field": queue_id,
            "cellRenderer": "CountLink",
            "comparator": {"function": "byCount"},
            "width": _QUEUE_PX,
            "type": "rightAligned",
        }
        for queue_id, name in queues
    ]


def quality_rows(ledgers: Mapping[str, Sequence[QualityRow]], href: Callable[[str, str], str]) -> list[dict[str, Any]]:
    """One row a rule; `href` leads from a queue's id and a rule to its tickets."""
    rows: dict[str, dict[str, Any]] = {}
    for queue_id, ledger in ledgers.items():
        for found in ledger:
            row = rows.setdefault(
                found.rule,
                {"id": found.rule, "rule": RULE_WORDS.get(found.rule, found.rule), "effect": found.effect},
            )
            row[queue_id] = _cell(found, href(queue_id, found.rule))
    return list(rows.values())


def _cell(found: QualityRow, href: str) -> dict[str, Any]:
    said = found.reason or ""
    if found.tickets is not None:
        said = words.plural(found.tickets, "ticket")
        if found.share is not None:
            said += f", {words.percent(found.share)} of those read"
        if found.tickets and found.rule not in LISTED:
            said += f": {', '.join(found.keys[:10])}"
    linked = bool(found.tickets) and found.rule in LISTED
    return {"n": found.tickets, "href": href if linked else None, "said": said}
