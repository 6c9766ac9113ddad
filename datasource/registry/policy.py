"""From a registry that is right to the values the rules work with: defaults merged, calendars laid on their queues."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from datasource.registry.definition import definition_hash
from datasource.registry.hours import weekly
from datasource.registry.model import CalendarSection, DefaultsSection, GoalList, QueueSection, RegistrySection
from datasource.registry.places import public_holidays
from servicelevel.calendars import ALWAYS_OPEN, BusinessCalendar
from servicelevel.policy import DEFAULT_WEIGHTS, DimensionName, Goal, Note, Policy, Queue, Sla, SlaName

_T = TypeVar("_T")


def policy(registry: RegistrySection) -> Policy:
    """The whole registry as values; queues that name one calendar share it."""
    calendars = {name: _calendar(name, section) for name, section in registry.calendars.items()}
    return Policy(
        queues=tuple(_queue(section, registry.defaults, calendars) for section in registry.queues),
        notes=tuple(Note(note.day, note.text, note.queues) for note in registry.notes),
        analyst_names=registry.privacy.analysts,
        revoked_tokens=registry.revoked_tokens,
    )


def _calendar(name: str, section: CalendarSection) -> BusinessCalendar:
    public = section.holidays
    closed = public_holidays(public.country, public.subdivision) if public is not None else frozenset()
    return BusinessCalendar(
        name=name,
        time_zone=section.time_zone,
        weekly=weekly(section.hours),
        holidays=closed | frozenset(section.extra_holidays),
        exceptions=dict(section.exceptions),
    )


def _queue(section: QueueSection, defaults: DefaultsSection, calendars: Mapping[str, BusinessCalendar]) -> Queue:
    calendar_name = _either(section.calendar, defaults.calendar)
    weights: dict[DimensionName, float] = {}
    for dimension, usual in DEFAULT_WEIGHTS.items():
        of_defaults = _either(getattr(defaults.weights, dimension), usual)
        weights[dimension] = float(_either(getattr(section.weights, dimension), of_defaults))
    queue = Queue(
        id=section.id,
        name=section.name,
        team=section.team,
        projects=section.project,
        calendar=calendars[calendar_name] if calendar_name is not None else ALWAYS_OPEN,
        first_response=_sla("first_response", section, defaults),
        resolution=_sla("resolution", section, defaults),
        jql=section.jql,
        pause_statuses=_either(section.pause_statuses, _either(defaults.pause_statuses, ())),
        exclude_resolutions=_either(section.exclude_resolutions, _either(defaults.exclude_resolutions, ())),
        analysts=section.analysts,
        weights=weights,
        anchors=defaults.anchors.values() | section.anchors.values(),
        tempo_team=section.tempo.team if section.tempo is not None else None,
        budget_window="rolling_28d" if section.budget_window == "28d" else "calendar_month",
        share=section.share,
    )
    return replace(queue, definition_hash=definition_hash(queue))


def _sla(name: SlaName, section: QueueSection, defaults: DefaultsSection) -> Sla:
    clock = section.sla.first_response if name == "first_response" else section.sla.resolution
    goals: GoalList = _either(getattr(section.goals, name), _either(getattr(defaults.goals, name), ()))
    return Sla(
        name=name,
        target=_either(getattr(section.targets, name), getattr(defaults.targets, name)),
        field=clock.field,
        clock=clock.clock,
        judged=clock.judged,
        stops_at=section.sla.first_response.stops_at if name == "first_response" else "comment",
        goals=tuple(Goal(goal.goal, goal.priority, goal.type, goal.valid_from) for goal in goals),
    )


def _either(here: _T | None, otherwise: _T) -> _T:
    return otherwise if here is None else here
