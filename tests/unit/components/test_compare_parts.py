"""The comparison's parts: cells that sort, tint and lead on, and intervals on one axis."""

from itertools import pairwise
from typing import Any

import pytest

from components.compare_rows import CompareQueue, compare_row, points_tone, target_row
from components.interval_plot import PlotLine, axis_start, interval_plot
from components.queue_card import Scales
from servicelevel.attainment import Kept, proof
from servicelevel.policy import SLA_NAMES
from servicelevel.ranking import Rank
from servicelevel.report import QueueReport
from servicelevel.selection import tickets
from tests.factories import queue, ticket
from tests.unit.components.drawn import having, hrefs, text
from tests.unit.components.made_reports import busy, link, small

SCALES = Scales(0.7, 40, 100)


def _row(made: QueueReport) -> dict[str, Any]:
    places = dict.fromkeys(SLA_NAMES, Rank(1, 4))
    return compare_row(CompareQueue(made, places, (), "/queue/desk", link), SCALES)


def test_cells_show_and_sort_by_what_the_report_says() -> None:
    """Text for the reader, the number for the order."""
    made = busy()
    row = _row(made)

    assert row["score"]["v"] == made.now.health.score
    assert row["resolution"]["v"] == made.now.sla["resolution"].kept.rate
    assert row["open"]["t"] == str(made.now.backlog.open)
    assert row["resolution_rank"]["t"] == "1–4"


def test_every_link_of_a_row_lists_tickets_that_the_queue_counts() -> None:
    """Each mark names something, and counts of tickets are those of the cell."""
    made = busy()
    row = _row(made)
    marks = {name: cell["h"].partition("desk/")[2] for name, cell in row.items() if isinstance(cell, dict)}
    opened = {name: len(tickets(made, mark)) for name, mark in marks.items() if mark}

    assert opened["open"] == made.now.backlog.open
    assert opened["overdue"] == row["overdue"]["v"]
    assert opened["resolution"] == made.now.sla["resolution"].kept.n
    assert opened["reopen"] == made.now.flow.reopens.reopened
    assert row["ageing"]["v"] is None
    assert row["ageing"]["h"] == "/queue/desk"


def test_a_queue_with_nothing_decided_sorts_last_and_shows_no_rate() -> None:
    """Counts in words, nothing to sort by, no tint of good or bad."""
    row = _row(small(ticket(1)))

    assert row["score"]["v"] is None
    assert row["resolution"] | {"h": ""} == {
        "v": None,
        "t": "0 of 0",
        "k": "none",
        "m": "few",
        "h": "",
        "s": "",
        "w": "",
    }
    assert row["top"]["t"] == "—"
    assert [row[name]["w"] for name in ("moved", "top", "utilised")] == [
        "There is no score on both dates",
        "None of this priority was decided",
        "hours not configured",
    ]


def test_the_target_row_is_a_range_where_queues_differ() -> None:
    """One target is said once, two as their range."""
    strict, lax = small(desk=queue("a", resolution=0.95)), small(desk=queue("b", resolution=0.9))

    row = target_row([strict, lax])

    assert row["resolution"]["t"].replace("\N{NO-BREAK SPACE}", " ") == "90–95 %"
    assert row["first_response"]["t"].replace("\N{NO-BREAK SPACE}", " ") == "95 %"
    assert row["flow"]["t"] == "1.00"


@pytest.mark.parametrize(
    ("points", "tone"), [(80.0, "ok"), (79.9, "watch"), (60.0, "watch"), (59.9, "risk"), (None, "none")]
)
def test_tints_follow_the_bands(points: float | None, tone: str) -> None:
    """A dimension on its target is 80 points."""
    assert points_tone(points) == tone


def _line(name: str, kept: Kept, rank: Rank | None = None) -> PlotLine:
    return PlotLine(name, kept, 0.9, proof(kept, 0.9), rank, f"/queue/{name}", f"/compare?tickets={name}")


def test_intervals_stand_best_first_and_too_few_last() -> None:
    """The order is that of the shares; four of four is no first place."""
    shown = interval_plot(
        [_line("few", Kept(4, 4)), _line("low", Kept(70, 100), Rank(2, 2)), _line("high", Kept(95, 100), Rank(1, 1))]
    )

    assert [text(row) for row in having(shown, "plot-name")] == ["high", "low", "few"]
    assert "too few to judge: 4 of 4 met" in text(shown)
    assert "rank 1" in text(shown)
    assert hrefs(shown)[:2] == ["/queue/high", "/compare?tickets=high"]


def test_the_axis_begins_below_every_interval_and_target() -> None:
    """At a tenth, so that its labels are round; never below nothing."""
    assert axis_start([_line("a", Kept(95, 100))]) <= 0.88
    assert axis_start([_line("a", Kept(1, 50))]) == 0.0
    assert axis_start([]) == 0.7


@pytest.mark.parametrize("met", range(0, 101, 4))
def test_the_axis_ends_at_100_percent_in_even_steps(met: int) -> None:
    """Wherever it begins: else its labels would stand beside the places that they name."""
    shown = interval_plot([_line("a", Kept(met, 100))])

    ticks = [int(part.removesuffix(" %")) for part in map(text, having(shown, "plot-axis")[0].children)]

    assert ticks[-1] == 100
    assert len({after - before for before, after in pairwise(ticks)}) == 1
