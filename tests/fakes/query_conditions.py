"""Conditions on the query of an address, which ministack's load balancer forgets: it is taught to keep and tell them.

The program that is ministack runs this file by its path; nothing of the project is imported here.
"""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any
from xml.sax.saxutils import escape

_CONFIG = "QueryStringConfig"


def teach(balancer: ModuleType) -> None:
    """Make ministack's module of load balancers read such conditions in rules, and answer them as AWS does."""
    read, told = balancer._parse_conditions, balancer._condition_xml

    def with_query(asked: Mapping[str, list[str]], prefix: str = "Conditions") -> list[dict[str, Any]]:
        conditions: list[dict[str, Any]] = read(asked, prefix)
        for place, condition in enumerate(conditions, start=1):
            if condition["Field"] == "query-string":
                condition[_CONFIG] = list(_pairs(balancer, asked, f"{prefix}.member.{place}.{_CONFIG}.Values.member"))
        return conditions

    def told_with_query(condition: Mapping[str, Any]) -> str:
        if condition["Field"] != "query-string":
            return str(told(condition))
        pairs = "".join(f"<member>{_named(pair)}</member>" for pair in condition[_CONFIG])
        return f"<member><Field>query-string</Field><{_CONFIG}><Values>{pairs}</Values></{_CONFIG}></member>"

    balancer._parse_conditions, balancer._condition_xml = with_query, told_with_query  # type: ignore[attr-defined]


def _pairs(balancer: ModuleType, asked: Mapping[str, list[str]], base: str) -> Iterator[dict[str, str]]:
    place = 1
    while value := balancer._p(asked, f"{base}.{place}.Value"):
        key = balancer._p(asked, f"{base}.{place}.Key")
        yield {"Key": key, "Value": value} if key else {"Value": value}
        place += 1


def _named(pair: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in pair.items())
