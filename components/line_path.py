"""Values as the path of an SVG line: evenly spaced, clamped to their scale, broken where there is none."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawing of so many pixels for values from `low` to `high`, with `pad` pixels left free around it."""

    width: float
    height: float
    low: float
    high: float
    pad: float = 0

    def x(self, index: int, of: int) -> float:
        """Where the value of that index lies among so many, left to right."""
        share = index / (of - 1) if of > 1 else 1.0
        return round(self.pad + share * (self.width - 2 * self.pad), 1)

    def y(self, value: float) -> float:
        """Where a value lies, top to bottom; what is outside the scale lies on its edge."""
        span = self.high - self.low
        share = min(max((value - self.low) / span, 0.0), 1.0) if span else 0.5
        return round(self.height - self.pad - share * (self.height - 2 * self.pad), 1)


def line_path(values: Sequence[float | None], frame: Frame) -> str:
    """The line in SVG's words: it stops before a missing value and begins anew after it.

    A value alone between two missing ones is a stroke of no length, which a round cap draws as a dot.
    """
    words, drawing = [], False
    for index, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        x, y = frame.x(index, len(values)), frame.y(value)
        alone = not drawing and (index + 1 == len(values) or values[index + 1] is None)
        words.append(f"{'L' if drawing else 'M'}{x} {y}{'h.01' if alone else ''}")
        drawing = True
    return "".join(words)
