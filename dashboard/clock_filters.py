"""The four menus over the list of clocks: queue, priority, analyst and promise. Every row is a link."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from dash import html
from dash.development.base_component import Component

from components import words
from components.due_grid import PROMISES
from components.icons import icon
from dashboard.clocks import Clock, Clocks
from dashboard.controls import menu, row
from dashboard.portal import Portal
from servicelevel.measures import UNASSIGNED
from servicelevel.policy import SLA_NAMES

MOST_ROWS: Final = 40


def clock_filters(found: Clocks, services: Portal) -> list[Component]:
    """The menus; beside each value how many clocks it would show, all other filters as they are."""
    people = [_analysts(found, services)] if services.naming.shows_people else []
    return [_queues(found, services), _priorities(found, services), *people, _promises(found, services)]


def _queues(found: Clocks, services: Portal) -> Component:
    view = found.view
    counts = _counted(found, found.but("queues"), lambda clock: clock.queue.id)
    every = [served.queue for served in found.seen.served.values()]
    rows = [
        row(
            queue.name,
            services.href(view.with_(queues=_turned(view.queues, queue.id))),
            chosen=queue.id in view.queues,
            beside=words.count(counts[queue.id]),
        )
        for queue in every
    ]
    chosen = [queue.name for queue in every if queue.id in view.queues]
    return _menu("Queue", chosen, f"all {len(every)}", rows, services.href(view.with_(queues=())))


def _priorities(found: Clocks, services: Portal) -> Component:
    view = found.view
    counts = _counted(found, found.but("priority"), lambda clock: clock.row.priority or "")
    ranks: dict[str, int] = {}
    for report in found.reports:
        for place, label in enumerate(report.columns.priorities):
            ranks[label.name] = min(place, ranks.get(label.name, place))
    names = sorted((name for name in counts if name), key=lambda name: (ranks.get(name, len(ranks)), name))
    rows = [
        row(
            name,
            services.href(view.with_(priority=_turned(view.priority, name))),
            chosen=_holds(view.priority, name),
            beside=words.count(counts[name]),
        )
        for name in names
    ]
    return _menu("Priority", list(view.priority), "all", rows, services.href(view.with_(priority=())))


def _analysts(found: Clocks, services: Portal) -> Component:
    view = found.view
    here = found.but("analyst")
    names: dict[str, str] = {}
    for clock in here:
        person = clock.row.analyst
        names[_value(found, clock)] = "Unassigned" if person is None else found.naming.name(person) or ""
    counts = _counted(found, here, lambda clock: _value(found, clock))
    order = sorted(names, key=lambda value: (value != UNASSIGNED, not _holds(view.analyst, value), -counts[value]))
    rows = [
        row(
            names[value],
            services.href(view.with_(analyst=_turned(view.analyst, value))),
            chosen=_holds(view.analyst, value),
            beside=words.count(counts[value]),
        )
        for value in order[:MOST_ROWS]
    ]
    chosen = [names.get(value, value) for value in view.analyst]
    return _menu("Analyst", chosen, "all", rows, services.href(view.with_(analyst=())))


def _promises(found: Clocks, services: Portal) -> Component:
    view = found.view
    counts = _counted(found, found.but("promise"), lambda clock: clock.row.sla)
    rows = [
        row(
            PROMISES[name],
            services.href(view.with_(promise=name)),
            chosen=view.promise == name,
            beside=words.count(counts[name]),
        )
        for name in SLA_NAMES
    ]
    chosen = [PROMISES[view.promise]] if view.promise else []
    return _menu("Promise", chosen, "both", rows, services.href(view.with_(promise=None)))


def _menu(label: str, chosen: Sequence[str], everything: str, rows: Sequence[Component], clear: str) -> Component:
    said = everything if not chosen else chosen[0] if len(chosen) == 1 else words.count(len(chosen))
    return menu(
        [label, html.Span(said, className="muted clip"), icon("chevron")],
        [row(everything.capitalize(), clear, chosen=not chosen), *rows],
        name=f"{label}: {said}",
        button="button-on" if chosen else "",
    )


def _counted(found: Clocks, clocks: Sequence[Clock], value: Callable[[Clock], str]) -> Counter[str]:
    states = set(found.states)
    counts: Counter[str] = Counter()
    for clock in clocks:
        counts[value(clock)] += clock.row.state in states
    return counts


def _value(found: Clocks, clock: Clock) -> str:
    """What the address calls the analyst of a clock."""
    person = clock.row.analyst
    return UNASSIGNED if person is None else found.naming.id(person) or UNASSIGNED


def _holds(values: Sequence[str], name: str) -> bool:
    return name.casefold() in {value.casefold() for value in values}


def _turned(values: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The values with one more, or without it."""
    left = tuple(value for value in values if value.casefold() != name.casefold())
    return left if len(left) < len(values) else (*values, name)
