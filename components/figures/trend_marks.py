"""What stands on a trend beside its lines: gaps, rebuilt stretches, the two dates, and numbered pins."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from components import words
from components.theme import colour
from servicelevel.snapshot import SnapshotSource

if TYPE_CHECKING:
    from components.figures.trend import Axis, Line, Pin

_DAY_MS: Final = 86_400_000
_PIN_PX: Final = 18
_USUAL_WIDTH_PX: Final = 600


def gap_bars(lines: Sequence["Line"], axis: "Axis", first: date, last: date) -> list[dict[str, Any]]:
    """Days that none of the queues has, as hatched bands from the bottom to the top."""
    missing = {day for line in lines for gap in line.trend.gaps for day in _days(gap.first, gap.last)}
    known = {point.day for line in lines for point in line.trend.points}
    stretches = [(a, b) for a, b in _stretches(sorted(missing - known)) if first <= b and a <= last]
    if not stretches:
        return []
    return [
        {
            "type": "bar",
            "x": [
                (a + (b - a) / 2).isoformat() if (b - a).days % 2 == 0 else f"{a + (b - a) / 2}T12:00:00"
                for a, b in stretches
            ],
            "y": [axis.top - axis.bottom] * len(stretches),
            "base": [axis.bottom] * len(stretches),
            "width": [((b - a).days + 1) * _DAY_MS for a, b in stretches],
            "marker": {
                "color": colour("panel"),
                "line": {"color": colour("line"), "width": 1},
                "pattern": {
                    "shape": "/",
                    "size": 6,
                    "solidity": 0.2,
                    "fgcolor": colour("bar-2"),
                    "fillmode": "overlay",
                },
            },
            "text": [f"no snapshot, {words.day_range(a, b)}" for a, b in stretches],
            "textposition": "none",
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]


def rebuilt_shades(lines: Sequence["Line"]) -> list[dict[str, Any]]:
    """Shades behind days on which every queue that has the day was rebuilt or imported."""
    return [
        {
            "type": "rect",
            "layer": "below",
            "yref": "paper",
            "x0": _noon(first - timedelta(days=1)),
            "x1": _noon(last),
            "y0": 0,
            "y1": 1,
            "fillcolor": colour("none-t"),
            "line": {"width": 0},
        }
        for first, last in stretches_of(lines, {"backfill", "import"})
    ]


def stretches_of(lines: Sequence["Line"], sources: Collection[SnapshotSource]) -> list[tuple[date, date]]:
    """Days in a row that every queue which has them has from one of these sources."""
    found: dict[date, set[SnapshotSource]] = {}
    for line in lines:
        for point in line.trend.points:
            found.setdefault(point.day, set()).add(point.source)
    return _stretches(sorted(day for day, those in found.items() if those <= set(sources)))


def two_date_lines(a: date | None, b: date | None) -> list[dict[str, Any]]:
    """The two dates as upright lines; their names let the page find them when one is dragged."""
    return [
        {
            "type": "line",
            "name": name,
            "yref": "paper",
            "x0": day.isoformat(),
            "x1": day.isoformat(),
            "y0": 0,
            "y1": 1,
            "line": {"color": colour("accent"), "width": 1.6},
        }
        for name, day in (("a", a), ("b", b))
        if day is not None
    ]


def pins(
    numbered: Sequence["Pin"],
    height: Callable[[str, date], float | None],
    axis: "Axis",
    pixels: int,
    days: int,
    targets: Sequence[float] = (),
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Numbered discs above the lines they speak of, and the stems that hold them.

    A disc that would cover another on a chart of so many days, or stand on the line of a target, stands further away,
    and below where it would leave the chart.
    """
    disc = _PIN_PX * (axis.top - axis.bottom) / pixels
    beside = timedelta(days=days * _PIN_PX / _USUAL_WIDTH_PX)
    placed: list[tuple[Pin, float, float]] = []
    for pin in numbered:
        foot = height(pin.queue, pin.day)
        if foot is None:
            continue
        near = [y for other, _, y in placed if pin.day - other.day < beside]
        placed.append((pin, foot, _free(foot, near, targets, disc, axis)))
    if not placed:
        return [], []
    discs = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [pin.day.isoformat() for pin, _, _ in placed],
        "y": [y for _, _, y in placed],
        "marker": {"size": 18, "color": colour("ink"), "opacity": 1},
        "text": [f"<b>{pin.number}</b>" for pin, _, _ in placed],
        "textfont": {"size": 11, "color": colour("panel")},
        "hovertext": [pin.text for pin, _, _ in placed],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [pin.link for pin, _, _ in placed],
        "cliponaxis": False,
    }
    stems = [
        {
            "type": "line",
            "x0": pin.day.isoformat(),
            "x1": pin.day.isoformat(),
            "y0": foot,
            "y1": y,
            "line": {"color": colour("ink"), "width": 1.2},
        }
        for pin, foot, y in placed
    ]
    return [discs], stems


def _free(foot: float, taken: Sequence[float], targets: Sequence[float], disc: float, axis: "Axis") -> float:
    """The nearest height above a point, else below it, where a disc is whole and covers nothing; else its own."""
    steps = range(1, int((axis.top - axis.bottom) / disc) + 1)
    for y in (*(foot + n * disc for n in steps), *(foot - n * disc for n in steps)):
        inside = axis.bottom + disc / 2 <= y <= axis.top - disc / 2
        crossed = any(abs(y - target) < 0.55 * disc for target in targets)
        if inside and not crossed and all(abs(y - other) > 0.99 * disc for other in taken):
            return y
    return foot


def _stretches(days: Sequence[date]) -> list[tuple[date, date]]:
    """Days in order as stretches without a hole."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and found[-1][1] == day - timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _noon(day: date) -> str:
    return f"{day.isoformat()}T12:00:00"
