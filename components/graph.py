"""The one way to a chart: a `dcc.Graph` in a figure with a caption, its mode bar bare and its colours the theme's."""

from collections.abc import Mapping
from typing import Any, Final

from dash import dcc, html

from components.theme import colour, template

TRACES: Final = frozenset({"bar", "scatter"})
"""Kinds of trace that the bundled plotly.js draws; another would silently become a scatter."""

_KEPT_BUTTONS: Final = ("toImage", "resetScale2d")
_CONFIG: Final[Mapping[str, Any]] = {
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "showTips": False,
    "responsive": True,
    "doubleClick": "reset",
    "scrollZoom": False,
    "modeBarButtons": [list(_KEPT_BUTTONS)],
}


def graph(
    id: str,  # noqa: A002 - the word that Dash uses
    figure: Mapping[str, Any] | None,
    *,
    caption: str,
    height: int,
    mode_bar: bool = True,
    zoom: bool = True,
    class_name: str = "",
) -> html.Figure:
    """A chart of `height` pixels. `caption` says in words what is drawn, for those who do not see it.

    A figure of None keeps the room until a callback fills it; nothing is drawn before (`assets/late.js`).
    """
    config: Any = {**_CONFIG, "displayModeBar": "hover" if mode_bar else False, "staticPlot": False}
    config["toImageButtonOptions"] = {"filename": id, "scale": 2}
    return html.Figure(
        [
            dcc.Graph(
                id=id,
                figure=figure,
                config=config,
                responsive=True,
                style={"height": f"{height}px"},
                className="chart" if zoom else "chart chart-still",
            ),
            html.Figcaption(caption, className="visually-hidden"),
        ],
        className=f"chart-figure {class_name}".rstrip(),
    )


def figure(data: list[dict[str, Any]], layout: Mapping[str, Any], *, revision: str) -> dict[str, Any]:
    """A plain figure with the shared template. A refresh with the same `revision` keeps zoom and selection."""
    return {"data": data, "layout": {"template": template(), "uirevision": revision, **layout}}


def empty(height: int, reason: str = "") -> dict[str, Any]:
    """Nothing yet, in the size of what will come, and why where there is something to say."""
    hidden = {"visible": False}
    middle = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
    said = [{**middle, "text": reason, "font": {"size": 13, "color": colour("ink-2")}}] if reason else []
    axes = {"xaxis": hidden, "yaxis": hidden}
    return figure([], {"height": height, **axes, "annotations": said}, revision="empty")
