"""Reports over sources that a test decides: what is asked of them, and what their failures cost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from opsportal.ports import Progress
from opsportal.reports import EmptyPeriod, Period, Reports, UnknownQueue, UnknownValue, nearest
from servicelevel.columns import TicketColumns
from servicelevel.errors import PortalError
from servicelevel.instants import DAY_MS
from servicelevel.measures import Filters
from servicelevel.policy import Policy, Queue
from servicelevel.report import PeriodNotCovered
from servicelevel.worklogs import HoursRead
from tests.factories import AS_OF, columns, ms, queue, running, stopped, ticket

NOW = ms(AS_OF)
HOUR_AGO = "2026-11-23T11:00:00+00:00"


class Down(PortalError):
    """A source that fails."""


@dataclass(slots=True)
class Tickets:
    """Gives the same tickets for every queue but those that are down."""

    table: TicketColumns
    down: Sequence[str] = ()
    asked: list[tuple[str, int, int]] = field(default_factory=list)

    def read(
        self,
        queue: Queue,
        previous: TicketColumns | None,
        *,
        updated_since: int,
        read_at: int,
        budget_s: float,
        progress: Progress,
    ) -> TicketColumns:
        """As TicketSource promises."""
        self.asked.append((queue.id, updated_since, read_at))
        progress("ids", 0, 0)
        if queue.id in self.down:
            raise Down(f"{queue.id} is down")
        return self.table


@dataclass(slots=True)
class Booked:
    """Gives no hours, or fails."""

    down: bool = False
    asked: list[tuple[date, date]] = field(default_factory=list)

    def read(
        self,
        queue: Queue,
        tickets: TicketColumns,
        previous: HoursRead | None,
        *,
        first: date,
        last: date,
        read_at: int,
        budget_s: float,
    ) -> HoursRead:
        """As HoursSource promises."""
        self.asked.append((first, last))
        if self.down:
            raise Down("no hours today")
        return HoursRead(first, last, (1,), (), frozenset(), frozenset(), {}, None, read_at, read_at)


def _few() -> TicketColumns:
    answered = stopped("2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00")
    return columns(ticket(1, first_response=[answered], resolve=[running(HOUR_AGO)]), ticket(2))


def _reports(tickets: Tickets, hours: Booked | None = None, *ids: str) -> Reports:
    queues = tuple(queue(each) for each in (ids or ("desk", "billing", "network")))
    return Reports(Policy(queues), tickets, hours, now=lambda: NOW, window_days=120, budget_s=60.0)


def test_a_queue_is_read_back_to_the_window_from_the_instant_of_the_report() -> None:
    """And its clocks are as of now, whatever instant the report is about."""
    tickets, hours = Tickets(_few()), Booked()
    then = NOW - 3 * DAY_MS

    _reports(tickets, hours).read("desk", then)

    assert tickets.asked == [("desk", then - 120 * DAY_MS, NOW)]
    assert hours.asked == [(date(2026, 7, 24), date(2026, 11, 20))]


def test_an_unknown_queue_is_refused_with_the_nearest_name() -> None:
    """Before anything is read."""
    tickets = Tickets(_few())

    with pytest.raises(UnknownQueue, match=r"Did you mean 'billing'\? Known: desk, billing, network\."):
        _reports(tickets).queue("biling")

    assert tickets.asked == []


def test_a_name_like_no_other_has_no_nearest() -> None:
    """A guess that is far off helps nobody."""
    assert nearest("xyz", {"desk": 1, "billing": 2}) is None
    assert nearest("dsk", {"desk": 1, "billing": 2}) == "desk"


def test_hours_that_fail_are_missing_with_the_reason() -> None:
    """The report stands."""
    made = _reports(Tickets(_few()), Booked(down=True)).queue("desk")

    assert (made.now.hours.state, made.now.hours.state_reason) == ("failed", "no hours today")
    assert made.now.backlog.open == 2


def test_hours_that_are_not_configured_say_so() -> None:
    """That is no failure."""
    made = _reports(Tickets(_few())).queue("desk")

    assert made.now.hours.state == "not_configured"
    assert "TEMPO_BASE_URL" in str(made.now.hours.state_reason)


def test_a_small_sample_is_judged_with_the_fleets_rates() -> None:
    """The other queues are read for it, and one of them that is down does not matter."""
    answered = stopped("2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00")
    small = Tickets(columns(*(ticket(n, first_response=[answered]) for n in range(1, 9))), down=["network"])
    full = Tickets(columns(*(ticket(n, first_response=[answered]) for n in range(1, 41))))

    _reports(small).queue("desk")
    _reports(full).queue("desk")

    assert [each for each, _, _ in full.asked] == ["desk"]
    assert small.asked[0][0] == "desk"
    assert sorted(each for each, _, _ in small.asked[1:]) == ["billing", "network"]


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        (Filters(priority=("Urgent",)), r"priority 'Urgent'\. There are: Highest, Medium\."),
        (Filters(type=("Bug",)), r"type 'Bug'\. There are: Incident\."),
        (Filters(analyst=("zoe",)), r"analyst 'zoe'\. There are: Ana, unassigned\."),
        (Filters(priority=("highest", "Urgent")), "priority 'Urgent'"),
    ],
)
def test_a_filter_that_fits_no_ticket_is_refused(filters: Filters, told: str) -> None:
    """An empty report would look like good news."""
    with pytest.raises(UnknownValue, match=told):
        _reports(Tickets(_few())).queue("desk", filters=filters)


def test_a_filter_names_nobody_where_nobody_is_named() -> None:
    """The list of names is not given away by asking for a wrong one."""
    desk = Policy((queue("desk"),), analyst_names="none")
    reports = Reports(desk, Tickets(_few()), None, now=lambda: NOW, window_days=120, budget_s=60.0)

    with pytest.raises(UnknownValue) as raised:
        reports.queue("desk", filters=Filters(analyst=("zoe",)))

    assert "Ana" not in str(raised.value)


def test_filters_by_name_or_id_whatever_their_case_are_accepted() -> None:
    """And narrow the report."""
    made = _reports(Tickets(_few())).queue("desk", filters=Filters(("MEDIUM",), ("10",), ("ana",)))

    assert made.now.backlog.open == 2


def test_a_period_that_cannot_be_answered_is_refused_before_anything_is_read() -> None:
    """It begins before what is read, or after the instant of the report."""
    tickets = Tickets(_few())
    reports = _reports(tickets)

    with pytest.raises(PeriodNotCovered, match="WINDOW_DAYS"):
        reports.queue("desk", period=Period(121))
    with pytest.raises(EmptyPeriod, match="2026-11-24, after the instant of the report"):
        reports.queue("desk", period=Period(None, date(2026, 11, 24), date(2026, 11, 25)))

    assert tickets.asked == []


def test_a_queue_that_fails_fails_its_own_report() -> None:
    """As the source said it."""
    with pytest.raises(Down, match="desk is down"):
        _reports(Tickets(_few(), down=["desk"])).queue("desk")


def test_an_overview_holds_a_report_or_a_reason_for_every_queue() -> None:
    """In the registry's order; what is due comes from those that could be read."""
    heard: dict[str, list[str]] = {}

    def listener(queue_id: str) -> Progress:
        return lambda phase, *_: heard.setdefault(queue_id, []).append(phase)

    seen = _reports(Tickets(_few(), down=["billing"])).overview(progress=listener)

    assert list(seen.reports) == ["desk", "billing", "network"]
    assert str(seen.reports["billing"]) == "billing is down"
    assert {each.id for each, _ in seen.due} == {"desk", "network"}
    assert heard == {"desk": ["ids", "hours"], "billing": ["ids"], "network": ["ids", "hours"]}


def test_an_overview_in_which_all_fail_has_no_score() -> None:
    """Neither a good one nor a bad one."""
    seen = _reports(Tickets(_few(), down=["desk", "billing", "network"])).overview()

    assert seen.consolidated.score is None
    assert seen.teams == ()
    assert all(isinstance(each, Down) for each in seen.reports.values())


def test_a_period_of_dates_ends_with_the_last_of_them_or_now() -> None:
    """Whole local days, but nothing of what has not happened yet."""
    desk = queue("desk")

    ended = Period(None, date(2026, 11, 1), date(2026, 11, 7)).window(desk, NOW)
    under_way = Period(None, date(2026, 11, 1), date(2026, 11, 30)).window(desk, NOW)
    back = Period(7).window(desk, NOW)

    assert (ended.end - ended.start, ended.days) == (7 * DAY_MS, 7)
    assert under_way.end == back.end == NOW
    assert back.end - back.start == 7 * DAY_MS
