"""What a dialect of Jira must be able to do for the portal to read a queue from it."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from datasource.deadline import Deadline
from datasource.jira import wire
from datasource.jira.gathering import Gathering
from servicelevel.ticket import Label, Person, Status


class Site(Protocol):
    """Lists and look-ups of one Jira. Every method raises SourceError in one of its kinds."""

    base_url: str

    def myself(self, deadline: Deadline) -> wire.Myself:
        """The account behind the credentials; the one call that proves them."""

    def statuses(self, deadline: Deadline) -> list[Status]:
        """Every status with its category."""

    def priorities(self, deadline: Deadline) -> list[Label]:
        """Every priority, in the site's order."""

    def resolutions(self, deadline: Deadline) -> list[Label]:
        """Every resolution."""

    def sla_fields(self, deadline: Deadline) -> dict[str, str]:
        """Names of the SLA fields by field id."""

    def project(self, key: str, deadline: Deadline) -> wire.ProjectRef:
        """A project by its key."""

    def existing(self, ids: Iterable[int], deadline: Deadline) -> set[int]:
        """Which of these tickets the account can still see."""

    def people(self, account_ids: Iterable[str], deadline: Deadline) -> dict[str, Person]:
        """Accounts by id; unknown ones are left out."""


class Reads(Protocol):
    """Ways to read tickets. Every one raises SourceError, and what it gathered until then is not to be used."""

    @property
    def site(self) -> Site:
        """The Jira behind it."""

    def everything(self, gathering: Gathering, jql: str, read_at: int, deadline: Deadline) -> int:
        """Gather every ticket that matches, with its changes and comments; the source's own time at the start."""

    def changed(self, gathering: Gathering, jql: str, read_at: int, deadline: Deadline) -> int:
        """The same for the few tickets that changed, in as few requests as can be."""

    def some(self, gathering: Gathering, ids: Sequence[int], read_at: int, deadline: Deadline) -> None:
        """Gather tickets by their ids, with their changes and comments."""

    def versions(self, jql: str, deadline: Deadline) -> dict[int, int]:
        """When each ticket that matches was last updated (epoch ms), by id, as its database says."""
