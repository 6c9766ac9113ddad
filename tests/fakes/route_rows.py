"""All that the application answers, from its own maps: one row for each address and for each question of its pages."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dash import Dash

from dashboard.callbacks import name_of
from dashboard.route_table import Area, Areas
from tests.fakes.forged_identities import Headers
from tests.fakes.guarded_app import PREFIX

_HELD: Final = {
    "<string:package_name>": "dash",
    "<path:fingerprinted_path>": "dcc/dash_core_components.js",
    "<path:filename>": "nothing.css",
    "<path:path>": "queue/desk",
    "<name>": "overview",
    "<queue_id>": "desk",
    "<rest:rest>": "typo",
}
"""What stands in the places of a rule."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to ask: where, how, and in which area it lies; `callback` is the short name of a question of pages."""

    path: str
    area: Area
    body: Mapping[str, Any] | None = None
    callback: str | None = None


def rows_of(app: Dash, headers: Headers) -> list[Row]:
    """Every row, found by somebody who may see everything."""
    areas = Areas(PREFIX)
    rules = [(endpoint_of(rule.endpoint), path_of(rule.rule)) for rule in app.server.url_map.iter_rules()]
    routes = [Row(path, areas.of(path)) for name, path in rules if name != "_dash-update-component"]
    asked = json.loads(app.server.test_client().get(f"{PREFIX}_dash-dependencies", headers=headers).data)
    return [*routes, *(_question(spec) for spec in asked)]


def endpoint_of(endpoint: str) -> str:
    """Its name in the table: Dash puts the prefix into the names of its own, in two ways."""
    return endpoint.removeprefix(PREFIX).removeprefix("_portal")


def path_of(rule: str) -> str:
    """An address that a rule answers."""
    return re.sub(r"<[^>]+>", lambda place: _HELD[place[0]], rule)


def status_of(app: Dash, row: Row, headers: Headers) -> int:
    """What a row answers to somebody."""
    client = app.server.test_client(use_cookies=False)
    method = "GET" if row.body is None else "POST"
    with client.open(row.path, method=method, json=row.body, headers=headers) as answer:
        return int(answer.status_code)


def _question(spec: Mapping[str, Any]) -> Row:
    outputs = [
        {"id": part.rpartition(".")[0], "property": part.rpartition(".")[2].partition("@")[0]}
        for part in spec["output"].strip(".").split("...")
    ]
    body = {
        "output": spec["output"],
        "outputs": outputs if spec["output"].startswith("..") else outputs[0],
        "inputs": [{**each, "value": None} for each in spec["inputs"]],
        "state": [{**each, "value": None} for each in spec["state"]],
        "changedPropIds": [],
    }
    return Row(f"{PREFIX}_dash-update-component", "scripts", body, name_of(spec["output"]))
