"""The days of one queue on a chart: dots whose shape says where a day came from, and the line through them."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from components import words
from components.theme import series
from servicelevel.trend import TrendPoint

if TYPE_CHECKING:
    from components.figures.trend import Line, Plot, Plotted

Kind: TypeAlias = Literal["live", "live_incomplete", "rebuilt", "rebuilt_incomplete", "imported", "today"]
Mark: TypeAlias = tuple[str, int, float]
"""Symbol, size in pixels and opacity of a dot."""

_MARKS: Final[Mapping[Kind, Mark]] = {
    "live": ("circle", 5, 0.5),
    "live_incomplete": ("x-thin", 5, 0.8),
    "rebuilt": ("circle-open", 6, 0.75),
    "rebuilt_incomplete": ("circle-x-open", 7, 0.75),
    "imported": ("diamond-open", 7, 0.75),
    "today": ("circle-open-dot", 10, 1),
}
_LACKS: Final = {
    "tickets": "some tickets could not be read",
    "hours": "hours could not be read",
    "past": "not every change of the 90 days before is known",
    "fleet": "a queue could not be read whose rates it is filled up with",
}


def kind_of(point: TrendPoint, today: date) -> Kind:
    """What a day is drawn as."""
    if point.day == today:
        return "today"
    if point.source == "import":
        return "imported"
    if point.source == "live":
        return "live" if point.complete else "live_incomplete"
    return "rebuilt" if point.complete else "rebuilt_incomplete"


def of_queue(plot: "Plot", line: "Line", *, smooth: bool, today: date) -> list[dict[str, Any]]:
    """Strokes, then the dots, which carry the queue's name; what is not live is dashed, today so far is dotted."""
    daily = line.trend.values(plot.measure)
    drawn = line.trend.smooth(plot.measure) if smooth else daily
    points = {point.day: point for point in line.trend.points}
    known = [(day, value) for day, value in daily if value is not None]
    means = dict(drawn) if smooth else {}
    marks = [_MARKS[kind_of(points[day], today)] for day, _ in known]
    hue = series(line.place)
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": escape(line.name),
        "x": [day.isoformat() for day, _ in known],
        "y": [plot.scaled(value) for _, value in known],
        "marker": {
            "color": hue,
            "symbol": [symbol for symbol, _, _ in marks],
            "size": [size for _, size, _ in marks],
            "opacity": [opacity for _, _, opacity in marks],
            "line": {"width": 1.2, "color": hue},
        },
        "cliponaxis": False,
        "customdata": [line.link(day) for day, _ in known],
        "text": [_told(plot, line.name, points[day], means.get(day), today) for day, _ in known],
        "hovertemplate": "%{text}<extra></extra>",
    }
    return [*_strokes(plot, drawn, points, today, {"color": hue, "width": 2}), dots]


def _strokes(
    plot: "Plot",
    drawn: Sequence[tuple[date, float | None]],
    points: Mapping[date, TrendPoint],
    today: date,
    stroke: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The line in parts, each of one look. A part that is not solid reaches to the days beside it."""
    looks: list[str | None] = [_look(points.get(day), today) for day, _ in drawn]
    made = []
    for look in ("solid", "4px,3px", "1px,3px"):
        if look not in looks:
            continue
        mine = [each == look for each in looks]
        reach = mine if look == "solid" else [any(mine[max(at - 1, 0) : at + 2]) for at in range(len(mine))]
        made.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [day.isoformat() for day, _ in drawn],
                "y": [
                    plot.scaled(value) if near and value is not None else None
                    for near, (_, value) in zip(reach, drawn, strict=True)
                ],
                "line": {**stroke, **({} if look == "solid" else {"dash": look})},
                "connectgaps": False,
                "hoverinfo": "skip",
            }
        )
    return made


def _look(point: TrendPoint | None, today: date) -> str | None:
    if point is None:
        return None
    if point.day == today:
        return "1px,3px"
    return "solid" if point.source == "live" else "4px,3px"


def _told(plot: "Plot", name: str, point: TrendPoint, mean: float | None, today: date) -> str:
    """What a day says when the pointer is on it."""
    when = "today so far" if point.day == today else f"{words.weekday(point.day)} {words.day(point.day, today)}"
    text = f"<b>{escape(name)}</b>, {when}<br><b>{shown(plot.measure, point.value(plot.measure))}</b>"
    if mean is not None:
        text += f" · 7-day mean {shown(plot.measure, mean)}"
    if plot.measure != "score":
        text += f" · n {words.count(point.decided(plot.measure))}"
    if point.source != "live":
        text += (
            "<br>rebuilt afterwards" if point.source == "backfill" else "<br>imported: its score is all that is known"
        )
    if point.lacks:
        text += f"<br>incomplete: {words.listed([_LACKS[lack] for lack in point.lacks])}"
    return text + ("<br>score made again under today’s definition" if point.redrawn and plot.measure == "score" else "")


def shown(measure: "Plotted", value: float | None) -> str:
    """A value of a measure in words."""
    return words.decimal(value) if measure == "score" else words.percent(value)
