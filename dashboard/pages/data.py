"""Data: what the portal knows about its own data, and a way to have it read again."""

import platform
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from components import words
from components.chips import age_badge
from components.data_sentence import DataStanding, data_sentence
from components.panel import panel
from components.quality_table import quality_columns, quality_grid, quality_rows
from components.sentence import sentence
from components.source_table import source_grid, source_rows
from components.states import skeleton
from dashboard import live
from dashboard.controls import export_menu, theme_menu
from dashboard.data_facts import DataFacts, facts, revision
from dashboard.exports import export_href
from dashboard.history_panel import history_body, history_outline
from dashboard.live import Filled, Head
from dashboard.portal import Portal, portal
from dashboard.urls import View
from opsportal.source_note import RegistryNote
from servicelevel import marks
from servicelevel.errors import PortalError
from servicelevel.freshness import Freshness
from servicelevel.instants import SECOND_MS

SOURCES: Final = "data-sources"
SOURCES_PANEL: Final = "data-sources-panel"
ANSWER: Final = "data-answer"
ASKED: Final = "data-asked"
"""The store that the grid's buttons write to; the name stands in their script too."""
QUALITY: Final = "data-quality"
LEFT_OUT: Final = "data-left-out"
HISTORY: Final = "data-history"
REGISTRY: Final = "data-registry"
DEFINITIONS: Final = "data-definitions"

MOST_LINES: Final = 20
PROGRAMS: Final = ("opsportal", "dash", "plotly", "numpy", "pandas")


def layout(view: View) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The panels in their places, before there is anything in them."""
    return panels(whole=portal().scope.admin)


def panels(*, whole: bool) -> Component:
    """The panels as administrators see them, or without a way to have anything read again."""
    answer = html.P(id=ANSWER, className="panel-foot", role="status")
    return html.Div(
        [
            panel(
                "Sources",
                [source_grid(SOURCES, whole=whole), answer, dcc.Store(id=ASKED)],
                info="sources",
                id=SOURCES_PANEL,
                class_name="span-12",
            ),
            panel("Data quality", quality_grid(QUALITY), info="data_quality", class_name="span-12"),
            panel("History", skeleton(3, figure=False), id=HISTORY, info="gaps", class_name="span-8"),
            panel("Tickets in no number", skeleton(3, figure=False), id=LEFT_OUT, class_name="span-4"),
            panel("Registry", skeleton(3, figure=False), id=REGISTRY, class_name="span-4"),
            panel("Definitions in force", skeleton(3, figure=False), id=DEFINITIONS, class_name="span-8"),
        ],
        className="grid data-page",
    )


def register(app: Dash) -> None:
    """Connect the page's callback and its refresh buttons."""
    live.register(
        app,
        "data",
        [
            Output(SOURCES, "rowData"),
            Output(f"{SOURCES_PANEL}-note", "children"),
            Output(QUALITY, "columnDefs"),
            Output(QUALITY, "rowData"),
            Output(HISTORY, "children"),
            Output(f"{HISTORY}-note", "children"),
            Output(LEFT_OUT, "children"),
            Output(f"{LEFT_OUT}-note", "children"),
            Output(REGISTRY, "children"),
            Output(DEFINITIONS, "children"),
        ],
        revision=revision,
        fill=_fill,
    )

    @app.callback(
        Output(ANSWER, "children"),
        Input(ASKED, "data"),
        prevent_initial_call=True,
    )
    def refresh(clicked: dict[str, Any] | None) -> str:
        if not isinstance(clicked, dict):
            raise PreventUpdate
        services = portal()
        services.need("data")
        services.need_admin()
        return asked_again(services, str(clicked.get("queue", "")))


def asked_again(services: Portal, queue_id: str) -> str:
    """Ask for a queue to be read again, and say what became of that."""
    try:
        queue = services.reports.find(queue_id)
        if services.reports.ask_refresh(queue_id):
            return f"{queue.name} is read again now; this page shows it within a minute."
        return f"{queue.name} was asked for less than a minute ago: once a minute is the most that Jira is asked."
    except PortalError as problem:
        return str(problem)


def _fill(view: View, services: Portal) -> Filled:
    found = facts(view, services)
    note = services.reports.registry_note()
    ledgers = {made.queue.id: made.quality for made in found.reports}
    ids = [(made.queue.id, made.queue.name) for made in found.reports]
    rows = sum(len(ledger) for ledger in ledgers.values())

    def href(queue_id: str, rule: str) -> str:
        return services.href(view.with_(tickets=marks.of_queue(queue_id, marks.quality_mark(rule))))

    return Filled(
        Head(
            title=html.H1("Data"),
            age=age_badge(
                _standing(found), found.now, found.zone, ttl_ms=round(services.settings.cache_ttl * SECOND_MS)
            ),
            controls=[
                export_menu(
                    [
                        (f"Sources, {words.plural(len(found.sources), 'row')}", export_href(services, "sources", view)),
                        (f"Data quality, {words.plural(rows, 'row')}", export_href(services, "quality", view)),
                    ]
                ),
                theme_menu(),
            ],
            sentence=sentence(data_sentence(_said(found, note))),
        ),
        (
            source_rows(found.sources, found.now, found.zone),
            f"{found.zone.key} time",
            quality_columns(ids),
            quality_rows(ledgers, href),
            history_body(found) if services.scope.admin else history_outline(found),
            html.A("Show the trends", href=services.href(found.view.to("trends"))) if services.sees("trends") else None,
            _left_out(found),
            words.plural(len(found.left_out), "ticket") if found.reports else "",
            _registry(note, found),
            _definitions(found),
        ),
    )


def _standing(found: DataFacts) -> Freshness:
    standings = [served.freshness for served in found.served]
    of_age = [standing for standing in standings if standing.as_of == found.seen.as_of]
    return (of_age or standings or [Freshness("stale", None)])[0]


def _said(found: DataFacts, note: RegistryNote) -> DataStanding:
    fresh: list[str] = []
    stale: list[str] = []
    failed: list[str] = []
    reading: list[str] = []
    for served in found.served:
        state, as_of = served.freshness.state, served.freshness.as_of
        place = failed if state == "failed" else reading if as_of is None else stale if state == "stale" else fresh
        place.append(served.queue.name)
    said = DataStanding(
        fresh,
        stale,
        failed,
        reading,
        left_out=len(found.left_out),
        no_hours=[made.queue.name for made in found.reports if made.now.hours.state == "failed"],
        registry_problems=0,
        gaps=0,
        history_fails=found.history.problem is not None,
    )
    if not found.portal.scope.admin:
        return said
    return replace(
        said,
        registry_problems=len(note.problems),
        gaps=sum(len(trend.gaps) for _, trend in found.history.trends),
        not_kept=found.not_kept,
    )


def _left_out(found: DataFacts) -> Component:
    rows = found.left_out
    if not found.reports:
        return html.P("Nothing was read yet.", className="muted")
    if not rows:
        return html.P("Every ticket that Jira named was read.", className="muted")
    shown = [
        html.Li([html.Strong(row.name), f" {row.queue}: ", html.Bdi(row.reason, className="muted")])
        for row in rows[:MOST_LINES]
    ]
    return html.Ul([*shown, *_more(len(rows) - MOST_LINES)], className="lines")


def _more(n: int) -> list[Component]:
    return [html.Li(f"and {n} more", className="muted")] if n > 0 else []


def _registry(note: RegistryNote, found: DataFacts) -> Component:
    since = words.instant(note.changed_at, found.now, found.zone)
    lines: list[Component] = [html.P(f"In force since {since}: {words.plural(len(found.seen.served), 'queue')}.")]
    if not found.portal.scope.admin:
        return html.Div(lines, className="stack")
    if note.problems:
        lines.append(html.P("A newer version has problems and is not in force:", className="tone-risk"))
        shown = [html.Li(problem) for problem in note.problems[:MOST_LINES]]
        lines.append(html.Ul([*shown, *_more(len(note.problems) - MOST_LINES)], className="lines"))
    lines.append(html.P(" · ".join(_versions()), className="hint"))
    return html.Div(lines, className="stack")


def _versions() -> list[str]:
    found = [f"Python {platform.python_version()}"]
    for name in PROGRAMS:
        try:
            found.insert(-1, f"{name} {version(name)}")
        except PackageNotFoundError:
            continue  # run from its folder without being installed
    return found


def _definitions(found: DataFacts) -> Component:
    head = html.Thead(html.Tr([html.Th(word) for word in ("Queue", "Clocks", "Calendar", "Definition")]))
    rows = [
        html.Tr(
            [
                html.Td(row.queue),
                html.Td(row.clocks),
                html.Td(f"{row.calendar}, {row.zone}"),
                html.Td(html.Code(row.hash)),
            ]
        )
        for row in found.definitions
    ]
    return html.Table([head, html.Tbody(rows)], className="table")
