"""Why a score moved: from the earlier score to today's, one step a cause, the promises split in mix and rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from components import words
from components.figures.contributions import BEHIND, NAMES
from components.figures.rows import column, connector, height_of, rows_layout
from components.graph import figure
from components.theme import colour
from servicelevel import marks
from servicelevel.health import HEALTHY_FROM, WATCH_FROM
from servicelevel.movement import Movement

ROW_PX: Final = 23
_LEFT, _RIGHT = 150, 52
_MARGIN: Final = 2.0


@dataclass(frozen=True, slots=True)
class Step:
    """One row between the two scores: its name, its points as shown, and the mark of its tickets."""

    name: str
    points: float
    mark: str | None


def steps(rows: Sequence[Movement]) -> list[Step]:
    """The rows as drawn: a promise in its mix, its rate, and its filling up where that moved anything."""
    result = []
    for row in rows:
        name = NAMES[row.name]
        mark = {str(key): value for key, value in BEHIND.items()}.get(row.name)
        if row.mix_effect is None or row.rate_effect is None:
            result.append(Step(name, row.shown, mark))
            continue
        parts = [("mix", row.mix_effect), ("rate", row.rate_effect)]
        if row.prior_effect:
            parts.append(("few data", row.prior_effect))
        split = any(points for _, points in parts)
        result += [Step(f"{name}: {part}", points, mark) for part, points in parts] if split else [
            Step(name, row.shown, mark)
        ]  # fmt: skip
    return result


def why_moved(
    rows: Sequence[Movement], then: float, now: float, *, dates: tuple[str, str], queue_id: str
) -> dict[str, Any]:
    """The picture between two shown scores; `dates` are their days in words."""
    drawn = steps(rows)
    low, high = _range(drawn, then, now)
    reached = then
    ends = [(then, low), *(_ends(drawn, then)), (now, low)]
    texts = [dates[0], *(step.name for step in drawn), dates[1]]
    shown = [words.decimal(then), *(words.signed(step.points) for step in drawn), words.decimal(now)]
    tones = ["bar", *(_tone(step.points) for step in drawn), "bar"]
    found = ["", *(marks.of_queue(queue_id, step.mark) if step.mark else "" for step in drawn), ""]
    last = len(texts) - 1
    names, values = [], []
    shapes: list[dict[str, Any]] = []
    for place, text in enumerate(texts):
        total = place in (0, last)
        names.append((f"<b>{text}</b>" if total else text, "ink"))
        token = "ink" if total else {"bar": "ink-3"}.get(tones[place], tones[place])
        values.append((f"<b>{shown[place]}</b>", token))
        if place < last:
            reached = then if place == 0 else round(reached + drawn[place - 1].points, 1)
            shapes.append(connector(reached, place))
        if total and low > 0:
            shapes += _broken(low, place)
    shapes += [_border(at) for at in (WATCH_FROM, HEALTHY_FROM) if low < at < high]
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "base": [min(pair) for pair in ends],
            "x": [abs(a - b) for a, b in ends],
            "y": list(range(len(texts))),
            "width": 0.56,
            "marker": {"color": [colour(tone) for tone in tones], "line": {"width": 0}},
            "customdata": found,
            "text": [f"{text}: {value}" for text, value in zip(texts, shown, strict=True)],
            "textposition": "none",
            "hovertemplate": "%{text} points<extra></extra>",
        }
    ]
    notes = [column(names, ROW_PX, left=_LEFT), column(values, ROW_PX, right=_RIGHT)]
    axis = {"range": [low, high], "nticks": 7, "tickangle": 0}
    layout = rows_layout(len(texts), axis, notes, shapes, left=_LEFT, right=_RIGHT, row_px=ROW_PX)
    return figure(data, layout, revision=f"why {queue_id}")


def why_moved_height(rows: Sequence[Movement]) -> int:
    """Height in pixels that the figure wants."""
    return height_of(len(steps(rows)) + 2, ROW_PX)


def in_words(rows: Sequence[Movement]) -> str:
    """The same in one line: mix, rate and the rest, each with its points."""
    mix = round(sum(row.mix_effect or 0.0 for row in rows), 1)
    rate = round(sum(row.rate_effect or 0.0 for row in rows), 1)
    prior = round(sum(row.prior_effect or 0.0 for row in rows), 1)
    rest = round(sum(row.shown for row in rows) - mix - rate - prior, 1)
    parts = [
        f"Mix (what kind of work came): {words.signed(mix)}.",
        f"Rate (the same work, kept better or worse): {words.signed(rate)}.",
        f"Filling up of small samples: {words.signed(prior)}." if prior else "",
        f"Everything else: {words.signed(rest)}.",
    ]
    return " ".join(part for part in parts if part)


def _ends(drawn: Sequence[Step], then: float) -> list[tuple[float, float]]:
    ends, reached = [], then
    for step in drawn:
        following = round(reached + step.points, 1)
        ends.append((reached, following))
        reached = following
    return ends


def _range(drawn: Sequence[Step], then: float, now: float) -> tuple[float, float]:
    """The stretch of the scale that the steps need; it begins at 0 where that is near."""
    at = [then, now, *(point for pair in _ends(drawn, then) for point in pair)]
    room = max(_MARGIN, 0.12 * (max(at) - min(at)))
    low = max(min(at) - room, 0.0)
    return (0.0 if low < 5 else low), max(at) + room / 2


def _tone(points: float) -> str:
    return "bar" if points == 0 else "ok" if points > 0 else "risk"


def _border(at: float) -> dict[str, Any]:
    line = {"color": colour("watch"), "width": 1, "dash": "dot"}
    return {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _broken(low: float, place: int) -> list[dict[str, Any]]:
    """Two small waves over the start of a bar: the scale does not begin at zero."""
    half = ROW_PX * 0.28 + 2
    result = []
    for at, tone, width in ((6, "panel", 4), (6, "bar", 1)):
        path = f"M{at},{-half} L{at + 4},{-half / 2} L{at},0 L{at + 4},{half / 2} L{at},{half}"
        result.append(
            {
                "type": "path",
                "path": path,
                "xsizemode": "pixel",
                "ysizemode": "pixel",
                "xanchor": low,
                "yanchor": place,
                "line": {"color": colour(tone), "width": width},
            }
        )
    return result
