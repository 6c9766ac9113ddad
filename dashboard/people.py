"""Between the people of an address and the accounts behind them: pages name people as the privacy rule says."""

from collections.abc import Sequence
from dataclasses import replace

from opsportal.naming import Naming
from servicelevel.measures import UNASSIGNED, Filters
from servicelevel.ticket import Person


def resolved(filters: Filters, people: Sequence[Person], naming: Naming) -> Filters:
    """The filters with each pseudonym replaced by the account it stands for; everything else stays as written."""
    if naming.rule != "pseudonyms" or not filters.analyst:
        return filters
    accounts = {str(text).casefold(): person.id for person in people for text in _called(person, naming)}
    return replace(filters, analyst=tuple(accounts.get(text.casefold(), text) for text in filters.analyst))


def choices(people: Sequence[Person], naming: Naming) -> list[tuple[str, str]]:
    """What a menu of analysts offers, as (value in the address, name); nothing where people are not shown."""
    if not naming.shows_people:
        return []
    named = sorted((naming.name(person) or "", naming.id(person) or "") for person in people)
    return [(id_, name) for name, id_ in named] + [(UNASSIGNED, "Unassigned")]


def _called(person: Person, naming: Naming) -> tuple[str | None, str | None]:
    return naming.id(person), naming.name(person)
