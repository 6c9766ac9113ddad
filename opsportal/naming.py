"""What people are called on screens and in answers, as the registry's privacy rule says."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from servicelevel.ticket import Person

Rule: TypeAlias = Literal["names", "pseudonyms", "none"]


@dataclass(frozen=True, slots=True)
class Naming:
    """`names` shows people, `pseudonyms` a stable word for each, `none` nobody at all.

    Who knows an account's id can work out its pseudonym, unless there is a `key` (at most 64 bytes) that they lack.
    """

    rule: Rule
    key: bytes = field(default=b"", repr=False)

    @property
    def shows_people(self) -> bool:
        """Whether there are rows by analyst at all."""
        return self.rule != "none"

    def id(self, person: Person | None) -> str | None:
        """The id that stands for a person; None for nobody, and for everybody under `none`."""
        if person is None or self.rule == "none":
            return None
        return person.id if self.rule == "names" else self._short(person)

    def name(self, person: Person | None) -> str | None:
        """The name that stands for a person; None for nobody, and for everybody under `none`."""
        if person is None or self.rule == "none":
            return None
        return person.name if self.rule == "names" else f"Analyst {self._short(person)}"

    def _short(self, person: Person) -> str:
        """Six signs that stay the same for an account under one key."""
        return hashlib.blake2b(person.id.encode(), digest_size=3, key=self.key).hexdigest()
