"""Reports made from the demo over HTTP: everything read, nothing counted twice, failures where they belong."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from datasource.deadline import Deadline
from datasource.errors import LoginFailed, SourceRejected
from datasource.hours import TempoHours
from datasource.jira.dialect import Dialect
from datasource.jira.tickets import JiraTickets
from datasource.login import Login
from datasource.registry.file import FileRegistry
from datasource.tempo.cloud import TempoCloud
from datasource.transport import Transport
from demo.server import Demo
from opsportal.reports import Period, Reports
from servicelevel.instants import DAY_MS, day_of_date
from servicelevel.policy import Policy, Queue
from servicelevel.report import QueueReport
from tests.factories import ms
from tests.fakes.small_demo import NOON, small_demo

NOON_MS = ms(NOON)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """Jira and Tempo, standing still."""
    with small_demo() as running:
        yield running


@pytest.fixture
def policy(demo: Demo) -> Policy:
    """The demo's queues."""
    return FileRegistry(demo.registry).read()


class Sources:
    """Jira and Tempo of a demo, with tokens that a test may spoil."""

    def __init__(self, demo: Demo, *, jira_token: str = "", tempo_token: str = "") -> None:
        login = Login.basic(demo.email, SecretStr(jira_token or demo.jira_api_token))
        self.jira_transport = Transport("Jira", demo.jira_base_url, login, in_flight=6)
        bearer = Login.bearer(SecretStr(tempo_token or demo.tempo_api_token))
        self.tempo_transport = Transport("Tempo", demo.tempo_base_url, bearer, in_flight=3)
        self.jira, self.tempo = Dialect(self.jira_transport, lanes=6), TempoCloud(self.tempo_transport)

    def reports(self, policy: Policy, window_days: int = 120) -> Reports:
        """Reports as of noon."""
        return Reports(
            policy,
            JiraTickets(self.jira, sweep_hours=24),
            TempoHours(self.tempo, self.jira),
            now=lambda: NOON_MS,
            window_days=window_days,
            budget_s=60.0,
        )

    def close(self) -> None:
        """Give the connections back."""
        self.jira_transport.close()
        self.tempo_transport.close()


@pytest.fixture
def sources(demo: Demo) -> Iterator[Sources]:
    """With the right tokens."""
    made = Sources(demo)
    yield made
    made.close()


def test_a_queue_is_read_with_as_many_tickets_as_jira_counts(sources: Sources, demo: Demo, policy: Policy) -> None:
    """What was read and what was unreadable add up to what a search names; the changes are all of these tickets."""
    queue = policy.queues[1]
    since = NOON_MS - 120 * DAY_MS
    demo.application.stats.reset()

    reading = sources.reports(policy).read(queue.id)

    stats = demo.application.stats.as_dict()
    jql = f'project = "{queue.projects[0]}" AND (statusCategory != Done OR updated >= {since})'
    answer = sources.jira_transport.post("/rest/api/3/search/approximate-count", Deadline.after(30), {"jql": jql})
    assert answer.body == b'{"count":%d}' % (len(reading.columns) + len(reading.columns.unreadable))
    assert reading.columns.missing == ()
    assert len(set(reading.columns.id.tolist())) == len(reading.columns) > 20
    assert reading.columns.changes.row.max() < len(reading.columns)
    assert reading.booked.state == "ok"
    peak = stats["peak_in_flight"]
    assert isinstance(peak, int)
    assert peak <= 6 + 3


def test_two_reads_of_a_world_that_stands_still_are_the_same(sources: Sources, policy: Policy) -> None:
    """Answers arrive in another order each time; the revision does not."""
    reports = sources.reports(policy)

    first, second = reports.read("service-desk"), reports.read("service-desk")

    assert first.columns.revision == second.columns.revision
    assert first.booked.spent_s.tolist() == second.booked.spent_s.tolist()


def test_a_wider_window_reads_more_and_answers_the_same(sources: Sources, policy: Policy) -> None:
    """Tickets that have not been touched for long decide nothing of the last thirty days."""
    narrow = sources.reports(policy, 120).queue("billing", period=Period(30))
    wide = sources.reports(policy, 300).queue("billing", period=Period(30))

    assert len(wide.columns) > len(narrow.columns)
    for name in ("first_response", "resolution"):
        assert wide.now.sla[name].kept.n == narrow.now.sla[name].kept.n
    assert wide.now.backlog.open == narrow.now.backlog.open
    assert wide.now.flow.resolved == narrow.now.flow.resolved


def test_all_queues_are_reported_side_by_side(sources: Sources, policy: Policy) -> None:
    """Six reports, and what is due of all of them in one order."""
    seen = sources.reports(policy).overview()

    assert list(seen.reports) == [queue.id for queue in policy.queues]
    assert all(isinstance(made, QueueReport) for made in seen.reports.values())
    assert len(seen.due) == sum(len(made.due) for made in seen.reports.values() if isinstance(made, QueueReport))


def test_a_queue_that_cannot_be_read_stops_no_other(sources: Sources, policy: Policy) -> None:
    """Its place holds the reason."""
    broken: Queue = replace(policy.queues[0], projects=("NOPE",))
    seen = sources.reports(replace(policy, queues=(broken, *policy.queues[1:3]))).overview()

    failure = seen.reports[broken.id]
    assert isinstance(failure, SourceRejected)
    assert "NOPE" in str(failure)
    assert sum(isinstance(made, QueueReport) for made in seen.reports.values()) == 2


def test_tempo_down_costs_the_hours_and_nothing_else(demo: Demo, sources: Sources, policy: Policy) -> None:
    """The same report but for the hours, which say why there are none."""
    spoiled = Sources(demo, tempo_token="expired")
    whole = sources.reports(policy).queue("people", period=Period(30))

    made = spoiled.reports(policy).queue("people", period=Period(30))

    spoiled.close()
    assert made.now.hours.state == "failed"
    assert "Tempo: HTTP 401" in str(made.now.hours.state_reason)
    assert made.now.hours.total_s is None
    assert whole.now.hours.total_s is not None
    assert whole.now.hours.total_s > 0
    assert made.now.sla == whole.now.sla
    assert made.now.backlog == whole.now.backlog
    assert made.due == whole.due


def test_an_expired_token_is_never_a_perfect_queue(demo: Demo, policy: Policy) -> None:
    """The search alone would answer with an empty list and status 200."""
    spoiled = Sources(demo, jira_token="expired")

    seen = spoiled.reports(policy).overview()

    spoiled.close()
    assert {type(each) for each in seen.reports.values()} == {LoginFailed}
    assert seen.due == ()


def test_hours_come_from_the_dates_of_the_window(sources: Sources, policy: Policy) -> None:
    """The author's own dates, summed as they stand."""
    reading = sources.reports(policy).read("service-desk")
    last = reading.queue.calendar.local_date(NOON_MS)
    first = reading.queue.calendar.local_date(NOON_MS - 120 * DAY_MS) + timedelta(days=1)

    days = reading.booked.day.tolist()
    assert day_of_date(first) <= min(days) <= max(days) <= day_of_date(last)
    assert max(days) - min(days) > 60
    assert reading.booked.team is not None
