"""The health score as a waterfall: each dimension's points laid end to end, dashed where full marks would reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from components import words
from components.chips import band_tone
from components.figures.rows import cell, column, connector, height_of, left_out, rows_layout
from components.graph import figure
from components.theme import colour
from servicelevel import marks
from servicelevel.health import HEALTHY_FROM, Dimension, Health, band, health
from servicelevel.policy import DimensionName

NAMES: Final[Mapping[str, str]] = {
    "responsiveness": "First response",
    "resolution": "Resolution",
    "backlog": "Backlog",
    "flow": "Flow",
    "quality": "Quality",
    "capacity": "Capacity",
    "coverage": "Coverage",
}
BEHIND: Final[Mapping[DimensionName, str]] = {
    "responsiveness": marks.sla_mark("first_response", "decided"),
    "resolution": marks.sla_mark("resolution", "decided"),
    "backlog": marks.open_mark("all"),
    "flow": marks.flow_mark("created"),
    "quality": marks.reopens_mark("resolutions"),
}
"""The tickets a dimension is about; capacity is about hours."""

_SHAPES: Final = {"ok": "●", "watch": "▲", "risk": "◆", "none": "○"}
REASONS: Final[Mapping[str, str]] = {
    "few": "too few",
    "no_data": "nothing to count",
    "not_covered": "reaches too far back",
    "no_team": "no team named",
    "no_schedule": "no schedule",
    "low_coverage": "too few hours logged",
    "not_configured": "hours not configured",
    "failed": "hours could not be read",
}
"""Why a dimension is not known, in a few words."""
ROW_PX: Final = 31
_LEFT, _RIGHT, _SHAPE = 182, 78, 17


@dataclass(frozen=True, slots=True)
class _Row:
    """A dimension's bar: where it begins and how long it is, in points of the score."""

    begins: float
    points: float
    place: int
    colour: str
    mark: str
    hover: str


def contributions(made: Health, *, queue_id: str) -> dict[str, Any]:
    """One row a dimension, in the order of the definition, on an axis of 0 to 100 points."""
    notes = _named(made)
    shapes: list[dict[str, Any]] = []
    rows: list[_Row] = []
    reached = 0.0
    for place, d in enumerate(made.dimensions):
        points = made.contributions.get(d.name)
        if points is None:
            notes.append(left_out(place, reached, _why(d, made)))
            continue
        full = 100 * made.share(d.name)
        ghost = {"x0": reached, "x1": reached + full, "y0": place - 0.28, "y1": place + 0.28}
        shapes.append({"type": "rect", **ghost, "line": {"color": colour("bar"), "width": 1, "dash": "dot"}})
        if place + 1 < len(made.dimensions):
            shapes.append(connector(reached + points, place))
        mark = marks.of_queue(queue_id, BEHIND[d.name]) if d.name in BEHIND else ""
        rows.append(_Row(reached, points, place, colour(band_tone(band(d.utility))), mark, _hover(d, points, full)))
        reached = round(reached + points, 1)
    on_target = {"x0": HEALTHY_FROM, "x1": HEALTHY_FROM, "yref": "paper", "y0": 0, "y1": 1}
    shapes.append({"type": "line", **on_target, "line": {"color": colour("ink-2"), "width": 1, "dash": "dot"}})
    axis = {"range": [0, 104], "nticks": 7, "tickangle": 0}
    layout = rows_layout(len(made.dimensions), axis, notes, shapes, left=_LEFT, right=_RIGHT, row_px=ROW_PX)
    return figure([_bars(rows)] if rows else [], layout, revision=f"contributions {queue_id}")


def _bars(rows: Sequence[_Row]) -> dict[str, Any]:
    """All rows as one trace: plotly prepares each trace by itself, which costs more than drawing a bar."""
    return {
        "type": "bar",
        "orientation": "h",
        "base": [row.begins for row in rows],
        "x": [row.points for row in rows],
        "y": [row.place for row in rows],
        "width": 0.56,
        "marker": {"color": [row.colour for row in rows], "line": {"width": 0}},
        "customdata": [row.mark for row in rows],
        "hovertemplate": [f"{row.hover}<extra></extra>" for row in rows],
    }


def contributions_height(made: Health) -> int:
    """Height in pixels that the figure wants."""
    return height_of(len(made.dimensions), ROW_PX)


def lift(made: Health) -> str:
    """One sentence on what would lift the score most, one dimension or both promises brought to their target."""
    if made.score is None:
        return f"{words.percent(made.coverage, 0)} of the weight has enough data; a score needs 60{words.SPACE}%."
    short = [d for d in made.dimensions if d.utility is not None and d.utility < HEALTHY_FROM and made.weights[d.name]]
    if not short:
        return "Dashed: full marks. Every dimension is on target or better."
    promises = [d for d in short if d.name in ("responsiveness", "resolution")]
    groups = [*([d] for d in short), *([promises] if len(promises) == 2 else [])]
    chosen = max(groups, key=lambda group: sum(made.share(d.name) * (HEALTHY_FROM - (d.utility or 0.0)) for d in group))
    names = {d.name for d in chosen}
    raised = [replace(d, utility=HEALTHY_FROM) if d.name in names else d for d in made.dimensions]
    lifted = health(raised, made.weights)
    now, then = (round(sum(side.contributions[name] for name in names), 1) for side in (made, lifted))
    of = _trimmed(100 * sum(made.share(name) for name in names))
    who = "Both promises" if len(chosen) == 2 else NAMES[chosen[0].name]
    return (
        f"Dashed: full marks. {who} exactly on target would give {words.decimal(then)} of {of} "
        f"instead of {words.decimal(now)} and lift the score to {words.decimal(lifted.score)}."
    )


def _named(made: Health) -> list[dict[str, Any]]:
    """Beside every row: the shape of its band, its name, what was measured, and its points."""
    tones = [band_tone(band(d.utility)) for d in made.dimensions]
    shapes = [(_SHAPES[tone], tone) for tone in tones]
    names = [("" if d.low_sample else NAMES[d.name], "ink") for d in made.dimensions]
    measured = [(_measured(d), "ink-3") for d in made.dimensions]
    columns = [
        column(shapes, ROW_PX, left=_LEFT),
        column(names, ROW_PX, left=_LEFT - _SHAPE),
        column(measured, ROW_PX, left=8, anchor="right"),
        column([(_points(d, made), "ink-2") for d in made.dimensions], ROW_PX, right=_RIGHT),
    ]
    low = [(place, d) for place, d in enumerate(made.dimensions) if d.low_sample]
    return columns + [note for place, d in low for note in _named_low(place, d)]


def _named_low(place: int, d: Dimension) -> list[dict[str, Any]]:
    """The name with the size of its sample under it."""
    return [
        cell(place, NAMES[d.name], left=_LEFT - _SHAPE, tone="ink", down_px=-5),
        cell(place, f"low sample, n {d.n}", left=_LEFT - _SHAPE, tone="ink-3", down_px=8, size=10),
    ]


def _points(d: Dimension, made: Health) -> str:
    points = made.contributions.get(d.name)
    return "" if points is None else f"<b>{words.decimal(points)}</b> of {_trimmed(100 * made.share(d.name))}"


def _measured(d: Dimension) -> str:
    if d.parts:
        days = d.parts[0].input
        return "none resolved" if days is None else f"{words.decimal(days)} days"
    if d.name == "flow":
        return words.decimal(d.raw, 2)
    return words.percent(d.raw)


def _why(d: Dimension, made: Health) -> str:
    if d.reason:
        return f"left out: {REASONS[d.reason]}" + (f" (n {d.n})" if d.reason == "few" else "")
    return "weighs nothing here" if not made.weights[d.name] else "no score"


def _hover(d: Dimension, points: float, full: float) -> str:
    filled = f"<br>filled up to 30 with {words.percent(d.prior)}" if d.low_sample else ""
    # Its mark lists what is open; how fast that goes is measured on what was resolved as well.
    of_both = " open, or resolved in 28 days" if d.name == "backlog" else ""
    return (
        f"{NAMES[d.name]}: utility {words.decimal(d.utility)} of 100<br>"
        f"{words.decimal(points)} of {_trimmed(full)} points<br>n {words.count(d.n)}{of_both}{filled}"
    )


def _trimmed(value: float) -> str:
    return words.decimal(value).removesuffix(".0")
