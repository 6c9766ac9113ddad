"""The page of an address that leads nowhere."""

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.portal import portal
from dashboard.urls import View


def layout(view: View) -> Component:
    """Says so, and where to go on."""
    del view
    services = portal()
    seen = services.policy.queues if services.sees("queue") else ()
    queues = [html.Li(html.A(queue.name, href=services.href(View("queue", queue.id)))) for queue in seen]
    overview = [html.Li(html.A("Overview", href=services.href(View())))] if services.sees("overview") else []
    return html.Section(
        [
            html.H1("There is nothing at this address", className="page-title"),
            html.P("The queue or page may have been renamed. These are here:"),
            html.Ul([*overview, *queues]),
        ],
        className="panel not-found",
    )


def register(app: Dash) -> None:
    """Nothing here changes."""
    del app
