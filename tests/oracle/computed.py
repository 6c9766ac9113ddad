"""Clocks that nobody runs: when they start, stop and pause is told by the changelog and the comments alone."""

from dataclasses import dataclass
from itertools import pairwise

from tests.oracle.cycles import Cycle, Standing, Verdict
from tests.oracle.definitions import Definition, Goal, Promise
from tests.oracle.facts import Categories, Comment, Ticket
from tests.oracle.instants import local_date

_FOREVER_MS = 1 << 62


@dataclass(frozen=True, slots=True)
class Run:
    """From its start to its stop (None: not yet, as far as is known); `answered` unless it only ended with the work."""

    start_ms: int
    stop_ms: int | None
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """What a run is judged by: the queue, its promise, and the names of everything that has an id."""

    definition: Definition
    promise: Promise
    categories: Categories

    def pauses(self, status: str | None) -> bool:
        """Whether the clock stands still in a status; a first response never does."""
        return self.promise.name == "resolution" and _is_meant(
            self.definition.pause_statuses, status, self.categories.status_names.get(status or "")
        )

    def goal_ms(self, ticket: Ticket, start_ms: int, at_ms: int) -> int | None:
        """The goal of a run by its start, and by the ticket's type and its priority at an instant; None without one."""
        day, priority = local_date(start_ms, self.definition.work.zone), ticket.at("priority", at_ms)
        valid = [goal for goal in self.promise.goals if goal.valid_from is None or goal.valid_from <= day]
        for_priority = [
            goal
            for goal in valid
            if goal.priority is None
            or _is_meant({goal.priority}, priority, self.categories.priority_names.get(priority or ""))
        ]
        fitting = [
            goal
            for goal in for_priority
            if goal.type is None or _is_meant({goal.type}, ticket.type_id, ticket.type_name)
        ]
        return max(fitting, key=_precedence).goal_ms if fitting else None


def response_runs(ticket: Ticket, stops_at: str, analysts: frozenset[str]) -> tuple[Run, ...]:
    """The one run of a first response; a ticket that was created Done has none."""
    if ticket.is_born_done:
        return ()
    answers = [one.at_ms for one in ticket.comments if _is_answer(one, ticket, analysts)]
    answer_ms = ticket.first_out_of_new_ms() if stops_at == "left_new" else min(answers, default=None)
    done_ms = min(ticket.into_done(_FOREVER_MS), default=None)
    if done_ms is not None and (answer_ms is None or done_ms < answer_ms):
        return (Run(ticket.created_ms, done_ms, answered=False),)
    return (Run(ticket.created_ms, answer_ms),)


def resolution_runs(ticket: Ticket) -> tuple[Run, ...]:
    """From the creation into Done, and again from every reopening; the end that counts is the resolution date."""
    runs: list[Run] = []
    start_ms = None if ticket.is_born_done else ticket.created_ms
    turns = [(at_ms, True) for at_ms in ticket.into_done(_FOREVER_MS)]
    turns += [(at_ms, False) for at_ms in ticket.out_of_done(_FOREVER_MS)]
    for at_ms, is_into_done in sorted(turns):
        if is_into_done and start_ms is not None:
            runs.append(Run(start_ms, at_ms))
            start_ms = None
        elif not is_into_done and start_ms is None:
            start_ms = at_ms
    if start_ms is not None:
        runs.append(Run(start_ms, None))
    date_ms = ticket.resolution_date_ms
    if runs and date_ms is not None and ticket.now["status"] in ticket.done_statuses and date_ms >= runs[-1].start_ms:
        runs[-1] = Run(runs[-1].start_ms, date_ms)
    return tuple(runs)


def stand_run(run: Run, goal_ms: int, ticket: Ticket, at_ms: int, rules: Rules) -> Standing:
    """What a run that has started says as of an instant: its business time until then, pauses left out."""
    stop_ms = run.stop_ms if run.stop_ms is not None and run.stop_ms <= at_ms else None
    end_ms = at_ms if stop_ms is None else stop_ms
    elapsed_ms, passed_ms, work = 0, None, rules.definition.work
    for from_ms, to_ms, status in stretches(ticket, run.start_ms, end_ms):
        if rules.pauses(status):
            continue
        more_ms = work.between(from_ms, to_ms)
        if passed_ms is None and more_ms > 0 and elapsed_ms + more_ms >= goal_ms:
            passed_ms = work.after(from_ms, goal_ms - elapsed_ms)
        elapsed_ms += more_ms
    is_paused = stop_ms is None and rules.pauses(ticket.at("status", at_ms))
    verdict: Verdict = "breached" if elapsed_ms > goal_ms else "undecided" if stop_ms is None else "met"
    if verdict == "undecided" and passed_ms is None:
        passed_ms = work.after(at_ms, goal_ms - elapsed_ms)
    due_ms = passed_ms if stop_ms is None and (verdict == "breached" or not is_paused) else None
    decided_ms = {"breached": passed_ms, "met": stop_ms, "undecided": None}[verdict]
    cycle = Cycle(run.start_ms, stop_ms, None, verdict == "breached", is_paused, goal_ms, elapsed_ms)
    return Standing(cycle, verdict, decided_ms, stop_ms is not None, is_paused, elapsed_ms, due_ms)


def stretches(ticket: Ticket, start_ms: int, end_ms: int) -> list[tuple[int, int, str | None]]:
    """The times between two instants during which the status stayed the same, each with that status.

    A status is what the change that ends it says was left, also where the change before says another one was entered.
    """
    turns = {one.at_ms for one in ticket.changes if one.field == "status" and start_ms < one.at_ms < end_ms}
    edges = sorted({start_ms, end_ms, *turns})
    return [(from_ms, to_ms, ticket.at("status", from_ms)) for from_ms, to_ms in pairwise(edges)]


def _is_answer(comment: Comment, ticket: Ticket, analysts: frozenset[str]) -> bool:
    return (
        comment.is_public
        and comment.at_ms > ticket.created_ms
        and not comment.is_app
        and comment.author != ticket.creator
        and bool({comment.author, comment.author_name} & analysts)
    )


def _is_meant(written: frozenset[str] | set[str], id_: str | None, name: str | None) -> bool:
    """Whether one of the words of a registry is this id or, in whatever case, this name."""
    return id_ in written or (name or "").casefold() in {word.casefold() for word in written}


def _precedence(goal: Goal) -> tuple[bool, bool, int]:
    """Priority before type before any, both before one, and of the same kind the one that became valid later."""
    since = 0 if goal.valid_from is None else goal.valid_from.toordinal()
    return goal.priority is not None, goal.type is not None, since
