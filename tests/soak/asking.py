"""What is asked, and how often each: what people's browsers, programs, spreadsheets and probes ask of a portal."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

import requests

from tests.chaos.readers import Question, callback_questions
from tests.chaos.site import BIG, PROJECTS
from tests.soak.ground import Ground

Kind: TypeAlias = Literal["document", "frame", "page", "drawer", "numbers", "table", "ready", "alive", "metrics"]

WEIGHTS: Final[Mapping[Kind, int]] = {
    "document": 4,
    "frame": 3,
    "page": 34,
    "drawer": 6,
    "numbers": 34,
    "table": 10,
    "ready": 5,
    "alive": 2,
    "metrics": 2,
}
AGE: Final = '"data-as-of"'
"""What a page's age is told by."""

TRENDS: Final = ("/api/trends", "/export/trends.csv")
"""Addresses that have nothing to tell while history cannot be read, and say so with a 503."""

_OK: Final = 200
_PAGES: Final[Sequence[tuple[str, str]]] = (
    ("/", ""),
    ("/", "?kiosk=1"),
    (f"/queue/{BIG}", ""),
    (f"/queue/{BIG}", "?period=7"),
    (f"/queue/{BIG}", "?kiosk=1"),
    ("/queue/billing", "?embed=1"),
    ("/compare", ""),
    ("/trends", ""),
    ("/at-risk", ""),
    ("/data", ""),
)
_DOCUMENTS: Final = ("/", f"/queue/{BIG}", "/queue/network?embed=1", "/trends", "/at-risk?kiosk=1")
_FRAMES: Final = ("/_dash-layout", "/_dash-dependencies")
_FLEET: Final = (
    "/api/queues",
    "/api/queues/overview",
    "/api/queues/overview?period=7",
    "/api/at-risk",
    "/api/at-risk?due=overdue&promise=resolution",
    "/api/teams",
    "/api/trends",
    "/api/trends?measure=score&scores=recorded",
)
_OF_QUEUES: Final = ("data", "data?period=90", "data?lens=completed_only", "tickets?limit=50", "tickets?due=overdue")
_TABLES: Final = (
    "/export/overview.csv",
    f"/export/tickets.csv?queue={BIG}",
    "/export/due.csv",
    "/export/compare.csv",
    "/export/trends.csv",
    "/api/queues/overview.csv",
    f"/api/queues/{BIG}/tickets.csv",
    "/api/at-risk.csv",
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to ask. `queue` is the one whose numbers are told; `words` have to be in the answer."""

    kind: Kind
    path: str
    body: Mapping[str, Any] | None = None
    queue: str | None = None
    words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called when it is told of."""
        return self.path if self.body is None else f"callback of {self.body['outputs']}"[:120]

    @property
    def needs_history(self) -> bool:
        """Whether it has nothing to tell while history cannot be read."""
        return self.path.partition("?")[0] in TRENDS or "trends" in str((self.body or {}).get("output"))


@dataclass(frozen=True, slots=True)
class Mix:
    """Everything that is asked, by kind."""

    by_kind: Mapping[Kind, Sequence[Ask]]

    @property
    def every(self) -> list[Ask]:
        """Each of them once."""
        return [ask for asks in self.by_kind.values() for ask in asks]

    def drawn(self, draw: random.Random) -> Iterator[Ask]:
        """One after the other, for ever, as often as their kinds weigh."""
        kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
        while True:
            (kind,) = draw.choices(kinds, weights)
            yield draw.choice(self.by_kind[kind])


def mix_of(ground: Ground, keys: Sequence[str]) -> Mix:
    """What can be asked of this portal, with the drawers of these tickets."""
    numbers = [Ask("numbers", path) for path in _FLEET]
    for queue in PROJECTS:
        numbers += [Ask("numbers", f"/api/queues/{queue}/{what}", queue=queue) for what in _OF_QUEUES]
    server = ground.task.url
    pages = [ask for path, search in _PAGES for ask in _opened(server, path, search)]
    drawers = [ask for key in keys for ask in _drawer(server, "/", f"?ticket={key}", key)]
    drawers += _drawer(server, f"/queue/{BIG}", f"?tickets={BIG}/open:all", "ticket-list-grid")
    if not drawers:
        raise RuntimeError("no callback opens a drawer")
    return Mix(
        {
            "document": [Ask("document", path) for path in _DOCUMENTS],
            "frame": [Ask("frame", path) for path in _FRAMES],
            "page": pages,
            "drawer": drawers,
            "numbers": numbers,
            "table": [Ask("table", path) for path in _TABLES],
            "ready": [Ask("ready", "/readyz")],
            "alive": [Ask("alive", "/healthz")],
            "metrics": [Ask("metrics", "/metrics")],
        }
    )


def _opened(server: str, path: str, search: str) -> Iterator[Ask]:
    """What a browser posts when it opens an address and is answered with something to see."""
    queue = path.removeprefix("/queue/") if path.startswith("/queue/") else None
    for question in callback_questions(server, path, search):
        text = _answered(question)
        if text is not None:
            ask = Ask("page", question.path, question.body)
            yield replace(ask, words=(AGE,), queue=queue) if AGE in text else ask


def _drawer(server: str, path: str, search: str, word: str) -> list[Ask]:
    answers = [(question, _answered(question)) for question in callback_questions(server, path, search)]
    return [
        Ask("drawer", question.path, question.body, words=(word,))
        for question, text in answers
        if text is not None and word in text and "drawer" in str((question.body or {}).get("output"))
    ]


def _answered(question: Question) -> str | None:
    """What a callback says; None when it has nothing to say to this address."""
    answer = requests.post(question.server + question.path, json=question.body, timeout=60)
    return answer.text if answer.status_code == _OK else None
