"""The strip of today: a block a clock, each in its quarter of an hour, and safe hover texts."""

from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from components import theme
from components.figures.due_today import Block, due_today
from components.graph import TRACES
from servicelevel.due import DueState
from servicelevel.due_day import due_day
from tests.factories import ms, sao_paulo

AS_OF = ms("2026-11-24T09:41:00-03:00")
ZONE = ZoneInfo("America/Sao_Paulo")


def _block(time: str, state: DueState = "today", key: str = "SD-1", summary: str = "VPN down") -> Block:
    return Block(ms(f"2026-11-{time}:00-03:00"), state, key, "Service Desk", summary, f"/at-risk?ticket={key}")


def _figure(*blocks: Block) -> dict[str, Any]:
    return due_today(blocks, due_day([sao_paulo()], AS_OF, ZONE, [block.due for block in blocks]), AS_OF)


def test_the_figure_is_one_that_the_bundle_draws() -> None:
    """Valid for plotly, and made of bars alone."""
    made = _figure(_block("24T09:10", "overdue"), _block("24T10:00", "lt_1h"), _block("24T15:00"))

    go.Figure(made)
    assert {trace["type"] for trace in made["data"]} <= TRACES


def test_clocks_of_one_stretch_stand_on_each_other() -> None:
    """Whatever their state: the earliest lowest, no two at one place."""
    made = _figure(_block("24T10:05", "lt_1h", "SD-2"), _block("24T10:01", "overdue", "SD-1"), _block("24T10:15"))
    placed = [
        (x, base, key)
        for trace in made["data"]
        for x, base, key in zip(trace["x"], trace["base"], trace["customdata"], strict=True)
    ]

    assert {x for x, _, _ in placed} == {4.5}
    assert sorted(base for _, base, _ in placed) == sorted({base for _, base, _ in placed})
    assert min(placed, key=lambda item: item[1])[2] == "/at-risk?ticket=SD-1"


def test_states_have_their_colours() -> None:
    """Overdue red, the next hour amber, everything else grey."""
    made = _figure(_block("24T09:10", "overdue"), _block("24T10:00", "lt_1h"), _block("24T15:00"), _block("24T16:00"))
    drawn = {trace["marker"]["color"]: len(trace["x"]) for trace in made["data"]}

    assert drawn == {theme.colour("risk"): 1, theme.colour("watch"): 1, theme.colour("bar"): 2}


def test_clocks_of_other_days_are_not_drawn() -> None:
    """Yesterday's overdue ones are counted elsewhere."""
    made = _figure(_block("23T17:00", "overdue"), _block("25T10:00", "next_day"))

    assert not any(trace["x"] for trace in made["data"])


def test_lunch_is_shaded_and_named_and_the_instant_of_the_data_drawn() -> None:
    """From the 12th to the 16th quarter of an hour nothing runs."""
    layout = _figure()["layout"]

    shaded = [(shape["x0"], shape["x1"]) for shape in layout["shapes"] if shape["type"] == "rect"]
    assert shaded == [(12, 16)]
    texts = [note["text"] for note in layout["annotations"]]
    assert texts == ["closed, clocks stop", "<b>as of 09:41</b>"]
    (line,) = [shape for shape in layout["shapes"] if shape["type"] == "line"]
    assert 2 < line["x0"] < 3


def test_what_people_wrote_is_text_in_a_hover_too() -> None:
    """Charts read tags, so they are escaped."""
    made = _figure(_block("24T15:00", summary="<a href='javascript:alert(1)'>x</a>"))
    (said,) = [text for trace in made["data"] for text in trace["hovertext"]]

    assert "<a" not in said
    assert "&lt;a href" in said
