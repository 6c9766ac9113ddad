"""What is answered at the door, before anything of the application is asked."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from dashboard.access import RULE
from dashboard.api.problems import MEDIA_TYPE, Problem, problem_body
from dashboard.metrics import OTHER

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LONGEST_PATH: Final = 200


def refused(problem: Problem, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer a request with a problem, under no route's name."""
    environ[RULE] = OTHER
    path = str(environ.get("PATH_INFO", ""))[:_LONGEST_PATH].encode("latin-1", "replace")
    body = problem_body(problem, path)
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        **problem.headers,
    }
    start_response(f"{problem.kind.status.value} {problem.kind.status.phrase}", list(headers.items()))
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]
