"""From a request to an answer: read what is asked, find it, and send the bytes at hand, or that they still hold."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from importlib.metadata import version
from threading import Lock
from typing import Final

import orjson
from flask import Response, request

from components.frames import csv_pieces
from dashboard.api import negotiation
from dashboard.api.asked import Asked, Parameter, Unreadable, read
from dashboard.api.at_hand import CLOCK_S, HELD_S, Answer, AtHand
from dashboard.api.bodies import AGED_HELD, BODIES_HELD, name_body
from dashboard.api.found import FirstRead, Found
from dashboard.api.negotiation import CSV, JSON
from dashboard.api.openapi import document
from dashboard.api.operations import Operation
from dashboard.api.problems import NOT_YOURS, UNKNOWN_QUEUE, BadParameters, Problem
from dashboard.api.sent_again import send_again
from dashboard.gate import scope_of
from dashboard.not_yours import NoQueueYours, PageNotYours
from dashboard.portal import Portal, portal
from opsportal.envelope_json import age_s
from opsportal.memo import Memo, Of
from opsportal.naming import Naming
from servicelevel.policy import Policy

MARKS_HELD: Final = 256
"""Registries, as they are seen by different people, whose names are remembered, in a process."""
QUESTIONS_HELD: Final = 2_000
"""Queries read and found in order that are remembered, in a process."""

_ALL: Final = Of("", 0)  # names differ with every revision, and the longest unused goes first
_KEPT: Final = {"Cache-Control": "private, no-cache", "Vary": "Accept, Accept-Encoding"}
_CONTENT_TYPES: Final = {"json": JSON, "csv": f"{CSV}; charset=utf-8"}


class Api:
    """What one process answers with. `prefix` is the path under which the portal lives."""

    def __init__(self, prefix: str, hold_s: float = HELD_S) -> None:
        self._prefix = prefix
        self._at_hand = AtHand(hold_s, CLOCK_S)
        self._questions: Memo[Asked] = Memo(QUESTIONS_HELD)
        self._bodies: Memo[bytes] = Memo(BODIES_HELD, len)
        self._aged: Memo[bytes] = Memo(AGED_HELD, len)
        self._marks: OrderedDict[int, tuple[Policy, Naming, str]] = OrderedDict()
        self._lock = Lock()

    def answer(self, operation: Operation, offered: tuple[str, ...], **path: str) -> Response:
        """The answer of an operation in the best of the media types offered; `path` is what its address names."""
        environ = request.environ
        scope = scope_of(environ)
        if not scope.sees_view(operation.page):
            raise Problem(NOT_YOURS, str(PageNotYours(operation.page)))
        accept = environ.get("HTTP_ACCEPT", "")
        question = (operation.id, scope, offered, accept, environ.get("QUERY_STRING", ""), *path.values())
        found: Found | None = None

        def find() -> Answer:
            nonlocal found
            answer, found = self._find(operation, offered, accept, path)
            return answer

        until_s, answer = self._at_hand.get(question, find)
        if _still_holds(answer.name):
            return Response(status=304, headers=answer.headers)

        def body() -> bytes:
            whole = found or self._find(operation, offered, accept, path)[1]
            return b"".join(csv_pieces(whole.table())) if answer.form == "csv" else _without_age(whole)

        send_again(environ, until_s, answer.read_at)
        return self._sent(answer, lambda: self._bodies.get(answer.name, _ALL, body))

    def document(self) -> Response:
        """The document that describes the API."""
        services = portal()
        policy, mark = services.policy, self._mark_of(services)
        self._asked("getOpenApi", (), mark, policy)
        negotiation.form_of(request.headers.get("Accept", ""), (JSON,))
        name = _name("getOpenApi", mark)
        headers = {**_KEPT, "ETag": f'W/"{name}"'}
        if _still_holds(name):
            return Response(status=304, headers=headers)
        ids = [queue.id for queue in policy.queues]
        name_body(name)
        body = self._bodies.get(name, _ALL, lambda: orjson.dumps(document(self._prefix, ids)))
        return Response(body, 200, headers, mimetype=JSON)

    def _find(
        self, operation: Operation, offered: tuple[str, ...], accept: str, path: dict[str, str]
    ) -> tuple[Answer, Found]:
        services = portal()
        mark = self._mark_of(services)
        if not services.policy.queues:
            raise Problem(NOT_YOURS, str(NoQueueYours()))
        try:
            asked = self._asked(operation.id, operation.parameters, mark, services.policy)
        except Unreadable as unreadable:
            raise _everything_wrong(unreadable, lambda usable: operation.find(services, usable, **path)) from None
        form = negotiation.form_of(accept, offered)
        found = operation.find(services, asked, **path)
        name = _name(operation.id, path, asked, mark, form, found.revision)
        headers = {"Content-Type": _CONTENT_TYPES[form], **_KEPT, "ETag": f'W/"{name}"'}
        if form == "csv":
            headers["Content-Disposition"] = f'attachment; filename="{_file_name(operation, path)}"'
        return Answer(name, form, headers, found.read_at), found

    def _sent(self, answer: Answer, body: Callable[[], bytes]) -> Response:
        if answer.form == "csv":
            name_body(answer.name)
            return Response(body(), 200, answer.headers)
        # Nothing but the age changes by the second: it goes in front of the bytes that are at hand.
        age = b"null" if answer.read_at is None else b"%d" % age_s(answer.read_at, portal().now())
        name = f"{answer.name};{age.decode()}"
        name_body(name)
        return Response(self._aged.get(name, _ALL, lambda: b'{"age_s":%b,%b' % (age, body())), 200, answer.headers)

    def _asked(self, name: str, parameters: tuple[Parameter, ...], mark: str, policy: Policy) -> Asked:
        query = request.query_string
        return self._questions.get((name, mark, query), _ALL, lambda: read(query, parameters, policy))

    def _mark_of(self, services: Portal) -> str:
        """A short name of the registry and of the program: under another one the same revision reads otherwise."""
        policy, naming = services.policy, services.naming
        known = self._marks.get(id(policy))
        if known is not None and known[0] is policy and known[1] == naming:
            return known[2]
        heads = [(q.id, q.name, q.team, q.projects, q.share, q.definition_hash) for q in policy.queues]
        mark = _name(version("opsportal"), naming.rule, naming.key, policy.notes, heads)
        with self._lock:
            self._marks[id(policy)] = policy, naming, mark  # which thereby stays the only one of that id
            while len(self._marks) > MARKS_HELD:
                self._marks.popitem(last=False)
        return mark


def _everything_wrong(unreadable: Unreadable, find: Callable[[Asked], Found]) -> Problem:
    """What is wrong with the query, and with the usable rest of it in the light of what was read."""
    try:
        find(unreadable.usable)
    except BadParameters as more:
        return BadParameters([*unreadable.errors, *more.errors])
    except Problem as problem:
        return problem if problem.kind is UNKNOWN_QUEUE else unreadable
    except FirstRead:
        return unreadable
    return unreadable


def _name(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=10).hexdigest()


def _still_holds(name: str) -> bool:
    return "HTTP_IF_NONE_MATCH" in request.environ and request.if_none_match.contains_weak(name)


def _file_name(operation: Operation, path: dict[str, str]) -> str:
    words = operation.path.format(id=path.get("queue_id", ""))
    return f"{words.replace('/', '_')}.csv"


def _without_age(found: Found) -> bytes:
    """The body without its age, from behind the brace on."""
    shaped = {name: value for name, value in found.json().items() if name != "age_s"}
    return orjson.dumps(shaped)[1:]
