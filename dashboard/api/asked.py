"""What is asked for: a query read strictly against the parameters that an address declares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import unquote_to_bytes

from dashboard.api.problems import BadParameters, Wrong
from dashboard.urls import DEFAULT_PERIOD
from opsportal.reports import Period
from opsportal.shapes.envelope import Lens
from opsportal.shapes.history import Measure
from servicelevel.due import DueState
from servicelevel.measures import Filters
from servicelevel.policy import Policy, SlaName
from servicelevel.redefinition import ScoresUnder
from servicelevel.report import COMPARED_DAYS

MOST_PAIRS = 100
"""Parameters in one query; a person's filters are far fewer."""
MOST_VALUES = 50
"""Values of one parameter that may be repeated."""


class Unusable(ValueError):
    """A value that cannot be used; the message says why and what could be."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: how it is described, and how its text becomes the value of a field of Asked.

    `schema` is the JSON Schema of one value. A repeated parameter collects its values in the order given.
    """

    name: str
    field: str
    description: str
    schema: Mapping[str, Any]
    read: Callable[[str, Policy], object]
    repeated: bool = False
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A query's values; what it does not name is as by default. Empty tuples ask for everything."""

    period: Period = DEFAULT_PERIOD
    priority: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    analyst: tuple[str, ...] = ()
    lens: Lens = "decided"
    compared_days: int = COMPARED_DAYS
    queues: tuple[str, ...] = ()
    team: str | None = None
    due: tuple[DueState, ...] = ()
    promise: SlaName | None = None
    mark: str | None = None
    limit: int | None = None
    cursor: str | None = None
    first: date | None = None
    last: date | None = None
    measures: tuple[Measure, ...] = ()
    scores: ScoresUnder = "today"

    @property
    def filters(self) -> Filters:
        """Priority, type and analyst as they were written."""
        return Filters(self.priority, self.type, self.analyst)


class Unreadable(BadParameters):
    """A query with something in it that cannot be used whatever was read; `usable` is the rest of it."""

    def __init__(self, errors: Sequence[Wrong], usable: Asked) -> None:
        super().__init__(errors)
        self.usable = usable


def read(query: bytes, parameters: Sequence[Parameter], policy: Policy) -> Asked:
    """What a raw query asks for.

    Raises:
        Unreadable: everything that cannot be used, with the reason.
    """
    if not query:
        return Asked()
    known = {parameter.name: parameter for parameter in parameters}
    given: dict[str, list[str]] = {}
    wrong: list[Wrong] = []
    pairs = [pair for pair in query.split(b"&") if pair]
    if len(pairs) > MOST_PAIRS:
        many = f"There are {len(pairs)} parameters; at most {MOST_PAIRS} are taken."
        raise Unreadable([Wrong("*", None, many)], Asked())
    for pair in pairs:
        raw_name, _, raw_value = pair.partition(b"=")
        name, value = _text(raw_name), _text(raw_value)
        if name not in known:
            listed = ", ".join(known) or "none"
            wrong.append(Wrong(name or "�", value, f"There is no such parameter here. There are: {listed}."))
        elif value is None:
            wrong.append(Wrong(name, None, "It is not UTF-8 text."))
        else:
            given.setdefault(name, []).append(value)
    fields: dict[str, Any] = {}
    for name, values in given.items():
        parameter = known[name]
        if len(values) > 1 and not parameter.repeated:
            wrong.append(Wrong(name, values[1], "It may be given once only."))
            continue
        if len(values) > MOST_VALUES:
            wrong.append(Wrong(name, None, f"It is given {len(values)} times; at most {MOST_VALUES} are taken."))
            continue
        usable = tuple(dict.fromkeys(_values(parameter, values, policy, wrong)))
        if usable:
            fields[parameter.field] = usable if parameter.repeated else usable[0]
    asked = replace(Asked(), **fields)
    if wrong:
        raise Unreadable(wrong, asked)
    return asked


def _values(parameter: Parameter, values: Sequence[str], policy: Policy, wrong: list[Wrong]) -> list[object]:
    usable = []
    for value in values:
        try:
            usable.append(parameter.read(value, policy))
        except Unusable as reason:
            wrong.append(Wrong(parameter.name, value, str(reason)))
    return usable


def _text(raw: bytes) -> str | None:
    """Percent-decoded text; None when it is no UTF-8."""
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        return None
