"""Names at the ends of trend lines: each beside its line, none over another."""

from dataclasses import replace
from itertools import pairwise

import pytest

from components.figures.trend import PLOTS, RIGHT, Line, Plot, axis_of
from components.figures.trend_labels import LABEL_PX, date_tags, end_labels, spread
from components.figures.trend_points import of_queue
from servicelevel.snapshot import SnapshotRange
from servicelevel.trend import trend
from tests.unit.servicelevel.days import DESK, ENGINE, LAST, days_ago, scored


def _line(name: str, last: float) -> Line:
    """A queue whose score was 80 and is now the given one."""
    first = days_ago(1)
    kept = SnapshotRange((scored(first, 80.0), scored(LAST, last)))
    made = trend(replace(DESK, id=name), kept, first, LAST, expected=(first, LAST), engine_version=ENGINE)
    return Line(made, name, 0, lambda day: f"/queue/{name}?day={day}")


def test_labels_at_the_end_never_cover_each_other() -> None:
    """Names of lines that end together are pushed apart and stay inside the chart."""
    for heights in ([100.0, 99.0, 98.0], [142.0, 141.0], [3.0, 2.0, 1.0, 0.0], [80.0], []):
        placed = spread(heights, 15, 142)

        assert all(a - b >= 15 for a, b in pairwise(placed))
        assert all(0 <= height <= 142 for height in placed)
    assert spread([120.0, 20.0], 15, 142) == [120.0, 20.0]


@pytest.mark.parametrize("plot", [PLOTS[0], Plot("score", 150, top=8, bottom=10)])
def test_the_names_of_many_lines_stand_in_places_of_their_own(plot: Plot) -> None:
    """Every name is centred on its place, a label's height from the next, and there are no more than find room."""
    lines = [_line(f"queue-{place}", 80.0 - place / 8) for place in range(24)]
    labels = end_labels(plot, lines, axis_of(PLOTS[0], lines), RIGHT)
    names = [label for label in labels if label["xanchor"] == "left"]
    heights = [label["y"] * plot.pixels for label in names]

    assert {label["yanchor"] for label in labels} == {"middle"}
    assert 1 < len(names) < len(lines)
    assert all(upper - lower >= LABEL_PX - 1e-6 for upper, lower in pairwise(heights))
    assert all(-1e-6 <= height <= plot.pixels + 1e-6 for height in heights)


def test_a_name_is_no_markup_in_a_chart() -> None:
    """Charts read tags in what they show, links among them: of a queue's name they get letters alone."""
    line = _line("<a href=x>R&D", 80.0)
    labels = end_labels(PLOTS[0], [line], axis_of(PLOTS[0], [line]), RIGHT)
    dots = of_queue(PLOTS[0], line, smooth=False, today=LAST)[-1]

    assert labels[0]["text"] == "<b>&lt;a href=x&gt;R&amp;D</b>"
    assert dots["name"] == "&lt;a href=x&gt;R&amp;D"
    assert dots["text"]
    assert all(text.startswith("<b>&lt;a href=x&gt;R&amp;D</b>") for text in dots["text"])


@pytest.mark.parametrize(("apart", "anchors"), [(1, ["right", "left"]), (28, ["center", "center"])])
def test_the_letters_of_two_dates_stand_beside_each_other(apart: int, anchors: list[str]) -> None:
    """On days next to each other A hangs to the left and B to the right; else each is above its line."""
    tags = date_tags(days_ago(apart), LAST, 90)

    assert [(tag["name"], tag["xanchor"]) for tag in tags] == list(zip("ab", anchors, strict=True))
    assert date_tags(None, LAST, 90)[0]["xanchor"] == "center"
