"""One request and its answer, apart from sockets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from demo.credentials import FIRST, Credentials
from demo.dialect import CLOUD, Dialect
from demo.workflow import compact

JSON_TYPE = "application/json;charset=UTF-8"


class Refused(Exception):
    """A request that is answered with an error; `answer` is what goes back."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the bytes of an answer go out: `share` of its body, over `seconds`, or (`silent`) nothing at all.

    The connection ends after an answer that was not sent whole.
    """

    share: float = 1.0
    seconds: float = 0.0
    silent: bool = False


WHOLE = Delivery()


@dataclass(frozen=True, slots=True)
class Bend:
    """How a page of tickets is made to be wrong.

    Attributes:
        drop: tickets at the beginning of the page that are missing from it.
        most: tickets on a page at most, though more were asked for and exist.
        shift: tickets that seem to have come in before a later page, so that it begins that much earlier.
        same_token: the page's token leads back to this very page.
    """

    drop: int = 0
    most: int | None = None
    shift: int = 0
    same_token: bool = False


STRAIGHT = Bend()


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers; `filled` and `bare` are the tickets in it with fields and as bare ids."""

    body: str
    status: int = 200
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    filled: int = 0
    bare: int = 0
    delivery: Delivery = WHOLE


def _stays() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: the instant is read from the demo's clock once, when it arrives.

    `gone` tells whether the one who asked has left, `bend` how the answer is made to be wrong.
    """

    method: str
    path: str
    query_text: str
    authorization: str | None
    body: bytes
    base_url: str
    at_ms: int
    query: dict[str, list[str]] = field(default_factory=dict)
    dialect: Dialect = CLOUD
    opened_by: Credentials = FIRST
    bend: Bend = STRAIGHT
    gone: Callable[[], bool] = _stays

    def one(self, name: str) -> str | None:
        """The last value of a query parameter."""
        values = self.query.get(name)
        return values[-1] if values else None

    def sent(self, name: str) -> str | None:
        """A parameter wherever it was sent, in the address or in a body, as a text; None without it."""
        if name in self.query:
            return self.one(name)
        try:
            body = json.loads(self.body or b"{}")
        except ValueError:
            return None
        value = body.get(name) if isinstance(body, dict) else None
        return None if value is None else str(value)

    def number(self, name: str, default: int, *, least: int = 0) -> int:
        """A whole query parameter.

        Raises:
            Refused: it is no whole number, or below `least`.
        """
        text = self.one(name)
        if text is None or text == "":
            return default
        if not text.lstrip("-").isdecimal() or len(text) > 12 or int(text) < least:
            raise Refused(problem(400, f"The value '{text}' of the parameter '{name}' is not valid."))
        return int(text)

    def words(self, name: str) -> list[str]:
        """A list parameter: repeated, or separated by commas."""
        return [word.strip() for value in self.query.get(name, []) for word in value.split(",") if word.strip()]

    def json_object(self) -> dict[str, object]:
        """The body as a JSON object.

        Raises:
            Refused: the body is not one.
        """
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise Refused(problem(400, "Invalid request payload. Refer to the REST API documentation.")) from error
        if not isinstance(value, dict):
            raise Refused(problem(400, "The request payload has to be a JSON object."))
        return value


def ask(method: str, target: str, *, authorization: str | None, body: bytes, base_url: str, at_ms: int) -> Ask:
    """A request from its request line, header and body."""
    path, _, query_text = target.partition("?")
    query = parse_qs(query_text, keep_blank_values=True)
    return Ask(method, path, query_text, authorization, body, base_url, at_ms, query)


def nothing_sent() -> Answer:
    """The connection ends without an answer; it is counted under status 0."""
    return Answer("", 0, delivery=Delivery(silent=True))


def problem(status: int, *messages: str) -> Answer:
    """An error as Jira words it."""
    return Answer(compact({"errorMessages": list(messages), "errors": {}}), status)


def body_list(body: dict[str, object], name: str) -> list[str]:
    """A list of texts in a body; absent is empty, numbers count as texts.

    Raises:
        Refused: it is no list.
    """
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, str | int) for each in value):
        raise Refused(problem(400, f"'{name}' has to be a list of texts."))
    return [str(each) for each in value]


def body_number(body: dict[str, object], name: str, default: int, *, least: int, most: int | None = None) -> int:
    """A whole number in a body.

    Raises:
        Refused: it is no whole number, below `least` or above `most`.
    """
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < least or (most is not None and value > most):
        raise Refused(problem(400, f"The value of '{name}' is not valid."))
    return value


def body_text(body: dict[str, object], name: str) -> str | None:
    """A text in a body, or None.

    Raises:
        Refused: it is something else.
    """
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(problem(400, f"'{name}' has to be a text."))
    return value
