"""A ticket's clocks as strips over one axis of business time: running, paused, past the goal, and what is left."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from dash import html
from dash.development.base_component import Component

from components import words
from components.definition import definition
from components.icons import IconName, icon
from components.strip_axis import WIDTH_PX, StripAxis, strip_axis
from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import HOUR_MS
from servicelevel.timeline import Stretch, Strip, Timeline
from servicelevel.verdicts import Verdict

NAMES: Final = {"first_response": "First response", "resolution": "Resolution"}
_LETTER_PX: Final = 7
_LEAST_PX: Final = 4
"""What a part of a strip is drawn with at least: a first response is a hair on the axis of a month."""
_NEAR, _EDGE = 0.26, 0.1
"""Shares of the width: labels closer than this give way to each other, and lines so near the frame's edge lean in."""
_GOAL_ROOM: Final = 1.5
"""How far past the last event the goal may lie to stay on the axis, in lengths of what has passed."""

_Piece: TypeAlias = tuple[Stretch, float, float, int]
"""A part of a strip between two gaps: its left and right as shares of the width, and its business time."""


def strips(told: Timeline, calendar: BusinessCalendar) -> list[Component]:
    """The strips, resolution first, with the axis under the first of them and the legend at the end."""
    if not told.strips:
        return []
    start = min(strip.start for strip in told.strips)
    end = max(_end(strip, told.as_of) for strip in told.strips)
    axis = strip_axis(calendar, start, end)
    shown = sorted(told.strips, key=lambda strip: strip.sla != "resolution")
    result: list[Component] = []
    for place, strip in enumerate(shown):
        result.append(_head(strip, told, calendar))
        result.append(_strip(strip, told, axis, calendar))
        if place == 0:
            result.append(_axis(axis))
    result.append(_legend(shown, axis, calendar))
    return result


def _end(strip: Strip, as_of: int) -> int:
    """How far a strip reaches: to its stop or now, and to its goal where that is not far off."""
    reached = as_of if strip.stop is None else strip.stop
    if strip.goal_at is None or strip.goal_at <= reached:
        return reached
    if strip.stop is not None:
        return reached
    near = reached + (reached - strip.start) * _GOAL_ROOM + 4 * HOUR_MS
    return strip.goal_at if strip.goal_at <= near else reached


def _head(strip: Strip, told: Timeline, calendar: BusinessCalendar) -> Component:
    tone, shape, word = state_of(strip)
    used = f"{words.duration(strip.elapsed_ms)} of {words.duration(strip.goal_ms)}"
    if strip.stop is None:
        share = strip.elapsed_ms / strip.goal_ms if strip.goal_ms else 0.0
        beside = f"{used} used · {words.percent(share, 0)}"
    elif strip.decided_at is None:
        beside = used
    else:
        beside = f"{used} · decided {words.instant(strip.decided_at, told.as_of, calendar.zone)}"
    return html.Div(
        [
            html.H3(NAMES[strip.sla]),
            definition(strip.sla),
            html.Span([icon(shape), word], className=f"strip-state tone-{tone}"),
            html.Span(beside, className="strip-used"),
        ],
        className="strip-head",
    )


def state_of(strip: Strip) -> tuple[str, IconName, str]:
    """Tone, icon and word of a clock's state."""
    if strip.verdict == Verdict.MET:
        return "ok", "kept", "Kept"
    if strip.verdict == Verdict.BREACHED:
        return "risk", "missed", "Missed" if strip.stop is not None else "Overdue"
    if strip.paused:
        return "none", "unproven", "Paused"
    if strip.left_ms < HOUR_MS:
        return "watch", "watch", "Within 1 h"
    return "none", "clock", "Running"


def _strip(strip: Strip, told: Timeline, axis: StripAxis, calendar: BusinessCalendar) -> Component:
    pieces: list[Component] = []
    end = _end(strip, told.as_of)
    for gap in axis.gaps if axis.cut else ():
        if gap.start > end:
            break
        look = "strip-gap strip-gap-long" if gap.long else "strip-gap"
        pieces.append(html.Span(className=look, style=_place(gap.at, gap.at + gap.width)))
    drawn = _drawn(strip, axis)
    for part, left, right, used in drawn:
        room = (right - left) * WIDTH_PX
        text = "paused" if part.kind == "paused" else words.duration(used)
        fits = room >= _room_px(text)
        pieces.append(
            html.Span(
                html.Span(text) if fits else "",
                className=f"strip-part strip-{part.kind}",
                style=_place(left, right),
                title=f"{part.kind} {words.duration(part.used_ms)}",
            )
        )
    pieces += _left(strip, told, axis)
    pieces += _lines(strip, told, axis, calendar, drawn)
    said = f"{NAMES[strip.sla]}: {words.duration(strip.elapsed_ms)} used of {words.duration(strip.goal_ms)}"
    paused = f", {words.duration(strip.paused_ms)} paused" if strip.paused_ms else ""
    label: dict[str, Any] = {"aria-label": said + paused}
    return html.Div(pieces, className="strip", role="img", **label)


def _drawn(strip: Strip, axis: StripAxis) -> list[_Piece]:
    """The parts cut at the gaps, each wide enough to be seen; what follows a widened one makes way."""
    least, reached = _LEAST_PX / WIDTH_PX, 0.0
    pieces: list[_Piece] = []
    for part in strip.stretches:
        for left, right, used in axis.pieces(part.start, part.end):
            left = min(max(left, reached), 1 - least)
            reached = max(right, left + least)
            pieces.append((part, left, reached, used))
    return pieces


def _beside(at: float, instant: int, drawn: Sequence[_Piece]) -> float:
    """Where a line at an instant stands: not inside a widened part that it lies before or after."""
    for part, left, right, _ in drawn:
        if instant <= part.start:
            return min(at, left)
        if instant >= part.end:
            at = max(at, right)
    return at


def _room_px(text: str) -> int:
    """Room that a text needs inside its part."""
    return _LETTER_PX * len(text) + 10


def _left(strip: Strip, told: Timeline, axis: StripAxis) -> list[Component]:
    """What is left of the goal, dashed, while the clock runs."""
    if strip.stop is not None or strip.paused or strip.goal_at is None or strip.left_ms <= 0:
        return []
    parts = axis.pieces(told.as_of, strip.goal_at)
    if not parts:
        return []
    widest = max(parts, key=lambda part: part[1] - part[0])
    text = f"{words.duration(strip.left_ms)} left"
    return [
        html.Span(
            html.Span(text) if part is widest and (part[1] - part[0]) * WIDTH_PX >= _room_px(text) else "",
            className=f"strip-part strip-left tone-{state_of(strip)[0]}",
            style=_place(part[0], part[1]),
        )
        for part in parts
    ]


def _lines(
    strip: Strip, told: Timeline, axis: StripAxis, calendar: BusinessCalendar, drawn: Sequence[_Piece]
) -> list[Component]:
    """The goal and the present as labelled lines, kept from writing over each other."""
    end = axis.intervals[-1][1]
    goal = strip.goal_at if strip.goal_at is not None and axis.intervals[0][0] <= strip.goal_at else None
    now = told.as_of if strip.stop is None else None
    places: dict[str, tuple[float, str, bool]] = {}
    if goal is not None:
        text = f"goal {words.instant(goal, told.as_of, calendar.zone)}"
        at = _beside(axis.at(min(goal, end)), goal, drawn)
        places["goal"] = (at, f"{text} →" if goal > end else text, goal > end)
    if now is not None:
        places["now"] = (axis.at(min(now, end)), f"now {words.clock(now, calendar.zone)}", False)
    near = len(places) == 2 and abs(places["goal"][0] - places["now"][0]) < _NEAR
    first = min(places, key=lambda kind: (places[kind][0], kind == "goal"), default="")
    return [
        _line(kind, at, text, side=_side(at, near=near, first=kind == first), hidden=hidden)
        for kind, (at, text, hidden) in places.items()
    ]


def _side(at: float, *, near: bool, first: bool) -> str:
    """Where a line's label stands: away from its neighbour, inside the frame, else in the middle."""
    if near:
        return "end" if first and at > _NEAR / 2 else "start" if not first and at < 1 - _NEAR / 2 else "middle"
    return "start" if at < _EDGE else "end" if at > 1 - _EDGE else "middle"


def _line(kind: str, at: float, text: str, *, side: str, hidden: bool) -> Component:
    look = f"strip-line strip-line-{kind} strip-line-{side}" + (" strip-line-beyond" if hidden else "")
    return html.Span(html.Span(text), className=look, style={"left": f"{100 * at:.2f}%"})


def _axis(axis: StripAxis) -> Component:
    ticks = [
        html.Span([tick.time, html.Span(tick.day) if tick.day else None], style={"left": f"{100 * tick.at:.2f}%"})
        for tick in axis.ticks
    ]
    silent: dict[str, Any] = {"aria-hidden": "true"}
    return html.Div(ticks, className="strip-axis", **silent)


def _legend(shown: Sequence[Strip], axis: StripAxis, calendar: BusinessCalendar) -> Component:
    kinds = {part.kind for strip in shown for part in strip.stretches}
    words_of = (("running", "running"), ("paused", "paused"), ("over", "past the goal"))
    keys = [html.Span(word, className=f"strip-key strip-key-{kind}") for kind, word in words_of if kind in kinds]
    if nights := [gap for gap in axis.gaps if gap.long]:
        gap = nights[0]
        closed = f"{words.clock(gap.start, calendar.zone)}–{words.clock(gap.end, calendar.zone)}"
        text = f"closed {closed}, not to scale" if len(nights) == 1 else f"closed, {len(nights)} times, not to scale"
        keys.append(html.Span(text, className="strip-key strip-key-closed"))
    return html.Div(keys, className="strip-legend")


def _place(left: float, right: float) -> dict[str, str]:
    return {"left": f"{100 * left:.2f}%", "width": f"{100 * (right - left):.2f}%"}
