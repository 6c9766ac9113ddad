"""The address of a history, taken apart: a file of SQLite, or a table of DynamoDB in a region."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

_SQLITE = "sqlite:///"
_REGION = r"[a-z]{2,4}(-[a-z]{2,12}){1,3}-[1-9]"
_TABLE = r"[A-Za-z0-9_.-]{3,255}"
_OPTIONS = ("region", "ttl_days")
_MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class SqlitePlace:
    """A file, from the current folder unless its path is absolute."""

    file: Path


@dataclass(frozen=True, slots=True)
class DynamoDbPlace:
    """A table; with `ttl_days` its items may go so many days after the day they describe."""

    table: str
    region: str
    ttl_days: int | None = None


HistoryPlace: TypeAlias = SqlitePlace | DynamoDbPlace


class NoPlace(ValueError):
    """An address names no history: what was found in it, and what was expected."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"found {found}, expected {expected}")
        self.found, self.expected = found, expected


def history_place(address: str) -> HistoryPlace:
    """What `sqlite:///path` or `dynamodb://table?region=eu-west-1&ttl_days=1095` names.

    Raises:
        NoPlace: it names nothing.
    """
    if address.isprintable() and address.startswith(_SQLITE) and address != _SQLITE:
        return SqlitePlace(Path(address.removeprefix(_SQLITE)))
    if address.startswith("dynamodb://"):
        return _table(address)
    kind = address.partition("://")[0] + "://…" if "://" in address else "no address"
    raise NoPlace(kind, "an address such as sqlite:///history.db or dynamodb://table?region=eu-west-1")


def _table(address: str) -> DynamoDbPlace:
    parts = urlsplit(address)
    if not re.fullmatch(_TABLE, parts.netloc) or parts.path or parts.fragment or not address.isprintable():
        raise NoPlace(
            "what cannot be the name of a table",
            "dynamodb://table?region=eu-west-1: a name of 3 to 255 letters, digits, _ . - (credentials and another "
            "endpoint are variables of AWS)",
        )
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    options = dict(pairs)
    if len(pairs) != len(options) or not options.keys() <= set(_OPTIONS):
        raise NoPlace("an option that is not known, or twice", f"each of {' and '.join(_OPTIONS)} once at most")
    if not re.fullmatch(_REGION, options.get("region", "")):
        raise NoPlace("no region of AWS", "one behind the table, such as ?region=eu-west-1")
    days = options.get("ttl_days")
    if days is None:
        return DynamoDbPlace(parts.netloc, options["region"])
    if not re.fullmatch(r"[1-9]\d{0,4}", days, re.ASCII) or int(days) > _MOST_DAYS:
        raise NoPlace("an odd ttl_days", f"a whole number of days, 1 to {_MOST_DAYS}, such as ttl_days=1095")
    return DynamoDbPlace(parts.netloc, options["region"], int(days))
