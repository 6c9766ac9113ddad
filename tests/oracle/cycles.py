"""The clocks of Jira Service Management: the cycles of a field, and what each of them says as of an instant."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tests.oracle.facts import is_believable
from tests.oracle.minutes import WorkMinutes
from tests.oracle.upstream import Json

Verdict: TypeAlias = Literal["met", "breached", "undecided"]
Defect: TypeAlias = Literal["no_goal", "no_start", "unreadable"]


@dataclass(frozen=True, slots=True)
class Cycle:
    """One run of a clock as Jira told it; durations are business time."""

    start_ms: int
    stop_ms: int | None
    breach_ms: int | None
    breached: bool
    paused: bool
    goal_ms: int
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class Clock:
    """What one SLA field of a ticket holds: its readable cycles by start, and what is wrong with the others."""

    cycles: tuple[Cycle, ...]
    defects: tuple[Defect, ...]

    @property
    def is_anomalous(self) -> bool:
        """Whether the cycles contradict themselves or one of several is defective."""
        return bool(self.cycles and self.defects) or any(_contradicts_itself(cycle) for cycle in self.cycles)


@dataclass(frozen=True, slots=True)
class Standing:
    """A cycle as of an instant. `due_ms` is None while paused within the goal and once it is stopped."""

    cycle: Cycle
    verdict: Verdict
    decided_ms: int | None
    is_stopped: bool
    is_paused: bool
    elapsed_ms: int
    due_ms: int | None


def read_clock(value: Json) -> Clock:
    """The cycles of a field's value, whatever its form."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None:
        return Clock((), ("no_goal",))
    if not isinstance(value, dict) or not {"completedCycles", "ongoingCycle"} & set(value):
        return Clock((), ("unreadable",))
    raw = [(cycle, True) for cycle in value.get("completedCycles") or ()]
    if value.get("ongoingCycle") is not None:
        raw.append((value["ongoingCycle"], False))
    read = [_cycle(cycle, is_complete) for cycle, is_complete in raw]
    cycles = sorted((cycle for cycle in read if isinstance(cycle, Cycle)), key=lambda cycle: cycle.start_ms)
    return Clock(tuple(cycles), tuple(defect for defect in read if not isinstance(defect, Cycle)))


def stand(cycle: Cycle, as_of_ms: int, read_ms: int, work: WorkMinutes) -> Standing:
    """What a cycle that has started says as of an instant, read at another."""
    if cycle.stop_ms is not None and cycle.stop_ms <= as_of_ms:
        decided_ms = _broken_ms(cycle, read_ms, work) if cycle.breached else cycle.stop_ms
        verdict: Verdict = "breached" if cycle.breached else "met"
        return Standing(cycle, verdict, decided_ms, True, False, cycle.elapsed_ms, None)
    is_paused = cycle.paused and as_of_ms >= read_ms
    elapsed_ms = _running_elapsed_ms(cycle, as_of_ms, read_ms, is_paused, work)
    if _is_broken(cycle, as_of_ms, read_ms, is_paused, elapsed_ms, work):
        broken_ms = _broken_ms(cycle, read_ms, work)
        return Standing(cycle, "breached", broken_ms, False, is_paused, elapsed_ms, broken_ms)
    due_ms = cycle.breach_ms
    if due_ms is None:
        due_ms = work.after(as_of_ms, cycle.goal_ms - elapsed_ms)
    return Standing(cycle, "undecided", None, False, is_paused, elapsed_ms, None if is_paused else due_ms)


def _is_broken(cycle: Cycle, as_of_ms: int, read_ms: int, is_paused: bool, elapsed_ms: int, work: WorkMinutes) -> bool:
    if as_of_ms >= read_ms and (cycle.breached or is_paused):
        return cycle.breached
    if cycle.breach_ms is not None:
        return work.between(cycle.breach_ms, as_of_ms) > 0
    if as_of_ms < read_ms:
        return cycle.breached and work.between(_broken_ms(cycle, read_ms, work), as_of_ms) > 0
    return elapsed_ms > cycle.goal_ms


def _running_elapsed_ms(cycle: Cycle, as_of_ms: int, read_ms: int, is_paused: bool, work: WorkMinutes) -> int:
    if is_paused:
        return cycle.elapsed_ms
    said_so = cycle.breached and cycle.stop_ms is None and as_of_ms >= read_ms
    if cycle.breach_ms is not None and not said_so:
        return max(0, cycle.goal_ms - work.signed(as_of_ms, cycle.breach_ms))
    told_ms = read_ms if cycle.stop_ms is None else cycle.stop_ms
    return max(0, cycle.elapsed_ms + work.signed(told_ms, as_of_ms))


def _broken_ms(cycle: Cycle, read_ms: int, work: WorkMinutes) -> int:
    """When the goal passed: as Jira says, or by the calendar, and never after the stop or the reading that said so."""
    seen_ms = read_ms if cycle.stop_ms is None else cycle.stop_ms
    if cycle.breach_ms is not None and (not cycle.breached or cycle.breach_ms <= seen_ms):
        return cycle.breach_ms
    if cycle.breached:
        return min(work.after(cycle.start_ms, cycle.goal_ms), seen_ms)
    return work.after(read_ms, cycle.goal_ms - cycle.elapsed_ms)


def _contradicts_itself(cycle: Cycle) -> bool:
    if cycle.breached and cycle.breach_ms is None:
        return True
    if cycle.stop_ms is None:
        return False
    return (
        (cycle.breached and cycle.breach_ms is not None and cycle.breach_ms > cycle.stop_ms)
        or cycle.breached != (cycle.elapsed_ms > cycle.goal_ms)
        or cycle.stop_ms < cycle.start_ms
    )


def _cycle(raw: Json, is_complete: bool) -> Cycle | Defect:
    if not isinstance(raw, dict):
        return "unreadable"
    start_ms, stop_ms, breach_ms = (_number(raw, key, "epochMillis") for key in ("startTime", "stopTime", "breachTime"))
    goal_ms, elapsed_ms, left_ms = (
        _number(raw, key, "millis") for key in ("goalDuration", "elapsedTime", "remainingTime")
    )
    if start_ms is None:
        return "no_start"
    if goal_ms is None:
        return "no_goal"
    if elapsed_ms is None and left_ms is not None:
        elapsed_ms = goal_ms - left_ms
    instants = [at_ms for at_ms in (start_ms, stop_ms, breach_ms) if at_ms is not None]
    if elapsed_ms is None or (is_complete and stop_ms is None) or not all(is_believable(at_ms) for at_ms in instants):
        return "unreadable"
    is_paused = not is_complete and bool(raw.get("paused"))
    stop = stop_ms if is_complete else None
    return Cycle(start_ms, stop, breach_ms, bool(raw.get("breached")), is_paused, goal_ms, elapsed_ms)


def _number(raw: Json, key: str, unit: str) -> int | None:
    value = raw.get(key)
    number = value.get(unit) if isinstance(value, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None
