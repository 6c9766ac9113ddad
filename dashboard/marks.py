"""Clicks on chart marks: the point's `customdata` is the mark whose tickets are listed, or an address to go to."""

from dash import ClientsideFunction, Dash, Input, Output


def connect(app: Dash, graph_id: str) -> None:
    """Make a chart's points lead on.

    The customdata of a point, or the first item of it, is a mark such as `billing/sla:resolution:met`, which becomes
    `tickets=` of the address, or a path such as `/queue/billing?period=7` below the portal's prefix.
    """
    app.clientside_callback(  # type: ignore[no-untyped-call]  # dash declares no types here
        ClientsideFunction("portal", "openMark"),
        Output(graph_id, "clickData"),
        Input(graph_id, "clickData"),
        prevent_initial_call=True,
    )
