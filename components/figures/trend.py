"""One measure of several queues by day: dots a day, a line for the 7-day mean, and gaps that stay open."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, TypeAlias

from components.figures.trend_changes import change_lines, change_words
from components.figures.trend_labels import band_words, break_mark, date_tags, end_labels, target_words
from components.figures.trend_marks import gap_bars, pins, rebuilt_shades, two_date_lines
from components.figures.trend_points import of_queue
from components.graph import figure
from components.theme import colour
from servicelevel.health import HEALTHY_FROM
from servicelevel.trend import Trend

Plotted: TypeAlias = Literal["score", "first_response", "resolution"]

LEFT: Final = 36
RIGHT: Final = 132
_LEAST_DAYS: Final = 30
_NEAR_DAYS: Final = 7
_MOST_STEPS: Final = 5
_STEPS: Final = (1, 2, 4, 5, 10, 20, 25)


@dataclass(frozen=True, slots=True)
class Line:
    """A queue's trend, its name, its place in the registry, and the path a day leads to (below the portal's prefix)."""

    trend: Trend
    name: str
    place: int
    link: Callable[[date], str]


@dataclass(frozen=True, slots=True)
class Pin:
    """A numbered mark at a queue's day on the chart of one measure, with what it says."""

    number: int
    queue: str
    day: date
    measure: Plotted
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Plot:
    """How a measure is drawn: its height and margins in pixels, and whether dates stand under it."""

    measure: Plotted
    height: int
    top: int
    bottom: int
    dated: bool = False
    tagged: bool = False

    @property
    def pixels(self) -> int:
        """Height of the plot itself."""
        return self.height - self.top - self.bottom

    def scaled(self, value: float) -> float:
        """A value as the axis counts it: points, or per cent."""
        return value if self.measure == "score" else 100 * value


PLOTS: Final = (
    Plot("score", 306, top=34, bottom=10, tagged=True),
    Plot("first_response", 190, top=8, bottom=10),
    Plot("resolution", 224, top=8, bottom=28, dated=True),
)


@dataclass(frozen=True, slots=True)
class Axis:
    """Bottom, top and step of an axis, in its own unit."""

    bottom: float
    top: float
    step: float

    def pixel(self, value: float, pixels: int) -> float:
        """Distance of a value from the bottom in a plot of so many pixels."""
        return (value - self.bottom) / (self.top - self.bottom) * pixels


def trend_figure(
    plot: Plot,
    lines: Sequence[Line],
    numbered: Sequence[Pin] = (),
    *,
    smooth: bool,
    a: date | None,
    b: date | None,
    today: date,
) -> dict[str, Any]:
    """The chart of one measure. All charts of a page share their dates, so that days stand under each other."""
    axis = axis_of(plot, lines)
    first, last = _first_drawn(lines), lines[0].trend.last
    data: list[dict[str, Any]] = [*gap_bars(lines, axis, first, last)]
    for line in lines:
        data += of_queue(plot, line, smooth=smooth, today=today)
    mine = [pin for pin in numbered if pin.measure == plot.measure]
    aims = [plot.scaled(target) for target in targets_of(plot, lines)]
    pin_trace, stems = pins(mine, _heights(plot, lines), axis, plot.pixels, (last - first).days + 1, aims)
    data += pin_trace
    shapes = [
        *two_date_lines(a, b),
        *rebuilt_shades(lines),
        *change_lines(lines),
        *_target_lines(plot, lines),
        *stems,
    ]
    annotations = [
        *end_labels(plot, lines, axis, RIGHT),
        *target_words(plot, targets_of(plot, lines)),
    ]
    if plot.tagged:
        annotations += [*band_words(lines, first, last), *change_words(lines, first, last)]
        annotations += date_tags(a, b, (last - first).days)
    if axis.bottom > 0:
        annotations.append(break_mark())
    dates = [_noon(first - timedelta(days=1)), _noon(last)]
    layout = {
        "height": plot.height,
        "meta": {"dates": dates},
        "margin": {"l": LEFT, "r": RIGHT, "t": plot.top, "b": plot.bottom},
        "barmode": "overlay",
        "xaxis": {
            "type": "date",
            "range": list(dates),
            "showgrid": False,
            "showticklabels": plot.dated,
            "tickformat": "%-d %b",
        },
        "yaxis": {
            "range": [axis.bottom, axis.top],
            "tick0": axis.bottom,
            "dtick": axis.step,
            "fixedrange": True,
            "ticks": "outside",
            "ticklen": 8,
            "tickcolor": "rgba(0,0,0,0)",
        },
        "shapes": shapes,
        "annotations": annotations,
        "hoverdistance": 12,
    }
    return figure(data, layout, revision=f"trend {first} {last}")


def axis_of(plot: Plot, lines: Sequence[Line]) -> Axis:
    """An axis with room for every point and target, at round numbers; it may start above zero."""
    drawn = [plot.scaled(v) for line in lines for _, v in line.trend.values(plot.measure) if v is not None]
    drawn += [plot.scaled(target) for target in targets_of(plot, lines)]
    low, high = min(drawn), max(drawn)
    if plot.measure == "score":
        return Axis(max(20 * math.floor((low - 4) / 20), 0), 100, 20)
    low = max(low - 0.4, 0)
    step = next((s for s in _STEPS if math.ceil(high / s) - math.floor(low / s) <= _MOST_STEPS), _STEPS[-1])
    top = min(step * math.ceil(high / step), 100)
    bottom = step * math.floor(low / step)
    return Axis(bottom, top if top > bottom else bottom + step, step)


def targets_of(plot: Plot, lines: Sequence[Line]) -> list[float]:
    """The targets of these queues, each once, as the measure's values are kept."""
    if plot.measure == "score":
        return [HEALTHY_FROM]
    return sorted({line.trend.targets[plot.measure] for line in lines})


def _target_lines(plot: Plot, lines: Sequence[Line]) -> list[dict[str, Any]]:
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "layer": "above"}
    stroke = {"color": colour("ink-2"), "width": 1.4, "dash": "2px,2px"}
    at = [plot.scaled(target) for target in targets_of(plot, lines)]
    return [{**across, "y0": y, "y1": y, "line": stroke} for y in at]


def _heights(plot: Plot, lines: Sequence[Line]) -> Callable[[str, date], float | None]:
    """Where a queue's line is on a day, or on the next day near it that it has."""
    known = {line.trend.queue: line.trend.smooth(plot.measure) for line in lines}

    def height(queue: str, day: date) -> float | None:
        near = day + timedelta(days=_NEAR_DAYS)
        values = (value for at, value in known.get(queue, ()) if day <= at <= near and value is not None)
        value = next(values, None)
        return None if value is None else plot.scaled(value)

    return height


def _first_drawn(lines: Sequence[Line]) -> date:
    """The first day of the axis: that of the period, or shortly before history begins."""
    first, last = lines[0].trend.first, lines[0].trend.last
    begins = min((line.trend.begins for line in lines if line.trend.begins is not None), default=last)
    return max(first, min(begins - timedelta(days=2), last - timedelta(days=_LEAST_DAYS - 1)))


def _noon(day: date) -> str:
    return f"{day.isoformat()}T12:00:00"
