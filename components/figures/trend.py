"""One measure of several queues by day: dots a day, a line for the 7-day mean, and gaps that stay open."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, TypeAlias

from components import words
from components.figures.trend_labels import band_words, break_mark, date_tag, end_labels, target_words
from components.figures.trend_marks import gap_bars, pins, rebuilt_shades, two_date_lines
from components.graph import figure
from components.theme import colour, series
from servicelevel.health import HEALTHY_FROM
from servicelevel.trend import Trend, TrendPoint

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
    Plot("score", 286, top=34, bottom=10, tagged=True),
    Plot("first_response", 150, top=8, bottom=10),
    Plot("resolution", 184, top=8, bottom=28, dated=True),
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
        data += _of_queue(plot, line, smooth=smooth, today=today)
    mine = [pin for pin in numbered if pin.measure == plot.measure]
    pin_trace, stems = pins(mine, _heights(plot, lines), axis, plot.pixels, (last - first).days + 1)
    data += pin_trace
    shapes = [*two_date_lines(a, b), *rebuilt_shades(lines), *_target_lines(plot, lines), *stems]
    annotations = [
        *end_labels(plot, lines, axis, RIGHT),
        *target_words(plot, targets_of(plot, lines)),
        *band_words(plot, lines),
    ]
    if plot.tagged:
        annotations += [date_tag(name, day) for name, day in (("A", a), ("B", b)) if day is not None]
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


def _of_queue(plot: Plot, line: Line, *, smooth: bool, today: date) -> list[dict[str, Any]]:
    daily = line.trend.values(plot.measure)
    drawn = line.trend.smooth(plot.measure) if smooth else daily
    points = {point.day: point for point in line.trend.points}
    hue = series(line.place)
    rebuilt = [(day in points and points[day].source != "live") for day, _ in drawn]
    solid = [None if old else value for old, (_, value) in zip(rebuilt, drawn, strict=True)]
    beside = [any(rebuilt[max(at - 1, 0) : at + 2]) for at in range(len(rebuilt))]
    dashed = [value if near else None for near, (_, value) in zip(beside, drawn, strict=True)]
    days = [day.isoformat() for day, _ in daily]
    means = dict(drawn) if smooth else {}
    known = [(day, value) for day, value in daily if value is not None]
    stroke = {"color": hue, "width": 2}
    traces = [_stroke(days, solid, plot, stroke)]
    if any(rebuilt):
        traces.append(_stroke(days, dashed, plot, {**stroke, "dash": "4px,3px"}))
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": line.name,
            "x": [day.isoformat() for day, _ in known],
            "y": [plot.scaled(value) for _, value in known],
            "marker": {
                "color": hue,
                "size": [9 if day == today else 6 if points[day].source != "live" else 5 for day, _ in known],
                "opacity": [1 if day == today else 0.75 if points[day].source != "live" else 0.5 for day, _ in known],
                "symbol": ["circle-open" if points[day].source != "live" else "circle" for day, _ in known],
                "line": {"width": 1.2, "color": hue},
            },
            "cliponaxis": False,
            "customdata": [line.link(day) for day, _ in known],
            "text": [_told(plot, line.name, points[day], means.get(day), today) for day, _ in known],
            "hovertemplate": "%{text}<extra></extra>",
        }
    )
    return traces


def _stroke(days: Sequence[str], values: Sequence[float | None], plot: Plot, line: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(days),
        "y": [None if value is None else plot.scaled(value) for value in values],
        "line": line,
        "connectgaps": False,
        "hoverinfo": "skip",
    }


def _told(plot: Plot, name: str, point: TrendPoint, mean: float | None, today: date) -> str:
    """What a day says when the pointer is on it."""
    when = "today so far" if point.day == today else f"{words.weekday(point.day)} {words.day(point.day, today)}"
    text = f"<b>{name}</b>, {when}<br><b>{shown(plot.measure, point.value(plot.measure))}</b>"
    if mean is not None:
        text += f" · 7-day mean {shown(plot.measure, mean)}"
    if plot.measure != "score":
        text += f" · n {words.count(point.decided(plot.measure))}"
    if point.source != "live":
        text += f"<br>{'rebuilt afterwards' if point.source == 'backfill' else 'imported'}"
    if point.lacks:
        text += f"<br>incomplete: {words.listed([_LACKS[lack] for lack in point.lacks])}"
    return text + ("<br>score under today’s definition" if point.redrawn and plot.measure == "score" else "")


_LACKS: Final = {
    "tickets": "some tickets could not be read",
    "hours": "hours could not be read",
    "past": "not every change of the 90 days before is known",
}


def shown(measure: Plotted, value: float | None) -> str:
    """A value of a measure in words."""
    return words.decimal(value) if measure == "score" else words.percent(value)


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
