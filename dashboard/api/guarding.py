"""Around every address of the API: one method, and a problem in place of whatever goes wrong."""

import logging
from collections.abc import Callable
from typing import Any, Final

import orjson
from flask import Response, request

from dashboard.api.found import FirstRead
from dashboard.api.negotiation import JSON
from dashboard.api.problems import INTERNAL_ERROR, METHOD_NOT_ALLOWED, Problem, problem_answer
from dashboard.api.standing import FIRST_READ_S
from opsportal import request_ids

ALLOWED: Final = "GET, HEAD, OPTIONS"

_LOG = logging.getLogger(__name__)


def guarded(make: Callable[..., Response]) -> Callable[..., Response]:
    """The view that answers with what `make` returns or raises, and tells other methods what is allowed."""

    def view(**path: Any) -> Response:
        method = request.method
        try:
            if method == "OPTIONS":
                return Response(status=204, headers={"Allow": ALLOWED, "Cache-Control": "no-store"})
            if method not in ("GET", "HEAD"):
                refused = f"Nothing here answers {method[:20]}. Allowed are {ALLOWED}."
                raise Problem(METHOD_NOT_ALLOWED, refused, headers={"Allow": ALLOWED})
            return make(**path)
        except Problem as problem:
            return problem_answer(problem)
        except FirstRead as first:
            headers = {"Cache-Control": "no-store", "Vary": "Accept", "Retry-After": str(FIRST_READ_S)}
            return Response(orjson.dumps(first.told), 202, headers, mimetype=JSON)
        except Exception:  # noqa: BLE001 - whatever it is, the client is told so and the log has it
            reference = request_ids.current.get() or request_ids.new()
            _LOG.exception("the API failed, request %s", reference)
            return problem_answer(Problem(INTERNAL_ERROR, "The portal failed. Its log says more."), reference)

    return view
