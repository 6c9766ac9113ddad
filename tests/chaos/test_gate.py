"""Jira held shut in the middle of a refresh: nobody waits for it who had been answered before."""

from contextlib import ExitStack
from pathlib import Path
from typing import Final

import requests

from tests.chaos.conftest import ON_THE_SITE
from tests.chaos.readers import Answers, Question, ask_all, callback_questions
from tests.chaos.site import BIG, PROJECTS, Site, begun
from tests.chaos.waiting import until

pytestmark = ON_THE_SITE

REQUESTS: Final = 1_000
CONNECTIONS: Final = 12
PAGES: Final = ("/", f"/queue/{BIG}", "/compare", "/at-risk", "/data")
ACCEPTED: Final = 202


def test_nobody_waits_for_a_jira_that_is_shut(site: Site, tmp_path: Path) -> None:
    """A thousand requests are answered before it is opened again, half of them after the reading worker was killed."""
    questions = _questions(site)
    shut_since = _shut_in_the_middle(site)
    half = [questions[n % len(questions)] for n in range(REQUESTS // 2)]

    first = ask_all(half, CONNECTIONS)
    reader = site.reading()
    assert reader is not None, "nobody reads, so nobody could wait"
    site.task_of(reader).kill(reader)
    second = ask_all(half, CONNECTIONS)
    until("another worker to take over", lambda: site.reading() not in {None, reader})
    with ExitStack() as stack:
        _cold_queue_says_so(site, stack, tmp_path)

    assert site.relay.is_shut
    assert all(call.ended is None for call in site.relay.calls if call.began >= shut_since and call.status is not None)
    for answers in (first, second):
        assert len(answers) == REQUESTS // 2
        answers.none_failed()
        answers.one_content_a_revision()
        answers.ages_are_true()

    site.relay.open()
    newest = max(answers.newest(f"/api/queues/{BIG}/data") for answers in (first, second))
    for queue in PROJECTS:
        site.all_have(f"/api/queues/{queue}/data", newest + 1)
    site.not_grown()


def _questions(site: Site) -> list[Question]:
    """What the API and pages are asked, of each task; of callbacks those that answer with something to see."""
    callbacks = [question for question in site.pages(*PAGES) if _shows(question)]
    overview = [Question(task.url, "/api/queues/overview") for task in site.tasks]
    assert len(callbacks) >= 2 * len(site.tasks) * len(PAGES)
    return [*callbacks, *site.data(), *overview]


def _shows(question: Question) -> bool:
    answers: Answers = ask_all([question], 1)
    return answers.got[0].status == 200


def _shut_in_the_middle(site: Site) -> float:
    """Shut the door when the search of the big queue's next refresh stands before it; since when it is shut."""
    site.relay.shut_at(PROJECTS[BIG])
    until("a refresh of the big queue", lambda: site.relay.is_shut)
    return max(call.began for call in site.relay.reads(PROJECTS[BIG]))


def _cold_queue_says_so(site: Site, stack: ExitStack, folder: Path) -> None:
    """A task that has never read anything, and shares nothing with the others, starts and says how far it is."""
    apart = site.settings["REDIS_URL"].rpartition("/")[0] + "/1"
    task = begun(stack, folder / "cold", {**site.settings, "REDIS_URL": apart})

    def answer() -> requests.Response:
        return requests.get(f"{task.url}/api/queues/{BIG}/data", timeout=30)

    assert answer().status_code == ACCEPTED
    assert int(answer().headers["Retry-After"]) >= 1
    assert {"phase", "done", "of", "started"} <= answer().json()["progress"].keys()
    shown = [one for one in ask_all(callback_questions(task.url, f"/queue/{BIG}"), 4).got if one.status == 200]
    assert any("first read" in one.text.lower() or "reading" in one.text.lower() for one in shown)
    assert requests.get(f"{task.url}/readyz", timeout=30).status_code == 200
