"""The addresses of the API, and what answers them."""

from collections.abc import Callable
from functools import partial
from typing import Final

import flask
from flask import Response
from werkzeug.routing import BaseConverter, Rule

from dashboard.api.answering import Api
from dashboard.api.at_hand import HELD_S
from dashboard.api.bodies import MIMETYPES, CompressedBodies, body_name
from dashboard.api.guarding import guarded
from dashboard.api.negotiation import CSV, JSON
from dashboard.api.operations import OPERATIONS
from dashboard.api.problems import UNKNOWN_RESOURCE, Problem, problem_answer
from dashboard.api.sent_again import SentAgain
from dashboard.portal import Portal

_ROOT: Final = "api"


def install(server: flask.Flask, services: Portal, *, hold_s: float = HELD_S) -> None:
    """Answer everything below `api/`. Call it before Flask-Compress is set up: it says here what is compressed.

    What was found answers for so many seconds without another look.
    """
    server.config["COMPRESS_MIMETYPES"] = list(MIMETYPES)
    server.config["COMPRESS_CACHE_BACKEND"] = CompressedBodies
    server.config["COMPRESS_CACHE_KEY"] = body_name
    api, root = Api(services.prefix, hold_s), f"{services.prefix}{_ROOT}"

    def route(name: str, view: Callable[..., Response], *paths: str) -> None:
        endpoint = f"{_ROOT}.{name}"
        server.view_functions[endpoint] = view
        for path in paths:
            # Without methods of its own a rule takes all of them, so that the others are refused here, as problems.
            server.url_map.add(Rule(path, endpoint=endpoint, merge_slashes=False))

    for operation in OPERATIONS:
        path = f"{root}/{operation.path.replace('{id}', '<queue_id>')}"
        route(operation.id, guarded(partial(api.answer, operation, (JSON, CSV))), path)
        route(f"{operation.id}Csv", guarded(partial(api.answer, operation, (CSV,))), f"{path}.csv")
    route("getOpenApi", guarded(api.document), f"{root}/openapi.json")
    server.url_map.converters["rest"] = _Rest
    server.wsgi_app = SentAgain(server.wsgi_app, f"{root}/", services.now)  # type: ignore[method-assign]
    route("nothing", _nothing, root, f"{root}/<rest:rest>")


class _Rest(BaseConverter):
    """Whatever is left of a path, slashes and emptiness included."""

    part_isolating = False
    regex = ".*?"


def _nothing(**_: str) -> Response:
    return problem_answer(
        Problem(UNKNOWN_RESOURCE, "There is nothing at this address. The addresses are in api/openapi.json.")
    )
