"""The charts of the trends page: days, gaps, axes and where points lead."""

import plotly.graph_objects as go
import pytest

from components.figures.trend import PLOTS, axis_of, trend_figure
from components.graph import TRACES
from datasource.history.sqlite import SqliteHistory
from tests.unit.dashboard.trends.shown import TODAY, filled, of_scores, portal, trends_view
from tests.unit.servicelevel.days import LAST, days_ago


def test_every_figure_is_one_that_plotly_draws(history: SqliteHistory) -> None:
    """Plotly's own checks accept the figures, and they hold only traces that the bundle knows."""
    shown = filled(portal(history), trends_view())

    for plot in PLOTS:
        made = shown[plot.measure]
        go.Figure(made)
        assert {trace["type"] for trace in made["data"]} <= TRACES
        assert made["layout"]["height"] == plot.height


def test_the_charts_share_their_days(history: SqliteHistory) -> None:
    """All charts have one range of dates and the same margins, so that days stand under each other."""
    shown = filled(portal(history), trends_view())
    layouts = [shown[plot.measure]["layout"] for plot in PLOTS]

    assert len({tuple(layout["xaxis"]["range"]) for layout in layouts}) == 1
    assert len({(layout["margin"]["l"], layout["margin"]["r"]) for layout in layouts}) == 1


def test_the_line_stops_at_a_gap(history: SqliteHistory) -> None:
    """No line has a value on a missing day, no trace bridges it, and a hatched band says what is missing."""
    made = filled(portal(history), trends_view())["score"]
    missing = {days_ago(7).isoformat(), days_ago(6).isoformat()}

    drawn = [trace for trace in made["data"] if trace.get("mode") == "lines"]
    assert drawn
    for trace in drawn:
        assert {y for x, y in zip(trace["x"], trace["y"], strict=True) if x in missing} == {None}
        assert trace["connectgaps"] is False
    (band,) = [trace for trace in made["data"] if trace["type"] == "bar"]
    assert band["text"] == ["no snapshot, 15–16 Nov"]
    assert band["width"] == [2 * 86_400_000]
    assert band["marker"]["pattern"]["shape"] == "/"


def test_the_symbol_of_a_day_tells_where_it_came_from(history: SqliteHistory) -> None:
    """Rebuilt days are hollow, live ones solid, and today so far is a ring with a dot."""
    made = filled(portal(history), trends_view(queues=("desk",)))["score"]
    (dots,) = [trace for trace in made["data"] if trace.get("mode") == "markers"]
    symbols = dict(zip(dots["x"], dots["marker"]["symbol"], strict=True))

    assert symbols[LAST.isoformat()] == "circle"
    assert symbols[TODAY.isoformat()] == "circle-open-dot"
    assert symbols[days_ago(2).isoformat()] == "circle-open"


def test_a_point_leads_to_its_queue_over_the_days_that_it_counts(history: SqliteHistory) -> None:
    """The queue page is asked for the thirty days that end with the day of the point."""
    made = filled(portal(history), trends_view(queues=("billing",)))["resolution"]
    (dots,) = [trace for trace in made["data"] if trace.get("mode") == "markers"]
    leads = dict(zip(dots["x"], dots["customdata"], strict=True))

    assert leads["2026-11-10"] == "/queue/billing?period=2026-10-12..2026-11-10"
    assert leads[TODAY.isoformat()] == "/queue/billing"


def test_points_show_what_the_report_says(history: SqliteHistory) -> None:
    """The value of today is the live report's, and the label at the end of the line repeats it."""
    services = portal(history)
    made = filled(services, trends_view(queues=("desk",)))["resolution"]
    report = services.reports.queue("desk").report

    assert report is not None
    rate = report.now.sla["resolution"].kept.rate
    assert rate is not None
    (dots,) = [trace for trace in made["data"] if trace.get("mode") == "markers"]
    assert dots["y"][-1] == pytest.approx(100 * rate)
    assert f"n {report.now.sla['resolution'].kept.n}" in dots["text"][-1]
    assert f"<b>{100 * rate:.1f}</b>" in [note["text"] for note in made["layout"]["annotations"]]


def test_daily_draws_no_mean(history: SqliteHistory) -> None:
    """Without smoothing the line goes through the days themselves."""
    made = filled(portal(history), trends_view(queues=("desk",), smooth=False))["score"]
    (dots,) = [trace for trace in made["data"] if trace.get("mode") == "markers"]
    by_day = {
        x: y
        for trace in made["data"]
        if trace.get("mode") == "lines"
        for x, y in zip(trace["x"], trace["y"], strict=True)
        if y is not None
    }

    assert by_day == dict(zip(dots["x"], dots["y"], strict=True))
    assert "7-day mean" not in "".join(dots["text"])


def test_an_axis_that_does_not_start_at_zero_says_so() -> None:
    """A break mark stands at the foot of such an axis, and at no other."""
    score = PLOTS[0]

    def marks(values: list[float | None]) -> int:
        made = trend_figure(score, [of_scores("Desk", values)], smooth=True, a=None, b=None, today=TODAY)
        return sum(note["text"] == "//" for note in made["layout"]["annotations"])

    assert marks([70.0, 72.0]) == 1
    assert marks([5.0, 72.0]) == 0


def test_an_axis_has_room_for_every_point_and_target() -> None:
    """Points and targets lie inside the axis at round numbers, also when all are the same."""
    for values in ([100.0, 100.0], [0.0, 3.0], [61.2, 88.1], [79.9, 80.1]):
        axis = axis_of(PLOTS[0], [of_scores("Desk", values)])

        assert axis.bottom <= min(values) <= max(values) <= axis.top
        assert axis.bottom <= 80 <= axis.top
        assert (axis.top - axis.bottom) % axis.step == 0


def test_a_queue_without_days_hides_no_gap_of_the_others(history: SqliteHistory) -> None:
    """A queue that has no history yet is only today's point; the bands of the others' gaps stay."""
    made = filled(portal(history), trends_view(queues=("desk", "people")))["score"]
    names = {trace["name"]: len(trace["x"]) for trace in made["data"] if trace.get("mode") == "markers"}

    assert len([trace for trace in made["data"] if trace["type"] == "bar"]) == 1
    assert names == {"Desk": 59, "People": 1}


def test_a_gap_of_one_queue_is_no_band_for_all() -> None:
    """Where another queue has the day its line goes on, and only the first one's stops."""
    holed, whole = of_scores("Desk", [70.0, None, 72.0]), of_scores("Billing", [80.0, 81.0, 82.0], 1)
    made = trend_figure(PLOTS[0], [holed, whole], smooth=True, a=None, b=None, today=TODAY)

    assert [trace for trace in made["data"] if trace["type"] == "bar"] == []
    stopped = [None in trace["y"] for trace in made["data"] if trace.get("mode") == "lines"]
    assert stopped == [True, False]
