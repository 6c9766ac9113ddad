"""Verdicts of single clocks: what a source said, what time made of it, and which clock is judged."""

import numpy as np
import pytest

from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import HOUR_MS, MISSING
from servicelevel.measures import NO_TRAILING, Filters, measure
from servicelevel.policy import JudgedCycle
from servicelevel.standing import standing
from servicelevel.ticket import CycleDefect, SlaCycle
from servicelevel.verdicts import EXCLUSIONS, Verdict, Verdicts, verdicts
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import (
    AS_OF,
    DOING,
    DONE,
    DUPLICATE,
    FIXED,
    always,
    change,
    columns,
    defective,
    hours,
    moved,
    ms,
    paused,
    queue,
    running,
    sao_paulo,
    stopped,
    ticket,
)

FRIDAY_16 = "2026-11-27T16:00:00-03:00"
FRIDAY_18 = "2026-11-27T18:00:00-03:00"
MONDAY_9 = "2026-11-30T09:00:00-03:00"
MONDAY_9_AND_1_MS = "2026-11-30T09:00:00.001-03:00"


def judge(
    *cycles: SlaCycle,
    as_of: str = AS_OF,
    read_at: str = AS_OF,
    calendar: BusinessCalendar | None = None,
    policy: JudgedCycle = "last",
) -> Verdicts:
    """Verdicts on the resolution clocks of one ticket."""
    table = columns(ticket(1, "2026-11-01T00:00:00+00:00", resolve=cycles), read_at=read_at)
    desk = queue(calendar=calendar or always(), judged={"resolution": policy})
    return verdicts(table, "resolution", desk, standing(table, ms(as_of)))


@pytest.mark.parametrize(
    ("as_of", "verdict", "decided"),
    [
        (FRIDAY_18, Verdict.UNDECIDED, None),
        ("2026-11-28T12:00:00-03:00", Verdict.UNDECIDED, None),
        (MONDAY_9, Verdict.UNDECIDED, None),
        (MONDAY_9_AND_1_MS, Verdict.BREACHED, FRIDAY_18),
        ("2026-12-04T12:00:00-03:00", Verdict.BREACHED, FRIDAY_18),
    ],
)
def test_a_running_clock_is_judged_again_once_business_time_has_passed(
    as_of: str, verdict: Verdict, decided: str | None
) -> None:
    """Read as within its goal, due on Friday 18:00: broken with the first working millisecond, decided where due."""
    office = sao_paulo()
    read_at = "2026-11-27T17:00:00-03:00"
    clock = running(FRIDAY_16, hours(2), read_at=read_at, calendar=office)

    found = judge(clock, as_of=as_of, read_at=read_at, calendar=office)

    assert found.verdict.tolist() == [verdict]
    assert found.decided_at.tolist() == [MISSING if decided is None else ms(decided)]
    assert found.due.tolist() == [ms(FRIDAY_18)]


@pytest.mark.parametrize(
    ("as_of", "verdict", "decided"),
    [
        ("2026-11-23T13:00:00+00:00", Verdict.UNDECIDED, None),
        ("2026-11-23T13:00:00.001+00:00", Verdict.BREACHED, "2026-11-23T13:00:00+00:00"),
        ("2026-11-25T08:00:00+00:00", Verdict.BREACHED, "2026-11-23T13:00:00+00:00"),
    ],
)
def test_a_running_clock_without_an_instant_goes_on_as_it_was_read(
    as_of: str, verdict: Verdict, decided: str | None
) -> None:
    """One of two hours used at noon: broken when the other one is, and decided there however late one looks."""
    noon = "2026-11-23T12:00:00+00:00"
    clock = SlaCycle(ms("2026-11-23T09:00:00+00:00"), None, None, hours(2), hours(1), breached=False)

    found = judge(clock, as_of=as_of, read_at=noon)

    assert found.verdict.tolist() == [verdict]
    assert found.decided_at.tolist() == [MISSING if decided is None else ms(decided)]
    assert found.due.tolist() == [ms("2026-11-23T13:00:00+00:00")]


def test_a_paused_clock_looked_back_at_has_not_run_longer_than_it_existed() -> None:
    """Read with ten hours used; two hours after its start no more than two can have passed."""
    clock = paused("2026-11-20T00:00:00+00:00", hours(20), elapsed_ms=hours(10))

    assert judge(clock, as_of="2026-11-20T02:00:00+00:00").elapsed_ms.tolist() == [hours(2)]


def test_a_reading_that_says_breached_is_believed_and_placed_where_the_goal_ran_out() -> None:
    """The breach instant of the source decides when, and the elapsed time goes on from there."""
    found = judge(running("2026-11-22T00:00:00+00:00", hours(4)))

    assert found.verdict.tolist() == [Verdict.BREACHED]
    assert found.decided_at.tolist() == [ms("2026-11-22T04:00:00+00:00")]
    assert found.elapsed_ms.tolist() == [hours(36)]
    assert found.running.tolist() == [True]


def test_the_flag_of_a_stopped_clock_is_final() -> None:
    """A source that says kept, or broken, is not judged again; contradictions are marked."""
    start, stop = ms("2026-11-20T00:00:00+00:00"), ms("2026-11-20T10:00:00+00:00")
    kept = SlaCycle(start, stop, start + hours(4), hours(4), hours(10), breached=False)
    broken = SlaCycle(start, stop, start + hours(4), hours(4), hours(3), breached=True)

    found = [judge(kept), judge(broken)]

    assert [v.verdict.tolist() for v in found] == [[Verdict.MET], [Verdict.BREACHED]]
    assert [v.decided_at.tolist() for v in found] == [[stop], [start + hours(4)]]
    assert [v.anomaly.tolist() for v in found] == [[True], [True]]


def test_equal_to_the_goal_is_met() -> None:
    """Business time equal to the goal keeps the promise; there is nothing odd about it."""
    found = judge(stopped("2026-11-20T00:00:00+00:00", "2026-11-20T04:00:00+00:00", hours(4)))

    assert (found.verdict.tolist(), found.anomaly.tolist()) == ([Verdict.MET], [False])


def test_a_breach_without_an_instant_is_placed_at_start_plus_goal() -> None:
    """By the queue's calendar, over the weekend, and listed as odd."""
    office = sao_paulo()
    clock = SlaCycle(ms(FRIDAY_16), ms("2026-12-01T12:00:00-03:00"), None, hours(3), hours(12), breached=True)

    found = judge(clock, as_of="2026-12-02T00:00:00-03:00", calendar=office)

    assert found.decided_at.tolist() == [ms("2026-11-30T10:00:00-03:00")]
    assert found.anomaly.tolist() == [True]


def test_a_breach_without_an_instant_is_placed_at_most_at_its_stop() -> None:
    """The source's clock ran by another calendar; ours would end later than the ticket did."""
    clock = SlaCycle(
        ms("2026-11-20T00:00:00+00:00"), ms("2026-11-20T02:00:00+00:00"), None, hours(4), hours(5), breached=True
    )

    assert judge(clock).decided_at.tolist() == [ms("2026-11-20T02:00:00+00:00")]


def test_a_breach_without_an_instant_counts_from_then_in_a_replay() -> None:
    """As of an instant between start plus goal and the stop it is broken already, so one period has it."""
    start = "2026-11-20T00:00:00+00:00"
    closed = SlaCycle(ms(start), ms("2026-11-22T00:00:00+00:00"), None, hours(4), hours(48), breached=True)
    still = SlaCycle(ms(start), None, None, hours(4), hours(84), breached=True)

    for clock in (closed, still):
        found = judge(clock, as_of="2026-11-21T00:00:00+00:00")

        assert found.verdict.tolist() == [Verdict.BREACHED]
        assert found.decided_at.tolist() == [ms("2026-11-20T04:00:00+00:00")]
        assert judge(clock, as_of="2026-11-20T03:00:00+00:00").verdict.tolist() == [Verdict.UNDECIDED]


def test_a_running_breach_without_an_instant_stays_where_it_was_decided() -> None:
    """Broken when read although our calendar has time left: decided at the reading, however late one asks."""
    clock = SlaCycle(ms("2026-11-23T10:00:00+00:00"), None, None, hours(400), hours(401), breached=True)

    found = [judge(clock, as_of=as_of) for as_of in (AS_OF, "2026-11-24T12:00:00+00:00", "2026-11-30T12:00:00+00:00")]

    assert [v.verdict.tolist() for v in found] == [[Verdict.BREACHED]] * 3
    assert [v.decided_at.tolist() for v in found] == [[ms(AS_OF)]] * 3


def test_paused_within_the_goal_is_undecided_and_never_due() -> None:
    """However much time passes, a paused clock keeps what remains."""
    found = judge(paused("2026-11-20T00:00:00+00:00", hours(4), elapsed_ms=hours(3)), as_of="2026-12-20T00:00:00+00:00")

    assert found.undecided.tolist() == [True]
    assert (found.paused.tolist(), found.due.tolist()) == ([True], [MISSING])
    assert found.elapsed_ms.tolist() == [hours(3)]


def test_pausing_after_the_breach_does_not_heal_it() -> None:
    """A clock that stands still past its goal is broken, and was at its breach instant."""
    broken = paused("2026-11-20T00:00:00+00:00", hours(4), elapsed_ms=hours(6), breach_at="2026-11-20T04:00:00+00:00")

    found = judge(broken)

    assert found.breached.tolist() == [True]
    assert found.decided_at.tolist() == [ms("2026-11-20T04:00:00+00:00")]
    assert (found.paused.tolist(), found.elapsed_ms.tolist()) == ([True], [hours(6)])


def test_a_pause_after_the_breach_does_not_heal_a_replay_either() -> None:
    """As of an instant before the reading, the breach had happened whether or not the clock stands still since."""
    start, breach = "2026-11-20T00:00:00+00:00", "2026-11-20T04:00:00+00:00"
    clock = paused(start, hours(4), elapsed_ms=hours(6), breach_at=breach)

    found = [judge(clock, as_of=as_of) for as_of in (breach, "2026-11-20T04:00:00.001+00:00")]

    assert [v.verdict.tolist() for v in found] == [[Verdict.UNDECIDED], [Verdict.BREACHED]]


def test_a_clock_paused_so_far_is_due_later_by_its_pauses() -> None:
    """Half an hour was used when it ran again at noon: due in three and a half hours of business time."""
    clock = SlaCycle(ms("2026-11-20T00:00:00+00:00"), None, None, hours(4), hours(0.5), breached=False)

    assert judge(clock).due.tolist() == [ms(AS_OF) + hours(3.5)]


def test_elapsed_time_of_a_running_clock_goes_on_after_the_reading() -> None:
    """Read two hours ago with one hour used, it has used three; with a breach instant the same."""
    known = SlaCycle(
        ms("2026-11-23T09:00:00+00:00"), None, ms("2026-11-23T14:00:00+00:00"), hours(5), hours(1), breached=False
    )
    unknown = SlaCycle(ms("2026-11-23T09:00:00+00:00"), None, None, hours(5), hours(1), breached=False)
    read_at = "2026-11-23T10:00:00+00:00"

    assert [judge(c, read_at=read_at).elapsed_ms.tolist() for c in (known, unknown)] == [[hours(3)], [hours(3)]]


def test_a_clock_not_started_yet_does_not_exist() -> None:
    """As of an instant before its start there is no cycle to judge."""
    found = judge(running("2026-11-22T00:00:00+00:00"), as_of="2026-11-21T00:00:00+00:00")

    assert len(found.row) == 0
    assert EXCLUSIONS[found.exclusion[0]] == "no_start"


def test_a_stop_in_the_future_has_not_happened() -> None:
    """As of an instant before its stop the clock ran, within its goal or past it."""
    clock = stopped("2026-11-20T00:00:00+00:00", "2026-11-20T10:00:00+00:00", hours(4))

    within = judge(clock, as_of="2026-11-20T03:00:00+00:00")
    past = judge(clock, as_of="2026-11-20T05:00:00+00:00")

    assert (within.undecided.tolist(), within.running.tolist()) == ([True], [True])
    assert (past.breached.tolist(), past.running.tolist()) == ([True], [True])
    assert (within.elapsed_ms.tolist(), past.elapsed_ms.tolist()) == ([hours(3)], [hours(5)])


@pytest.mark.parametrize(
    ("policy", "flags"),
    [("first", [True, False, False]), ("last", [False, False, True]), ("each", [True, True, True])],
)
def test_a_policy_names_the_clocks_it_judges(policy: JudgedCycle, flags: list[bool]) -> None:
    """Of three runs in order the first, the last or each is judged."""
    runs = [
        stopped("2026-11-10T00:00:00+00:00", "2026-11-10T01:00:00+00:00"),
        stopped("2026-11-12T00:00:00+00:00", "2026-11-12T09:00:00+00:00"),
        stopped("2026-11-14T00:00:00+00:00", "2026-11-14T02:00:00+00:00"),
    ]

    assert judge(*reversed(runs), policy=policy).judged.tolist() == flags


def test_a_reopen_withdraws_the_verdict_under_last_only() -> None:
    """Before the second run started the first was judged; after it only `last` looks away."""
    first = stopped("2026-11-10T00:00:00+00:00", "2026-11-10T01:00:00+00:00")
    second = running("2026-11-23T11:00:00+00:00")
    before, after = "2026-11-23T10:59:59.999+00:00", "2026-11-23T11:00:00+00:00"

    def met(policy: JudgedCycle, as_of: str) -> int:
        return int(judge(first, second, as_of=as_of, policy=policy).met.sum())

    assert [met("last", before), met("last", after)] == [1, 0]
    assert [met("first", after), met("each", after)] == [1, 1]


@pytest.mark.parametrize("reason", ["no_start", "no_goal", "unreadable"])
def test_a_defective_clock_is_excluded_under_its_reason(reason: CycleDefect) -> None:
    """It is judged by nobody and counted under why."""
    found = judge(defective(reason, "2026-11-20T00:00:00+00:00"))

    assert len(found.row) == 0
    assert EXCLUSIONS[found.exclusion[0]] == reason


def test_a_sound_clock_beside_a_defective_one_is_judged() -> None:
    """One unreadable run does not exclude the ticket."""
    found = judge(defective("unreadable"), stopped("2026-11-20T00:00:00+00:00", "2026-11-20T01:00:00+00:00"))

    assert (found.met.tolist(), found.exclusion.tolist()) == ([True], [0])


def test_a_ticket_without_any_clock_has_no_goal() -> None:
    """No cycle at all means that no goal applied."""
    assert EXCLUSIONS[judge().exclusion[0]] == "no_goal"


def test_an_excluded_resolution_is_counted_not_judged() -> None:
    """By name or id, whatever the case; only of tickets that are closed with it."""
    clock = stopped("2026-11-20T00:00:00+00:00", "2026-11-20T01:00:00+00:00")
    table = columns(
        ticket(1, resolve=[clock], status=DONE, resolution=DUPLICATE),
        ticket(2, resolve=[clock], status=DOING, resolution=DUPLICATE),
        ticket(3, resolve=[clock], status=DONE, resolution=FIXED),
    )
    stood = standing(table, ms(AS_OF))

    for written in ("duplicate", "DUPLICATE", DUPLICATE.id):
        found = verdicts(table, "resolution", queue(exclude_resolutions=(written,)), stood)

        assert found.judged.tolist() == [False, True, True]
        assert [EXCLUSIONS[code] for code in found.exclusion] == ["excluded_resolution", "", ""]
        assert found.decided_at[0] == MISSING


def test_an_exclusion_begins_when_the_resolution_was_set() -> None:
    """As of the day before, the ticket was open and its clock judged."""
    at = "2026-11-21T00:00:00+00:00"
    table = columns(
        ticket(1, resolve=[running("2026-11-20T12:00:00+00:00")], status=DONE, resolution=DUPLICATE),
        changes={1: [moved(at, DOING, DONE), change(at, "resolution", None, DUPLICATE)]},
    )
    desk = queue(exclude_resolutions=("Duplicate",))

    judged = [
        int(verdicts(table, "resolution", desk, standing(table, ms(as_of))).judged.sum())
        for as_of in ("2026-11-20T23:59:59+00:00", at)
    ]

    assert judged == [1, 0]


def test_exclusions_are_counted_by_the_tickets_created_in_the_window() -> None:
    """A ticket created before the window is not counted again."""
    table = columns(
        ticket(1, "2026-11-20T00:00:00+00:00"),
        ticket(2, "2026-11-20T00:00:00+00:00", resolve=[defective("unreadable")]),
        ticket(3, "2026-10-01T00:00:00+00:00"),
        ticket(4, "2026-11-20T00:00:00+00:00", status=DONE, resolution=DUPLICATE),
    )

    window = last_days(ms(AS_OF), 30)
    measured = measure(
        queue(exclude_resolutions=("Duplicate",)),
        table,
        no_worklogs("not_configured", "no hours here"),
        window,
        Filters(),
        NO_TRAILING,
    )

    assert measured.sla["resolution"].excluded == {
        "no_start": 0,
        "no_goal": 1,
        "unreadable": 1,
        "excluded_resolution": 1,
    }
    assert (measured.sla["resolution"].kept.n, measured.sla["resolution"].kept.rate) == (0, None)


def test_contradictions_are_marked() -> None:
    """A stop before the start, and a breach after the stop, are odd; an honest clock is not."""
    start, stop = ms("2026-11-20T10:00:00+00:00"), ms("2026-11-20T12:00:00+00:00")
    backwards = SlaCycle(stop, start, None, hours(4), 0, breached=False)
    late = SlaCycle(start, stop, stop + 1, HOUR_MS, hours(2), breached=True)
    honest = SlaCycle(start, stop, start + HOUR_MS, HOUR_MS, hours(2), breached=True)

    assert [bool(judge(c).anomaly[0]) for c in (backwards, late, honest)] == [True, True, False]


def test_every_verdict_is_one_of_four() -> None:
    """Met, breached, undecided and not judged share the cycles out between them."""
    table = columns(
        ticket(1, resolve=[stopped("2026-11-20T00:00:00+00:00", "2026-11-20T01:00:00+00:00")]),
        ticket(2, resolve=[running("2026-11-20T00:00:00+00:00")]),
        ticket(3, resolve=[running("2026-11-23T11:00:00+00:00")]),
        ticket(4, resolve=[running("2026-11-20T00:00:00+00:00"), running("2026-11-23T11:00:00+00:00")]),
    )
    found = verdicts(table, "resolution", queue(), standing(table, ms(AS_OF)))

    shares = np.stack([found.met, found.breached, found.undecided, ~found.judged])
    assert shares.sum(axis=0).tolist() == [1] * 5
    assert shares.sum(axis=1).tolist() == [1, 1, 2, 1]
