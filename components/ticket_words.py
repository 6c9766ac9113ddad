"""A ticket's clocks and events in words: the verdict first, then what happened, and where the clock comes from."""

from collections.abc import Sequence
from typing import Final

from components import words
from components.analysts import Named
from components.strips import NAMES, state_of
from servicelevel.calendars import BusinessCalendar
from servicelevel.timeline import Event, Strip, Timeline
from servicelevel.verdicts import Verdict

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TONES: Final = ("risk", "watch", "none", "ok")


def tone_of(told: Timeline) -> str:
    """The tint of the verdict: that of the running clock in most trouble, else of what was decided."""
    running = [state_of(strip)[0] for strip in told.strips if strip.stop is None]
    tones = running or [state_of(strip)[0] for strip in told.strips] or ["none"]
    return min(tones, key=_TONES.index)


def verdict_sentences(told: Timeline, calendar: BusinessCalendar) -> list[str]:
    """The running clock with least left first; then the other one, what waiting took, and what is not judged."""
    order = sorted(told.strips, key=lambda strip: (strip.stop is not None, strip.left_ms))
    said = [_clock(strip, told, calendar) for strip in order]
    waited = max([strip.paused_ms for strip in told.strips], default=0)
    if waited:
        said.append(f"It waited {words.duration(waited)} on others, which does not count.")
    said += [f"{NAMES[name]} is not judged: {reason.replace('_', ' ')}." for name, reason in told.excluded]
    return said or ["No clock runs on this ticket."]


def _clock(strip: Strip, told: Timeline, calendar: BusinessCalendar) -> str:
    name, goal = NAMES[strip.sla], words.duration(strip.goal_ms)
    past = words.duration(abs(strip.left_ms))
    if strip.verdict == Verdict.BREACHED and strip.stop is None:
        return f"{name} is {past} past its goal of {goal}{' and paused' if strip.paused else ''}."
    if strip.verdict == Verdict.BREACHED:
        return f"{name} was missed by {past}: {words.duration(strip.elapsed_ms)} of {goal}."
    if strip.verdict == Verdict.MET:
        without = " by resolving it, without an answer" if strip.unanswered else ""
        return f"{name} was kept{without}: {words.duration(strip.elapsed_ms)} of {goal}."
    if strip.paused:
        return f"{name} is paused with {past} left of {goal}."
    act = "it is answered" if strip.sla == "first_response" else "it is solved"
    when = "" if strip.goal_at is None else f" at {words.instant(strip.goal_at, told.as_of, calendar.zone)}"
    return f"{name} breaks{when} unless {act}: {past} left of {goal}."


def event_words(event: Event, name_of: Named) -> tuple[str, str]:
    """What happened, and what it cost."""
    cost = "" if event.cost_ms is None else words.duration(event.cost_ms)
    who, to = name_of(event.person), name_of(event.to)
    if event.kind == "opened":
        by = f" by {who}" if who else ""
        return f"Opened{by}" + (f", assigned to {to}" if to else ""), ""
    if event.kind == "assigned":
        return (f"Assigned to {to}" if to else "Assigned"), f"{cost} unassigned"
    if event.kind == "handed_over":
        return (f"{who} → {to}" if who and to else "Handed over"), cost
    if event.kind == "put_back":
        return (f"{who} → unassigned" if who else "Unassigned"), cost
    if event.kind == "answered":
        return "First response", f"{cost} late" if cost else "in time"
    if event.kind == "priority":
        return f"Priority {event.before or 'none'} → {event.after or 'none'}", ""
    if event.kind == "resumed":
        return event.after or "Resumed", f"{cost} paused"
    if event.kind == "paused":
        return event.after or "Paused", "clock paused"
    notes = {"resolved": "resolved", "reopened": "reopened"}
    return event.after or "Moved", notes.get(event.kind, "")


def clock_source(told: Timeline, calendar: BusinessCalendar) -> str:
    """Where the clocks come from, the calendar they run by, and the goal that was in force."""
    sources = {strip.source for strip in told.strips}
    parts = ["Clock: computed from the changelog" if sources == {"computed"} else "Clock: Jira Service Management"]
    parts.append(f"calendar {calendar.name} ({calendar.time_zone}, {opening_hours(calendar)})")
    parts += [_goal(strip) for strip in told.strips if strip.goal]
    text = " · ".join(parts)
    differing = [strip for strip in told.strips if strip.reconstructed]
    if differing:
        names = words.listed([NAMES[strip.sla].lower() for strip in differing])
        counts = words.listed([words.duration(strip.elapsed_ms) for strip in differing])
        text += (
            f". The stretches of {names} are the portal’s reconstruction from the status history; "
            f"Jira counts {counts} used, and Jira’s verdict stands."
        )
    repeated = [strip for strip in told.strips if strip.runs > 1]
    for strip in repeated:
        text += f" {NAMES[strip.sla]} ran {strip.runs} times; the judged run is shown."
    return text


def opening_hours(calendar: BusinessCalendar) -> str:
    """The weekly hours: `Mon–Fri 09:00–12:00, 13:00–18:00`, or `24/7`."""
    if all(hours == ((0, 1440),) for hours in calendar.weekly):
        return "24/7"
    groups: list[tuple[int, int]] = []
    for day in range(7):
        if groups and groups[-1][1] == day - 1 and calendar.weekly[day] == calendar.weekly[groups[-1][0]]:
            groups[-1] = (groups[-1][0], day)
        else:
            groups.append((day, day))
    return "; ".join(
        f"{_days(first, last)} {_hours(calendar.weekly[first])}" for first, last in groups if calendar.weekly[first]
    )


def _days(first: int, last: int) -> str:
    return _WEEKDAYS[first] if first == last else f"{_WEEKDAYS[first]}–{_WEEKDAYS[last]}"


def _hours(hours: Sequence[tuple[int, int]]) -> str:
    def clock(minutes: int) -> str:
        return f"{minutes // 60:02d}:{minutes % 60:02d}"

    return ", ".join(f"{clock(start)}–{clock(end)}" for start, end in hours)


def _goal(strip: Strip) -> str:
    goal = strip.goal
    if goal is None:
        return ""
    about = " ".join(part for part in (goal.priority, goal.type) if part)
    since = "" if goal.valid_from is None else f", valid from {words.day(goal.valid_from)} {goal.valid_from.year}"
    return f"{NAMES[strip.sla].lower()} goal {words.duration(goal.goal_ms)}{f' for {about}' if about else ''}{since}"
