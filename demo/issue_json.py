"""Tickets as Jira writes them: the fields asked for, their changelog, comments and worklogs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from demo.fields import CUSTOM_FIELDS, PAGES, SYSTEM_FIELDS
from demo.fleet import ADMIN_PROJECT
from demo.people import TEMPO_APP
from demo.sla_fields import METRICS, SlaFields
from demo.stamps import jira_stamp
from demo.states import State, States
from demo.ticket import Comment, History, Ticket, Worklog
from demo.wording import document
from demo.workflow import SITE, compact
from demo.world import World

EMBEDDED_PAGE = 20
"""How many comments, worklogs and histories an issue carries with it in a search."""

_DYNAMIC = frozenset({"updated", *METRICS, *PAGES})


@dataclass(frozen=True, slots=True)
class FieldSet:
    """The fields asked for: those that change only with the ticket's state, and those read at each answer."""

    settled: tuple[str, ...]
    read: tuple[str, ...]

    @property
    def bare(self) -> bool:
        """Whether nothing but the id (or the key) was asked for."""
        return not self.settled and not self.read


def field_set(names: Iterable[str]) -> FieldSet:
    """Understand `*all`, `*navigable`, `-name` and names; unknown names are passed over, as Jira does."""
    chosen: dict[str, None] = {}
    for name in names:
        if name == "*all":
            chosen |= dict.fromkeys((*SYSTEM_FIELDS, *CUSTOM_FIELDS))
        elif name == "*navigable":
            chosen |= dict.fromkeys(each for each in (*SYSTEM_FIELDS, *CUSTOM_FIELDS) if each not in PAGES)
        elif name.startswith("-"):
            chosen.pop(name[1:], None)
        elif name in SYSTEM_FIELDS or name in CUSTOM_FIELDS:
            chosen[name] = None
    settled = tuple(name for name in chosen if name not in _DYNAMIC)
    return FieldSet(settled, tuple(name for name in chosen if name in _DYNAMIC))


class IssueWriter:
    """Writes tickets of a world at an instant."""

    def __init__(self, world: World, states: States) -> None:
        self.world = world
        self.states = states
        self.sla = SlaFields()
        self._projects = {name: _project_json(name, each.plan.project_id, each.plan.name, "service_desk")
                          for name, each in world.projects.items()}  # fmt: skip
        key, id_, name = ADMIN_PROJECT
        self._projects[key] = _project_json(key, id_, name, "business")

    def issue(self, ticket: Ticket, fields: FieldSet, at_ms: int, *, histories: int = 0) -> str:
        """The issue with its fields and, when `histories` is above 0, that many of its newest histories."""
        state = self.states.at(ticket, at_ms)
        parts = [self._settled(state, fields.settled)] if fields.settled else []
        parts += [f'"{name}":{self._read(state, name, at_ms)}' for name in fields.read]
        shown = (
            f'{{"expand":"operations,versionedRepresentations,editmeta,changelog,renderedFields","id":"{ticket.id}"'
            f',"self":"{SITE}/rest/api/3/issue/{ticket.id}","key":"{ticket.key}","fields":{{{",".join(parts)}}}'
        )
        if histories:
            shown += f',"changelog":{self._changelog(state, histories)}'
        return shown + "}"

    def project_json(self, key: str) -> str:
        """The project object inside an issue."""
        return self._projects[key]

    def comments_page(self, state: State, start: int, limit: int, *, newest_first: bool = False) -> str:
        """One page of a ticket's comments."""
        numbered = list(enumerate(state.ticket.comments[: state.comment_count]))
        if newest_first:
            numbered.reverse()
        shown = ",".join(_comment(state.ticket, index, held) for index, held in numbered[start : start + limit])
        return (
            f'{{"comments":[{shown}],"self":"{SITE}/rest/api/3/issue/{state.ticket.id}/comment"'
            f',"maxResults":{limit},"total":{state.comment_count},"startAt":{start}}}'
        )

    def worklogs_page(self, ticket: Ticket, start: int, limit: int, at_ms: int) -> str:
        """One page of a ticket's worklogs: copies that Tempo made, all of one app account."""
        held = [worklog for worklog in ticket.worklogs if worklog.created_ms <= at_ms]
        shown = ",".join(_worklog(worklog) for worklog in held[start : start + limit])
        return f'{{"startAt":{start},"maxResults":{limit},"total":{len(held)},"worklogs":[{shown}]}}'

    def _settled(self, state: State, names: tuple[str, ...]) -> str:
        kept = state.rendered.get(names)
        if kept is None:
            kept = ",".join(f'"{name}":{self._settled_field(state, name)}' for name in names)
            state.rendered[names] = kept
        return kept

    def _settled_field(self, state: State, name: str) -> str:
        ticket = state.ticket
        match name:
            case "summary":
                return compact(ticket.summary)
            case "status" | "priority":
                return state.status.json if name == "status" else state.priority.json
            case "issuetype":
                return ticket.type.json
            case "project":
                return self._projects[ticket.key.rpartition("-")[0]]
            case "assignee" | "resolution":
                held = state.assignee if name == "assignee" else state.resolution
                return "null" if held is None else held.json
            case "reporter" | "creator":
                return ticket.reporter.json if name == "reporter" else ticket.creator.json
            case "labels":
                return compact(list(ticket.labels))
            case "description":
                return document(ticket.text)
            case "parent":
                return "null" if ticket.parent is None else compact({"key": ticket.parent})
            case _:
                return _date_field(state, name)

    def _read(self, state: State, name: str, at_ms: int) -> str:
        match name:
            case "updated":
                return f'"{jira_stamp(self.states.updated_ms(state, at_ms))}"'
            case "comment":
                return self.comments_page(state, 0, EMBEDDED_PAGE)
            case "worklog":
                return self.worklogs_page(state.ticket, 0, EMBEDDED_PAGE, at_ms)
            case _:
                project = self.world.of_lane(state.ticket.lane)
                if project is None:
                    return "null"
                levels = (project.plan.response_field, project.plan.resolution_field)
                return self.sla.field(state, project.desk, levels.index(name), at_ms) if name in levels else "null"

    def _changelog(self, state: State, cap: int) -> str:
        count = state.history_count
        first = max(0, count - cap)
        newest = range(count - 1, first - 1, -1)
        shown = ",".join(history_json(state.ticket, index, state.ticket.histories[index]) for index in newest)
        return f'{{"startAt":0,"maxResults":{count - first},"total":{count},"histories":[{shown}]}}'


def history_id(ticket: Ticket, index: int) -> int:
    """The id of a ticket's history by its position."""
    return ticket.id * 128 + index


def history_json(
    ticket: Ticket, index: int, history: History, *, fields: frozenset[str] | None = None, numeric: bool = False
) -> str:
    """One history; `fields` keeps only those items, `numeric` writes its instant as milliseconds."""
    items: Sequence[str] = [item.json for item in history.items if fields is None or item.field_id in fields]
    author = "" if history.author is None else f'"author":{history.author.json},'
    created = str(history.at_ms) if numeric else f'"{jira_stamp(history.at_ms)}"'
    return f'{{"id":"{history_id(ticket, index)}",{author}"created":{created},"items":[{",".join(items)}]}}'


def _comment(ticket: Ticket, index: int, comment: Comment) -> str:
    id_, stamp, author = ticket.id * 128 + index, jira_stamp(comment.at_ms), comment.author.json
    return (
        f'{{"self":"{SITE}/rest/api/3/issue/{ticket.id}/comment/{id_}","id":"{id_}","author":{author}'
        f',"body":{document(comment.text)},"updateAuthor":{author},"created":"{stamp}","updated":"{stamp}"'
        f',"jsdPublic":{"true" if comment.public else "false"}}}'
    )


def _worklog(worklog: Worklog) -> str:
    hours, minutes = divmod(worklog.seconds // 60, 60)
    spent = " ".join([f"{hours}h"] * bool(hours) + [f"{minutes}m"] * bool(minutes))
    stamp = jira_stamp(worklog.created_ms)
    started = jira_stamp(worklog.created_ms - worklog.seconds * 1000)
    return (
        f'{{"self":"{SITE}/rest/api/3/issue/{worklog.issue_id}/worklog/{worklog.id}","author":{TEMPO_APP.json}'
        f',"updateAuthor":{TEMPO_APP.json},"comment":{document(worklog.text)},"created":"{stamp}","updated":"{stamp}"'
        f',"started":"{started}","timeSpent":"{spent}","timeSpentSeconds":{worklog.seconds},"id":"{worklog.id}"'
        f',"issueId":"{worklog.issue_id}"}}'
    )


def _date_field(state: State, name: str) -> str:
    at_ms = {
        "created": state.ticket.created_ms,
        "resolutiondate": state.resolution_ms,
        "statuscategorychangedate": state.category_ms,
    }.get(name)
    return "null" if at_ms is None else f'"{jira_stamp(at_ms)}"'


def _project_json(key: str, id_: str, name: str, kind: str) -> str:
    sizes = (48, 24, 16, 32)
    return compact(
        {
            "self": f"{SITE}/rest/api/3/project/{id_}",
            "id": id_,
            "key": key,
            "name": name,
            "projectTypeKey": kind,
            "simplified": False,
            "avatarUrls": {f"{size}x{size}": f"{SITE}/rest/api/3/universal_avatar/{id_}?size={size}" for size in sizes},
        }
    )
