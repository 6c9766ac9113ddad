"""A transport without sockets: everything of the real one but the sending."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import SecretStr
from requests.structures import CaseInsensitiveDict

from datasource.deadline import Deadline
from datasource.login import Login, Signature
from datasource.question import Question
from datasource.transport import Transport

Json: TypeAlias = dict[str, Any]

DATE = "Mon, 23 Nov 2026 12:00:00 GMT"


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the path is below the base URL."""

    method: str
    path: str
    params: Mapping[str, Any]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Canned:
    """One answer; `content` that is no bytes is sent as JSON."""

    content: Any
    status: int = 200
    content_type: str = "application/json"
    date: str = DATE


class CannedTransport(Transport):
    """Asks a function instead of a server, and lists the calls in their order."""

    def __init__(
        self, source: str, answering: Callable[[Call], Canned], base_url: str = "https://site.invalid"
    ) -> None:
        super().__init__(source, base_url, Login.bearer(SecretStr("canned")), in_flight=8)
        self.calls: list[Call] = []
        self._answering = answering

    def asked(self, path: str) -> list[Call]:
        """The calls of one path."""
        return [call for call in self.calls if call.path == path]

    def _send(
        self, question: Question, deadline: Deadline, signature: Signature
    ) -> tuple[int, Mapping[str, str], bytes]:
        params, body = (json.loads(json.dumps(dict(each or {}))) for each in (question.params, question.body))
        call = Call(question.method, question.path, params, body)
        self.calls.append(call)
        answer = self._answering(call)
        content = answer.content if isinstance(answer.content, bytes) else json.dumps(answer.content).encode()
        headers = CaseInsensitiveDict({"Content-Type": answer.content_type, "Date": answer.date})
        return answer.status, headers, content
