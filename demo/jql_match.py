"""Judging tickets by a query: each clause becomes a test of a ticket's state at an instant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from demo.fleet import ADMIN_PROJECT
from demo.index import Index
from demo.jql_text import All, Any, Clause, JqlError, Node, Not, Operand
from demo.people import READER, Person
from demo.stamps import ACCOUNT_ZONE
from demo.states import State
from demo.workflow import (
    DONE,
    ISSUE_TYPES,
    LISTED_STATUSES,
    NEW,
    PRIORITIES,
    RESOLUTIONS,
    UNDER_WAY,
    IssueType,
    Priority,
    Resolution,
    Status,
)
from demo.world import World
from demo.zones import DAY_MS, HOUR_MS, MINUTE_MS, UNIX_DAY, zone

Test = Callable[[State], bool]

_RELATIVE = re.compile(r"[+-]?\d+[wdhm](\s*\d+[wdhm])*", re.IGNORECASE)
_RELATIVE_PART = re.compile(r"(\d+)([wdhm])", re.IGNORECASE)
_UNIT_MS = {"w": 7 * DAY_MS, "d": DAY_MS, "h": HOUR_MS, "m": MINUTE_MS}
_DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M")
_ALIASES = {
    "type": "issuetype",
    "issuekey": "key",
    "issue": "key",
    "resolutiondate": "resolved",
    "createddate": "created",
    "updateddate": "updated",
}
_DATES = frozenset({"created", "updated", "resolved"})
_ORDERS = frozenset({"created", "updated", "key", "id", "priority", "resolved", "status"})


@dataclass(frozen=True, slots=True)
class Matcher:
    """Turns queries into tests at one instant.

    `strict_bounds`: an id or a key that does not exist is an error, as on Data Center; on Cloud it matches nothing.
    """

    world: World
    index: Index
    directory: Mapping[str, Person]
    at_ms: int
    strict_bounds: bool = False

    def test(self, node: Node) -> Test:
        """The test of a restriction.

        Raises:
            JqlError: it names a field, a project or a value that does not exist, or compares what cannot be compared.
        """
        match node:
            case All(parts):
                tests = [self.test(part) for part in parts]
                return lambda state: all(each(state) for each in tests)
            case Any(parts):
                tests = [self.test(part) for part in parts]
                return lambda state: any(each(state) for each in tests)
            case Not(part):
                test = self.test(part)
                return lambda state: not test(state)
            case Clause():
                return self._clause(node)

    def projects(self, node: Node | None) -> frozenset[str] | None:
        """The keys of the only projects in which a ticket can match, or None when any can."""
        if isinstance(node, Clause) and _field(node.field) == "project" and node.operator in {"=", "in"}:
            return frozenset(self._project(operand) for operand in node.operands)
        if isinstance(node, All):
            found = [keys for keys in map(self.projects, node.parts) if keys is not None]
            return frozenset.intersection(*found) if found else None
        return None

    def check_order(self, order: tuple[tuple[str, bool], ...]) -> tuple[tuple[str, bool], ...]:
        """The fields to sort by under their proper names.

        Raises:
            JqlError: the demo does not sort by one of them.
        """
        named = tuple((_field(name), descending) for name, descending in order)
        for (name, _), (asked, _) in zip(named, order, strict=True):
            if name not in _ORDERS:
                raise JqlError(f"Not able to sort using field '{asked}'.")
        return named

    def _clause(self, clause: Clause) -> Test:
        name = _field(clause.field)
        if name in _DATES:
            return self._date(clause, name)
        if name in {"id", "key"}:
            return self._identity(clause, name)
        if name == "labels":
            return _equality(clause, self._label_values(clause), lambda state: frozenset(state.ticket.labels))
        readers: dict[str, tuple[Callable[[Operand], str], Callable[[State], str | None]]] = {
            "project": (self._project, lambda state: state.ticket.key.rpartition("-")[0]),
            "status": (_named(clause.field, LISTED_STATUSES), lambda state: state.status.id),
            "statuscategory": (_category, lambda state: state.status.category.key),
            "priority": (_named(clause.field, PRIORITIES), lambda state: state.priority.id),
            "issuetype": (_named(clause.field, ISSUE_TYPES), lambda state: state.ticket.type.id),
            "resolution": (_resolution, _resolution_id),
            "assignee": (self._account(clause.field), _assignee_id),
            "reporter": (self._account(clause.field), lambda state: state.ticket.reporter.account_id),
        }
        if name not in readers:
            raise JqlError(f"Field '{clause.field}' does not exist or you do not have permission to view it.")
        value, reader = readers[name]
        wanted = frozenset(None if operand.is_empty else value(operand) or None for operand in clause.operands)

        def read(state: State) -> frozenset[str | None]:
            return frozenset((reader(state),))

        if clause.operator in {"=", "in", "is"}:
            return lambda state: reader(state) in wanted
        return _equality(clause, wanted, read)

    def _label_values(self, clause: Clause) -> frozenset[str | None]:
        return frozenset(None if operand.is_empty else operand.text for operand in clause.operands)

    def _identity(self, clause: Clause, name: str) -> Test:
        """Ids and keys that do not exist match nothing, or are an error where bounds are strict."""
        ids: set[int] = set()
        for operand in clause.operands:
            if name == "id" and not operand.text.isdecimal() and not re.fullmatch(r"[A-Za-z]+-\d+", operand.text):
                raise JqlError(f"The value '{operand.text}' is not a valid issue id.")
            ticket = self.world.find(operand.text, self.at_ms)
            if ticket is not None:
                ids.add(ticket.id)
            elif self.strict_bounds:
                raise JqlError(f"An issue with key '{operand.text}' does not exist for field '{clause.field}'.")
        if clause.operator in {"=", "in"}:
            return lambda state: state.ticket.id in ids
        if clause.operator in {"!=", "not in"}:
            return lambda state: state.ticket.id not in ids
        if clause.operator in {"is", "is not"}:
            raise _no_operator(clause)
        return self._compare_identity(clause, ids)

    def _compare_identity(self, clause: Clause, ids: set[int]) -> Test:
        if not ids:
            return _never
        limit = self.world.by_id(next(iter(ids)), self.at_ms)
        if limit is None:
            return _never
        compare, number, lane = _COMPARE[clause.operator], limit.number, limit.lane
        return lambda state: state.ticket.lane == lane and compare(state.ticket.number, number)

    def _date(self, clause: Clause, name: str) -> Test:
        read: Callable[[State], int | None]
        if name == "created":
            read = _created
        elif name == "resolved":
            read = _resolved
        else:
            read = self._updated
        if clause.operator in {"is", "is not"}:
            wanted = clause.operator == "is"
            return lambda state: (read(state) is None) is wanted
        if clause.operator not in _COMPARE or len(clause.operands) != 1:
            raise _no_operator(clause)
        compare, limit_ms = _COMPARE[clause.operator], self._instant_ms(clause.operands[0], clause.field)

        def test(state: State) -> bool:
            value = read(state)
            return value is not None and compare(value, limit_ms)

        return test

    def _updated(self, state: State) -> int:
        return self.index.updated_ms(state, self.at_ms)

    def _instant_ms(self, operand: Operand, field: str) -> int:
        text = operand.text.strip()
        if text.lower() == "now()" and not operand.quoted:
            return self.at_ms
        if _RELATIVE.fullmatch(text):
            span_ms = sum(int(count) * _UNIT_MS[unit.lower()] for count, unit in _RELATIVE_PART.findall(text))
            return self.at_ms - span_ms if text.startswith("-") else self.at_ms + span_ms
        if re.fullmatch(r"-?\d{1,15}", text):
            return int(text)
        for form in _DATE_FORMATS:
            try:
                local = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the account's, added below
            except ValueError:
                continue
            days = local.toordinal() - UNIX_DAY
            return zone(ACCOUNT_ZONE).instant_ms(days * DAY_MS + (local.hour * 60 + local.minute) * MINUTE_MS)
        raise JqlError(
            f"Date value '{operand.text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )

    def _project(self, operand: Operand) -> str:
        wanted = operand.text.lower()
        for key, project in self.world.projects.items():
            if wanted in {key.lower(), project.plan.project_id, project.plan.name.lower()}:
                return key
        if wanted in {each.lower() for each in ADMIN_PROJECT}:
            return ADMIN_PROJECT[0]
        raise _unknown_value(operand, "project")

    def _account(self, field: str) -> Callable[[Operand], str]:
        def value(operand: Operand) -> str:
            if operand.text.lower() == "currentuser()" and not operand.quoted:
                return READER.account_id
            found = self.directory.get(operand.text)
            if found is None:
                raise _unknown_value(operand, field)
            return found.account_id

        return value


_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
}


def _field(name: str) -> str:
    lowered = name.lower()
    return _ALIASES.get(lowered, lowered)


def _created(state: State) -> int:
    return state.ticket.created_ms


def _resolved(state: State) -> int | None:
    return state.resolution_ms


def _resolution_id(state: State) -> str | None:
    return None if state.resolution is None else state.resolution.id


def _assignee_id(state: State) -> str | None:
    return None if state.assignee is None else state.assignee.account_id


def _never(_state: State) -> bool:
    return False


def _equality(
    clause: Clause, wanted: frozenset[str | None], read: Callable[[State], frozenset[str | None] | frozenset[str]]
) -> Test:
    """Equality on what may hold several values or none; `!=` and `not in` pass over tickets that hold none."""

    def held(state: State) -> frozenset[str | None]:
        values: frozenset[str | None] = frozenset(read(state))
        return values or frozenset((None,))

    if clause.operator in {"=", "in", "is"}:
        return lambda state: not held(state).isdisjoint(wanted)
    if clause.operator == "is not":
        return lambda state: held(state).isdisjoint(wanted)
    if clause.operator in {"!=", "not in"}:
        return lambda state: held(state).isdisjoint(wanted | {None})
    raise _no_operator(clause)


def _named(field: str, known: Iterable[Status | Priority | Resolution | IssueType]) -> Callable[[Operand], str]:
    ids = {text: each.id for each in known for text in (each.id, each.name.lower())}

    def value(operand: Operand) -> str:
        found = ids.get(operand.text.lower())
        if found is None:
            raise _unknown_value(operand, field)
        return found

    return value


def _resolution(operand: Operand) -> str:
    if operand.text.lower() == "unresolved":
        return ""
    return _named("resolution", RESOLUTIONS)(operand)


def _category(operand: Operand) -> str:
    for category in (NEW, UNDER_WAY, DONE):
        if operand.text.lower() in {category.key, category.name.lower(), str(category.id)}:
            return category.key
    raise _unknown_value(operand, "statusCategory")


def _unknown_value(operand: Operand, field: str) -> JqlError:
    return JqlError(f"The value '{operand.text}' does not exist for the field '{field}'.")


def _no_operator(clause: Clause) -> JqlError:
    return JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")
