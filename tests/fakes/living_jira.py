"""The demo as a Jira that a test moves by hand, and a transport on which a request can be made to go wrong.

What the demo itself knows of its tickets is the truth against which a reader's excuses are checked.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Lock

import requests
from pydantic import SecretStr

from datasource.deadline import Deadline
from datasource.login import Login
from datasource.question import Params
from datasource.transport import Answer, Transport
from demo.options import Options
from demo.server import Demo, start
from demo.ticket import Ticket

BEGIN = "2026-11-23T12:00:00+00:00"
"""Monday 9:00 in São Paulo, the zone of the account that reads, and 13:00 in Berlin, where the queue works."""

SIZES = {"service-desk": 12, "billing": 12, "platform-ops": 12, "network": 12, "people": 320, "field-support": 12}
PROJECT = "HR"
QUEUE = "people"


class WatchedTransport(Transport):
    """Counts requests and remembers every query; `before` is called with the number of each before it is sent."""

    def __init__(self, demo: Demo) -> None:
        login = Login.basic(demo.email, SecretStr(demo.jira_api_token))
        super().__init__("Jira", demo.jira_base_url, login, in_flight=4)
        self.count = 0
        self.queries: set[str] = set()
        self.before: Callable[[int], None] | None = None
        self._turn = Lock()

    def get(self, path: str, deadline: Deadline, params: Params | None = None) -> Answer:
        """Ask with GET."""
        self._next()
        return super().get(path, deadline, params)

    def post(self, path: str, deadline: Deadline, body: dict[str, object], params: Params | None = None) -> Answer:  # type: ignore[override]
        """Ask with POST."""
        if "jql" in body:
            self.queries.add(str(body["jql"]))
        self._next()
        return super().post(path, deadline, body, params)

    def _next(self) -> None:
        # One at a time, so that what happens before a request has happened before every later one.
        with self._turn:
            self.count += 1
            if self.before is not None:
                self.before(self.count)


class LivingJira:
    """A demo on a stepped clock; `transport` reads it and `control` is for what a test does to it."""

    def __init__(self, demo: Demo, control: requests.Session) -> None:
        self.demo, self._site, self._control = demo, demo.site, control
        self._begin_ms = demo.clock.now_ms()

    @property
    def now_ms(self) -> int:
        """The instant on Jira's clock."""
        return self.demo.clock.now_ms()

    def account_zone(self) -> str:
        """The time zone in which Jira reads the account's dates."""
        login = (self.demo.email, self.demo.jira_api_token)
        answer = self._control.get(f"{self.demo.jira_base_url}/rest/api/3/myself", auth=login, timeout=20)
        return str(answer.json()["timeZone"])

    def rewind(self) -> None:
        """Back to the beginning: the clock, the tickets, the index and the faults."""
        self.demo.clock._start_ms = self._begin_ms
        self.post("tickets/reset")
        self.lag(0)
        self.faults()

    def step(self, seconds: float) -> None:
        """Time passes."""
        self.post("clock", {"advance_s": seconds})

    def lag(self, seconds: float) -> None:
        """How far the search index may be behind."""
        self.post("index", {"lag_s": seconds})

    def faults(self, *rules: dict[str, object]) -> None:
        """The rules in force from now on."""
        self.post("faults", list(rules))

    def fired(self) -> int:
        """How many requests were hit by the rules in force."""
        return sum(rule.fired for rule in self.demo.application.faults._rules)

    def act(self, key: str, action: str, **body: object) -> None:
        """Do something to a ticket by hand."""
        self.post(f"tickets/{key}/{action}", body)

    def post(self, path: str, body: object = None) -> None:
        """Ask the demo's control for something."""
        answer = self._control.post(
            f"{self.demo.jira_base_url}/demo/{path}", data=json.dumps({} if body is None else body), timeout=20
        )
        assert answer.status_code == 200, answer.text

    def keys(self, project: str) -> list[str]:
        """Keys of a project's tickets by id."""
        tickets = self._site.world.tickets(project, self.now_ms)
        return [ticket.key for ticket in sorted(tickets, key=lambda ticket: ticket.id)]

    def recent(self, project: str) -> list[str]:
        """The same, those first that were touched last."""
        tickets = self._site.world.tickets(project, self.now_ms)
        return [ticket.key for ticket in sorted(tickets, key=lambda each: (-_touched(each, self.now_ms), each.id))]

    def is_done(self, key: str) -> bool:
        """Whether a ticket is finished."""
        ticket = self._site.world.by_key(key, self.now_ms)
        assert ticket is not None
        return self._site.states.at(ticket, self.now_ms).status.is_done

    def there(self, key: str) -> bool:
        """Whether a ticket has this key now."""
        return self._site.world.by_key(key, self.now_ms) is not None

    def exists(self, ticket_id: int) -> bool:
        """Whether a ticket is still shown, wherever it lies."""
        return self._site.world.by_id(ticket_id, self.now_ms) is not None

    def priority(self, key: str) -> str:
        """The id of a ticket's priority."""
        ticket = self._site.world.by_key(key, self.now_ms)
        assert ticket is not None
        return self._site.states.at(ticket, self.now_ms).priority.id

    def found(self, jql: str) -> set[int]:
        """Ids of what a search would find now."""
        return {ticket.id for ticket in self._site.search.tickets(jql, self.now_ms)}

    def left(self, ticket_id: int) -> bool:
        """Whether a ticket was deleted, or lies in another project."""
        ticket = self._site.world.by_id(ticket_id, self.now_ms)
        return ticket is None or ticket.key.rpartition("-")[0] != PROJECT

    def touched_ms(self, ticket_id: int) -> int:
        """When a ticket was last changed or deleted, by hand or by its own life."""
        ticket = self._site.world.ever(ticket_id, self.now_ms)
        assert ticket is not None
        gone_ms = ticket.deleted_ms
        return gone_ms if gone_ms is not None and gone_ms <= self.now_ms else _touched(ticket, self.now_ms)

    def unindexed(self) -> dict[int, int]:
        """Tickets whose last change no search knows yet, with when that was; deleted ones are not among them."""
        now_ms, found = self.now_ms, dict[int, int]()
        for project in self._site.world.projects:
            for ticket in self._site.world.tickets(project, now_ms):
                touched_ms, seen = _touched(ticket, now_ms), self._site.index.state(ticket, now_ms)
                if seen is None or seen.since_ms < touched_ms:
                    found[ticket.id] = touched_ms
        return found


def _touched(ticket: Ticket, now_ms: int) -> int:
    moments = [ticket.created_ms, *(history.at_ms for history in ticket.histories)]
    for comment in ticket.comments:
        moments += [comment.at_ms, comment.edited_ms or comment.at_ms]
    return max(moment for moment in moments if moment <= now_ms)


@contextmanager
def living_jira() -> Iterator[LivingJira]:
    """Serve a small Jira while the block runs."""
    options = Options(clock=f"stepped:{BEGIN}", sizes=SIZES, lifetime_s=7200)
    with start(options) as demo, closing(requests.Session()) as control:
        yield LivingJira(demo, control)
