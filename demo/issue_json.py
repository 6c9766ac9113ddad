"""Tickets as Jira writes them: the fields asked for, their changelog, comments and worklogs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from demo.dialect import Dialect
from demo.fields import CLOUD_ONLY, CUSTOM_FIELDS, DESK_ONLY, PAGES, SYSTEM_FIELDS
from demo.fleet import ADMIN_PROJECT
from demo.issue_lists import comment_json, history_json, worklog_json
from demo.sla_fields import METRICS, SlaFields
from demo.states import State, States
from demo.ticket import Ticket
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

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.settled, *self.read)

    def without(self, hidden: frozenset[str]) -> FieldSet:
        """The same without some."""
        return _without(self, hidden)


@lru_cache(maxsize=512)
def _without(fields: FieldSet, hidden: frozenset[str]) -> FieldSet:
    return FieldSet(
        tuple(name for name in fields.settled if name not in hidden),
        tuple(name for name in fields.read if name not in hidden),
    )


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
    """Writes tickets of a world at an instant, in a dialect."""

    def __init__(self, world: World, states: States, dialect: Dialect) -> None:
        self.world = world
        self.states = states
        self.dialect = dialect
        self.sla = SlaFields(old_forms=not dialect.is_cloud)
        self._projects = {
            name: _project_json(dialect, name, each.plan.project_id, each.plan.name, each.plan.kind)
            for name, each in world.projects.items()
        }
        key, id_, name = ADMIN_PROJECT
        self._projects[key] = _project_json(dialect, key, id_, name, "business")

    def issue(self, ticket: Ticket, fields: FieldSet, at_ms: int, *, histories: int = 0) -> str:
        """The issue with its fields and, when `histories` is above 0, that many of its newest histories.

        Data Center gives all histories, whatever their number.
        """
        return self.issue_in(self.states.at(ticket, at_ms), fields, at_ms, histories=histories)

    def issue_in(
        self, state: State, fields: FieldSet, at_ms: int, *, histories: int = 0, updated_ms: int | None = None
    ) -> str:
        """The issue in a state that need not be its last; `updated_ms` is when that state was last touched."""
        ticket = state.ticket
        shown_fields = self._fields_of(ticket, fields)
        parts = [self._settled(state, shown_fields.settled)] if shown_fields.settled else []
        parts += [f'"{name}":{self._read(state, name, at_ms, updated_ms)}' for name in shown_fields.read]
        shown = (
            f'{{"expand":"operations,versionedRepresentations,editmeta,changelog,renderedFields","id":"{ticket.id}"'
            f',"self":"{SITE}{self.dialect.api}/issue/{ticket.id}","key":"{ticket.key}","fields":{{{",".join(parts)}}}'
        )
        if histories:
            shown += f',"changelog":{self._changelog(state, histories)}'
        return shown + "}"

    def _fields_of(self, ticket: Ticket, fields: FieldSet) -> FieldSet:
        """Those of the fields that the ticket's project has."""
        project = self.world.of_lane(ticket.lane)
        if project is not None and not project.plan.is_desk:
            fields = fields.without(DESK_ONLY)
        return fields if self.dialect.is_cloud else fields.without(CLOUD_ONLY)

    def project_json(self, key: str) -> str:
        """The project object inside an issue."""
        return self._projects[key]

    def comments_page(self, state: State, start: int, limit: int, at_ms: int, *, newest_first: bool = False) -> str:
        """One page of a ticket's comments."""
        positions = range(state.comment_count - 1, -1, -1) if newest_first else range(state.comment_count)
        project = self.world.of_lane(state.ticket.lane)
        in_desk = project is not None and project.plan.is_desk
        shown = ",".join(
            comment_json(self.dialect, state.ticket, index, at_ms, in_desk=in_desk)
            for index in positions[start : start + limit]
        )
        here = f',"self":"{SITE}{self.dialect.api}/issue/{state.ticket.id}/comment"' if self.dialect.is_cloud else ""
        return f'{{"comments":[{shown}]{here},"maxResults":{limit},"total":{state.comment_count},"startAt":{start}}}'

    def worklogs_page(self, ticket: Ticket, start: int, limit: int, at_ms: int) -> str:
        """One page of a ticket's worklogs."""
        held = [worklog for worklog in ticket.worklogs if worklog.created_ms <= at_ms]
        shown = ",".join(worklog_json(self.dialect, worklog) for worklog in held[start : start + limit])
        return f'{{"startAt":{start},"maxResults":{limit},"total":{len(held)},"worklogs":[{shown}]}}'

    def _settled(self, state: State, names: tuple[str, ...]) -> str:
        kept = state.rendered.get(names)
        if kept is None:
            kept = ",".join(f'"{name}":{self._settled_field(state, name)}' for name in names)
            state.rendered[names] = kept
        return kept

    def _settled_field(self, state: State, name: str) -> str:
        ticket, shown = state.ticket, self.dialect.shown
        match name:
            case "summary":
                return compact(ticket.summary)
            case "status" | "priority":
                return shown(state.status if name == "status" else state.priority)
            case "issuetype":
                return shown(ticket.type)
            case "project":
                return self._projects[ticket.key.rpartition("-")[0]]
            case "assignee" | "resolution":
                held = state.assignee if name == "assignee" else state.resolution
                return "null" if held is None else shown(held)
            case "reporter" | "creator":
                return shown(ticket.reporter if name == "reporter" else ticket.creator)
            case "labels":
                return compact(list(ticket.labels))
            case "description":
                return self.dialect.text(ticket.text)
            case "parent":
                return "null" if ticket.parent is None else compact({"key": ticket.parent})
            case _:
                return self._date_field(state, name)

    def _read(self, state: State, name: str, at_ms: int, updated_ms: int | None) -> str:
        match name:
            case "updated":
                touched_ms = self.states.updated_ms(state, at_ms) if updated_ms is None else updated_ms
                # Data Center's search index knows whole seconds only.
                return f'"{self.dialect.stamp(touched_ms if self.dialect.is_cloud else touched_ms // 1000 * 1000)}"'
            case "comment":
                return self.comments_page(state, 0, EMBEDDED_PAGE, at_ms)
            case "worklog":
                return self.worklogs_page(state.ticket, 0, EMBEDDED_PAGE, at_ms)
            case _:
                project = self.world.of_lane(state.ticket.lane)
                if project is None:
                    return "null"
                levels = (project.plan.response_field, project.plan.resolution_field)
                return self.sla.field(state, project.desk, levels.index(name), at_ms) if name in levels else "null"

    def _changelog(self, state: State, cap: int) -> str:
        """The newest histories, newest first; on Data Center all of them, oldest first."""
        count = state.history_count
        first = max(0, count - cap) if self.dialect.is_cloud else 0
        positions = range(count - 1, first - 1, -1) if self.dialect.is_cloud else range(count)
        shown = ",".join(history_json(self.dialect, state.ticket, index) for index in positions)
        return f'{{"startAt":0,"maxResults":{count - first},"total":{count},"histories":[{shown}]}}'

    def _date_field(self, state: State, name: str) -> str:
        at_ms = {
            "created": state.ticket.created_ms,
            "resolutiondate": state.resolution_ms,
            "statuscategorychangedate": state.category_ms,
        }.get(name)
        return "null" if at_ms is None else f'"{self.dialect.stamp(at_ms)}"'


def _project_json(dialect: Dialect, key: str, id_: str, name: str, kind: str) -> str:
    sizes = (48, 24, 16, 32)
    site = f"{SITE}{dialect.api}"
    shown: dict[str, object] = {"self": f"{site}/project/{id_}", "id": id_, "key": key, "name": name}
    shown["projectTypeKey"] = kind
    if dialect.is_cloud:
        shown["simplified"] = False
    shown["avatarUrls"] = {f"{size}x{size}": f"{site}/universal_avatar/{id_}?size={size}" for size in sizes}
    return compact(shown)
