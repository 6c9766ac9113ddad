"""Sparklines: gaps stay gaps, nothing leaves the drawing, and the words say what the line shows."""

import re
from datetime import date, timedelta
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from components.line_path import Frame, line_path
from components.queue_card import Scales
from components.small_multiples import Multiple, small_multiples
from components.sparkline import mask, said
from tests.unit.components.drawn import having, text

FIRST = date(2026, 10, 25)


def _points(*values: float | None) -> list[tuple[date, float | None]]:
    return [(FIRST + timedelta(days=n), value) for n, value in enumerate(values)]


def test_the_line_stops_at_a_missing_day_and_begins_anew() -> None:
    """Two strokes, none across the gap; a day alone is a dot."""
    frame = Frame(100, 20, 0, 100)

    assert line_path([0, 100, None, 50, None, 50, 50], frame) == "M0.0 20.0L16.7 0.0M50.0 10.0h.01M83.3 10.0L100.0 10.0"


@given(st.lists(st.none() | st.floats(-500, 500), min_size=1, max_size=40))
def test_no_value_leaves_the_drawing(values: list[float | None]) -> None:
    """Whatever the scores, every point lies inside, and there are as many as there are values."""
    found = re.findall(r"[ML](\S+) ([\d.]+)", line_path(values, Frame(92, 26, 40, 100, pad=3)))

    assert len(found) == sum(value is not None for value in values)
    assert all(3 <= float(x) <= 89 and 3 <= float(y) <= 23 for x, y in found)


def test_the_last_day_has_its_dot_only_when_it_has_a_score() -> None:
    """A dot at a day without a value would be a number that nobody measured."""
    assert "<circle" in unquote(mask(_points(80, 82), 80, 92, 26, 40, 100))
    assert "<circle" not in unquote(mask(_points(80, None), 80, 92, 26, 40, 100))


def test_the_words_name_both_ends_the_range_and_the_missing_days() -> None:
    """What the line shows, for those who do not see it."""
    assert said(_points(80.0, None, 90.5, 85.0)) == (
        "From 80.0 on 25 Oct to 85.0 on 28 Oct, between 80.0 and 90.5, 1 of 4 days missing"
    )
    assert said(_points(None)) == "No score on any of these days"


def test_a_small_multiple_without_a_past_says_so() -> None:
    """The queue keeps its place and its name, and no line is drawn for it."""
    queues = [Multiple("a", "Anna", 80.0, "healthy", "/a"), Multiple("b", "Bert", None, "insufficient", "/b")]

    shown = small_multiples(queues, {"a": _points(79, 80)}, Scales(0.7, 40, 100))

    assert len(having(shown, "multiple")) == 2
    assert len(having(shown, "multiple-plot")) == 1
    assert "No score on any of these days" in text(shown)
