"""What people are called on screens and in answers, as the registry's privacy rule says."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from servicelevel.ticket import Person


@dataclass(frozen=True, slots=True)
class Naming:
    """`names` shows people, `pseudonyms` a stable word for each, `none` nobody at all."""

    rule: Literal["names", "pseudonyms", "none"]

    @property
    def shows_people(self) -> bool:
        """Whether there are rows by analyst at all."""
        return self.rule != "none"

    def id(self, person: Person | None) -> str | None:
        """The id that stands for a person; None for nobody, and for everybody under `none`."""
        if person is None or self.rule == "none":
            return None
        return person.id if self.rule == "names" else _short(person)

    def name(self, person: Person | None) -> str | None:
        """The name that stands for a person; None for nobody, and for everybody under `none`."""
        if person is None or self.rule == "none":
            return None
        return person.name if self.rule == "names" else f"Analyst {_short(person)}"


def _short(person: Person) -> str:
    """Six signs that stay the same for an account. Who knows the account's id can work them out."""
    return hashlib.blake2b(person.id.encode(), digest_size=3).hexdigest()
