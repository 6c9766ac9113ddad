"""Readers: what people, programs and their browsers ask, over connections of their own, and what they were answered."""

import hashlib
import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from typing import Any, Final

import requests

from tests.fakes.page_answers import asked

FOLLOWS_S: Final = 15.0
"""Within so many seconds every worker of a task has what another one read. They look about once a second; one that had
to do without Redis for a moment reads for itself meanwhile, on a machine that may have much else to do."""

_TIMEOUT_S: Final = 120
"""An answer that takes longer has been blocked; none should take more than moments."""

_AGAIN: Final = 3
"""The new connection too may land with a worker that is just being killed."""

_SHOWN: Final = 400


@dataclass(frozen=True, slots=True)
class Question:
    """One request that a reader sends: to which server, for what, with which JSON if it is a callback's."""

    server: str
    path: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A queue's numbers as they were told. `content` stands for all that was said beside the age."""

    as_of_s: float
    age_s: float
    state: str
    revision: str
    content: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came. `began` and `ended` are seconds of the monotonic clock, `sent_at` and `came_at` wall-clock seconds.

    Status 0 stands for no answer at all; `text` then says why.
    """

    question: Question
    began: float
    ended: float
    sent_at: float
    came_at: float
    status: int
    text: str
    report: Report | None = None


@dataclass(slots=True)
class Answers:
    """Everything that readers were answered."""

    got: list[Answer] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.got)

    @property
    def statuses(self) -> Counter[int]:
        """How often each status came."""
        return Counter(answer.status for answer in self.got)

    @property
    def reports(self) -> list[tuple[Answer, Report]]:
        """Those with a queue's numbers, in the order in which they came."""
        told = [(answer, answer.report) for answer in self.got if answer.report is not None]
        return sorted(told, key=lambda pair: pair[0].ended)

    def newest(self, path: str) -> float:
        """The youngest instant that was told of a queue, in wall-clock seconds."""
        return max(report.as_of_s for answer, report in self.reports if answer.question.path == path)

    def none_failed(self) -> None:
        """Nobody was refused, and nobody was left without an answer."""
        bad = [answer for answer in self.got if answer.status not in {200, 204, 304}]
        told = [(answer.question.path, answer.status, answer.text[:_SHOWN]) for answer in bad[:3]]
        assert not bad, f"{len(bad)} of {len(self.got)}: {told}"

    def ages_are_true(self) -> None:
        """Each age fits its instant and the clock."""
        for answer, report in self.reports:
            told = f"{answer.question.path} said {report}, asked at {answer.sent_at}, came at {answer.came_at}"
            assert answer.sent_at - report.as_of_s - 1 <= report.age_s <= answer.came_at - report.as_of_s + 1, told

    def one_content_a_revision(self) -> None:
        """Whoever is told the same revision of the same thing is told the same numbers."""
        told: dict[tuple[str, str], set[str]] = defaultdict(set)
        for answer, report in self.reports:
            told[answer.question.path, report.revision].add(report.content)
        several = [key for key, contents in told.items() if len(contents) > 1]
        assert not several, f"more than one content under {several}"

    def none_goes_back(self) -> None:
        """No reader is told an older instant than the same task told before, but for the moment its workers follow."""
        seen: dict[tuple[str, str], list[tuple[Answer, Report]]] = defaultdict(list)
        for answer, report in self.reports:
            seen[answer.question.server, answer.question.path].append((answer, report))
        for pairs in seen.values():
            known, passed = 0.0, iter(pairs)
            other = next(passed)
            for answer, report in sorted(pairs, key=lambda pair: pair[0].began):
                while other[0].ended < answer.began - FOLLOWS_S:
                    known = max(known, other[1].as_of_s)
                    other = next(passed)
                assert report.as_of_s >= known, f"{answer.question.path}: {known - report.as_of_s} s back"


def callback_questions(server: str, path: str, search: str = "") -> list[Question]:
    """What a browser posts when it opens a page: one question for each callback that depends on the address."""
    known = {("url", "pathname"): path, ("url", "search"): search, ("tick", "n_intervals"): 0}
    callbacks = requests.get(f"{server}/_dash-dependencies", timeout=30).json()
    return [
        Question(server, "/_dash-update-component", asked(callback, known))
        for callback in callbacks
        if callback["clientside_function"] is None and any(one["id"] == "url" for one in callback["inputs"])
    ]


def ask(session: requests.Session, question: Question) -> Answer:
    """Send one request."""
    began, sent_at = time.monotonic(), wall_s()
    status, text = 0, ""
    try:
        url = question.server + question.path
        if question.body is None:
            answer = session.get(url, timeout=_TIMEOUT_S)
        else:
            answer = session.post(url, json=question.body, timeout=_TIMEOUT_S)
        status, text = answer.status_code, answer.text
    except requests.RequestException as error:
        text = repr(error)
    ended, came_at = time.monotonic(), wall_s()
    report = _report(text) if status == 200 and question.path.endswith("/data") else None
    return Answer(question, began, ended, sent_at, came_at, status, "" if report else text, report)


def ask_all(questions: Sequence[Question], connections: int) -> Answers:
    """Send every request once, over so many connections side by side, and wait for all answers."""
    answers, left, lock = Answers(), iter(questions), threading.Lock()

    def read() -> None:
        with requests.Session() as session:
            while True:
                with lock:
                    question = next(left, None)
                if question is None:
                    return
                answers.got.append(_asked_again(session, question))

    threads = [threading.Thread(target=read, daemon=True) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@contextmanager
def readers(questions: Iterable[Question], connections: int, *, pause_s: float = 0.05) -> Iterator[Answers]:
    """Readers that ask these questions in turn, again and again, while the block runs."""
    answers, ends, every = Answers(), threading.Event(), list(questions)
    turns = [cycle(every[n % len(every) :] + every[: n % len(every)]) for n in range(connections)]

    def read(turn: Iterator[Question]) -> None:
        with requests.Session() as session:
            while not ends.wait(pause_s):
                answers.got.append(_asked_again(session, next(turn)))

    threads = [threading.Thread(target=read, args=(turn,), daemon=True) for turn in turns]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        ends.set()
        for thread in threads:
            thread.join()


def _asked_again(session: requests.Session, question: Question) -> Answer:
    """The answer; a connection that breaks off, as when a worker is killed, is made once more, as browsers do."""
    answer = ask(session, question)
    for _ in range(_AGAIN):
        if answer.status:
            break
        answer = ask(session, question)
    return answer


def _report(text: str) -> Report:
    told = json.loads(text)
    rest = json.dumps({name: value for name, value in told.items() if name != "age_s"}, sort_keys=True)
    return Report(
        datetime.fromisoformat(told["as_of"]).timestamp(),
        told["age_s"],
        told["state"],
        told["revision"],
        hashlib.blake2b(rest.encode(), digest_size=8).hexdigest(),
    )


def wall_s() -> float:
    """The clock on the wall, in seconds."""
    return time.time()  # noqa: TID251 - ages are held against the clock on the wall
