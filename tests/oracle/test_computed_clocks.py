"""Computed clocks on examples whose results were worked out by hand."""

from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from tests.oracle.computed import Rules, Run, resolution_runs, response_runs, stand_run
from tests.oracle.definitions import Anchors, Definition, Goal, Promise
from tests.oracle.facts import Categories, Change, Comment, Ticket
from tests.oracle.instants import HOUR_MS, MINUTE_MS, ms_of
from tests.oracle.minutes import WorkMinutes

OFFICE = WorkMinutes(ZoneInfo("America/Sao_Paulo"), (((540, 720), (780, 1080)),) * 5 + ((), ()))
BORN_MS = ms_of("2026-11-23T10:00-03:00")
ANALYSTS = frozenset({"ann", "bob"})
NAMES = {"1": "To do", "2": "Doing", "3": "Waiting", "8": "Resolved", "9": "Closed"}


def at(text: str) -> int:
    """An instant of the Monday on which everything begins, in São Paulo."""
    return ms_of(f"2026-11-23T{text}-03:00")


def move(text: str, before: str, after: str) -> Change:
    """A change of status."""
    return Change(at(text), "status", before, after)


def say(text: str, author: str, *, is_app: bool = False, is_public: bool = True) -> Comment:
    """A comment."""
    return Comment(at(text), author, author.title(), is_app, is_public)


def ticket(
    *changes: Change, status: str = "1", comments: tuple[Comment, ...] = (), date_ms: int | None = None
) -> Ticket:
    """A ticket created by Bob at ten; 8 and 9 are Done, 1 is new."""
    return Ticket(
        id="100",
        key="X-1",
        summary="",
        type_id="7",
        type_name="Bug",
        created_ms=BORN_MS,
        updated_ms=BORN_MS,
        resolution_date_ms=date_ms,
        creator="bob",
        now={"status": status, "assignee": None, "priority": "p1", "resolution": None},
        changes=changes,
        comments=comments,
        done_statuses=frozenset("89"),
        new_statuses=frozenset("1"),
        unmapped=False,
        sla_fields={},
        people={},
    )


def rules(*goals: Goal, name: str = "resolution") -> Rules:
    """What is promised, with a pause while waiting."""
    anchors = Anchors(Fraction(0), Fraction(1, 2), Fraction(1))
    promise = Promise(name, None, goals, "comment", "last", Fraction(9, 10), anchors)
    definition = Definition(
        id="x",
        name="X",
        team="X",
        projects=("X",),
        jql=None,
        work=OFFICE,
        promises={name: promise},
        anchors={},
        weights={},
        pause_statuses=frozenset({"WAITING"}),
        exclude_resolutions=frozenset(),
        analysts=ANALYSTS,
        tempo_team=None,
        by_month=False,
    )
    return Rules(definition, promise, Categories({}, NAMES, {"p1": "High"}, {}))


NO_ANSWERS = (
    say("10:00", "ann"),
    say("10:01", "eve"),
    say("10:02", "bob"),
    say("10:03", "ann", is_public=False),
    say("10:04", "ann", is_app=True),
)


def test_a_first_response_stops_at_the_first_comment_that_answers() -> None:
    """Outsiders, the creator, restricted comments, automation and the instant of creation answer nothing."""
    answered = ticket(comments=(*NO_ANSWERS, say("10:06", "ann"), say("10:05", "ann")))

    assert response_runs(ticket(comments=NO_ANSWERS), "comment", ANALYSTS) == (Run(BORN_MS, None),)
    assert response_runs(answered, "comment", ANALYSTS) == (Run(BORN_MS, at("10:05")),)


def test_what_is_resolved_first_stops_unanswered() -> None:
    """An answer at the instant of the resolution still counts, one a minute later does not; a slip resolves too."""
    slip = (move("11:00", "1", "8"), move("11:05", "8", "1"))

    punctual = response_runs(ticket(*slip, comments=(say("11:00", "ann"),)), "comment", ANALYSTS)
    late = response_runs(ticket(*slip, comments=(say("11:01", "ann"),)), "comment", ANALYSTS)

    assert punctual == (Run(BORN_MS, at("11:00")),)
    assert late == (Run(BORN_MS, at("11:00"), answered=False),)


def test_a_queue_may_name_leaving_the_new_statuses() -> None:
    """Then comments mean nothing, and the first change out of what is new is the answer."""
    started = ticket(move("11:00", "1", "2"), move("11:30", "2", "8"), status="8", comments=(say("10:30", "ann"),))

    assert response_runs(started, "left_new", ANALYSTS) == (Run(BORN_MS, at("11:00")),)


def test_a_reopening_starts_another_resolution() -> None:
    """Done to Done moves no stop; the last stop of what is Done is its resolution date, if that is not too early."""
    moves = (move("11:00", "1", "8"), move("12:00", "8", "9"), move("14:00", "9", "2"), move("15:00", "2", "8"))
    first, second = Run(BORN_MS, at("11:00")), Run(at("14:00"), at("15:00"))

    assert resolution_runs(ticket(*moves[:2], status="9")) == (first,)
    assert resolution_runs(ticket(*moves[:3], status="2", date_ms=at("11:00"))) == (first, Run(at("14:00"), None))
    assert resolution_runs(ticket(*moves, status="8", date_ms=at("11:00"))) == (first, second)
    dated = resolution_runs(ticket(*moves, status="8", date_ms=at("15:00") + 30))
    assert dated == (first, Run(at("14:00"), at("15:00") + 30))


def test_what_is_created_done_has_no_run_until_it_is_reopened() -> None:
    """Nothing was asked of anybody; a later reopening is a resolution, and never a first response."""
    reopened = ticket(move("11:00", "9", "1"), comments=(say("12:00", "ann"),))

    assert (resolution_runs(ticket(status="9")), response_runs(ticket(status="9"), "comment", ANALYSTS)) == ((), ())
    assert resolution_runs(reopened) == (Run(at("11:00"), None),)
    assert response_runs(reopened, "comment", ANALYSTS) == ()


def test_pauses_shift_the_instant_at_which_the_goal_passes() -> None:
    """Ten to twelve and two to three are three hours: a goal of 2.5 h passes at half past two, not while waiting."""
    changes = (move("13:00", "1", "3"), move("14:00", "3", "2"), move("15:00", "2", "8"))
    done, promised = ticket(*changes, status="8"), rules()
    run = resolution_runs(done)[0]

    def judged(minutes: int, text: str) -> tuple[str, int | None, int | None, int, bool]:
        one = stand_run(run, minutes * MINUTE_MS, done, at(text), promised)
        return one.verdict, one.decided_ms, one.due_ms, one.elapsed_ms // MINUTE_MS, one.is_paused

    assert judged(150, "16:00") == ("breached", at("14:30"), None, 180, False)
    assert judged(180, "16:00") == ("met", at("15:00"), None, 180, False)
    assert judged(150, "14:31") == ("breached", at("14:30"), at("14:30"), 151, False)
    assert judged(150, "14:30") == ("undecided", None, at("14:30"), 150, False)
    assert judged(150, "13:30") == ("undecided", None, None, 120, True)
    assert judged(60, "13:30") == ("breached", at("11:00"), at("11:00"), 120, True)
    assert judged(150, "11:00") == ("undecided", None, at("13:30"), 60, False)
    response = stand_run(run, 150 * MINUTE_MS, done, at("13:30"), rules(name="first_response"))
    assert (response.is_paused, response.elapsed_ms) == (False, 150 * MINUTE_MS)


def test_a_gap_in_the_history_was_what_the_next_change_left() -> None:
    """Entered Doing, left Waiting: the hour between was spent waiting."""
    gap = ticket(move("10:30", "1", "2"), move("11:30", "3", "2"), status="2")

    standing = stand_run(resolution_runs(gap)[0], HOUR_MS, gap, at("12:00"), rules())

    assert (standing.elapsed_ms, standing.decided_ms, standing.verdict) == (HOUR_MS, None, "undecided")


@pytest.mark.parametrize(("day", "hours"), [("2026-11-23", 3), ("2026-11-22", 2), ("2026-10-31", 1)])
def test_the_goal_in_force_is_the_one_valid_when_the_run_started(day: str, hours: int) -> None:
    """The newer goal of the same kind wins from its first local date on."""
    since = (None, date(2026, 11, 1), date(2026, 11, 23))
    goals = [Goal((1 + i) * HOUR_MS, "high", None, valid_from) for i, valid_from in enumerate(since)]

    assert rules(*goals).goal_ms(ticket(), ms_of(f"{day}T23:30-03:00"), BORN_MS) == hours * HOUR_MS


def test_the_more_specific_goal_wins() -> None:
    """Priority and type before priority, before type, before any; none that fits is none."""
    either, of_type = Goal(1, None, None, date(2026, 1, 1)), Goal(2, None, "bug", None)
    of_priority, of_both, of_others = Goal(3, "p1", None, None), Goal(4, "High", "7", None), Goal(5, "Low", "Bug", None)
    goals = (of_others, either, of_type, of_priority, of_both)

    chosen = [rules(*goals[:count]).goal_ms(ticket(), BORN_MS, BORN_MS) for count in range(1, 6)]

    assert chosen == [None, 1, 2, 3, 4]


def test_the_priority_is_the_one_of_the_instant_that_is_judged() -> None:
    """A ticket made urgent later has the goal of its time before."""
    raised = ticket(Change(at("12:00"), "priority", "p2", "p1"))
    urgent = rules(Goal(HOUR_MS, "High", None, None))

    found = [urgent.goal_ms(raised, BORN_MS, at(text)) for text in ("11:59", "12:00")]

    assert found == [None, HOUR_MS]
