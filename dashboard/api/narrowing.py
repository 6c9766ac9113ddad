"""From what is asked for to what is looked at: queues of a team, and people by the names that answers give them."""

from collections.abc import Sequence
from dataclasses import replace

from dashboard import people
from dashboard.api.asked import Asked
from dashboard.api.problems import BadParameters, Wrong
from dashboard.portal import Portal
from opsportal.naming import Naming
from servicelevel.columns import TicketColumns
from servicelevel.measures import UNASSIGNED, Filters
from servicelevel.policy import Policy, Queue
from servicelevel.ticket import Label, Person

_LISTED = 20


def queues_of(asked: Asked, policy: Policy) -> tuple[Queue, ...]:
    """The queues asked for, all by default, in the registry's order.

    Raises:
        BadParameters: none of them belongs to the team asked for.
    """
    chosen = tuple(
        queue
        for queue in policy.queues
        if (not asked.queues or queue.id in asked.queues) and asked.team in (None, queue.team)
    )
    if not chosen:
        raise BadParameters([Wrong("team", asked.team, "None of the queues asked for belongs to it.")])
    return chosen


def filters_of(asked: Asked, services: Portal, queue_ids: Sequence[str]) -> Filters:
    """The filters as reports take them, with people by their accounts.

    Raises:
        BadParameters: a value that no ticket of these queues has; an empty answer would look like good news.
    """
    if not (asked.priority or asked.type or asked.analyst):
        return asked.filters
    readings = [reading for queue_id in queue_ids if (reading := services.reports.reading(queue_id)) is not None]
    if not readings:
        return asked.filters
    tables = [reading.columns for reading in readings]
    wrong = _unknown(asked, tables, services.naming)
    if wrong:
        raise BadParameters(wrong)
    everybody = [person for columns in tables for person in columns.people]
    return people.resolved(asked.filters, everybody, services.naming)


def _unknown(asked: Asked, tables: Sequence[TicketColumns], naming: Naming) -> list[Wrong]:
    priorities = [_label(label) for columns in tables for label in columns.priorities]
    types = [_label(label) for columns in tables for label in columns.types]
    everybody = [_called(person, naming) for columns in tables for person in columns.people]
    known = (
        ("priority", asked.priority, priorities, True),
        ("type", asked.type, types, True),
        ("analyst", asked.analyst, [*everybody, (UNASSIGNED,)], naming.rule == "names"),
    )
    wrong = []
    for name, values, entries, listed in known:
        folded = {text.casefold() for entry in entries for text in entry}
        names = list(dict.fromkeys(entry[0] for entry in entries))[:_LISTED] if listed else []
        there_are = f" There are: {', '.join(names)}." if names else ""
        wrong += [
            Wrong(name, value, f"No ticket read has it.{there_are}")
            for value in values
            if value.casefold() not in folded
        ]
    return wrong


def _label(label: Label) -> tuple[str, ...]:
    return label.name, label.id


def _called(person: Person, naming: Naming) -> tuple[str, ...]:
    return tuple(text for text in (naming.name(person), naming.id(person)) if text)


def without_paging(asked: Asked) -> Asked:
    """The same question whichever page of the answer is wanted."""
    return replace(asked, limit=None, cursor=None)
