"""The forms of Jira's answers, as far as the portal reads them. Unknown keys are passed over while decoding.

None of them can be part of a reference cycle, so the collector need not look at them (`gc=False`): a page holds
tens of thousands, and looking costs more than decoding.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec


class Moment(msgspec.Struct, gc=False):
    """An instant of an SLA. Only the number counts: the texts beside it are localised, relative, or cut."""

    epochMillis: int | None = None


class Span(msgspec.Struct, gc=False):
    """A duration of an SLA in milliseconds."""

    millis: int | None = None


class Cycle(msgspec.Struct, gc=False):
    """One run of an SLA clock, completed or ongoing."""

    startTime: Moment | None = None
    stopTime: Moment | None = None
    breachTime: Moment | None = None
    breached: bool = False
    paused: bool = False
    goalDuration: Span | None = None
    elapsedTime: Span | None = None
    remainingTime: Span | None = None


class SlaField(msgspec.Struct, gc=False):
    """An SLA field. Both lists missing means an object of another kind."""

    completedCycles: list[Cycle] | None = None
    ongoingCycle: Cycle | None = None


class Category(msgspec.Struct, gc=False):
    """A status category; the key is the only part that no language changes."""

    key: str = ""


class StatusRef(msgspec.Struct, gc=False):
    """A workflow status."""

    id: str
    name: str = ""
    statusCategory: Category = msgspec.field(default_factory=Category)


class LabelRef(msgspec.Struct, gc=False):
    """A priority, a type or a resolution."""

    id: str
    name: str = ""


class UserRef(msgspec.Struct, gc=False):
    """An account. Deleted accounts keep an id and lose most else."""

    accountId: str | None = None
    key: str | None = None
    name: str | None = None
    displayName: str = ""
    active: bool = True
    accountType: str = "atlassian"


class Item(msgspec.Struct, gc=False):
    """One changed field. Without an id it is told by its name, and custom fields may have any name."""

    field: str = ""
    fieldId: str | None = None
    fieldtype: str = "jira"
    from_: str | None = msgspec.field(default=None, name="from")
    fromString: str | None = None
    to: str | None = None
    toString: str | None = None


class History(msgspec.Struct, gc=False):
    """One edit of an issue. The instant is a number or ISO text, depending on the endpoint."""

    id: str | int
    created: int | float | str
    items: list[Item] = []


class EmbeddedChangelog(msgspec.Struct, gc=False):
    """An issue's histories as they come inside the issue: whole on Data Center, cut short on Cloud."""

    histories: list[History] = []
    total: int = 0


class Restriction(msgspec.Struct, gc=False):
    """To whom alone a comment is shown: a role or a group."""

    type: str | None = None


class CommentRef(msgspec.Struct, gc=False):
    """A comment without its text. `visibility` is there when only a role or group may see it."""

    id: str
    created: datetime
    author: UserRef | None = None
    jsdPublic: bool | None = None
    visibility: Restriction | None = None


class CommentList(msgspec.Struct, gc=False):
    """The first page of an issue's comments as it comes inside the issue, or a page of them asked for by itself."""

    comments: list[CommentRef] = []
    total: int = 0
    startAt: int = 0


class Fields(msgspec.Struct, gc=False):
    """Fields of an issue that every queue reads; SLA fields are added by their ids."""

    created: datetime
    updated: datetime
    status: StatusRef
    issuetype: LabelRef
    summary: str | None = None
    priority: LabelRef | None = None
    assignee: UserRef | None = None
    creator: UserRef | None = None
    resolution: LabelRef | None = None
    resolutiondate: datetime | None = None


FIELD_NAMES = tuple(field.name for field in msgspec.structs.fields(Fields))


def fields_type(sla_fields: Sequence[str], sla_type: Any, *, comments: bool = False) -> type[Fields]:
    """`Fields` with SLA fields under their own ids, each of `sla_type` and None where absent, and maybe comments."""
    extra: list[tuple[str, Any, Any]] = [(name, sla_type, None) for name in sla_fields]
    if comments:
        extra.append(("comment", CommentList | None, None))
    return msgspec.defstruct("QueueFields", extra, bases=(Fields,), gc=False)  # type: ignore[return-value]


def issue_type(fields: type[Fields]) -> Any:
    """An issue with these fields, and with its changelog where that was asked for."""
    parts: list[Any] = [("id", str), ("key", str, ""), ("fields", fields | None, None)]
    parts.append(("changelog", EmbeddedChangelog | None, None))
    return msgspec.defstruct("Issue", parts, gc=False)


def page_type(fields: type[Fields]) -> Any:
    """A page of issues of these fields, as bulkfetch or a search answers it."""
    issue = issue_type(fields)
    parts: list[Any] = [("issues", list[issue]), ("nextPageToken", str | None, None), ("total", int, 0)]  # type: ignore[valid-type]
    return msgspec.defstruct("IssuePage", parts, gc=False)


class LoosePage(msgspec.Struct, gc=False):
    """A page whose issues are decoded one by one, after one of them spoiled the whole."""

    issues: list[msgspec.Raw]


class LooseIssue(msgspec.Struct, gc=False):
    """The part of an issue that says which one it is."""

    id: str
    key: str = ""


class Count(msgspec.Struct, gc=False):
    """An estimate of how many issues match."""

    count: int


class TokenPage(msgspec.Struct, gc=False):
    """Where a search goes on."""

    nextPageToken: str | None = None


class SearchPage(msgspec.Struct, gc=False):
    """A page of Data Center's search, of which only the place counts; `maxResults` is what the site allows."""

    issues: list[msgspec.Raw]
    startAt: int = 0
    maxResults: int = 0
    total: int = 0


class CreatedFields(msgspec.Struct, gc=False):
    """When an issue was created."""

    created: datetime


class CreatedIssue(msgspec.Struct, gc=False):
    """An issue of which only its beginning is asked."""

    fields: CreatedFields


class CreatedPage(msgspec.Struct, gc=False):
    """A page of such issues."""

    issues: list[CreatedIssue]
    total: int = 0


class VersionFields(msgspec.Struct, gc=False):
    """When an issue was last updated."""

    updated: datetime


class VersionedIssue(msgspec.Struct, gc=False):
    """An issue of which only the last update is asked."""

    id: str
    fields: VersionFields | None = None


class VersionPage(msgspec.Struct, gc=False):
    """A page of such issues; `total` is Data Center's count of all that match."""

    issues: list[VersionedIssue]
    total: int = 0
    startAt: int = 0
    maxResults: int = 0


class IdPage(msgspec.Struct, gc=False):
    """A page of search/jql with bare ids."""

    issues: list[LooseIssue]
    nextPageToken: str | None = None


class IssueHistories(msgspec.Struct, gc=False):
    """Histories of one issue; an issue may come in several parts, over several pages."""

    issueId: str | int
    changeHistories: list[History] = []


class ChangelogPage(msgspec.Struct, gc=False):
    """A page of changelog/bulkfetch."""

    issueChangeLogs: list[IssueHistories] = []
    nextPageToken: str | None = None


class PriorityPage(msgspec.Struct, gc=False):
    """A page of priority/search, in the site's order."""

    values: list[LabelRef]
    startAt: int = 0
    isLast: bool | None = None
    total: int | None = None


class UserPage(msgspec.Struct, gc=False):
    """A page of user/bulk."""

    values: list[UserRef]
    isLast: bool | None = None


class ProjectRef(msgspec.Struct, gc=False):
    """A project; worklogs know its number, the registry its key."""

    id: str
    key: str


class FieldSchema(msgspec.Struct, gc=False):
    """What a field holds."""

    custom: str | None = None


class FieldRef(msgspec.Struct, gc=False):
    """A field of the site."""

    id: str
    name: str = ""
    schema: FieldSchema | None = None


class Myself(msgspec.Struct, gc=False):
    """The account that asks."""

    displayName: str = ""
    accountId: str | None = None
    timeZone: str | None = None


class ServerInfo(msgspec.Struct, gc=False):
    """Which Jira answers."""

    deploymentType: str = ""
    version: str = ""
    serverTime: str | None = None
