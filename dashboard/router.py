"""From the path of the address to the page: its skeleton at once, its numbers from its own callback."""

from collections.abc import Mapping
from types import ModuleType

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.pages import PAGES
from dashboard.portal import portal
from dashboard.urls import PageName, View


def register(app: Dash, pages: Mapping[PageName, ModuleType] = PAGES) -> None:
    """Show a page when the path changes, and connect every page's own callbacks."""

    @app.callback(
        Output(ids.PAGE, "children"),
        Input(ids.URL, "pathname"),
        State(ids.URL, "search"),
    )
    def show(pathname: str | None, search: str | None) -> list[Component]:
        services = portal()
        view = services.view(pathname, search)
        return [head(view), *_body(pages, view)]

    for module in pages.values():
        module.register(app)


def _body(pages: Mapping[PageName, ModuleType], view: View) -> list[Component]:
    module = pages[view.page]
    body: Component = module.layout(view)
    return [body]


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
