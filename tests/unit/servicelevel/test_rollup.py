import pytest

from servicelevel.attainment import Kept
from servicelevel.measures import NO_TRAILING, Filters, Measures, Trailing, measure
from servicelevel.policy import Queue
from servicelevel.rollup import Member, consolidated, mean_target, pool, teams, weighted_score
from servicelevel.ticket import SlaCycle, Ticket
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import (
    AS_OF,
    DONE,
    booked,
    columns,
    ms,
    queue,
    resolved,
    sao_paulo,
    stopped,
    team_hours,
    ticket,
    worklog,
)

CREATED = "2026-11-01T00:00:00+00:00"
KEPT = stopped("2026-11-10T00:00:00+00:00", "2026-11-10T01:00:00+00:00")
BROKEN = stopped("2026-11-10T00:00:00+00:00", "2026-11-10T09:00:00+00:00")


def closed(number: int, clock: SlaCycle = KEPT) -> Ticket:
    """A ticket resolved in the window whose two promises were kept, or broken, alike."""
    return ticket(
        number,
        CREATED,
        status=DONE,
        resolved_on="2026-11-10T01:00:00+00:00",
        first_response=[clock],
        resolve=[clock],
    )


def member(desk: Queue, *tickets: Ticket, team_h: tuple[float, float] | None = None) -> Member:
    """A queue measured over thirty days; with hours on each of its tickets when its team's are given."""
    table = columns(*tickets)
    read = no_worklogs("not_configured", "no hours here")
    if team_h is not None:
        work = [worklog(item.id, item.id, "2026-11-10", 1) for item in tickets]
        read = booked(table, *work, team=team_hours("2026-11-10", *team_h))
    return desk, measure(desk, table, read, last_days(ms(AS_OF), 30), Filters(), NO_TRAILING)


def score(measures: Measures) -> float:
    """The exact score."""
    assert measures.health.exact is not None
    return measures.health.exact


def test_a_team_pools_its_counts() -> None:
    """Promises, created, resolved and open are added up, not averaged."""
    small = member(queue("small"), *(closed(i, BROKEN) for i in range(1, 6)))
    large = member(queue("large"), *(closed(i) for i in range(1, 46)), ticket(99, CREATED))

    pooled = pool("support", [small, large], NO_TRAILING)

    assert pooled.sla["resolution"].kept == Kept(45, 50)
    assert (pooled.flow.created, pooled.flow.resolved, pooled.flow.open) == (51, 50, 1)
    assert pooled.flow.net_flow == 50 / 51
    assert pooled.queues == ("small", "large")


def test_a_pooled_target_is_the_mean_by_decided() -> None:
    """Thirty at 95 % and ten at 75 % promise 90 %; with nothing decided the plain mean."""
    pooled = pool(
        "support",
        [
            member(queue("a", resolution=0.95), *(closed(i) for i in range(1, 31))),
            member(queue("b", resolution=0.75), *(closed(i) for i in range(1, 11))),
        ],
        NO_TRAILING,
    )

    assert pooled.sla["resolution"].target == pytest.approx(0.90)
    assert mean_target([(0.9, 0), (0.8, 0)]) == pytest.approx(0.85)


def test_pooled_backlog_days_divide_open_work_by_the_pace_of_all() -> None:
    """Business days are each queue's own: 28 at 24/7 and 20 in the office."""
    around = member(queue("a"), *(closed(i) for i in range(1, 29)), ticket(90, CREATED))
    office = member(queue("b", calendar=sao_paulo()), *(closed(i) for i in range(1, 21)), ticket(91, CREATED))

    pooled = pool("support", [around, office], NO_TRAILING)

    assert pooled.backlog.days == pytest.approx(2 / (28 / 28 + 20 / 20))


def test_pooled_ageing_adds_up_what_is_older_than_each_queues_own_p85() -> None:
    """One quick queue with an old ticket, one slow queue with a ticket as old that is usual there."""
    quick = member(queue("a"), *(closed(i) for i in range(1, 10)), ticket(90, "2026-10-20T00:00:00+00:00"))
    slow = member(
        queue("b"),
        *(resolved(i, "2026-09-10T00:00:00+00:00", "2026-11-10T00:00:00+00:00") for i in range(1, 10)),
        ticket(91, "2026-10-20T00:00:00+00:00"),
    )

    pooled = pool("support", [quick, slow], NO_TRAILING)

    assert (pooled.backlog.older, pooled.backlog.ageing_share) == (1, 0.5)


def test_a_pool_without_open_tickets_has_no_backlog() -> None:
    """Nothing open is no day of work; open work that nobody resolves has no days."""
    idle = pool("support", [member(queue("a"), *(closed(i) for i in range(1, 6)))], NO_TRAILING)
    stuck = pool("support", [member(queue("a"), ticket(1, CREATED))], NO_TRAILING)

    assert (idle.backlog.days, idle.backlog.ageing_share) == (0.0, 0.0)
    assert stuck.backlog.days is None


def test_a_tempo_team_that_two_queues_share_counts_once() -> None:
    """Three queues, two teams: booked and scheduled of each team enter once."""
    shared = [closed(i) for i in range(1, 6)]
    members = [
        member(queue("a", tempo_team=7), *shared, team_h=(6, 8)),
        member(queue("b", tempo_team=7), *shared, team_h=(6, 8)),
        member(queue("c", tempo_team=8), *shared, team_h=(2, 8)),
    ]

    capacity = pool("support", members, NO_TRAILING).health.dimensions[-1]

    assert (capacity.name, capacity.raw, capacity.n) == ("capacity", 8 / 16, 15)


def test_pooled_utilisation_says_why_it_is_missing() -> None:
    """No team, hours that failed, too few tickets with hours: each is the reason."""
    tickets = [closed(i) for i in range(1, 6)]
    no_team = pool("x", [member(queue("a"), *tickets, team_h=(6, 8))], NO_TRAILING)
    unnamed = pool("x", [member(queue("a"), *tickets)], NO_TRAILING)
    mixed = pool(
        "x",
        [member(queue("a", tempo_team=7), *tickets, team_h=(6, 8)), member(queue("b", tempo_team=7), *tickets)],
        NO_TRAILING,
    )

    assert no_team.health.dimensions[-1].reason == "no_team"
    assert unnamed.health.dimensions[-1].reason == "not_configured"
    assert mixed.health.dimensions[-1].reason == "not_configured"


def test_teams_come_in_the_order_of_the_registry() -> None:
    """One pool a team, in the order in which it is first named."""
    members = [
        member(queue("a", team="two")),
        member(queue("b", team="one")),
        member(queue("c", team="two")),
    ]

    assert [(found.name, found.queues) for found in teams(members, NO_TRAILING)] == [
        ("two", ("a", "c")),
        ("one", ("b",)),
    ]


def test_a_team_of_one_queue_scores_as_the_queue() -> None:
    """The same counts by the same rules are the same score."""
    one = member(queue("a"), *(closed(i, KEPT if i % 7 else BROKEN) for i in range(1, 60)), ticket(99, CREATED))

    assert pool("support", [one], NO_TRAILING).health.exact == pytest.approx(score(one[1]))


def test_the_consolidated_score_weighs_decided_promises() -> None:
    """By default both SLAs of a queue, decided in the window, are its weight; one without a score weighs nothing."""
    good = member(queue("good"), *(closed(i) for i in range(1, 61)))
    bad = member(queue("bad"), *(closed(i, BROKEN) for i in range(1, 21)), ticket(99, CREATED))
    silent = member(queue("silent"), ticket(1, CREATED))

    whole = consolidated([good, bad, silent])

    assert whole.weights == {"good": 120.0, "bad": 40.0, "silent": 0.0}
    assert whole.score == pytest.approx((score(good[1]) * 120 + score(bad[1]) * 40) / 160, abs=0.05)
    assert (whole.scored, whole.unscored) == (2, 1)
    assert whole.worst is not None
    assert whole.worst[0] == "bad"
    assert whole.sla["resolution"].kept == Kept(60, 80)


def test_a_share_of_the_registry_replaces_the_weight() -> None:
    """A queue weighs what is written, none included."""
    good = member(queue("good", share=0), *(closed(i) for i in range(1, 61)))
    bad = member(queue("bad", share=1), *(closed(i, BROKEN) for i in range(1, 21)), ticket(99, CREATED))

    assert consolidated([good, bad]).score == pytest.approx(score(bad[1]), abs=0.05)


def test_the_worst_of_equal_scores_is_the_first_by_id() -> None:
    """Scores that are shown alike are alike."""
    assert weighted_score([("b", 50.01, 1), ("a", 50.04, 1), ("c", 90.0, 1)])[1] == ("a", 50.0)


def test_no_score_anywhere_is_no_score() -> None:
    """Neither a mean nor a worst of none."""
    assert weighted_score([("a", None, 5)]) == (None, None, 0)
    assert weighted_score([]) == (None, None, 0)
    assert consolidated([]).band == "insufficient"


def test_a_pool_is_filled_up_with_what_its_queues_usually_do() -> None:
    """The trailing evidence of the members is added up before the fleet's is asked."""
    clocks = [closed(i) for i in range(1, 9)]
    usual = [
        ticket(
            100 + i,
            "2026-09-01T00:00:00+00:00",
            status=DONE,
            resolved_on="2026-09-10T01:00:00+00:00",
            resolve=[stopped("2026-09-10T00:00:00+00:00", f"2026-09-10T0{1 if i % 2 else 9}:00:00+00:00")],
        )
        for i in range(12)
    ]
    fleet = Trailing({"first_response": Kept(1, 10), "resolution": Kept(1, 10)}, Kept(0, 0))
    members = [member(queue(name), *clocks, *usual) for name in ("a", "b")]

    alone = pool("support", members[:1], fleet).health.dimensions[1]
    both = pool("support", members, fleet).health.dimensions[1]

    assert alone.prior == pytest.approx(0.1)
    assert both.prior == pytest.approx((8 + 6) / 20)
