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
NOT_YOURS: Final = Kind("not-yours", "Not yours to see", HTTPStatus.FORBIDDEN)
UNKNOWN_QUEUE: Final = Kind("unknown-queue", "No such queue", HTTPStatus.NOT_FOUND)
UNKNOWN_RESOURCE: Final = Kind("unknown-resource", "No such resource", HTTPStatus.NOT_FOUND)
METHOD_NOT_ALLOWED: Final = Kind("method-not-allowed", "Method not allowed", HTTPStatus.METHOD_NOT_ALLOWED)
NOT_ACCEPTABLE: Final = Kind("not-acceptable", "No such representation", HTTPStatus.NOT_ACCEPTABLE)
NOT_SIGNED_IN: Final = Kind("not-signed-in", "You are not signed in", HTTPStatus.UNAUTHORIZED)
NOT_PERMITTED: Final = Kind("not-permitted", "You may not see this", HTTPStatus.FORBIDDEN)
SIGN_IN_UNAVAILABLE: Final = Kind(
    "sign-in-unavailable", "You cannot be let in just now", HTTPStatus.SERVICE_UNAVAILABLE
)
BAD_REQUEST: Final = Kind("bad-request", "A request that cannot be read", HTTPStatus.BAD_REQUEST)
OUTDATED: Final = Kind("outdated", "A page older than the portal", HTTPStatus.CONFLICT)
TOO_SLOW: Final = Kind("too-slow", "The request did not arrive in time", HTTPStatus.REQUEST_TIMEOUT)
TOO_LARGE: Final = Kind("too-large", "The request is too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
TOO_LONG: Final = Kind("too-long", "The address is too long", HTTPStatus.REQUEST_URI_TOO_LONG)
NOT_JSON: Final = Kind("not-json", "The body is no JSON", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
TOO_MANY: Final = Kind("too-many-requests", "Too many requests", HTTPStatus.TOO_MANY_REQUESTS)
INTERNAL_ERROR: Final = Kind("internal-error", "The portal failed", HTTPStatus.INTERNAL_SERVER_ERROR)
NEVER_READ: Final = Kind("never-read", "Nothing could be read so far", HTTPStatus.SERVICE_UNAVAILABLE)
HISTORY_UNREADABLE: Final = Kind("history-unreadable", "The history cannot be read", HTTPStatus.SERVICE_UNAVAILABLE)
AT_THE_DOOR: Final = (TOO_LARGE, TOO_LONG, TOO_MANY)
"""Those that any address may answer before it is looked at."""
KINDS: Final = (
    BAD_PARAMETERS,
    NOT_YOURS,
    UNKNOWN_QUEUE,
    UNKNOWN_RESOURCE,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    NOT_SIGNED_IN,
    NOT_PERMITTED,
    SIGN_IN_UNAVAILABLE,
    *AT_THE_DOOR,
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


def problem_body(problem: Problem, path: str | bytes, reference: str | None = None) -> bytes:
    """What tells a problem, under the id by which the log knows the request for a path."""
    kind = problem.kind
    body: ProblemJson = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status.value,
        "detail": problem.detail,
        "instance": quote(path),
    }
    if problem.errors:
        body["errors"] = [wrong.shaped() for wrong in problem.errors]
    request_id = reference or request_ids.current.get()
    if request_id is not None:
        body["request_id"] = request_id
    return orjson.dumps(body)


def problem_answer(problem: Problem, reference: str | None = None) -> Response:
    """The answer that tells a problem."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept", **problem.headers}
    body = problem_body(problem, request.path, reference)
    return Response(body, problem.kind.status.value, headers, mimetype=MEDIA_TYPE)
