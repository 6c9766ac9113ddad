"""Charts: what each of them carries, whoever draws it."""

import plotly.graph_objects as go
from dash import dcc

from components.graph import figure, graph
from components.theme import template
from tests.unit.components.drawn import parts


def _drawn(**options: object) -> dcc.Graph:
    found = graph("score", None, caption="The score by day", height=120, **options)  # type: ignore[arg-type]
    return next(item for item in parts(found) if isinstance(item, dcc.Graph))


def test_a_chart_never_offers_to_send_itself_away() -> None:
    """Nor shows whose library it is; its bar holds what downloads and resets, and nothing else."""
    config = vars(_drawn())["config"]

    assert config["showSendToCloud"] is False
    assert config["displaylogo"] is False
    assert config["modeBarButtons"] == [["toImage", "resetScale2d"]]


def test_a_chart_says_in_words_what_it_draws() -> None:
    """In the caption of the figure around it."""
    found = graph("score", None, caption="The score by day", height=120)

    assert found.children[-1].children == "The score by day"


def test_a_chart_without_data_keeps_its_room() -> None:
    """So that nothing jumps when it comes; and nothing is drawn that would be drawn over a moment later."""
    assert vars(_drawn())["style"] == {"height": "120px"}
    assert vars(_drawn())["figure"] is None


def test_figures_are_what_plotly_accepts() -> None:
    """The template too, property by property."""
    made = figure([{"type": "bar", "x": [1], "y": [2]}], {"height": 90}, revision="a")

    assert go.Figure(made).layout.uirevision == "a"
    assert go.layout.Template(template()).layout.font.size == 12
