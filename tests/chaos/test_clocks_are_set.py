"""The clocks of hosts are set while the portal runs on them, by hours and by days: two tasks on Redis, one on files."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

import pytest
import requests

from tests.chaos.readers import Answer, Answers, Question, readers, wall_s
from tests.chaos.relay import relaying
from tests.chaos.site import PROJECTS, Site, begun, running_jira, settings_before
from tests.chaos.task import Task
from tests.chaos.waiting import until
from tests.chaos.wall_clock import WallClock, moving_library
from tests.fakes.redis_server import redis_server
from tests.fakes.tcp_proxy import tcp_proxy

HOUR_S: Final = 3600
TTL_S: Final = 2
LOCK_S: Final = 1
INTERVALS: Final = {
    "CACHE_TTL": str(TTL_S),
    "LOCK_TTL": str(LOCK_S),
    "REFRESH_BUDGET": "10",
    "RETRY_FIRST": "0.5",
    "RETRY_LONGEST": "2",
}
SIZES: Final = dict.fromkeys(PROJECTS, 60)
"""Small, so that three tasks which read, and their readers, leave the machine some time."""

JUMPS_S: Final = (2 * HOUR_S, -HOUR_S, 27 * HOUR_S, -27 * HOUR_S)
"""How far from the true time clocks are set, one after the other."""

QUICKLY_S: Final = (3 * HOUR_S, -3 * HOUR_S, 3 * HOUR_S, -3 * HOUR_S)
"""The same, with no time in between for anything to come right."""

EARLIEST: Final = 0.7
"""The share of the cache time before which nothing is read again as long as a clock stands as it was set."""

EXTRA: Final = 2
"""Reads that a change of clocks may cause before their time: one at once, one after what was under way meanwhile."""

READERS: Final = 4
PAUSE_S: Final = 0.1
CALL_S: Final = 0.2
QUEUE: Final = "billing"
DATA: Final = f"/api/queues/{QUEUE}/data"
TICKETS: Final = f"/api/queues/{QUEUE}/tickets?limit=20"
PAGES: Final = ("/", f"/queue/{QUEUE}", "/data")


@dataclass(frozen=True, slots=True)
class Touched:
    """A ticket to which something happened at Jira, not before a second (epoch, true time)."""

    key: str
    at_s: int


@dataclass(slots=True)
class Hosts:
    """The hosts of one site and their clocks.

    `told` is what every worker was found to tell of the touched ticket, and since when on the monotonic clock;
    `unsteady` counts what may have caused reads before their time.
    """

    site: Site
    clocks: Sequence[WallClock]
    unsteady: int = 0
    told: list[tuple[float, Touched]] = field(default_factory=list)

    def clock_of(self, server: str) -> WallClock:
        """The clock of the host on which a task runs."""
        return next(clock for task, clock in zip(self.site.tasks, self.clocks, strict=True) if task.url == server)

    def set(self, moved_s: int, *, one: Task | None = None) -> None:
        """Set the clocks of all hosts, or that of one."""
        self.unsteady += 1
        for task, clock in zip(self.site.tasks, self.clocks, strict=True):
            if one is None or task is one:
                clock.set(moved_s)

    def shut_in_the_middle(self) -> None:
        """Hold the door to Jira shut with the search of a refresh behind it."""
        self.site.relay.shut_at(PROJECTS[QUEUE])
        until("a refresh", lambda: self.site.relay.is_shut)

    def questions(self) -> list[Question]:
        """What readers ask."""
        tickets = [Question(task.url, TICKETS) for task in self.site.tasks]
        return [*tickets, *self.site.data(), *tickets, *self.site.pages(*PAGES)]


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hosts, Hosts]]:
    """Two hosts on one Redis, and one on its files. What each of these sites asks of Jira is counted by itself."""
    folder = tmp_path_factory.mktemp("hosts")
    library = moving_library(folder)
    with ExitStack() as stack:
        jira = stack.enter_context(running_jira(folder, sizes=SIZES))
        redis = stack.enter_context(redis_server())
        proxy = stack.enter_context(tcp_proxy(redis.port))
        pair: list[Hosts] = []
        for redis_url, names in ((redis.url, ("first", "second")), (None, ("alone",))):
            relay = stack.enter_context(relaying(jira.url))
            shared = settings_before(jira, relay, redis_url, INTERVALS)
            hosts = Hosts(Site(jira, relay, redis, proxy, [], shared), [WallClock(library, folder) for _ in names])
            hosts.site.tasks = [
                begun(stack, folder / name, {**shared, **clock.environment})
                for name, clock in zip(names, hosts.clocks, strict=True)
            ]
            pair.append(hosts)
        for hosts in pair:
            stack.callback(hosts.site.ends)
            hosts.site.filled()
            hosts.site.warmed_up()
        yield pair[0], pair[1]


@pytest.fixture
def pair(everywhere: tuple[Hosts, Hosts]) -> Iterator[tuple[Hosts, Hosts]]:
    """The same; afterwards all clocks are right again, and Jira is well."""
    yield everywhere
    everywhere[0].site.jira.goes_wrong()
    everywhere[0].site.jira.takes()
    for hosts in everywhere:
        hosts.site.relay.open()
        hosts.set(0)


def test_all_clocks_are_set(pair: tuple[Hosts, Hosts]) -> None:
    """Ahead and back, while idle and in the middle of a refresh: who had numbers keeps them and gets what is new."""
    with _watched(pair):
        for place, moved_s in enumerate(JUMPS_S):
            for hosts in pair:
                if place % 2:
                    hosts.shut_in_the_middle()
                hosts.set(moved_s)
                hosts.site.relay.open()
            _goes_on(pair)
        for moved_s in QUICKLY_S:
            for hosts in pair:
                hosts.set(moved_s)
            time.sleep(PAUSE_S)
        _goes_on(pair)


@pytest.mark.parametrize("moved_s", [2 * HOUR_S, -3 * HOUR_S], ids=["ahead", "behind"])
def test_hosts_disagree(pair: tuple[Hosts, Hosts], moved_s: int) -> None:
    """The clock of the host that reads is set, and then the other host takes over: each goes by its own clock."""
    shared, _ = pair
    shared.site.jira.takes(call_s=CALL_S)
    with _watched((shared,)):
        shared.shut_in_the_middle()
        reads = shared.site.task_of(until("the reading worker", shared.site.reading))
        shared.set(moved_s, one=reads)
        shared.site.relay.open()
        _goes_on((shared,))
        while (reader := until("the reading worker", shared.site.reading)) in reads.workers:
            reads.kill(reader)
            shared.unsteady += 1
        _goes_on((shared,))


def test_clocks_are_set_back_while_jira_refuses(pair: tuple[Hosts, Hosts]) -> None:
    """All the waits that had begun by then last no longer than they should have."""
    with _watched(pair):
        pair[0].site.jira.goes_wrong({"route": "*", "times": None, "kind": "status", "status": 503})
        for hosts in pair:
            hosts.site.all_tell(DATA, lambda answer: answer.report is not None and answer.report.state == "stale")
            hosts.set(-3 * HOUR_S)
        pair[0].site.jira.goes_wrong()
        _goes_on(pair)


@contextmanager
def _watched(pair: Sequence[Hosts]) -> Iterator[None]:
    """Readers all the while, and what has to be true of their answers and of the portal afterwards."""
    for hosts in pair:
        hosts.unsteady = 0
        hosts.told.clear()
    began = time.monotonic()
    with ExitStack() as stack:
        each = [(hosts, stack.enter_context(readers(hosts.questions(), READERS, pause_s=PAUSE_S))) for hosts in pair]
        _goes_on(pair)
        yield
    for hosts, answers in each:
        answers.none_failed()
        answers.one_content_a_revision()
        _ages_are_true(hosts, answers)
        _nothing_is_lost(hosts, answers)
        _no_storm(hosts, began)
        hosts.site.not_grown()
        assert "Traceback" not in hosts.site.log()


def _goes_on(pair: Sequence[Hosts]) -> None:
    """Every worker comes to tell what is new at Jira, from a reading made by a host's clock as it stands now."""
    since = [[clock.now_s() for clock in hosts.clocks] for hosts in pair]
    touched = _touched(pair[0])
    for hosts, stood_s in zip(pair, since, strict=True):
        hosts.site.all_tell(TICKETS, lambda answer: _updated_s(answer, touched.key) >= touched.at_s)
        hosts.told.append((time.monotonic(), touched))
        hosts.site.all_tell(DATA, partial(_was_read_since, hosts.clocks, stood_s))
        assert hosts.site.longest_lease_s() <= LOCK_S
        for task in hosts.site.tasks:
            assert requests.get(f"{task.url}/readyz", timeout=30).status_code == 200


def _touched(hosts: Hosts) -> Touched:
    """The oldest ticket of the queue, after a comment."""
    listed = requests.get(f"{hosts.site.tasks[0].url}{TICKETS}", timeout=30).json()["tickets"]
    touched = Touched(listed[0]["key"], int(wall_s()))
    hosts.site.jira.changes(touched.key)
    return touched


def _updated_s(answer: Answer, key: str) -> float:
    """When a ticket was touched last, as an answer tells it; 0 when it does not."""
    if answer.status != 200:
        return 0.0
    told = (row["updated"] for row in json.loads(answer.text)["tickets"] if row["key"] == key)
    return max((datetime.fromisoformat(updated).timestamp() for updated in told), default=0.0)


def _was_read_since(clocks: Sequence[WallClock], stood_s: Sequence[float], answer: Answer) -> bool:
    """Whether a reading was made after its host's clock stood like that."""
    as_of_s = 0.0 if answer.report is None else answer.report.as_of_s
    return any(since - 0.001 <= as_of_s <= clock.now_s() for since, clock in zip(stood_s, clocks, strict=True))


def _ages_are_true(hosts: Hosts, answers: Answers) -> None:
    """Each age fits its instant and the clock of the host; what was read in a future that is none any more is new."""
    for answer, report in answers.reports:
        assert report.age_s >= 0
        moved_s = hosts.clock_of(answer.question.server).stood(answer.began, answer.ended)
        if moved_s is not None:
            least, most = (max(at + moved_s - report.as_of_s, 0.0) for at in (answer.sent_at, answer.came_at))
            assert least - 1 <= report.age_s <= most + 1, f"{answer.question.path} said {report} at {moved_s} s"


def _nothing_is_lost(hosts: Hosts, answers: Answers) -> None:
    """What every worker told of Jira is told by each answer from then on."""
    for answer in answers.got:
        if answer.question.path == TICKETS:
            known = [touched for since, touched in hosts.told if since <= answer.began]
            if known:
                back_s = known[-1].at_s - _updated_s(answer, known[-1].key)
                assert back_s <= 0, f"{answer.question.server} told what was true {back_s} s before"


def _no_storm(hosts: Hosts, began: float) -> None:
    """The queues were not read much more often than they would have been by a clock that nobody sets."""
    turns = (time.monotonic() - began) / (EARLIEST * TTL_S)
    for queue, project in PROJECTS.items():
        many = len(hosts.site.relay.reads(project, began))
        assert many <= turns + EXTRA * hosts.unsteady + 1, f"{queue} was read {many} times in {turns:.0f} turns"
