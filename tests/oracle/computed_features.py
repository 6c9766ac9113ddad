"""What makes a clock hard to compute: comments that answer nothing, statuses that come and go, goals that changed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from tests.oracle.computed import stretches
from tests.oracle.definitions import SLAS
from tests.oracle.facts import Change, Comment, Ticket
from tests.oracle.instants import MINUTE_MS, ms_of
from tests.oracle.queue_facts import QueueFacts

COMPUTED_FEATURES = (
    "pause",
    "paused now",
    "reopen",
    "slip",
    "done to done",
    "gap",
    "restricted comment",
    "creator's own comment",
    "app comment",
    "outsider's comment",
    "resolved without comment",
    "older goal",
    "no resolution set",
    "lunch break",
    "week of the clock change in Berlin",
)
_SLIP_MS = 10 * MINUTE_MS
_CHANGE_WEEK_MS = ms_of("2026-10-19T00:00:00+02:00"), ms_of("2026-10-26T00:00:00+01:00")
_NOON_MS = ms_of("2026-11-18T12:00:00-03:00"), ms_of("2026-11-18T13:00:00-03:00")


def computed_features(facts: QueueFacts, tickets: Iterable[Ticket]) -> Counter[str]:
    """How many of the tickets have each feature.

    A comment counts where it would have stopped the clock but for the rule that it stands for.
    """
    return Counter(feature for ticket in tickets for feature in {*_in_history(facts, ticket), *_in_runs(facts, ticket)})


def _in_history(facts: QueueFacts, ticket: Ticket) -> Iterator[str]:
    moves = [change for change in ticket.changes if change.field == "status"]
    out, into = ticket.out_of_done(facts.read_ms), ticket.into_done(facts.read_ms)
    if out:
        yield "reopen"
    if any(0 < left_ms - done_ms <= _SLIP_MS for left_ms in out for done_ms in into):
        yield "slip"
    if any({move.before, move.after} <= ticket.done_statuses for move in moves):
        yield "done to done"
    if any(_is_gap(*pair) for pair in pairwise(moves)):
        yield "gap"
    if ticket.is_done(facts.read_ms) and ticket.resolution_date_ms is None:
        yield "no resolution set"


def _is_gap(move: Change, following: Change) -> bool:
    return move.after != following.before


def _in_runs(facts: QueueFacts, ticket: Ticket) -> Iterator[str]:
    work, at_ms = facts.definition.work, facts.read_ms
    if facts.unanswered(ticket, at_ms):
        yield "resolved without comment"
    for sla in SLAS:
        rules = facts.rules(sla)
        for standing in facts.standings(ticket, sla, at_ms):
            start_ms, end_ms = standing.cycle.start_ms, standing.cycle.stop_ms or at_ms
            if rules.goal_ms(ticket, start_ms, at_ms) != rules.goal_ms(ticket, at_ms, at_ms):
                yield "older goal"
            if standing.is_paused:
                yield "paused now"
            if any(
                rules.pauses(status) and work.between(from_ms, to_ms)
                for from_ms, to_ms, status in stretches(ticket, start_ms, end_ms)
            ):
                yield "pause"
            if start_ms < _NOON_MS[0] and end_ms > _NOON_MS[1] and work.between(*_NOON_MS) == 0:
                yield "lunch break"
            is_in_week = start_ms < _CHANGE_WEEK_MS[1] and end_ms > _CHANGE_WEEK_MS[0]
            if work.zone.key == "Europe/Berlin" and is_in_week:
                yield "week of the clock change in Berlin"
            if sla == "first_response":
                early = (one for one in ticket.comments if ticket.created_ms < one.at_ms < end_ms)
                yield from (_why_no_answer(one, ticket, facts.analysts) for one in early)


def _why_no_answer(comment: Comment, ticket: Ticket, analysts: frozenset[str]) -> str:
    if comment.is_app:
        return "app comment"
    if comment.author not in analysts:
        return "outsider's comment"
    return "creator's own comment" if comment.author == ticket.creator else "restricted comment"
