"""Every colour, once. The style sheet, the charts and their change of theme are all written from these two tables."""

from collections.abc import Mapping
from typing import Any, Final

LIGHT: Final[Mapping[str, str]] = {
    "ink": "#16202b",
    "ink-2": "#4a5867",
    "ink-3": "#66727f",
    "paper": "#f6f8fa",
    "panel": "#ffffff",
    "line": "#dde4ea",
    "accent": "#1f5fbf",
    "ok": "#0b7a75",
    "watch": "#9a5b00",
    "risk": "#b3261e",
    "none": "#66727f",
    "ok-t": "#e7f5f3",
    "watch-t": "#fbf0dd",
    "risk-t": "#fbe9e7",
    "none-t": "#eef1f4",
    "accent-t": "#e8f0fb",
    "bar": "#7f8d9b",
    "bar-2": "#c3ccd5",
    "line-2": "#eef2f5",
    "on": "#ffffff",
    "s1": "#304980",
    "s2": "#9a635a",
    "s3": "#aa4fc4",
    "s4": "#307f93",
    "s5": "#621633",
    "s6": "#5b6d2b",
    "s7": "#4b4e5b",
    "s8": "#4d3417",
}
DARK: Final[Mapping[str, str]] = {
    "ink": "#e8eef4",
    "ink-2": "#a9b6c3",
    "ink-3": "#8b98a7",
    "paper": "#0e141b",
    "panel": "#161e27",
    "line": "#27323e",
    "accent": "#7fb1ff",
    "ok": "#4cc2b8",
    "watch": "#f0b04f",
    "risk": "#ff8a7a",
    "none": "#8b98a7",
    "ok-t": "#15302f",
    "watch-t": "#332815",
    "risk-t": "#3a1f1e",
    "none-t": "#212b36",
    "accent-t": "#1b2b44",
    "bar": "#6d7b8a",
    "bar-2": "#3d4a58",
    "line-2": "#1e2832",
    "on": "#0e141b",
    "s1": "#91b0f7",
    "s2": "#cb6c38",
    "s3": "#9d6ef9",
    "s4": "#46a7bc",
    "s5": "#f1407c",
    "s6": "#d1d02f",
    "s7": "#d5d9e5",
    "s8": "#fbcc8c",
}
SERIES: Final = 8
FONT: Final = '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

# Two tokens of one light colour must stay apart in dark, so a chart writes `panel` for paper-white and `on` for text on
# a solid state: `on` differs from `panel` by one step that no eye sees.
_CHART: Final[Mapping[str, str]] = {**LIGHT, "on": "#fffffe"}


def colour(token: str) -> str:
    """The colour of a token as figures write it: the light one, which the page changes to the dark one by itself.

    Raises:
        KeyError: there is no such token.
    """
    return _CHART[token]


def series(place: int) -> str:
    """The colour of the queue at this place of the registry (from 0), the same on every page."""
    return colour(f"s{place % SERIES + 1}")


def series_token(place: int) -> str:
    """The CSS variable of that colour."""
    return f"var(--s{place % SERIES + 1})"


def light_to_dark() -> dict[str, str]:
    """Each colour that figures write, and what it is in the dark theme."""
    return {_CHART[token]: DARK[token] for token in _CHART}


def template() -> dict[str, Any]:
    """What all charts share, in the colours of `colour`; goes into `layout.template`."""
    axis = {
        "color": colour("ink-3"),
        "gridcolor": colour("line-2"),
        "linecolor": colour("line"),
        "zerolinecolor": colour("line"),
        "tickfont": {"size": 12, "color": colour("ink-3")},
        "ticks": "",
        "zeroline": False,
        "automargin": False,
        "fixedrange": False,
        "ticklabeloverflow": "allow",
    }
    return {
        "layout": {
            "font": {"family": FONT, "size": 12, "color": colour("ink")},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [series(place) for place in range(SERIES)],
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "showlegend": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": colour("panel"),
                "bordercolor": colour("line"),
                "font": {"family": FONT, "size": 12, "color": colour("ink")},
                "align": "left",
            },
            "dragmode": "zoom",
            "bargap": 0.3,
            "xaxis": axis,
            "yaxis": axis,
        }
    }


def stylesheet() -> str:
    """The tokens as CSS custom properties: light by default, dark under `data-bs-theme="dark"`."""
    return f":root{{{_properties(LIGHT)}}}\n[data-bs-theme=dark]{{{_properties(DARK)}}}\n"


def without_script() -> str:
    """The same for a page on which nothing runs that could choose: as the reader's system has it."""
    return f":root{{{_properties(LIGHT)}}}\n@media(prefers-color-scheme:dark){{:root{{{_properties(DARK)}}}}}\n"


def _properties(tokens: Mapping[str, str]) -> str:
    return "".join(f"--{token}:{value};" for token, value in tokens.items())
