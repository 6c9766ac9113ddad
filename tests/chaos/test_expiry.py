"""Many readers while queues expire: two tasks with two workers each on one Redis, and a Jira that takes its time."""

import math
import threading
import time
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import requests

from tests.chaos.conftest import ON_THE_SITE, TTL_S
from tests.chaos.readers import Answers, Question, ask, wall_s
from tests.chaos.relay import Call
from tests.chaos.site import BIG, PROJECTS, Site
from tests.chaos.waiting import until

pytestmark = ON_THE_SITE

CONNECTIONS: Final = 40
ROUNDS: Final = 5
SEQUENTIAL_S: Final = 30.0
"""What a read of the big queue would take that asks for one page after the other."""

CALL_S: Final = 0.5
PAGE: Final = 100
SPAN_S: Final = 1.3 * TTL_S
"""Over so many seconds the requests are spread; every queue expires in that time."""

EARLIEST: Final = 0.7
"""The share of the cache time before which nothing is read again."""

FOLLOWS_S: Final = 5.0
"""What every worker may take to have what one of them read: they look once a second, on a machine with much to do."""


def test_readers_of_expiring_queues_cause_one_read_of_each(site: Site) -> None:
    """As the demo counts; with true ages, none above the cache time and one refresh, and one content a revision."""
    site.jira.takes(call_s=CALL_S, ticket_s=_ticket_s(site))
    began = time.monotonic()
    site.jira.tell("stats/reset", {})
    answers = _spread(site)
    until("the demo to have counted as many", lambda: _counted(site) == len(_reads(site, began)))
    site.jira.takes()

    assert len(answers) == CONNECTIONS * ROUNDS
    assert set(answers.statuses) == {200}
    answers.ages_are_true()
    answers.one_content_a_revision()
    answers.none_goes_back()
    for queue in PROJECTS:
        _one_read_an_expiry(site, answers, queue)
        _never_too_old(answers, queue)
    site.not_grown()


def _reads(site: Site, began: float) -> list[Call]:
    return [call for project in PROJECTS.values() for call in site.relay.reads(project, began)]


def _counted(site: Site) -> int:
    return site.jira.counted().get("POST /rest/api/3/search/jql", 0)


def _ticket_s(site: Site) -> float:
    """What a ticket has to take so that the big queue takes as long as it shall, page by page."""
    jql = f'project in ("{PROJECTS[BIG]}") AND (statusCategory != Done OR updated >= -120d)'
    login = site.settings["JIRA_EMAIL"], site.settings["JIRA_API_TOKEN"]
    url = f"{site.jira.url}/rest/api/3/search/approximate-count"
    tickets = int(requests.post(url, json={"jql": jql}, auth=login, timeout=30).json()["count"])
    return (SEQUENTIAL_S - CALL_S * (1 + math.ceil(tickets / PAGE))) / tickets


def _spread(site: Site) -> Answers:
    """Each connection asks five times, one after the other, so that requests come all through the span."""
    answers, questions = Answers(), site.data()
    began = time.monotonic()

    def read(n: int) -> None:
        with requests.Session() as session:
            for turn in range(ROUNDS):
                due = began + SPAN_S * (turn + n / CONNECTIONS) / ROUNDS
                time.sleep(max(0.0, due - time.monotonic()))
                answers.got.append(ask(session, questions[(n + turn) % len(questions)]))

    threads = [threading.Thread(target=read, args=(n,)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _one_read_an_expiry(site: Site, answers: Answers, queue: str) -> None:
    """Between one reading that was told and the next lies one read, the first's own, and no less than there has to."""
    told = list(_first_told(answers, queue))
    searched = [_wall_s(call) for call in site.relay.reads(PROJECTS[queue])]
    assert len(told) > 1, f"{queue} did not expire"
    for one, following in pairwise(told):
        assert sum(one <= at < following for at in searched) == 1, f"{queue} was read more than once"
        assert following - one >= EARLIEST * TTL_S, f"{queue} was read too soon"


def _never_too_old(answers: Answers, queue: str) -> None:
    """What is told is no older than the cache time and the longest time that a reading took to be told."""
    told: Mapping[float, float] = _first_told(answers, queue)
    takes_s = max((first_s - as_of_s for as_of_s, first_s in list(told.items())[1:]), default=0.0)
    oldest = max(report.age_s for answer, report in answers.reports if answer.question.path == _path(queue))
    assert oldest <= TTL_S + takes_s + FOLLOWS_S, f"{queue}: {oldest} s, and a refresh took {takes_s:.1f} s"


def _first_told(answers: Answers, queue: str) -> dict[float, float]:
    """When each instant of a queue was first told, by wall clock, in order."""
    first: dict[float, float] = {}
    for answer, report in answers.reports:
        if answer.question == Question(answer.question.server, _path(queue)):
            first.setdefault(report.as_of_s, answer.came_at)
    return dict(sorted(first.items()))


def _wall_s(call: Call) -> float:
    """When a request began, by the clock on the wall."""
    return wall_s() - (time.monotonic() - call.began)


def _path(queue: str) -> str:
    return f"/api/queues/{queue}/data"
