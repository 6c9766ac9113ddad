"""The due list: what a row says, and that whatever people wrote stays text."""

from zoneinfo import ZoneInfo

import pytest
from dash_ag_grid import AgGrid

from components import words
from components.compare_grid import compare_grid
from components.due_grid import COLUMNS, SUMMARY_SHOWN, due_grid, due_rows
from servicelevel.due import DueRow, DueState
from servicelevel.instants import HOUR_MS, MINUTE_MS
from servicelevel.policy import Queue
from servicelevel.ticket import Person
from tests.factories import ANA, ms, queue, sao_paulo

AS_OF = ms("2026-11-24T09:41:00-03:00")
DESK = queue("desk", calendar=sao_paulo())


def clock(
    left_ms: int = -75 * MINUTE_MS,
    *,
    due: str | None = "2026-11-23T17:26:00-03:00",
    state: DueState = "overdue",
    summary: str = "VPN down",
    analyst: Person | None = ANA,
    goal_ms: int = 4 * HOUR_MS,
) -> DueRow:
    """A clock of SD-7, an hour and a quarter overdue."""
    at = None if due is None else ms(due)
    return DueRow(
        7, "SD-7", summary, "Incident", "Highest", "Open", analyst, "resolution", goal_ms, goal_ms - left_ms, at, state,
        ticking=True,
    )  # fmt: skip


def _row(row: DueRow, desk: Queue = DESK, page_zone: ZoneInfo | None = None) -> dict[str, object]:
    (made,) = due_rows(
        [(desk, row)],
        as_of=AS_OF,
        name_of=lambda person: None if person is None else person.name,
        href=lambda _, row: f"/?ticket={row.key}",
        place_of=lambda *_: 0,
        page_zone=page_zone,
    )
    return made


def test_a_row_says_what_is_left_and_by_when() -> None:
    """Time left with its sign, due on the queue's own clock, the goal and how much of it is used."""
    row = _row(clock())

    assert (row["left"], row["due"], row["goal"]) == (f"−1h{words.SPACE}15m", "Mon 17:26", "4h")
    assert row["used"] == pytest.approx(1.3125)
    assert (row["href"], row["priority_place"], row["promise"]) == ("/?ticket=SD-7", 0, "Resolution")
    assert row["due_in_full"] == "Mon 23 Nov 2026 17:26, America/Sao_Paulo"


def test_a_paused_clock_has_no_due_instant() -> None:
    """It says so, and keeps what is left."""
    row = _row(clock(2 * HOUR_MS, due=None, state="paused"))

    assert (row["due"], row["due_ms"], row["left"]) == ("paused", None, f"2h{words.SPACE}00m")


def test_nobody_is_not_a_name_that_is_hidden() -> None:
    """Unassigned and "not shown" are different things."""
    hidden = due_rows(
        [(DESK, clock())], as_of=AS_OF, name_of=lambda _: None, href=lambda *_: "/", place_of=lambda *_: None
    )[0]

    assert (hidden["analyst"], hidden["assigned"]) == (None, True)
    assert _row(clock(analyst=None))["assigned"] is False


def test_another_zone_than_the_pages_is_named() -> None:
    """A page of several queues says whose clock a time is by, where it is not its own."""
    assert _row(clock(), page_zone=ZoneInfo("America/Sao_Paulo"))["zone"] == ""
    assert _row(clock(), page_zone=ZoneInfo("Europe/Berlin"))["zone"] == "UTC−03"
    berlin = queue("berlin", calendar=type(DESK.calendar)("always", "Europe/Berlin"))
    assert _row(clock(), berlin, ZoneInfo("America/Sao_Paulo"))["zone"] == "CET"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\u202eevil", "=1+1", "**bold**", "<b>&amp;</b>"])
def test_jira_text_goes_to_the_page_as_it_is(text: str) -> None:
    """The row carries the very text, and no column shows text in a way that would read tags or Markdown."""
    assert _row(clock(summary=text))["summary"] == text
    grid = due_grid("g").children
    assert all(column.get("cellRenderer") != "markdown" for column in grid.columnDefs)
    assert not getattr(grid, "dangerously_allow_code", None)


def test_a_summary_of_ten_thousand_letters_is_cut() -> None:
    """A page does not carry what no line can show."""
    summary = str(_row(clock(summary="x" * 10_000))["summary"])

    assert (len(summary), summary[-1]) == (SUMMARY_SHOWN, "…")


def test_a_grid_has_its_columns_and_pages() -> None:
    """Every column by default, 50 rows a page, a click that follows the row's link."""
    grid = due_grid("g").children

    assert len(grid.columnDefs) == len(COLUMNS)
    assert grid.dashGridOptions["paginationPageSize"] == 50
    assert grid.eventListeners["rowClicked"] == ["openRow(params)"]
    assert [column["field"] for column in due_grid("g", columns=("key", "summary")).children.columnDefs] == [
        "key",
        "summary",
    ]


@pytest.mark.parametrize("grid", [due_grid("g").children, compare_grid("c").children])
def test_a_grid_is_one_stop_of_tab_and_waits_without_saying_that_there_is_nothing(grid: AgGrid) -> None:
    """Tab leaves cells and headers, Enter opens, and until rows come nothing is read out about having none."""
    options = grid.dashGridOptions

    assert grid.rowData is None
    assert options["localeText"]["loadingOoo"] == "Loading the rows"
    assert options["tabToNextCell"] == options["tabToNextHeader"] == {"function": "tabLeaves(params)"}
    assert grid.eventListeners["cellKeyDown"] == ["openRow(params)"]


def test_a_goal_of_nothing_has_no_share_used() -> None:
    """Instead of a division by zero."""
    assert _row(clock(goal_ms=0))["used"] is None
