"""Everything that can be asked of an application, asked as somebody: pages, callbacks, files, the API."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from flask.testing import FlaskClient

from dashboard.api.operations import OPERATIONS
from dashboard.app import create_app
from dashboard.exports import PAGES_OF
from dashboard.gate import IDENTITY
from dashboard.portal import Portal
from opsportal.identity import Identity
from tests.fakes.page_answers import asked

ALL_DUE: Final = "due=overdue&due=lt_1h&due=lt_4h&due=today&due=next_day&due=later&due=paused"
_NAMES_OF_VERSIONS: Final = re.compile(r"\b[0-9a-f]{12,40}\b|\"end_id\":\"[^\"]+\"")


@dataclass(frozen=True, slots=True)
class Question:
    """A request: its address, and for a callback what it is given."""

    address: str
    callback: Mapping[str, Any] | None = None

    @property
    def output(self) -> str:
        """Which callback it is; empty when it is none."""
        return "" if self.callback is None else str(self.callback["output"])


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: everything of it in which something could stand."""

    status: int
    headers: str
    body: str

    @property
    def text(self) -> str:
        """All of it, without what names a version, or one document of all: that is another one for every question."""
        return f"{self.status}\n{_NAMES_OF_VERSIONS.sub('…', f'{self.headers} {self.body}')}"


class Walk:
    """Asks one application; what it remembers of one who asked is there when the next one does."""

    def __init__(self, services: Portal) -> None:
        self._client: FlaskClient = create_app(services).server.test_client()
        self._client.get("/_dash-layout")

    def ask(self, question: Question, identity: Identity | None = None) -> Said:
        """What somebody is answered; without an identity no gate stands before the application."""
        environ = {} if identity is None else {IDENTITY: identity}
        if question.callback is None:
            came = self._client.get(question.address, environ_overrides=environ)
        else:
            came = self._client.post(question.address, json=question.callback, environ_overrides=environ)
        return Said(came.status_code, str(came.headers), came.get_data(as_text=True))

    @cached_property
    def callbacks(self) -> Sequence[Mapping[str, Any]]:
        """The callbacks that the server answers."""
        every = self._client.get("/_dash-dependencies").get_json()
        return [callback for callback in every if callback["clientside_function"] is None]

    def pages(self, addresses: Sequence[tuple[str, str]]) -> Iterator[Question]:
        """The document of each address, its frame, and every callback with it."""
        for path, query in addresses:
            yield Question(f"{path}{query}")
            yield Question(f"/_dash-layout?pathname={path}&search={query.replace('&', '%26').replace('=', '%3D')}")
            known = {("url", "pathname"): path, ("url", "search"): query, ("tick", "n_intervals"): 1}
            for callback in self.callbacks:
                yield Question("/_dash-update-component", asked(callback, known))

    def refreshing(self, queue_id: str) -> Question:
        """The button that has a queue read again."""
        (callback,) = [each for each in self.callbacks if each["output"] == "data-answer.children"]
        return Question("/_dash-update-component", asked(callback, {("data-asked", "data"): {"queue": queue_id}}))


def addresses(word: str, name: str) -> Sequence[tuple[str, str]]:
    """Every page and what lies over it, with the queue of a word and somebody's name in it."""
    desk, key = f"{word}-desk", f"{word.upper()}-1"
    return (
        (f"/queue/{desk}", ""),
        (f"/queue/{desk}", "?embed=1"),
        (f"/queue/{desk}", "?kiosk=1"),
        (f"/queue/{desk}", f"?analyst={name}"),
        (f"/queue/{desk}", "?tickets=open:all"),
        (f"/queue/{desk}", f"?ticket={key}"),
        ("/", f"?tickets={desk}/open:all"),
        ("/", f"?ticket={key}"),
        ("/compare", f"?queue={desk}&tickets={desk}/sla:resolution:decided"),
        ("/trends", f"?queue={desk}"),
        ("/at-risk", f"?queue={desk}&{ALL_DUE}"),
        ("/at-risk", f"?analyst={name}&{ALL_DUE}"),
        ("/data", f"?queue={desk}&tickets={desk}/open:all"),
    )


PLAIN: Final[Sequence[tuple[str, str]]] = (
    ("/", ""),
    ("/", "?kiosk=1"),
    ("/", "?embed=1&period=90"),
    ("/compare", ""),
    ("/compare", "?team=Crew"),
    ("/trends", ""),
    ("/trends", "?team=Crew&period=365"),
    ("/at-risk", f"?{ALL_DUE}"),
    ("/at-risk", "?priority=nothing"),
    ("/data", ""),
    ("/nothing-here", ""),
)
"""Every page without anybody's name in its address."""


def files(word: str | None, name: str = "") -> Iterator[Question]:
    """Every table, of all queues or of the queue of a word, and narrowed to somebody."""
    for table in PAGES_OF:
        query = "" if word is None else f"?queue={word}-desk"
        yield Question(f"/export/{table}.csv{query}")
        if word is not None:
            yield Question(f"/export/{table}.csv{query}&tickets={word}-desk/open:all")
            yield Question(f"/export/{table}.csv{query}&analyst={name}")


def api(word: str | None, name: str = "") -> Iterator[Question]:
    """Every operation, of all queues or of the queue of a word, in both forms, and narrowed to somebody."""
    for operation in OPERATIONS:
        if operation.of_queue and word is None:
            continue
        path = f"/api/{operation.path.format(id=f'{word}-desk')}"
        names = {parameter.name for parameter in operation.parameters}
        queries = [""]
        if word is not None and "queue" in names:
            queries = [f"queue={word}-desk"]
        if word is None and "team" in names:
            queries += ["team=Crew", "team=Nowhere"]
        if word is not None and "analyst" in names:
            queries += [f"analyst={name}"]
        if "period" in names:
            queries += ["period=7&priority=nothing", "period=90"]
        for query in queries:
            yield Question(f"{path}?{query}")
            yield Question(f"{path}.csv?{query}")


OTHERS: Final = (
    Question("/api/openapi.json"),
    Question("/api/nothing"),
    Question("/metrics"),
    Question("/_dash-dependencies"),
    Question("/healthz"),
)
"""What is about no page."""
