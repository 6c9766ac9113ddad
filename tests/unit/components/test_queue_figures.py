"""The charts of the queue page: valid, made of what the bundle draws, and true to the report."""

from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import pytest

from components.figures.ageing import ageing_dots, ageing_height, along, to_bd
from components.figures.arrivals import arrivals
from components.figures.contributions import contributions, contributions_height, lift
from components.figures.why_moved import in_words, steps, why_moved, why_moved_height
from components.graph import TRACES
from servicelevel.ageing import Ageing, ageing
from servicelevel.health import health
from servicelevel.marks import split_queue
from servicelevel.movement import Movement
from servicelevel.report import QueueReport
from servicelevel.selection import tickets
from tests.factories import ticket
from tests.unit.components.made_reports import SEEDS, busy, small


def _all(made: QueueReport) -> dict[str, dict[str, Any]]:
    figures = {
        "contributions": contributions(made.now.health, queue_id="desk"),
        "arrivals": arrivals(made.now.flow, closed=[], queue_id="desk"),
        "ageing": ageing_dots(ageing(made), made.columns.key, [(0, "Highest"), (1, "Medium")], queue_id="desk"),
    }
    then = made.previous.health.score if made.previous else None
    if made.movement is not None and then is not None and made.now.health.score is not None:
        dates = ("26 Oct", "23 Nov")
        figures["why"] = why_moved(made.movement, then, made.now.health.score, dates=dates, queue_id="desk")
    return figures


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_are_valid_and_drawn_by_the_bundle(seed: int) -> None:
    """Plotly accepts each of them, and none uses a trace that is not there."""
    for figure in _all(busy(seed)).values():
        go.Figure(figure)
        assert {trace["type"] for trace in figure["data"]} <= TRACES


@pytest.mark.parametrize("seed", SEEDS)
def test_every_mark_of_a_chart_has_its_tickets(seed: int) -> None:
    """The customdata of every point is empty or a mark that the selection knows."""
    made = busy(seed)

    for figure in _all(made).values():
        for trace in figure["data"]:
            for mark in filter(None, trace["customdata"]):
                queue_id, inner = split_queue(mark)
                assert queue_id == "desk"
                tickets(made, inner)


def test_bars_of_a_day_stand_for_as_many_tickets_as_their_mark() -> None:
    """Created, resolved and open of each day are what a click lists."""
    made = busy()

    for trace in _all(made)["arrivals"]["data"]:
        for height, mark in zip(trace["y"], trace["customdata"], strict=True):
            assert abs(height) == len(tickets(made, split_queue(mark)[1]))


def test_contributions_end_at_the_score() -> None:
    """Each bar begins where the one before ended, and the last ends at the shown score."""
    made = busy()
    (bars,) = _all(made)["contributions"]["data"]

    ends = [round(begins + points, 1) for begins, points in zip(bars["base"], bars["x"], strict=True)]
    assert bars["base"] == [0.0, *ends[:-1]]
    assert ends[-1] == made.now.health.score


def test_a_dimension_that_is_left_out_says_why() -> None:
    """Without hours there is no bar for capacity but its reason; without a score there is no bar at all."""
    made = small(*(ticket(n) for n in range(1, 4)))
    figure = contributions(made.now.health, queue_id="desk")

    said = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert figure["data"] == []
    assert "left out: hours not configured" in said
    assert "left out: too few (n 3)" in said
    assert lift(made.now.health).endswith("of the weight has enough data; a score needs 60\N{NO-BREAK SPACE}%.")


def test_the_lift_is_what_the_score_would_be() -> None:
    """Putting the named dimension on its target gives the score that the sentence promises."""
    made = busy().now.health
    best = max(
        health(
            [replace(d, utility=max(d.utility or 0.0, 80.0)) if d.name in names else d for d in made.dimensions],
            made.weights,
        ).score
        or 0.0
        for names in [{d.name} for d in made.dimensions if d.utility is not None] + [{"responsiveness", "resolution"}]
    )

    assert lift(made).endswith(f"lift the score to {best:.1f}.")


def test_nothing_to_lift_is_said() -> None:
    """A score with everything on target needs no advice."""
    made = busy().now.health
    perfect = health([replace(d, utility=90.0) for d in made.dimensions], made.weights)

    assert lift(perfect) == "Dashed: full marks. Every dimension is on target or better."


def test_steps_of_a_movement_lead_from_score_to_score() -> None:
    """Mix, rate and filling up are steps of their own; all of them together are the change of the score."""
    rows = (
        Movement("responsiveness", -2.7, -2.7, rate_effect=0.1, mix_effect=-2.8, prior_effect=0.0),
        Movement("resolution", -2.3, -2.3, rate_effect=0.1, mix_effect=-2.5, prior_effect=0.1),
        Movement("backlog", -4.0, -4.0),
    )

    assert [(step.name, step.points) for step in steps(rows)] == [
        ("First response: mix", -2.8),
        ("First response: rate", 0.1),
        ("Resolution: mix", -2.5),
        ("Resolution: rate", 0.1),
        ("Resolution: few data", 0.1),
        ("Backlog", -4.0),
    ]
    figure = why_moved(rows, 65.2, 56.2, dates=("27 Oct", "24 Nov"), queue_id="desk")
    (bars,) = figure["data"]
    ends = [round(base + length, 1) for base, length in zip(bars["base"], bars["x"], strict=True)]
    assert (ends[0], ends[-1]) == (65.2, 56.2)
    assert in_words(rows) == (
        "Mix (what kind of work came): −5.3. Rate (the same work, kept better or worse): +0.2. "
        "Filling up of small samples: +0.1. Everything else: −4.0."
    )


def test_an_axis_that_does_not_begin_at_zero_is_marked_broken() -> None:
    """Both totals carry the sign far from zero, and none where the axis begins there."""
    rows = (Movement("backlog", -4.0, -4.0),)

    far = why_moved(rows, 60.2, 56.2, dates=("a", "b"), queue_id="desk")["layout"]
    near = why_moved(rows, 5.0, 1.0, dates=("a", "b"), queue_id="desk")["layout"]

    assert sum(shape["type"] == "path" for shape in far["shapes"]) == 4
    assert sum(shape["type"] == "path" for shape in near["shapes"]) == 0
    assert near["xaxis"]["range"][0] == 0


def test_a_dot_a_ticket_in_the_row_of_its_priority() -> None:
    """Dots stand at the age of their ticket and stay inside their row."""
    made = busy()
    found = ageing(made)
    (dots,) = _all(made)["ageing"]["data"]

    assert len(dots["x"]) == made.now.backlog.open
    for x, y, item in zip(dots["x"], dots["y"], found.tickets, strict=True):
        assert abs(y - item.priority) < 0.5
        assert x == pytest.approx(max(item.age_bd, 0.05))


def test_the_ageing_axis_holds_every_ticket() -> None:
    """From the youngest to the oldest, from 0 to 1; without tickets it still has its length."""
    made = busy()

    assert all(0 <= along(item.age_bd, ageing(made)) <= 1 for item in ageing(made).tickets)
    assert to_bd(Ageing((), None, None)) == 60


def test_names_from_jira_are_no_markup() -> None:
    """A priority named like a tag is written, not read."""
    made = busy()
    figure = ageing_dots(ageing(made), made.columns.key, [(0, "<b>P1"), (1, "Medium")], queue_id="desk")

    assert figure["layout"]["yaxis"]["ticktext"][0] == "&lt;b&gt;P1"


def test_heights_follow_the_rows() -> None:
    """A figure asks for as much room as it has rows."""
    made = busy()
    assert made.movement is not None

    assert contributions(made.now.health, queue_id="desk")["layout"]["height"] == contributions_height(made.now.health)
    assert why_moved_height(made.movement) > why_moved_height(made.movement[:1])
    assert ageing_height(0) == ageing_height(1) < ageing_height(5)
