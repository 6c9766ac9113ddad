"""Between the people of an address and the accounts behind them: pages name people as the privacy rule says."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dashboard.portal import Portal
from dashboard.urls import View
from opsportal.naming import Naming
from servicelevel.measures import UNASSIGNED, Filters
from servicelevel.ticket import Person

_NOBODY: Final = " (not a pseudonym)"


def filters_of(view: View, services: Portal, queue_ids: Sequence[str]) -> Filters:
    """The filters of a view as reports take them, people among the tickets of these queues by their accounts."""
    if not view.filters.analyst:
        return view.filters
    readings = [reading for queue_id in queue_ids if (reading := services.reports.reading(queue_id)) is not None]
    everybody = [person for reading in readings for person in reading.columns.people]
    return resolved(view.filters, everybody, services.naming)


def resolved(filters: Filters, people: Sequence[Person], naming: Naming) -> Filters:
    """The filters with each pseudonym replaced by the account it stands for.

    Where names are not shown, a name or an account in an address means nobody: else an address would tell whose it is.
    """
    if naming.rule == "names" or not filters.analyst:
        return filters
    accounts = {str(text).casefold(): person.id for person in people for text in _called(person, naming) if text}
    known = {UNASSIGNED: UNASSIGNED, **accounts}
    return replace(filters, analyst=tuple(known.get(text.casefold(), f"{text}{_NOBODY}") for text in filters.analyst))


def choices(people: Sequence[Person], naming: Naming) -> list[tuple[str, str]]:
    """What a menu of analysts offers, as (value in the address, name); nothing where people are not shown."""
    if not naming.shows_people:
        return []
    named = sorted((naming.name(person) or "", naming.id(person) or "") for person in people)
    return [(id_, name) for name, id_ in named] + [(UNASSIGNED, "Unassigned")]


def _called(person: Person, naming: Naming) -> tuple[str | None, str | None]:
    return naming.id(person), naming.name(person)
