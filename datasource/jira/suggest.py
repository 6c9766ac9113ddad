"""Reads of a Jira what a first registry needs: its projects and service desks, and a few recent tickets of each.

`suggest` wants two things of a Jira, so that each kind of Jira brings its own: `Site`, which its client is anyway, and
`Desks`, whose forms are in `desks.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Protocol, TypeVar

import msgspec

from datasource.deadline import Deadline
from datasource.decoding import decoder
from datasource.errors import NotPermitted, SourceMalformed, SourceRejected
from datasource.jira import wire
from datasource.jira.parse import clean, sla_cycles
from datasource.lanes import Lanes
from datasource.progress import Progress
from datasource.registry.evidence import SampledTicket
from datasource.registry.suggestion import SampledProject, Suggestion, suggestion
from servicelevel.errors import PortalError
from servicelevel.instants import DAY_MS, to_ms
from servicelevel.ticket import SlaCycle

SAMPLE_DAYS = 90
SAMPLE_TICKETS = 50

Form = TypeVar("Form")


class Category(msgspec.Struct):
    """A project's category, which sites use for teams and departments."""

    name: str = ""


class Project(msgspec.Struct):
    """A project of the site."""

    key: str
    name: str = ""
    projectTypeKey: str = ""  # noqa: N815 - Jira's own name, as below
    projectCategory: Category | None = None  # noqa: N815


class ServiceDesk(msgspec.Struct):
    """A service desk, by its project."""

    projectKey: str  # noqa: N815


class Issue(msgspec.Struct):
    """A ticket of the sample with the fields asked for."""

    fields: dict[str, Any] = {}


class _Known(msgspec.Struct):
    created: datetime
    status: wire.StatusRef
    resolutiondate: datetime | None = None


class ProjectPage(msgspec.Struct):
    """A page of projects."""

    values: list[Project]
    isLast: bool = True  # noqa: N815


class DeskPage(msgspec.Struct):
    """A page of service desks."""

    values: list[ServiceDesk]
    isLastPage: bool = True  # noqa: N815


class IssuePage(msgspec.Struct):
    """A page of tickets."""

    issues: list[Issue] = []


class NothingToSuggest(PortalError):
    """There is no project to make a queue of."""


class Site(Protocol):
    """What a Jira's client answers about account and fields."""

    def myself(self, deadline: Deadline) -> wire.Myself:
        """The account behind the credentials."""

    def sla_fields(self, deadline: Deadline) -> dict[str, str]:
        """Names of the SLA fields by id."""


class Desks(Protocol):
    """What a Jira answers about its projects and their tickets."""

    def projects(self, deadline: Deadline) -> list[Project]:
        """Every project that the account can see."""

    def service_desks(self, deadline: Deadline) -> list[ServiceDesk]:
        """Every service desk that the account can see."""

    def recent_tickets(self, project: str, since: int, fields: Sequence[str], deadline: Deadline) -> list[Issue]:
        """The tickets of a project updated last, 50 at most, none before an instant."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to make a registry of: projects by key (none: every service desk), `now` in epoch ms, a budget, lanes."""

    keys: Sequence[str]
    now: int
    budget_s: float
    lanes: int


def suggest(site: Site, desks: Desks, wish: Wish, progress: Progress) -> Suggestion:
    """A first registry of a Jira, with the reason for each choice.

    A project whose tickets may not be read is left out, and the reasons say so.

    Raises:
        NothingToSuggest: no service desk, or a project that does not exist.
        SourceError: Jira could not be asked.
    """
    deadline = Deadline.after(wish.budget_s)
    # The lists are answered for anonymous visitors too, with less; only `myself` proves that we are known.
    account = site.myself(deadline)
    progress("looking at projects", 0, 0)
    sla_fields = {field: clean(name) for field, name in site.sla_fields(deadline).items()}
    projects = {project.key: project for project in desks.projects(deadline)}
    keys = _named(wish.keys, projects) if wish.keys else _desk_keys(desks, projects, deadline)
    fields = ["created", "resolutiondate", "status", *sla_fields]
    done: list[str] = []

    def sample(key: str) -> SampledProject | str:
        project = projects.get(key) or Project(key)
        try:
            issues = desks.recent_tickets(key, wish.now - SAMPLE_DAYS * DAY_MS, fields, deadline)
        except (SourceRejected, NotPermitted) as error:
            return f"{key}: left out, as its tickets cannot be read: {error}"
        finally:
            done.append(key)
            progress("looking at projects", len(done), len(keys))
        category = clean(project.projectCategory.name) if project.projectCategory else None
        return SampledProject(key, clean(project.name), category, [_ticket(issue, sla_fields) for issue in issues])

    with Lanes(wish.lanes, thread_name_prefix="jira") as pool:
        sampled = list(pool.map(sample, keys))
    left_out = [line for line in sampled if isinstance(line, str)]
    readable = [project for project in sampled if isinstance(project, SampledProject)]
    if not readable:
        raise NothingToSuggest("\n".join(left_out))
    made = suggestion(readable, sla_fields, account.timeZone, SAMPLE_DAYS)
    return Suggestion(made.text, (*left_out, *made.because))


def _named(wanted: Iterable[str], projects: Mapping[str, Project]) -> list[str]:
    keys = list(dict.fromkeys(key.strip().upper() for key in wanted))
    for key in keys:
        if key not in projects:
            close = get_close_matches(key, projects, n=1)
            meant = f" Did you mean {close[0]}?" if close else ""
            raise NothingToSuggest(f"Jira has no project {key!r} that this account may see.{meant}")
    return keys


def _desk_keys(desks: Desks, projects: Mapping[str, Project], deadline: Deadline) -> list[str]:
    try:
        keys = [desk.projectKey for desk in desks.service_desks(deadline)]
    except (SourceRejected, NotPermitted):
        # Without Jira Service Management, or without a licence for it, the projects' own types have to do.
        keys = [key for key, project in projects.items() if project.projectTypeKey == "service_desk"]
    if not keys:
        some = ", ".join(sorted(projects)[:20]) or "none"
        raise NothingToSuggest(
            f"This account sees no service desk. Name projects with --project; those it sees: {some}."
        )
    return list(dict.fromkeys(keys))


def _ticket(issue: Issue, sla_fields: Iterable[str]) -> SampledTicket:
    try:
        known = msgspec.convert(issue.fields, _Known)
        created = to_ms(known.created)
        resolved_on = None if known.resolutiondate is None else to_ms(known.resolutiondate)
    except ValueError as error:
        raise _malformed(error, "search/jql") from None
    return SampledTicket(
        created=created,
        resolved_on=resolved_on,
        status=clean(known.status.name),
        done=known.status.statusCategory.key == "done",
        cycles={field: _cycles(value) for field in sla_fields if (value := issue.fields.get(field)) is not None},
    )


def _cycles(value: Any) -> tuple[SlaCycle, ...]:
    try:
        return sla_cycles(msgspec.convert(value, wire.SlaField | str | list[Any]))
    except msgspec.ValidationError:
        return sla_cycles("unreadable")


def decode(body: bytes, form: type[Form], call: str) -> Form:
    """An answer in its form.

    Raises:
        SourceMalformed: it has another one.
    """
    try:
        return decoder(form).decode(body)
    except (ValueError, RecursionError) as error:
        raise _malformed(error, call) from None


def _malformed(error: Exception, call: str) -> SourceMalformed:
    return SourceMalformed("Jira", f"the answer is not in the promised form: {error}", call=call)
