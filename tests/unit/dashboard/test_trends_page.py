from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import plotly.graph_objects as go
import pytest
from dash.development.base_component import Component

from components.figures.trend import PLOTS, Line, axis_of, trend_figure
from components.graph import TRACES
from components.sentence import sentence
from components.trend_sentence import trend_clauses
from components.trend_signals import MOST_SHOWN, pins_of, remarks
from dashboard.pages import trends as page
from dashboard.portal import Portal
from dashboard.trend_facts import facts, revision, shown_queues
from dashboard.urls import View
from datasource.history.sqlite import SqliteHistory
from opsportal.cached import Served
from opsportal.judging import judged_alone
from opsportal.reading import Reading
from opsportal.reports import Period
from opsportal.snapshots import fill
from opsportal.trends import Trends
from servicelevel.freshness import Freshness
from servicelevel.policy import Note, Policy
from servicelevel.snapshot import SnapshotRange
from servicelevel.trend import trend
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.unit.servicelevel.days import DESK, LAST, NOON, TABLE, days_ago, scored

TODAY = LAST + timedelta(days=1)
IDS = ("desk", "billing", "network", "people")
QUEUES = tuple(replace(DESK, id=name, name=name.title(), tempo_team=None) for name in IDS)
POLICY = Policy(QUEUES, (Note(days_ago(3), "Mail outage"),))
SLOTS = (
    "picker",
    "notice",
    *(plot.measure for plot in PLOTS),
    "subject",
    "dates",
    "a",
    "b",
    "signals",
    "signals_note",
    "gaps",
    "gaps_note",
)


class Kept:
    """Reports of the made-up queues as of noon."""

    policy = POLICY

    def __init__(self, *, read: bool = True) -> None:
        self.read = read

    def queue(self, queue_id: str) -> Served:
        """One queue."""
        queue = next(known for known in QUEUES if known.id == queue_id)
        if not self.read:
            return Served(queue, None, None, Freshness("failed", None, "Jira is down."), None, "none")
        made = judged_alone(reading(queue.id), last_days(NOON, 30), None, 28)
        return Served(queue, made, None, Freshness("fresh", NOON), None, f"revision of {queue_id}")


def reading(queue_id: str) -> Reading:
    """What was read of a queue."""
    queue = next(known for known in QUEUES if known.id == queue_id)
    return Reading(queue, TABLE, no_worklogs("not_configured", ""))


def portal(history: object, *, read: bool = True, prefix: str = "/") -> Portal:
    """A portal with that history."""
    settings = SimpleNamespace(url_prefix=prefix, cache_ttl=300)
    trends = Trends(cast(Any, history), lambda: POLICY, lambda: NOON)
    return Portal(cast(Any, Kept(read=read)), trends, cast(Any, settings), "https://jira.example", lambda: NOON)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> SqliteHistory:
    """Sixty days of the first two queues, with two days missing."""
    store = SqliteHistory(tmp_path_factory.mktemp("history") / "history.db")
    for first, last in ((59, 8), (5, 0)):
        fill(
            [reading("desk"), reading("billing")],
            store,
            days_ago(first),
            days_ago(last),
            engine_version="1",
            now=lambda: NOON,
        )
    return store


def filled(services: Portal, view: View) -> Mapping[str, Any]:
    """The panels of a view by their names."""
    return dict(zip(SLOTS, page._fill(view, services).panels, strict=True))


def trends_view(**changes: Any) -> View:
    """The page's view as an address without a query has it."""
    return View("trends", period=Period(90)).with_(**changes)


def text(part: object) -> str:
    """Every word in a component."""
    if isinstance(part, Component):
        return text(getattr(part, "children", None))
    if isinstance(part, Sequence) and not isinstance(part, str):
        return " ".join(text(item) for item in part)
    return "" if part is None else str(part)


def links(part: object) -> list[str]:
    """Every address a component leads to."""
    if isinstance(part, Sequence) and not isinstance(part, str):
        return [found for item in part for found in links(item)]
    if not isinstance(part, Component):
        return []
    href = getattr(part, "href", None)
    return ([href] if href else []) + links(getattr(part, "children", None))


def size(part: object) -> int:
    """How many components there are."""
    if isinstance(part, Sequence) and not isinstance(part, str):
        return sum(size(item) for item in part)
    return 1 + size(getattr(part, "children", None)) if isinstance(part, Component) else 0


def of_scores(name: str, values: Sequence[float | None], place: int = 0) -> Line:
    """A line of one score a day that ends on LAST."""
    days = [days_ago(len(values) - 1 - at) for at in range(len(values))]
    rows = [scored(day, value) for day, value in zip(days, values, strict=True) if value is not None]
    made = trend(replace(DESK, id=name.lower()), SnapshotRange(tuple(rows)), days[0], LAST, expected=(days[0], LAST))
    return Line(made, name, place, lambda day: f"/queue/{name.lower()}?day={day}")


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


def test_rebuilt_days_are_hollow_and_live_ones_solid(history: SqliteHistory) -> None:
    """The symbol of a day tells where it came from."""
    made = filled(portal(history), trends_view(queues=("desk",)))["score"]
    (dots,) = [trace for trace in made["data"] if trace.get("mode") == "markers"]
    symbols = dict(zip(dots["x"], dots["marker"]["symbol"], strict=True))

    assert symbols[LAST.isoformat()] == "circle"
    assert symbols[TODAY.isoformat()] == "circle"
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


def test_two_dates_default_to_four_weeks_and_follow_the_address(history: SqliteHistory) -> None:
    """B is the newest day and A the same weekday 28 days before, unless the address says otherwise."""
    services = portal(history)
    usual = filled(services, trends_view())
    asked = filled(services, trends_view(a=days_ago(20), b=days_ago(10)))
    swapped = filled(services, trends_view(a=days_ago(10), b=days_ago(20)))

    assert (usual["a"], usual["b"]) == ((TODAY - timedelta(days=28)).isoformat(), TODAY.isoformat())
    assert (asked["a"], asked["b"]) == (days_ago(20).isoformat(), days_ago(10).isoformat())
    assert (swapped["a"], swapped["b"]) == (asked["a"], asked["b"])
    shapes = [shape["x0"] for shape in asked["score"]["layout"]["shapes"] if shape.get("name") in ("a", "b")]
    assert shapes == [asked["a"], asked["b"]]
    assert "Why it moved" in text(asked["dates"])


def test_two_dates_in_a_gap_say_so(history: SqliteHistory) -> None:
    """A day without a snapshot cannot be compared."""
    shown = filled(portal(history), trends_view(a=days_ago(20), b=days_ago(7)))

    assert "Two days with a snapshot are needed" in text(shown["dates"])


def test_the_picker_switches_one_queue_and_keeps_the_rest(history: SqliteHistory) -> None:
    """Each link of the picker is the view with that queue on or off, in the order of the registry."""
    services = portal(history, prefix="/ops/")
    leads = links(filled(services, trends_view(queues=("network", "desk"), smooth=False))["picker"])

    assert leads[0] == "/ops/trends?queue=network&smooth=0"
    assert leads[1] == "/ops/trends?queue=desk&queue=billing&queue=network&smooth=0"
    assert "/ops/trends?queue=network&queue=desk" in leads
    assert "/ops/trends?period=30&queue=network&queue=desk&smooth=0" in leads


def test_a_page_stays_small(history: SqliteHistory) -> None:
    """Every queue at once is far from the number of components that slows a browser."""
    services = portal(history)
    shown = page._fill(trends_view(queues=IDS), services)

    assert size(page.layout(trends_view())) < 250
    assert sum(size(part) for part in shown.panels) + sum(size(part) for part in shown.head.controls) < 400


def test_no_history_yet_shows_today_and_says_when_lines_begin(tmp_path: Path) -> None:
    """A new portal draws today's points and explains the rest."""
    shown = filled(portal(SqliteHistory(tmp_path / "new.db")), trends_view())

    assert "No history yet" in text(shown["notice"])
    dots = [trace for trace in shown["score"]["data"] if trace.get("mode") == "markers"]
    assert [trace["x"] for trace in dots] == [[TODAY.isoformat()]] * 3
    assert shown["gaps_note"] == "0\N{NO-BREAK SPACE}days"
    assert "There is no history yet" in text(
        page._fill(trends_view(), portal(SqliteHistory(tmp_path / "b.db"))).head.sentence
    )


def test_nothing_read_and_nothing_kept_is_an_empty_page(tmp_path: Path) -> None:
    """Without a reading and without history there is no point, and no error."""
    shown = filled(portal(SqliteHistory(tmp_path / "new.db"), read=False), trends_view())

    assert "No history yet" in text(shown["notice"])
    assert shown["score"]["data"] == []
    assert (shown["a"], shown["b"], shown["signals"], shown["gaps"]) == (None, None, None, None)


def test_one_kept_day_says_that_lines_begin_with_the_second(tmp_path: Path) -> None:
    """A single day is a dot with a word about it."""
    store = SqliteHistory(tmp_path / "one.db")
    store.put(scored(LAST, 71.0))
    shown = filled(portal(store, read=False), trends_view())

    assert "One day has been kept so far" in text(shown["notice"])
    assert shown["b"] == LAST.isoformat()
    assert shown["a"] is None


def test_a_history_that_cannot_be_read_says_why_and_shows_no_number(tmp_path: Path) -> None:
    """The page names the file and what to do; nothing of it looks like a value."""
    (tmp_path / "broken.db").write_bytes(b"no database " * 200)
    services = portal(SqliteHistory(tmp_path / "broken.db"))
    shown = page._fill(trends_view(), services)
    panels = dict(zip(SLOTS, shown.panels, strict=True))

    assert "History cannot be read" in text(shown.head.sentence)
    assert "broken.db cannot be used" in text(panels["notice"])
    assert panels["score"]["data"] == []
    assert panels["subject"] is None
    assert revision(trends_view(), services)


def test_history_stands_while_the_readings_are_gone(history: SqliteHistory) -> None:
    """With Jira down the kept days are drawn, without a day of today."""
    shown = filled(portal(history, read=False), trends_view(queues=("desk",)))
    (dots,) = [trace for trace in shown["score"]["data"] if trace.get("mode") == "markers"]

    assert dots["x"][-1] == LAST.isoformat()
    assert shown["notice"] is None


def test_the_revision_follows_history_and_readings(tmp_path: Path) -> None:
    """A tick leaves the page alone until a day or a reading is new."""
    store = SqliteHistory(tmp_path / "history.db")
    before = revision(trends_view(), portal(store))

    assert revision(trends_view(), portal(store)) == before
    assert revision(trends_view(), portal(store, read=False)) != before
    store.put(scored(LAST, 71.0))
    assert revision(trends_view(), portal(store)) != before


def test_which_queues_are_shown() -> None:
    """Those of the address, else those of its team, else the first three of the registry."""
    teams = [replace(queue, team="a" if at % 2 else "b") for at, queue in enumerate(QUEUES)]

    assert [queue.id for queue in shown_queues(trends_view(queues=("people", "desk")), teams)] == ["desk", "people"]
    assert [queue.id for queue in shown_queues(trends_view(team="a"), teams)] == ["billing", "people"]
    assert [queue.id for queue in shown_queues(trends_view(), teams)] == ["desk", "billing", "network"]


def test_a_custom_period_is_drawn_as_asked_for(history: SqliteHistory) -> None:
    """Two dates of one's own bound the charts; today is not drawn when it lies outside."""
    found = facts(trends_view(period=Period(None, days_ago(40), days_ago(20))), portal(history))

    assert (found.first, found.last) == (days_ago(40), days_ago(20))
    assert {line.trend.points[-1].day for line in found.drawn} == {days_ago(20)}
    assert found.b == days_ago(20)


def said(*lines: Line, subject: Line, a: date | None = None) -> str:
    """The sentence as text."""
    return text(sentence(trend_clauses(lines, subject, a, TODAY)))


def test_the_sentence_tells_the_loss_and_since_when() -> None:
    """Who moved most, how much of it since date A, how the others stand, and what is missing."""
    billing = of_scores("Billing", [72.3, *[70.0] * 20, 65.2, None, None, 60.0, 56.2], 1)
    desk = of_scores("Desk", [83.0, *[83.5] * 23, None, 84.0])
    told = said(desk, billing, subject=billing, a=days_ago(4))

    assert told.startswith("Billing has lost 16.1 points since 28 Oct, 9.0 of them since 18 Nov;")
    assert "Desk is steady above target." in told
    assert "3\N{NO-BREAK SPACE}days (the longest 19–20 Nov) have no snapshot and are left open." in told


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([60.0, 80.0, 70.0], "has gained 10.0 points since 20 Nov, but lost 10.0 since 21 Nov;"),
        ([80.0, 85.0, 70.0], "has lost 10.0 points since 20 Nov, and lost 15.0 since 21 Nov;"),
        ([70.0, 70.5, 71.0], "is within 3 points of where it was on 20 Nov;"),
        ([80.0, 70.0, 70.0], "has lost 10.0 points since 20 Nov;"),
    ],
)
def test_the_sentence_says_both_directions(values: list[float | None], words: str) -> None:
    """A loss after a gain is a "but", and a movement that is all old is not told twice."""
    desk = of_scores("Desk", values)

    assert words in said(desk, subject=desk, a=days_ago(1))


def test_signals_of_one_measure_that_touch_are_one_remark() -> None:
    """The strongest rule speaks for days on which several fired; notes come with them, all in order of days."""
    quiet = [80.0 if at % 2 else 82.0 for at in range(40)]
    line = of_scores("Desk", [*quiet, 60.0, 59.0, 58.0])
    noted = replace(line, trend=replace(line.trend, notes=(Note(days_ago(20), "Mail outage"),)))
    chosen, in_all = remarks([noted])

    assert [(remark.word, remark.tone) for remark in chosen] == [("Note", "none"), ("Out of band", "risk")]
    assert len({signal.rule for signal in noted.trend.signals}) > 1
    assert in_all == 2
    assert [pin.number for pin in pins_of(chosen)] == [1, 2]


def test_only_the_latest_signals_are_listed_and_all_are_counted() -> None:
    """A long list is cut, and says so."""
    steps = [80.0, 82.0] * 15 + [40.0, *[81.0] * 9] * 9
    lines = [of_scores(name, steps, place) for place, name in enumerate(("Desk", "Billing"))]
    chosen, in_all = remarks(lines)

    assert len(chosen) == MOST_SHOWN
    assert in_all > MOST_SHOWN
    assert min(remark.last for remark in chosen) >= days_ago(30)


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
