"""From the path of the address to the page: its skeleton at once, its numbers from its own callback.

A browser that opens the portal says which address it shows when it asks for the frame (`assets/early.js`), and gets the
page's skeleton in it: one question less before there are numbers. Whoever does not say gets the frame alone.
"""

from collections.abc import Mapping
from types import ModuleType

import flask
from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from components.still import still
from dashboard import ids, shell
from dashboard.framing import frame_ancestors
from dashboard.pages import PAGES, refused
from dashboard.portal import portal
from dashboard.urls import PageName, View


def register(app: Dash, pages: Mapping[PageName, ModuleType] = PAGES) -> None:
    """Show a page when the path changes, and connect every page's own callbacks."""

    def frame() -> Component:
        if not flask.has_request_context():
            return shell.layout()
        asked, services = flask.request.args, portal()
        hosts = frame_ancestors(flask.request.environ, services.settings.frame_ancestors)
        if "pathname" not in asked:
            return shell.layout(hosts=hosts)
        address = {"pathname": asked["pathname"], "search": asked.get("search", "")}
        view = services.view(**address)
        return shell.layout(address, view, _page(pages, view), hosts=hosts)

    app.layout = frame

    @app.callback(
        Output(ids.PAGE, "children"),
        Input(ids.URL, "pathname"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def show(pathname: str | None, search: str | None) -> list[Component]:
        return _page(pages, portal().view(pathname, search))

    for module in pages.values():
        module.register(app)


def _page(pages: Mapping[PageName, ModuleType], view: View) -> list[Component]:
    if not portal().sees(view.page):
        return [still(refused.layout(view))]  # without a head, so that nothing is asked for that would be refused
    return [head(view), still(pages[view.page].layout(view))]


def head(view: View) -> Component:
    """The empty head of a page: its slots keep their height before anything is in them."""
    page = view.page
    return html.Header(
        [
            html.Div(
                [
                    html.Div(id=ids.head_title(page), className="head-title"),
                    html.Div(id=ids.head_age(page), className="head-age"),
                    html.Div(id=ids.head_controls(page), className="head-controls"),
                ],
                className="head-row",
            ),
            html.P(id=ids.sentence(page), className="sentence"),
            dcc.Store(id=ids.revision(page), storage_type="memory"),
        ],
        className="head",
    )
