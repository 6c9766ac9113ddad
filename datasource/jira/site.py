"""What every Jira answers alike: who we are, its lists, its fields. Each dialect adds how it is searched."""

from collections.abc import Sequence
from typing import Literal, TypeAlias, TypeVar

import msgspec

from datasource.deadline import Deadline
from datasource.decoding import decoder
from datasource.errors import SourceMalformed
from datasource.jira import wire
from datasource.jira.parse import label, status
from datasource.transport import Answer, Transport
from servicelevel.ticket import Label, Status

PAGE_CAP = 1_000
"""No site has so many pages of anything asked here: more of them is a loop."""

SLA_FIELD_KIND = "sd-sla-field"

Kind: TypeAlias = Literal["Cloud", "Data Center"]

Form = TypeVar("Form")


class JiraSite:
    """Asks one Jira below its API root. Every method raises SourceError in one of its kinds."""

    api = ""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.base_url = transport.base_url

    def myself(self, deadline: Deadline) -> wire.Myself:
        """The account behind the credentials; the one call that proves them."""
        return self._decode(self._transport.get(f"{self.api}/myself", deadline), wire.Myself, "myself")

    def statuses(self, deadline: Deadline) -> list[Status]:
        """Every status the account can see, with its category."""
        answer = self._transport.get(f"{self.api}/status", deadline)
        return [status(item) for item in self._decode(answer, list[wire.StatusRef], "status")]

    def resolutions(self, deadline: Deadline) -> list[Label]:
        """Every resolution of the site."""
        answer = self._transport.get(f"{self.api}/resolution", deadline)
        return [label(item) for item in self._decode(answer, list[wire.LabelRef], "resolution")]

    def sla_fields(self, deadline: Deadline) -> dict[str, str]:
        """Names of the SLA fields that the account can see, by field id."""
        answer = self._transport.get(f"{self.api}/field", deadline)
        fields = self._decode(answer, list[wire.FieldRef], "field")
        return {f.id: f.name for f in fields if f.schema and (f.schema.custom or "").endswith(SLA_FIELD_KIND)}

    def project(self, key: str, deadline: Deadline) -> wire.ProjectRef:
        """A project by its key."""
        return self._decode(self._transport.get(f"{self.api}/project/{key}", deadline), wire.ProjectRef, "project")

    def comments(self, ticket_id: int, start: int, deadline: Deadline) -> wire.CommentList:
        """A page of one ticket's comments from a position on, oldest first."""
        path = f"{self.api}/issue/{ticket_id}/comment"
        answer = self._transport.get(path, deadline, {"startAt": start, "maxResults": 100, "orderBy": "created"})
        return self._decode(answer, wire.CommentList, "comment")

    def _decode(self, answer: Answer, form: type[Form], call: str) -> Form:
        try:
            return decoder(form).decode(answer.body)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise SourceMalformed("Jira", f"the answer is not in the promised form: {error}", call=call) from None


def numbers(issues: Sequence[wire.LooseIssue | wire.VersionedIssue], call: str) -> list[int]:
    """Ids of issues as numbers.

    Raises:
        SourceMalformed: one of them is none.
    """
    try:
        return [int(issue.id) for issue in issues]
    except ValueError:
        raise SourceMalformed("Jira", "a ticket's id is no number", call=call) from None


def which(transport: Transport, deadline: Deadline) -> Kind:
    """Which Jira answers. The host's name proves nothing, so it is asked.

    Raises:
        SourceError: it gives no usable answer.
    """
    answer = transport.get("/rest/api/2/serverInfo", deadline)
    try:
        info = decoder(wire.ServerInfo).decode(answer.body)
    except msgspec.DecodeError as error:
        raise SourceMalformed("Jira", f"this is no Jira: {error}", call="serverInfo") from None
    return "Cloud" if info.deploymentType == "Cloud" else "Data Center"
