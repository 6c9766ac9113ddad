"""What stands in place of a page that is not for whoever opens it."""

from dash import html
from dash.development.base_component import Component

from dashboard.portal import portal
from dashboard.shell import first_pages
from dashboard.urls import View


def layout(view: View) -> Component:
    """Says so, and where to go on; within a frame or on a wall there is nowhere to go."""
    links = [] if view.embed or view.kiosk else first_pages(view, portal())
    beyond = [html.P("These are:"), html.Ul([html.Li(html.A(word, href=href)) for word, href in links])]
    return html.Section(
        [
            html.H1("This page is not yours to see", className="page-title"),
            html.P("What you were let in with is for other pages. Whoever gave it to you can have it widened."),
            *(beyond if links else []),
        ],
        className="panel not-found",
    )
