"""What answers that are no answer say: problem details (RFC 9457), one kind for each thing that can be wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final, NotRequired, TypedDict
from urllib.parse import quote

import orjson
from flask import Response, request
from msgspec import Meta

from opsportal import request_ids

MEDIA_TYPE: Final = "application/problem+json"
_SHOWN_LENGTH: Final = 100


class WrongJson(TypedDict):
    """One thing that is wrong with the request."""

    parameter: Annotated[str, Meta(description="Name of the parameter.")]
    value: Annotated[str | None, Meta(description="What was given, cut after 100 characters; null when it is missing.")]
    problem: Annotated[str, Meta(description="What is wrong with it, and what would be right.")]


class ProblemJson(TypedDict):
    """Why there is no answer (RFC 9457)."""

    type: Annotated[str, Meta(description="Which kind of problem it is; they are listed in docs/api.md.")]
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    instance: Annotated[str, Meta(description="The path that was asked for.")]
    errors: NotRequired[Annotated[list[WrongJson], Meta(description="Everything that is wrong, not the first alone.")]]
    request_id: NotRequired[Annotated[str, Meta(description="Names the request in the portal's log.")]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name in the type, its title, and its status."""

    name: str
    title: str
    status: HTTPStatus

    @property
    def type(self) -> str:
        """The relative URI that identifies it."""
        return f"/problems/{self.name}"


BAD_PARAMETERS: Final = Kind("bad-parameters", "Parameters that cannot be used", HTTPStatus.BAD_REQUEST)
UNKNOWN_QUEUE: Final = Kind("unknown-queue", "No such queue", HTTPStatus.NOT_FOUND)
UNKNOWN_RESOURCE: Final = Kind("unknown-resource", "No such resource", HTTPStatus.NOT_FOUND)
METHOD_NOT_ALLOWED: Final = Kind("method-not-allowed", "Method not allowed", HTTPStatus.METHOD_NOT_ALLOWED)
NOT_ACCEPTABLE: Final = Kind("not-acceptable", "No such representation", HTTPStatus.NOT_ACCEPTABLE)
INTERNAL_ERROR: Final = Kind("internal-error", "The portal failed", HTTPStatus.INTERNAL_SERVER_ERROR)
NEVER_READ: Final = Kind("never-read", "Nothing could be read so far", HTTPStatus.SERVICE_UNAVAILABLE)
HISTORY_UNREADABLE: Final = Kind("history-unreadable", "The history cannot be read", HTTPStatus.SERVICE_UNAVAILABLE)
KINDS: Final = (
    BAD_PARAMETERS,
    UNKNOWN_QUEUE,
    UNKNOWN_RESOURCE,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    INTERNAL_ERROR,
    NEVER_READ,
    HISTORY_UNREADABLE,
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One parameter that cannot be used, the value it was given (None: it is missing), and why."""

    parameter: str
    value: str | None
    problem: str

    def shaped(self) -> WrongJson:
        """As it is answered."""
        value = self.value
        if value is not None and len(value) > _SHOWN_LENGTH:
            value = value[:_SHOWN_LENGTH] + "…"
        return {"parameter": self.parameter, "value": value, "problem": self.problem}


class Problem(Exception):
    """There is no answer, for a reason that the client is told."""

    def __init__(
        self, kind: Kind, detail: str, *, errors: Sequence[Wrong] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.errors, self.headers = kind, detail, tuple(errors), dict(headers or {})


class BadParameters(Problem):
    """Parameters that cannot be used: all of them."""

    def __init__(self, errors: Sequence[Wrong]) -> None:
        names = ", ".join(dict.fromkeys(wrong.parameter for wrong in errors))
        super().__init__(BAD_PARAMETERS, f"What was asked for cannot be had; see errors: {names}.", errors=errors)


def problem_answer(problem: Problem, reference: str | None = None) -> Response:
    """The answer that tells a problem, under the id by which the log knows the request."""
    kind = problem.kind
    body: ProblemJson = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status.value,
        "detail": problem.detail,
        "instance": quote(request.path),
    }
    if problem.errors:
        body["errors"] = [wrong.shaped() for wrong in problem.errors]
    request_id = reference or request_ids.current.get()
    if request_id is not None:
        body["request_id"] = request_id
    headers = {"Cache-Control": "no-store", "Vary": "Accept", **problem.headers}
    return Response(orjson.dumps(body), kind.status.value, headers, mimetype=MEDIA_TYPE)
