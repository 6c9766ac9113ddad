"""The frame around every page: rail, page slot, drawer, help, toasts. It holds no numbers."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from components import words
from components.attributes import aria, data
from components.icons import IconName, icon
from components.still import still
from dashboard import ids, outage
from dashboard.portal import Portal, portal
from dashboard.urls import PageName, View

SWITCHER_TEXT: Final = "switcher-text"
TICK_MS: Final = 60_000
FIRST_READ_TICK_MS: Final = 2_000
"""While a queue is read for the first time somebody is watching it come."""

_RAIL: Final[Sequence[tuple[PageName, IconName, str]]] = (
    ("overview", "overview", "Overview"),
    ("queue", "queues", "Queues"),
    ("compare", "compare", "Compare"),
    ("trends", "trends", "Trends"),
    ("at-risk", "at-risk", "At risk"),
    ("data", "data", "Data"),
)
_KEYS: Final[Sequence[tuple[str, str]]] = (
    ("g o", "Overview"),
    ("g q", "Queues"),
    ("g c", "Compare"),
    ("g t", "Trends"),
    ("g r", "At risk"),
    ("g d", "Data"),
    ("/", "Switch to a queue by name"),
    ("?", "This help"),
    ("Esc", "Close what is open"),
)
_ABOUT: Final = (
    "Every mark leads to the tickets behind it, and every (i) says how its number is calculated. "
    "The address holds the whole view: copy it to share what you see."
)


def layout(
    address: Mapping[str, str] = MappingProxyType({}),
    view: View | None = None,
    page: Sequence[Component] = (),
    *,
    hosts: str = "'none'",
) -> Component:
    """The frame as it is served, around the `page` of an `address` where that is known.

    `hosts` are the sites that may show it in a frame, as a content security policy names them.
    """
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh="callback-nav", **address),
            dcc.Interval(id=ids.TICK, interval=TICK_MS),
            html.A("Skip to the page", href=f"#{ids.PAGE}", className="skip-link"),
            html.Div(
                [
                    html.Nav(id=ids.RAIL, className="rail", **aria(label="Pages")),
                    html.Div(
                        [
                            html.Div(id=ids.BANNER),
                            html.Div(id=ids.NOTES, className="notes", role="status"),
                            html.Main(list(page), id=ids.PAGE, tabIndex="-1"),
                        ],
                        className="content",
                    ),
                ],
                id=ids.FRAME,
                className="frame" if view is None else _look(view),
                **data(hosts=hosts),
            ),
            html.Div(id=ids.DRAWER),
            still(_help()),
            html.Dialog(id=ids.SWITCHER, className="dialog switcher", **aria(label="Switch queue")),
            html.Div(id=ids.TOASTS, className="toasts", role="alert"),
        ]
    )


def register(app: Dash) -> None:
    """Keep the frame in step with the address, and its alarms with what is known."""

    @app.callback(
        Output(ids.FRAME, "className"),
        Output(ids.RAIL, "children"),
        Output(ids.NOTES, "children"),
        Output(ids.SWITCHER, "children"),
        Input(ids.URL, "pathname"),
        Input(ids.URL, "search"),
    )
    def follow(pathname: str | None, search: str | None) -> tuple[str, Any, Any, Any]:
        services = portal()
        view = services.view(pathname, search)
        notes = [html.P(note) for note in view.notes]
        return _look(view), still(_rail(view, services)), still(notes), still(_switcher(view, services))

    @app.callback(Output(ids.RAIL_BADGE, "children"), Input(ids.TICK, "n_intervals"), prevent_initial_call=True)
    def count_overdue(_: int | None) -> list[Component] | None:
        return overdue_badge(portal())

    @app.callback(Output(ids.BANNER, "children"), Output(ids.TICK, "interval"), Input(ids.TICK, "n_intervals"))
    def warn(_: int | None) -> tuple[Any, int]:
        services = portal()
        seen = services.reports.overview()
        first_read = any(served.progress is not None for served in seen.served.values())
        return still(outage.banner(seen, services)), FIRST_READ_TICK_MS if first_read else TICK_MS


def _look(view: View) -> str:
    return "frame" + (" frame-embed" if view.embed else "") + (" frame-kiosk" if view.kiosk else "")


def overdue_badge(services: Portal) -> list[Component] | None:
    """The number of overdue clocks; nothing when there is none, or the page that lists them is not seen."""
    if not services.sees("at-risk"):
        return None
    overdue = sum(row.state == "overdue" for _, row in services.reports.overview().due)
    if not overdue:
        return None
    return [html.Span(words.count(overdue), className="rail-badge"), html.Span(" overdue", className="visually-hidden")]


def first_pages(view: View, services: Portal) -> list[tuple[str, str]]:
    """The pages that may be seen, as (name, address); of queues the first."""
    first = next((queue.id for queue in services.policy.queues), None)
    return [
        (word, services.href(view.to(page, first if page == "queue" else None)))
        for page, _, word in _RAIL
        if services.sees(page) and (page != "queue" or first is not None)
    ]


def _rail(view: View, services: Portal) -> list[Component]:
    first = next((queue.id for queue in services.policy.queues), None)
    begins = next((href for _, href in first_pages(view, services)), services.prefix)
    home = html.A(html.Span("Opsportal", className="visually-hidden"), href=begins, className="logo")
    badge = html.Span(overdue_badge(services), id=ids.RAIL_BADGE)
    links: list[Component] = []
    for page, shape, word in _RAIL:
        if not services.sees(page):
            continue
        target = view.to(page, (view.queue or first) if page == "queue" else None)
        here = page == view.page
        links.append(
            html.A(
                [icon(shape), html.Span(word), badge if page == "at-risk" else None],
                href=services.href(target),
                className=f"rail-link rail-{page}" + (" rail-here" if here else ""),
                **(aria(current="page") if here else {}),
            )
        )
    help_button = html.Button(
        [icon("help"), html.Span("Help")], type="button", className="rail-link rail-help", **data(opens=ids.HELP)
    )
    return [home, *links, help_button]


def _switcher(view: View, services: Portal) -> Component:
    rows = [
        html.Li(
            html.A(
                [html.Strong(queue.name), html.Span(queue.team, className="muted")],
                href=services.href(view.to("queue", queue.id)),
                className="switcher-row",
            )
        )
        for queue in (services.policy.queues if services.sees("queue") else ())
    ]
    # frame.js puts the field in when the dialog opens for the first time.
    field = html.Div(**data(field=SWITCHER_TEXT, placeholder="Queue or team"))
    label = html.Label("Switch to a queue", htmlFor=SWITCHER_TEXT, className="visually-hidden")
    return html.Div([label, field, html.Ul(rows, className="switcher-list")])


def _help() -> Component:
    keys = [html.Div([html.Dt(html.Kbd(key)), html.Dd(word)]) for key, word in _KEYS]
    return html.Dialog(
        [
            html.Div(
                [
                    html.H2("Help"),
                    html.Button(
                        icon("close"),
                        type="button",
                        className="button button-icon",
                        **aria(label="Close"),
                        **data(closes="true"),
                    ),
                ],
                className="dialog-head",
            ),
            html.P(_ABOUT),
            html.Dl(keys, className="keys"),
        ],
        id=ids.HELP,
        className="dialog",
        **aria(label="Help"),
    )
