"""Rules of a load balancer's listener, as far as the stack uses them: which one a request meets, and where it ends.

Paths are compared letter by letter; headers and keys of the query, and their values, are the same in either case. `*`
stands for anything and `?` for one character. Another kind of condition is refused.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl, urlsplit

Rule: TypeAlias = Mapping[str, Any]
Condition: TypeAlias = tuple[str, str, frozenset[str]]
"""What is looked at, the name of the header or the key of the query where there is one, and which values hold."""

SIGN_IN: Final = "sign-in"
PORTAL: Final = "portal"

_WILD: Final = {"*": ".*", "?": "."}


class ConditionNotKnown(ValueError):
    """A rule looks at something that is not understood here."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its address behind the host, and its headers."""

    address: str
    headers: Mapping[str, str] = field(default_factory=dict)


def end(rules: Iterable[Rule], asked: Asked) -> str:
    """What becomes of a request: it goes to the portal, to the sign-in, or is refused with a status.

    Raises:
        ConditionNotKnown: a rule has a condition of another kind than those described above.
    """
    ordered = sorted(rules, key=lambda rule: math.inf if rule["IsDefault"] else int(rule["Priority"]))
    return outcome(next(rule for rule in ordered if all(_holds(each, asked) for each in conditions(rule))))


def outcome(rule: Rule) -> str:
    """Where whatever meets a rule ends."""
    first: Mapping[str, Any] = min(rule["Actions"], key=lambda action: action.get("Order", 1))
    known = {"forward": PORTAL, "authenticate-oidc": SIGN_IN}
    return known.get(first["Type"]) or str(first["FixedResponseConfig"]["StatusCode"])


def conditions(rule: Rule) -> frozenset[Condition]:
    """All that has to hold for a rule to be met.

    Raises:
        ConditionNotKnown: one is of another kind than those described above.
    """
    return frozenset(_condition(told) for told in rule["Conditions"])


def _condition(told: Mapping[str, Any]) -> Condition:
    match told:
        case {"Field": "path-pattern", "PathPatternConfig": {"Values": paths}}:
            return "path", "", frozenset(paths)
        case {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": values}}:
            return "header", name, frozenset(values)
        case {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": key, "Value": value}]}}:
            return "query", key, frozenset({value})
    raise ConditionNotKnown(f"{told} is not understood")


def _holds(condition: Condition, asked: Asked) -> bool:
    kind, name, wanted = condition
    address = urlsplit(asked.address)
    if kind == "path":
        return any(re.fullmatch(_expression(one), address.path) for one in wanted)
    pairs = asked.headers.items() if kind == "header" else parse_qsl(address.query, keep_blank_values=True)
    found = [value for key, value in pairs if key.lower() == name.lower()]
    return any(re.fullmatch(_expression(one), value, re.IGNORECASE) for one in wanted for value in found)


def _expression(pattern: str) -> str:
    return "".join(_WILD.get(sign) or re.escape(sign) for sign in pattern)
