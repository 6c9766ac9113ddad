"""Trends: how scores and promises went day by day, what was unlike the weeks before, and two dates side by side."""

from datetime import date, timedelta
from typing import Any, Final

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, html
from dash.development.base_component import Component

from components import states, words
from components.chips import age_badge
from components.figures.trend import PLOTS, Pin, Plot, trend_figure
from components.graph import empty, graph
from components.panel import panel
from components.sentence import sentence
from components.trend_changes import changes_panel
from components.trend_dates import dates_table, why
from components.trend_key import trend_key
from components.trend_sentence import trend_clauses
from components.trend_signals import Remark, gap_days, gap_list, pins_of, remarks, signal_list
from dashboard import live, marks
from dashboard.controls import export_menu, period_menu, theme_menu
from dashboard.exports import export_href
from dashboard.live import Filled, Head
from dashboard.portal import Portal
from dashboard.trend_controls import DAYS, controls
from dashboard.trend_facts import TrendFacts, facts, revision
from dashboard.urls import COMPARED_DAYS, View
from opsportal.reports import Period
from servicelevel.instants import SECOND_MS

PICKER, NOTICE, KEY, DATES = "trends-picker", "trends-notice", "trends-key", "trends-dates"
SIGNALS, CHANGES, GAPS = "trends-signals", "trends-changes", "trends-gaps"
FROM, TO = "trends-a", "trends-b"
SUBJECT = "trends-subject"
_TITLES: Final = {
    "score": ("Health score", "health_score", None),
    "first_response": ("First response, %", "first_response", "30-day attainment, decided clocks"),
    "resolution": ("Resolution, %", "resolution", "30-day attainment, decided clocks"),
}


def chart_id(plot: Plot) -> str:
    """The id of a measure's chart."""
    return f"trends-{plot.measure.replace('_', '-')}"


def layout(view: View) -> Component:
    """The charts in their heights and the panels beside them, before any number."""
    del view
    charts = [
        panel(
            _TITLES[plot.measure][0],
            graph(
                chart_id(plot),
                None,
                caption=f"{_TITLES[plot.measure][0]} of the chosen queues by day; every point leads to its queue.",
                height=plot.height,
            ),
            info=_TITLES[plot.measure][1],
            note=_TITLES[plot.measure][2],
            class_name="trend-chart",
        )
        for plot in PLOTS
    ]
    return html.Div(
        [
            html.Div(id=PICKER, className="trend-picker"),
            html.Div(
                [
                    html.Div([html.Div(id=NOTICE), html.Div(id=KEY), *charts], className="panel trend-charts"),
                    html.Div(
                        [
                            panel(
                                "Two dates",
                                [_date_fields(), html.Div(states.skeleton(8, figure=False), id=DATES)],
                                info="why_it_moved",
                                note=html.Span(id=SUBJECT),
                            ),
                            html.Section(
                                [
                                    panel(
                                        "Signals",
                                        states.skeleton(4, figure=False),
                                        info="signals",
                                        note="",
                                        id=SIGNALS,
                                        class_name="trend-part",
                                    ),
                                    html.Div(id=CHANGES),
                                    panel("Gaps", None, info="gaps", note="", id=GAPS, class_name="trend-part"),
                                ],
                                className="panel",
                            ),
                        ],
                        className="trend-side",
                    ),
                ],
                className="trend-columns",
            ),
        ],
        className="trends",
    )


def _date_fields() -> Component:
    fields = [
        html.Label([html.Span(letter, className="trend-tag"), dbc.Input(id=slot, type="date", class_name="field")])
        for letter, slot in (("A", FROM), ("B", TO))
    ]
    return html.Div(fields, className="trend-fields")


def register(app: Dash) -> None:
    """Fill the page, let points lead on, and keep the charts at one zoom; `assets/trends.js` moves the two dates."""
    charts = [chart_id(plot) for plot in PLOTS]
    outputs = [
        Output(PICKER, "children"),
        Output(NOTICE, "children"),
        Output(KEY, "children"),
        *(Output(chart, "figure") for chart in charts),
        Output(SUBJECT, "children"),
        Output(DATES, "children"),
        Output(FROM, "value"),
        Output(TO, "value"),
        Output(SIGNALS, "children"),
        Output(f"{SIGNALS}-note", "children"),
        Output(CHANGES, "children"),
        Output(GAPS, "children"),
        Output(f"{GAPS}-note", "children"),
    ]
    live.register(app, "trends", outputs, revision=revision, fill=_fill)
    for chart in charts:
        marks.connect(app, chart)
    app.clientside_callback(  # type: ignore[no-untyped-call]  # dash declares no types
        ClientsideFunction("trends", "zoom"),
        *(Input(chart, "relayoutData") for chart in charts),
        prevent_initial_call=True,
    )


def _fill(view: View, portal: Portal) -> Filled:
    found = facts(view, portal)
    today = found.today
    chosen, in_all = remarks(found.drawn)
    gaps = gap_days(found.lines)
    a, b = found.a, found.b
    values: tuple[Any, ...] = (
        controls(found),
        _notice(found),
        trend_key(found.drawn, today, smooth=view.smooth),
        *_figures(found, pins_of(chosen)),
        found.subject and f"{found.subject.name} · drag A or B",
        _two_dates(found),
        a and a.isoformat(),
        b and b.isoformat(),
        signal_list(chosen, today, portal.prefix) if found.kept else _unknown(found),
        _signals_note(chosen, in_all, found),
        changes_panel(found.drawn, today, view.scores),
        gap_list(found.lines, today, portal.href(View("data"))) if found.kept else _unknown(found),
        words.plural(gaps, "day") if found.kept else None,
    )
    return Filled(_head(found), values)


def _head(found: TrendFacts) -> Head:
    kept = len({point.day for line in found.lines for point in line.trend.points})
    of = (found.last - found.first).days + 1
    ages = [served for served in found.served if served.freshness.as_of is not None]
    badge = None
    if ages:
        oldest = min(ages, key=lambda served: served.freshness.as_of or 0)
        ttl_ms = found.portal.settings.cache_ttl * SECOND_MS
        badge = age_badge(oldest.freshness, found.now, found.zone, ttl_ms=ttl_ms)
    shown = found.view.with_(queues=tuple(queue.id for queue in found.chosen), team=None)
    counted = html.Span(
        f"{' · ' if badge else ''}{kept} of {words.plural(of, 'day')}", className="muted small age-more"
    )
    if found.problem is not None:
        text: Any = sentence_of_failure()
    else:
        text = sentence(trend_clauses(found.drawn, found.subject, found.a, found.today))
    return Head(
        title=html.H1("Trends"),
        age=html.Span([badge, counted], className="age-line"),
        controls=[
            period_menu(found.view, found.portal, found.first, found.last, days=DAYS),
            export_menu([("Days of these queues", export_href(found.portal, "trends", shown))]),
            theme_menu(),
        ],
        sentence=text,
    )


def sentence_of_failure() -> list[Component]:
    """The answer when there is none."""
    return [html.Strong("History cannot be read; "), html.Span("every other page shows what is true now.")]


def _figures(found: TrendFacts, numbered: list[Pin]) -> list[dict[str, Any]]:
    figures = []
    for plot in PLOTS:
        lines = [line for line in found.drawn if any(v is not None for _, v in line.trend.values(plot.measure))]
        if not lines:
            figures.append(empty(plot.height, _why_empty(found)))
            continue
        figures.append(
            trend_figure(plot, lines, numbered, smooth=found.view.smooth, a=found.a, b=found.b, today=found.today)
        )
    return figures


def _why_empty(found: TrendFacts) -> str:
    """Why a chart has no line though its neighbours have."""
    if not found.drawn:
        return ""
    counted = any(point.counts is not None for line in found.drawn for point in line.trend.points)
    return "Not enough data on any of these days." if counted else "Imported days know their score alone."


def _notice(found: TrendFacts) -> Component | None:
    """What stands in for the charts, or above them, when there is little or nothing to draw."""
    if found.problem is not None:
        return states.failed(
            "History cannot be read",
            found.problem,
            [("Meanwhile", "Live pages work; days are kept again as soon as it answers.")],
        )
    kept = [point for line in found.lines for point in line.trend.points if point.day < found.today]
    if not kept:
        return states.empty(
            "No history yet",
            "A day is kept once it has ended in the queue’s zone. What is drawn is today so far."
            if found.drawn
            else "A day is kept once it has ended in the queue’s zone; the first appears here after midnight.",
        )
    if len({point.day for point in kept}) == 1:
        return states.note("One day has been kept so far: lines begin with the second.", shape="clock", tone="")
    return None


def _unknown(found: TrendFacts) -> Component:
    """What stands where nothing can be said."""
    return html.P(
        "Not known while history cannot be read." if found.problem else "No day is kept yet.", className="muted"
    )


def _two_dates(found: TrendFacts) -> Component | list[Component]:
    compared = found.compared
    if found.problem is not None:
        return _unknown(found)
    if compared is None:
        return html.P("Two days with a snapshot are needed; choose others above.", className="muted")
    return [dates_table(compared, found.today), why(compared, _why_href(found, compared.a.day, compared.b.day))]


def _why_href(found: TrendFacts, a: date, b: date) -> str:
    """The queue's waterfall at the later date, compared with the earlier one where that distance is offered."""
    line = found.subject
    view = View("queue", line.trend.queue if line else None)
    if b < found.today:
        view = view.with_(period=Period(None, b - timedelta(days=29), b))
    apart = (b - a).days
    return found.portal.href(view.with_(compared_days=apart) if apart in COMPARED_DAYS else view)


def _signals_note(chosen: list[Remark], in_all: int, found: TrendFacts) -> str | None:
    if not found.kept:
        return None
    days = (found.last - found.first).days + 1
    return f"{len(chosen)} in {days} days" if in_all == len(chosen) else f"latest {len(chosen)} of {in_all}"
