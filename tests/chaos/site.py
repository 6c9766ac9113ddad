"""The whole of it: a living Jira behind a relay, two tasks with two workers each, and a Redis between them."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import requests

from tests.chaos.processes import owner
from tests.chaos.readers import Answer, Answers, Question, ask, ask_all, callback_questions
from tests.chaos.relay import Relay, relaying
from tests.chaos.task import GROWTH_MB, Task, started
from tests.chaos.waiting import PATIENCE_S, until
from tests.fakes.redis_server import RedisServer, redis_server
from tests.fakes.served_portal import ROOT
from tests.fakes.tcp_proxy import TcpProxy, tcp_proxy

BIG: Final = "service-desk"
PROJECTS: Final[Mapping[str, str]] = {BIG: "SD", "billing": "BILL", "network": "NET"}
"""The queues that are served, and the project of each."""

_SIZES: Final = {BIG: 1500, "billing": 100, "network": 100}
_OTHERS: Final = ("platform-ops", "people", "field-support", "internal-tools", "website")
_WARM_UP: Final = 300


@dataclass(frozen=True, slots=True)
class Jira:
    """The demo and its control; `registry` names all its queues."""

    url: str
    settings: Mapping[str, str]
    registry: Path

    def tell(self, path: str, body: object) -> Any:
        """Ask its control for something."""
        answer = requests.post(f"{self.url}/demo/{path}", json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def counted(self) -> Mapping[str, int]:
        """How many requests came to each route since it was last told to forget."""
        return dict(requests.get(f"{self.url}/demo/stats", timeout=30).json()["requests"])

    def takes(self, *, call_s: float = 0.0, ticket_s: float = 0.0) -> None:
        """How long its answers take from now on."""
        self.tell("latency", {"call_s": call_s, "ticket_s": ticket_s})

    def goes_wrong(self, *rules: Mapping[str, Any]) -> None:
        """The faults from now on; none: it is well again."""
        self.tell("faults", list(rules))

    def changes(self, *keys: str) -> None:
        """Give tickets a comment each, so that the next reading differs."""
        for key in keys:
            self.tell(f"tickets/{key}/touch", {"comment": "Looked at again."})


@dataclass(slots=True)
class Site:
    """Everything that runs. `settings` are those that the tasks have in common."""

    jira: Jira
    relay: Relay
    redis: RedisServer
    proxy: TcpProxy
    tasks: Sequence[Task]
    settings: Mapping[str, str]

    @property
    def workers(self) -> list[int]:
        """The processes that answer requests, of all tasks."""
        return [worker for task in self.tasks for worker in task.workers]

    def data(self, *queues: str) -> list[Question]:
        """The questions for queues' numbers, asked of each task; all queues by default."""
        return [Question(task.url, f"/api/queues/{name}/data") for name in queues or PROJECTS for task in self.tasks]

    def pages(self, *paths: str) -> list[Question]:
        """What browsers post when they open these pages of each task."""
        return [question for task in self.tasks for path in paths for question in callback_questions(task.url, path)]

    def filled(self) -> None:
        """Wait until each task has every queue."""
        until("the first fill", lambda: set(self.asked().statuses) == {200})

    def asked(self) -> Answers:
        """What every task says of every queue now."""
        return ask_all(self.data(), connections=4)

    def warmed_up(self) -> None:
        """Ask for everything a few hundred times, and take the workers' memory after that as what it is when warm."""
        questions = [*self.data(), *self.pages("/", f"/queue/{BIG}")]
        ask_all([questions[n % len(questions)] for n in range(_WARM_UP)], connections=8).none_failed()
        for task in self.tasks:
            task.warmed_up()

    def not_grown(self) -> None:
        """No worker's memory is much larger than it was when warm."""
        for task in self.tasks:
            grown = task.grown_mb()
            assert max(grown.values(), default=0.0) <= GROWTH_MB, grown

    def all_have(self, path: str, as_of_s: float, *, within_s: float = PATIENCE_S) -> None:
        """Wait until every worker of every task tells an instant at least as young as this one."""
        self.all_tell(path, lambda told: told.report is not None and told.report.as_of_s >= as_of_s, within_s=within_s)

    def all_tell(self, path: str, right: Callable[[Answer], bool], *, within_s: float = PATIENCE_S) -> None:
        """Wait until every worker of every task gives a right answer.

        Which worker answers is chance: new connections are made until so many in a row say so that no worker can have
        been missed.
        """
        for task in self.tasks:
            until(f"{path} of all workers", partial(_in_a_row, task.url, path, right), within_s=within_s)

    def task_of(self, worker: int) -> Task:
        """The task that a worker belongs to."""
        return next(task for task in self.tasks if worker in task.workers)

    def reading(self) -> int | None:
        """The worker whose requests to Jira are under way now."""
        for call in self.relay.waiting:
            found = owner(call.client_port, self.workers)
            if found is not None:
                return found
        return None

    def log(self) -> str:
        """What all tasks have said."""
        return "".join(task.log for task in self.tasks)

    def said(self, worker: int, words: str, since: float) -> int:
        """How often a worker has said something since an instant of the wall clock."""
        lines = [json.loads(line) for line in self.log().splitlines() if words in line]
        return sum(line["pid"] == worker and datetime.fromisoformat(line["ts"]).timestamp() >= since for line in lines)

    def longest_lease_s(self) -> float:
        """The furthest deadline of all leases in Redis, in seconds from now."""
        with self.redis.client() as client:
            left_ms = [client.pttl(key) for key in client.scan_iter("*:lease:*")]
        assert -1 not in left_ms, "a lease without a deadline"
        return max(left_ms, default=0) / 1000

    def serves_many(self) -> None:
        """Let all tasks serve every queue of the demo twice, and wait until they have been read."""
        many = twice_served(self.jira.registry, Path(self.settings["QUEUE_REGISTRY"]))

        def read(task: Task) -> int:
            queues = requests.get(f"{task.url}/api/queues/overview", timeout=30).json()["queues"]
            return sum(queue["as_of"] is not None for queue in queues)

        until("the other queues", lambda: all(read(task) == many for task in self.tasks))

    def serves_few(self) -> None:
        """Let all tasks serve the usual queues again."""
        only_served(self.jira.registry, Path(self.settings["QUEUE_REGISTRY"]).parent)

    def ends(self) -> None:
        """Tell every task to end."""
        for task in self.tasks:
            task.process.terminate()

    def mended(self) -> None:
        """Put everything right, and wait until every task serves fresh numbers of every queue by itself."""
        self.jira.goes_wrong()
        self.jira.takes()
        self.relay.open()
        self.proxy.pass_again()

        def fresh() -> bool:
            return all(report.state == "fresh" for _, report in self.asked().reports) and all(
                requests.get(f"{task.url}/readyz", timeout=30).json()["parts"]["cache"]["serves"] == "redis"
                for task in self.tasks
            )

        until("everything to be well again", fresh)


def _in_a_row(server: str, path: str, right: Callable[[Answer], bool], many: int = 12) -> bool:
    for _ in range(many):
        with requests.Session() as session:
            if not right(ask(session, Question(server, path))):
                return False
    return True


@contextmanager
def running_jira(folder: Path, *, sizes: Mapping[str, int] = _SIZES, lifetime_s: float = 1800) -> Iterator[Jira]:
    """A living demo of a few queues while the block runs, so long at most."""
    command = [sys.executable, "-m", "demo", "--clock", "real", "--until-stdin-closes", "--lifetime", f"{lifetime_s:g}"]
    for queue, size in {**dict.fromkeys(_OTHERS, 20), **sizes}.items():
        command += ["--size", f"{queue}={size}"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as demo:
        if demo.stdin is None or demo.stdout is None:
            raise RuntimeError("the demo has no pipes")
        try:
            ready = json.loads(demo.stdout.readline())
            registry = Path(ready["registry"])
            settings = {
                "JIRA_EMAIL": ready["email"],
                "JIRA_API_TOKEN": ready["jira_api_token"],
                "TEMPO_API_TOKEN": ready["tempo_api_token"],
                "QUEUE_REGISTRY": str(only_served(registry, folder)),
            }
            yield Jira(ready["jira_base_url"], settings, registry)
        finally:
            demo.stdin.close()
            demo.wait(timeout=30)


@contextmanager
def running_site(folder: Path, *, by_proxy: bool, **settings: str) -> Iterator[Site]:
    """Two tasks on a Jira behind a relay while the block runs; every queue is read and every worker warm by then.

    They come to their Redis by a proxy if that is asked: it runs in this process, which many readers would slow down.
    """
    with ExitStack() as stack:
        jira = stack.enter_context(running_jira(folder))
        relay = stack.enter_context(relaying(jira.url))
        redis = stack.enter_context(redis_server())
        proxy = stack.enter_context(tcp_proxy(redis.port))
        shared = settings_before(jira, relay, redis.url_at(proxy.port) if by_proxy else redis.url, settings)
        site = Site(jira, relay, redis, proxy, [], shared)
        site.tasks = [begun(stack, folder / f"task-{n}", shared) for n in range(2)]
        stack.callback(site.ends)  # all at once, before one after the other is waited for
        site.filled()
        site.warmed_up()
        yield site


def settings_before(jira: Jira, relay: Relay, redis_url: str | None, settings: Mapping[str, str]) -> dict[str, str]:
    """What a task needs to read this Jira through its relay; without a Redis it keeps to its own files."""
    return {
        **jira.settings,
        **({} if redis_url is None else {"REDIS_URL": redis_url}),
        "JIRA_BASE_URL": relay.url,
        "TEMPO_BASE_URL": f"{relay.url}/tempo/4",
        "WEB_CONCURRENCY": "2",
        "LOG_LEVEL": "WARNING",
        **settings,
    }


def begun(stack: ExitStack, folder: Path, settings: Mapping[str, str]) -> Task:
    """A task that ends with the stack."""
    task = started(folder, settings)
    stack.callback(task.stop)
    return task


def only_served(whole: Path, folder: Path) -> Path:
    """The registry with only the queues that are served, in a file of this folder."""
    path = folder / "registry.json"
    _write(path, [queue for queue in _queues(whole) if queue["id"] in PROJECTS], whole)
    return path


def twice_served(whole: Path, path: Path) -> int:
    """Put into a registry's file every queue of the demo two times, under other names; how many that are."""
    queues = _queues(whole)
    again = [{**queue, "id": f"{queue['id']}-again", "name": f"{queue['name']} again"} for queue in queues]
    _write(path, [*queues, *again], whole)
    return len(queues) + len(again)


def _queues(registry: Path) -> list[dict[str, Any]]:
    return list(json.loads(registry.read_text(encoding="utf-8"))["queues"])


def _write(path: Path, queues: list[dict[str, Any]], whole: Path) -> None:
    told = {**json.loads(whole.read_text(encoding="utf-8")), "queues": queues}
    told.pop("notes", None)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(told), encoding="utf-8")
    beside.replace(path)  # nobody shall read half of it
