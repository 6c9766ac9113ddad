"""A short message at the edge of the window."""

from dash import html
from dash.development.base_component import Component

from components.attributes import aria
from components.icons import icon


def toast(reference: str) -> Component:
    """Says that an answer failed, and the reference under which the log knows it."""
    return html.Div(
        [
            icon("risk"),
            html.Div(
                [html.Strong("This part could not be updated. "), f"What you see is as it was. Reference {reference}."]
            ),
            html.Button(icon("close"), type="button", className="toast-close", **aria(label="Dismiss")),
        ],
        className="toast-card",
        key=reference,
    )
