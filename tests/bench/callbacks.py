"""A callback that answers twelve charts as the plain dicts they are, against the same callback through go.Figure.

What fills the dicts costs both sides the same and is left out of the ratio; the line says how long it takes.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import plotly.graph_objects as go
from dash import Dash, Input, Output, dcc, html
from flask.testing import FlaskClient

from components.figures.ageing import ageing_dots
from components.figures.arrivals import arrivals
from components.figures.contributions import contributions
from components.figures.why_moved import why_moved
from servicelevel.ageing import ageing
from servicelevel.report import QueueReport, report
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.bench.measuring import Line, best_of
from tests.bench.sources import AS_OF, demo_jira

TICKETS = 2_500
PERIODS = (7, 14, 30)
CHARTS = 12


def lines() -> Iterator[Line]:
    """The time of the request and its callback, as a share of the same with go.Figure around each figure."""
    with demo_jira(TICKETS) as jira:
        queue, columns = jira.queue, jira.read()
    booked = no_worklogs("not_configured", "")
    made = [report(queue, columns, booked, last_days(AS_OF, days)) for days in PERIODS]
    figures = _charts(made)
    client, body = _app({"plain": lambda: figures, "objects": lambda: [go.Figure(figure) for figure in figures]})

    def plain() -> bytes:
        return _answer(client, body("plain"))

    def objects() -> bytes:
        return _answer(client, body("objects"))

    size = len(plain())
    plain_s, objects_s, filling_s = best_of(plain, objects, lambda: _charts(made), rounds=5)
    detail = (
        f"{1e3 * plain_s:.1f} ms against {1e3 * objects_s:.0f} ms, {size / 1e3:.0f} kB; "
        f"filled from reports in {1e3 * filling_s:.1f} ms"
    )
    yield Line("callback of 12 charts ÷ through go.Figure", plain_s / objects_s, 1 / 20, False, "", detail)


def _charts(made: Sequence[QueueReport]) -> list[dict[str, Any]]:
    """The four charts of a queue's page for each of the reports."""
    figures = []
    for each in made:
        now, queue = each.now, each.queue
        score, then = now.health.score, None if each.previous is None else each.previous.health.score
        if score is None or then is None or each.movement is None:
            raise RuntimeError("the demo's queue has no score in one of the periods")
        dots = ageing(each)
        codes = sorted({item.priority for item in dots.tickets})
        closed = [day.day for day in now.flow.by_day if not queue.calendar.has_hours(day.day)]
        figures += [
            contributions(now.health, queue_id=queue.id),
            why_moved(each.movement, then, score, dates=("then", "now"), queue_id=queue.id),
            arrivals(now.flow, closed=closed, queue_id=queue.id),
            ageing_dots(dots, each.columns.key, [(code, str(code)) for code in codes], queue_id=queue.id),
        ]
    return figures


def _app(fills: dict[str, Callable[[], list[Any]]]) -> tuple[FlaskClient, Callable[[str], dict[str, Any]]]:
    """An application with a callback of twelve charts for each name, and what a browser posts to call it."""
    app = Dash("callbacks", suppress_callback_exceptions=True)
    app.layout = html.Div([dcc.Graph(id=f"{name}-{n}") for name in fills for n in range(CHARTS)])
    outputs = {name: [Output(f"{name}-{n}", "figure") for n in range(CHARTS)] for name in fills}
    for name, fill in fills.items():
        app.callback(outputs[name], Input(f"{name}-go", "n_clicks"))(lambda _, fill=fill: fill())
    client = app.server.test_client()
    client.get("/_dash-layout")  # the first request sets Dash up

    def body(name: str) -> dict[str, Any]:
        asked = [{"id": output.component_id, "property": "figure"} for output in outputs[name]]
        return {
            "output": "..{}..".format("...".join(f"{one['id']}.figure" for one in asked)),
            "outputs": asked,
            "inputs": [{"id": f"{name}-go", "property": "n_clicks", "value": 1}],
            "changedPropIds": [f"{name}-go.n_clicks"],
        }

    return client, body


def _answer(client: FlaskClient, body: dict[str, Any]) -> bytes:
    answer = client.post("/_dash-update-component", json=body)
    if answer.status_code != 200:
        raise RuntimeError(f"the callback answered {answer.status_code}")
    return bytes(answer.data)
