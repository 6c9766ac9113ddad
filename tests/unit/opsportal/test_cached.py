"""Reports from what is kept: at once, the same in every process, and honest about how old and how whole they are."""

from dataclasses import replace
from datetime import date

import pytest

from opsportal.cached import Served
from opsportal.reports import EmptyPeriod, Period, Reports, UnknownQueue, UnknownValue
from servicelevel.errors import PortalError
from servicelevel.measures import Filters
from servicelevel.policy import Policy
from servicelevel.report import PeriodNotCovered, QueueReport
from tests.factories import columns, queue, running, stopped, ticket
from tests.fakes.desk_world import NOON, TTL_MIN, World, many, refresh_due


class Down(PortalError):
    """A source that fails."""


def _report(served: Served) -> QueueReport:
    assert served.report is not None
    return served.report


def test_nothing_is_read_for_an_answer() -> None:
    """Before the first read a queue waits for it, and says so."""
    world = World()
    reports = world.process()

    served = reports.queue("desk")
    seen = reports.overview()

    assert world.tickets.asked == []
    assert (served.report, served.problem) == (None, None)
    assert (served.freshness.state, served.freshness.as_of) == ("stale", None)
    assert served.progress is not None
    assert served.progress.phase == "waiting"
    assert seen.as_of is None
    assert [each.report for each in seen.served.values()] == [None] * 3


def test_the_numbers_are_those_of_a_report_read_on_the_spot() -> None:
    """For one queue and for all of them; small samples are filled up alike."""
    world = World()
    world.tickets.table = many(8)
    policy = world.registry.policy
    live = Reports(policy, world.tickets, world.hours, now=lambda: NOON, window_days=120, budget_s=60.0)
    reports = world.read()

    expected, seen = live.overview(), reports.overview()

    for name, made in expected.reports.items():
        assert isinstance(made, QueueReport)
        served = _report(reports.queue(name))
        assert served.now.health == made.now.health == _report(seen.served[name]).now.health
        assert (served.due, served.movement, served.budgets) == (made.due, made.movement, made.budgets)
    assert (seen.teams, seen.consolidated, seen.due) == (expected.teams, expected.consolidated, expected.due)


def test_every_process_says_the_same_of_the_same_reading() -> None:
    """Whenever it is asked: a reading is judged as of the instant at which it was read."""
    world = World()
    first = world.read()
    before = first.queue("desk")
    world.pass_minutes(3)

    after = world.process().queue("desk")

    assert _report(after).as_of == NOON
    assert _report(after).now.health == _report(before).now.health
    assert after.revision == before.revision == first.overview().served["desk"].revision
    assert len(world.tickets.asked) == 3


def test_a_report_is_made_once_for_the_same_question() -> None:
    """And once more for another one."""
    reports = World().read()

    made = reports.queue("desk").report

    assert reports.queue("desk").report is made
    assert reports.overview().served["desk"].report is made
    assert reports.queue("desk", compared_days=7).report is not made
    assert reports.queue("desk", period=Period(7)).report is not made


def test_scores_are_compared_with_the_day_that_was_asked_for() -> None:
    """So many days before the reading."""
    made = _report(World().read().queue("desk", compared_days=7))

    assert made.compared_days == 7
    assert made.previous is not None
    assert made.previous.window == made.now.window.moved(-7 * 86_400_000)


@pytest.mark.parametrize(
    ("minutes", "state"), [(0, "fresh"), (2 * TTL_MIN, "fresh"), (2 * TTL_MIN + 0.1, "stale"), (600, "stale")]
)
def test_a_reading_is_stale_at_twice_the_cache_time(minutes: float, state: str) -> None:
    """Its numbers are served all the same, with their age."""
    world = World()
    reports = world.read()
    world.pass_minutes(minutes)

    served = reports.queue("desk")

    assert served.freshness.state == state
    assert served.freshness.age_ms(world.now) == minutes * 60_000
    assert _report(served).as_of == NOON


def test_one_set_of_rates_fills_up_small_samples_everywhere() -> None:
    """That of all queues as of the youngest reading, though one queue was read before a clock ran out."""
    world = World()
    answered = stopped("2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00")
    runs_out_soon = ticket(9, first_response=[running("2026-11-23T08:02:00+00:00")])
    world.tickets.table = columns(*(ticket(n, first_response=[answered]) for n in range(1, 9)), runs_out_soon)
    reports = world.process()
    reports.refresh("desk")
    world.pass_minutes(3)
    refresh_due(reports)

    made = [_report(each) for each in reports.overview().served.values()]
    first = [next(d for d in each.now.health.dimensions if d.name == "responsiveness") for each in made]

    assert [each.now.sla["first_response"].kept.n for each in made] == [8, 9, 9]
    assert [each.prior for each in first] == [24 / 27] * 3


def test_what_is_missing_is_counted_and_named() -> None:
    """The rest stands; of many only some are named."""
    world = World()
    world.tickets.table = columns(ticket(1), unreadable={"SD-9": "no creation date"}, missing=range(20, 27))
    reports = world.read()

    standing = reports.queue("desk").freshness

    assert standing.state == "partial"
    assert standing.reason == (
        "8 tickets left out: 7 not delivered by Jira (id 20; id 21; id 22; id 23; id 24; and 2 more), "
        "1 not readable (SD-9: no creation date)."
    )
    world.pass_minutes(11)
    assert reports.queue("desk").freshness.state == "stale"
    assert reports.queue("desk").freshness.reason == standing.reason


def test_a_queue_that_was_never_read_has_failed() -> None:
    """It says why, since when, how often and when next; the others stand."""
    world = World()
    world.tickets.down["billing"] = Down("the token is not accepted")
    reports = world.read()

    served = reports.queue("billing")
    seen = reports.overview()

    assert (served.report, served.progress) == (None, None)
    standing = served.freshness
    assert (standing.state, standing.as_of, standing.code) == ("failed", None, "Down")
    assert (standing.reason, standing.since, standing.tries) == ("the token is not accepted", NOON, 1)
    assert standing.next_try == NOON + 60_000
    assert [name for name, each in seen.served.items() if each.report] == ["desk", "network"]
    assert seen.as_of == NOON


def test_a_failure_leaves_the_last_good_numbers() -> None:
    """Fresh while they are young; the reason is told from the first failure on."""
    world = World()
    reports = world.read()
    world.tickets.down["desk"] = Down("Jira is away")
    world.pass_minutes(6)
    refresh_due(reports)

    young = reports.queue("desk")
    world.pass_minutes(6)
    old = reports.queue("desk")

    assert (young.freshness.state, old.freshness.state) == ("fresh", "stale")
    assert young.freshness.reason == old.freshness.reason == "Jira is away"
    assert _report(old).as_of == NOON
    assert young.revision != old.revision
    assert reports.overview().served["network"].freshness.state == "fresh"


def test_the_overview_is_as_old_as_its_oldest_queue_that_is_not_stale() -> None:
    """Stale queues tell their own age."""
    world = World()
    reports = world.read()
    world.tickets.down["desk"] = Down("Jira is away")
    world.pass_minutes(6)
    refresh_due(reports)

    assert reports.overview().as_of == NOON
    world.pass_minutes(6)
    assert reports.overview().as_of == NOON + 6 * 60_000


@pytest.mark.parametrize(
    ("period", "filters", "kind"),
    [
        (Period(None, date(2027, 1, 1), date(2027, 1, 2)), Filters(), EmptyPeriod),
        (Period(None, date(2026, 1, 1), date(2026, 1, 2)), Filters(), PeriodNotCovered),
        (Period(), Filters(priority=("Urgent",)), UnknownValue),
    ],
)
def test_what_cannot_be_had_is_a_problem_of_the_answer(
    period: Period, filters: Filters, kind: type[PortalError]
) -> None:
    """The queue itself is well."""
    served = World().read().queue("desk", period=period, filters=filters)

    assert served.report is None
    assert type(served.problem) is kind
    assert served.progress is None
    assert served.freshness.state == "fresh"


def test_an_overview_takes_values_that_one_queue_does_not_have() -> None:
    """Another queue may."""
    seen = World().read().overview(filters=Filters(priority=("Urgent",)))

    assert [_report(each).now.backlog.open for each in seen.served.values()] == [0, 0, 0]


def test_an_unknown_queue_is_refused() -> None:
    """With the nearest name."""
    with pytest.raises(UnknownQueue, match="billing"):
        World().process().queue("biling")


def test_a_changed_registry_counts_from_the_next_answer_on() -> None:
    """Without a read, while it asks for the same tickets; a new queue waits for its first one."""
    world = World()
    reports = world.read()
    before = reports.queue("desk")
    stricter = replace(queue("desk", first_response=0.999), definition_hash="new")
    world.registry.policy = Policy((stricter, queue("lab")))

    after = reports.queue("desk")

    assert _report(before).now.sla["first_response"].target == 0.95
    assert _report(after).now.sla["first_response"].target == 0.999
    assert after.revision != before.revision
    assert reports.due() == ("lab",)
    assert list(reports.overview().served) == ["desk", "lab"]


def test_a_registry_that_asks_for_other_tickets_has_them_read_anew() -> None:
    """What was kept belongs to the old question."""
    world = World()
    reports = world.read()
    world.registry.policy = Policy((replace(queue("desk"), jql="labels = vip"),))

    assert reports.queue("desk").report is None
    refresh_due(reports)
    assert world.tickets.asked[-1] == ("desk", None)
    assert reports.queue("desk").report is not None


def test_problems_of_a_newer_registry_are_told() -> None:
    """As text, with since when the one in force is what it is."""
    world = World()
    world.registry.problems = (ValueError("queues[0]: found nothing"),)

    note = world.process().registry_note()

    assert note.problems == ("queues[0]: found nothing",)
    assert note.changed_at == 1_793_520_000_000
