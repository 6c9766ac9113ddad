"""The SLA fields of a ticket as Jira Service Management shows them, the odd ones among them included."""

from __future__ import annotations

from demo.cycles import Cycle, read, resolution_cycles, response_cycles
from demo.effort import Desk
from demo.stamps import account_day, date_json, duration_json
from demo.states import State
from demo.workflow import SITE
from demo.worktime import WorkCalendar

METRICS = {
    "customfield_10030": ("1", "Time to first response"),
    "customfield_10031": ("2", "Time to resolution"),
    "customfield_10060": ("3", "Time to first answer"),
    "customfield_10061": ("4", "Time to done"),
}
"""Metric id and name by SLA field; the last two belong to the people team's project."""


class SlaFields:
    """Reads the clocks of tickets; the cycles of a ticket are found once for each of its states.

    Args:
        old_forms: some of the odd values are those of servers that were upgraded from early versions.
    """

    def __init__(self, *, old_forms: bool = False) -> None:
        self.old_forms = old_forms
        self._kept: dict[tuple[int, int], tuple[State, tuple[Cycle, ...]]] = {}

    def field(self, state: State, desk: Desk, level: int, at_ms: int) -> str:
        """The value of the field of level 0 (first response) or 1 (resolution) at an instant, as JSON."""
        odd = state.ticket.odd
        if state.ticket.type.subtask or odd == "null":
            return "null"
        if odd == "text":
            return '"2h 30m"'
        if odd == "text-object":
            return self._text_object(state, desk, level)
        completed, ongoing = self._parts(state, desk, level, at_ms)
        if not ongoing and odd == "explicit-null":
            ongoing = ',"ongoingCycle":null'
        shown = f'{_head(state, desk, level)},{completed}{ongoing},"slaDisplayFormat":"NEW_SLA_FORMAT"}}'
        if odd == "listed" and self.old_forms and state.ticket.number % 2:
            return f'{_head(state, desk, level)},"completedCycles":[{{"breached":false}}]}}'
        return f"[{shown}]" if odd == "listed" else shown

    def _text_object(self, state: State, desk: Desk, level: int) -> str:
        if not self.old_forms or state.ticket.number % 2:
            return '{"text":"2h 30m","breached":false}'
        start_ms, goal_ms = state.ticket.created_ms, desk.goal_ms(level, state.ticket.first_priority, state.since_ms)
        return (
            f'{{"completeCycles":[],"ongoingCycle":{{"goalTime":{goal_ms},"startDate":{start_ms}'
            f',"breachedDate":{start_ms + goal_ms},"remainingTime":{-goal_ms}}}}}'
        )

    def metric(self, state: State, desk: Desk, level: int, at_ms: int) -> str | None:
        """The same as the request's own SLA resource shows it: always regular, None where no goal matched."""
        if state.ticket.type.subtask or state.ticket.odd == "null":
            return None
        completed, ongoing = self._parts(state, desk, level, at_ms)
        return f"{_head(state, desk, level)},{completed}{ongoing}}}"

    def cycles(self, state: State, desk: Desk, level: int) -> tuple[Cycle, ...]:
        """The cycles that have started in that state."""
        kept = self._kept.get((state.ticket.id, level))
        if kept is not None and kept[0] is state:
            return kept[1]
        found = response_cycles(state, desk) if level == 0 else resolution_cycles(state, desk)
        self._kept[state.ticket.id, level] = (state, found)
        return found

    def _parts(self, state: State, desk: Desk, level: int, at_ms: int) -> tuple[str, str]:
        if state.ticket.odd == "never-started":
            return '"completedCycles":[]', ""
        cycles = self.cycles(state, desk, level)
        running = cycles[-1] if cycles and cycles[-1].stop_ms is None else None
        stopped = cycles if running is None else cycles[:-1]
        completed = _completed(state, desk, level, stopped, account_day(at_ms))
        return completed, "" if running is None else f',"ongoingCycle":{_ongoing(state, desk, running, at_ms)}'


def _head(state: State, desk: Desk, level: int) -> str:
    id_, name = METRICS[desk.plan.resolution_field if level else desk.plan.response_field]
    link = f"{SITE}/rest/servicedeskapi/request/{state.ticket.id}/sla/{id_}"
    return f'{{"id":"{id_}","name":"{name}","_links":{{"self":"{link}"}}'


def _completed(state: State, desk: Desk, level: int, stopped: tuple[Cycle, ...], today: int) -> str:
    """Stopped cycles as JSON: kept for good once no date in them is called Today or Yesterday any more."""
    kept = state.rendered.get(("completed", level)) or state.rendered.get(("completed", level, today))
    if kept is not None:
        return kept
    latest_ms = 0
    shown = []
    for cycle in stopped:
        text, cycle_latest_ms = _stopped_json(cycle, desk.calendar, state.ticket.odd, today)
        shown.append(text)
        latest_ms = max(latest_ms, cycle_latest_ms)
    joined = f'"completedCycles":[{",".join(shown)}]'
    settled = today > account_day(latest_ms) + 1
    state.rendered[("completed", level) if settled else ("completed", level, today)] = joined
    return joined


def _stopped_json(cycle: Cycle, calendar: WorkCalendar, odd: str | None, today: int) -> tuple[str, int]:
    stop_ms = latest_ms = cycle.stop_ms or 0
    reading = read(cycle, calendar, stop_ms)
    shown = f'{{"startTime":{date_json(cycle.start_ms, today)},"stopTime":{date_json(stop_ms, today)}'
    if reading.breach_ms is not None and not (reading.breached and odd == "no-breach-time"):
        shown += f',"breachTime":{date_json(reading.breach_ms, today)}'
        latest_ms = max(latest_ms, reading.breach_ms)
    shown += f',"breached":{_truth(reading.breached)},{_durations(cycle, reading.elapsed_ms)}}}'
    return shown, latest_ms


def _ongoing(state: State, desk: Desk, cycle: Cycle, at_ms: int) -> str:
    today = account_day(at_ms)
    reading = read(cycle, desk.calendar, at_ms)
    shown = f'{{"startTime":{date_json(cycle.start_ms, today)}'
    if reading.breach_ms is not None and state.ticket.odd != "no-breach-time":
        shown += f',"breachTime":{date_json(reading.breach_ms, today)}'
    shown += f',"breached":{_truth(reading.breached)},"paused":{_truth(cycle.paused)}'
    shown += f',"withinCalendarHours":{_truth(desk.calendar.is_open(at_ms))}'
    return f"{shown},{_durations(cycle, reading.elapsed_ms)}}}"


def _durations(cycle: Cycle, elapsed_ms: int) -> str:
    return (
        f'"goalDuration":{duration_json(cycle.goal_ms)},"elapsedTime":{duration_json(elapsed_ms)}'
        f',"remainingTime":{duration_json(cycle.goal_ms - elapsed_ms)}'
    )


def _truth(value: bool) -> str:
    return "true" if value else "false"
