from servicelevel.attainment import Kept
from servicelevel.instants import DAY_MS, to_datetime
from servicelevel.measures import (
    NO_TRAILING,
    Filters,
    Measures,
    Trailing,
    expected_rate,
    measure,
    trailing,
    wants_fleet,
)
from servicelevel.ticket import Change, Ticket
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import AS_OF, DOING, DONE, columns, moved, ms, queue, stopped, ticket

FLEET = Trailing({"first_response": Kept(80, 100), "resolution": Kept(70, 100)}, Kept(30, 100))


def ago(days: float) -> str:
    """An instant so many days before AS_OF."""
    return to_datetime(ms(AS_OF) - round(days * DAY_MS)).isoformat()


def decided(number: int, days_ago: float, *, kept: bool) -> Ticket:
    """A ticket whose resolution clock of four hours stopped then, within its goal or past it."""
    start = ago(days_ago + (0.1 if kept else 0.5))
    return ticket(number, start, status=DONE, resolved_on=ago(days_ago), resolve=[stopped(start, ago(days_ago))])


def measured(
    *tickets: Ticket,
    fleet: Trailing = NO_TRAILING,
    changes: dict[int, list[Change]] | None = None,
    covers_from: str = "2025-01-01T00:00:00+00:00",
) -> Measures:
    """Thirty days of these tickets."""
    table = columns(*tickets, changes=changes, covers_from=covers_from)
    read = no_worklogs("not_configured", "no hours here")
    return measure(queue(), table, read, last_days(ms(AS_OF), 30), Filters(), fleet)


def recent(count: int) -> list[Ticket]:
    """Promises kept in the window."""
    return [decided(i, 5, kept=True) for i in range(1, count + 1)]


def earlier(count: int, kept: int) -> list[Ticket]:
    """Promises decided before the window and within ninety days."""
    return [decided(1000 + i, 60, kept=i < kept) for i in range(count)]


def test_a_small_sample_is_filled_up_with_the_queues_own_ninety_days() -> None:
    """Ten of thirty were kept in ninety days: that is what is usual here, whatever the fleet does."""
    found = measured(*recent(6), *earlier(24, 4), fleet=FLEET).health.dimensions[1]

    assert (found.n, found.raw, found.prior) == (6, 1.0, 10 / 30)
    assert found.input == (6 + 24 * (10 / 30)) / 30


def test_under_thirty_of_its_own_the_fleets_rate_fills_up() -> None:
    """Twenty-nine in ninety days are too few; the fleet's 70 % is taken."""
    whole = measured(*recent(6), *earlier(23, 4), fleet=FLEET)

    assert whole.health.dimensions[1].prior == 0.7
    assert wants_fleet(whole)


def test_without_a_fleet_the_target_fills_up() -> None:
    """Nobody has anything: the promise itself is expected."""
    assert measured(*recent(6)).health.dimensions[1].prior == 0.9


def test_the_fleet_does_not_matter_where_the_own_evidence_does() -> None:
    """With thirty of its own, or with nothing to fill up, no other queue is asked."""
    assert not wants_fleet(measured(*recent(6), *earlier(24, 4)))
    assert not wants_fleet(measured(*recent(40)))


def test_ninety_days_that_are_not_covered_are_no_evidence() -> None:
    """Evidence from before every change is known would leave some out."""
    tickets = [*recent(6), *earlier(24, 4)]

    found = measured(*tickets, covers_from=ago(89))

    assert found.trailing.kept["resolution"] == Kept(0, 0)
    assert measured(*tickets, covers_from=ago(90)).trailing.kept["resolution"] == Kept(10, 30)


def test_reopens_are_filled_up_over_the_moved_ninety_days() -> None:
    """Resolutions of 14 to 104 days ago are what is usual."""
    numbers = range(1, 36)
    histories = {i: [moved(ago(40 if i <= 6 else 100), DOING, DONE)] for i in numbers}
    histories[35].append(moved(ago(99), DONE, DOING))
    tickets = [ticket(i, ago(150), status=DOING if i == 35 else DONE) for i in numbers]

    found = measured(*tickets, changes=histories, fleet=FLEET)

    assert found.trailing.reopened == Kept(1, 35)
    quality = found.health.dimensions[4]
    assert (quality.n, quality.raw, quality.prior) == (6, 0.0, 1 / 35)


def test_a_reopen_rate_that_is_not_covered_says_so() -> None:
    """The moved window reaches 44 days back."""
    histories = {i: [moved(ago(40), DOING, DONE)] for i in range(1, 10)}
    tickets = [ticket(i, ago(50), status=DONE) for i in range(1, 10)]

    quality = measured(*tickets, changes=histories, covers_from=ago(43)).health.dimensions[4]

    assert (quality.utility, quality.reason) == (None, "not_covered")


def test_net_flow_is_filled_up_with_one() -> None:
    """Ten created and five resolved: (5 + 20) / 30."""
    tickets = [decided(i, 5, kept=True) for i in range(1, 6)] + [ticket(i, ago(5)) for i in range(6, 11)]

    flow = measured(*tickets, fleet=FLEET).health.dimensions[3]

    assert (flow.n, flow.raw, flow.input, flow.prior) == (10, 0.5, 25 / 30, 1.0)


def test_a_queue_adds_to_the_fleet_what_it_has_itself() -> None:
    """What a queue lends to the fleet is what it is filled up with."""
    tickets = [*recent(6), *earlier(24, 4)]

    assert trailing(queue(), columns(*tickets), ms(AS_OF)) == measured(*tickets).trailing
    assert Trailing({"first_response": Kept(160, 200), "resolution": Kept(140, 200)}, Kept(60, 200)) == FLEET + FLEET


def test_expected_rate_prefers_own_then_fleet_then_target() -> None:
    """Thirty of its own are needed; of the fleet any."""
    assert expected_rate(Kept(15, 30), Kept(1, 10), 0.9) == 0.5
    assert expected_rate(Kept(14, 29), Kept(1, 10), 0.9) == 0.1
    assert expected_rate(Kept(14, 29), Kept(0, 0), 0.9) == 0.9
