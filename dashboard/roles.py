"""What somebody who is signed in may be, by the groups that are said of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from opsportal.identity import Role
from opsportal.settings import Settings


@dataclass(frozen=True, slots=True)
class Roles:
    """The groups whose members are more than viewers."""

    leads: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()

    @classmethod
    def of_settings(cls, settings: Settings) -> "Roles":
        """As the settings name them."""
        return cls(settings.auth_leads or frozenset(), settings.auth_admins or frozenset())

    def role(self, groups: Iterable[str]) -> Role:
        """The highest role that one of the groups gives. A group counts by its whole name, to the letter."""
        found = frozenset(groups)
        if found & self.admins:
            return "admin"
        return "lead" if found & self.leads else "viewer"
