"""The small words of the registry: names, ids, dates, durations, filters, shares."""

import re
from datetime import date
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, Strict, WithJsonSchema

from datasource.registry.filter import filter_fault
from datasource.registry.places import FIRST_YEAR, LAST_YEAR
from datasource.registry.refusal import each_once, refusal, text_of
from servicelevel.instants import HOUR_MS, MINUTE_MS

LONGEST_NAME = 200
LONGEST_FILTER = 2_000
_LONGEST_GOAL_H = 10_000
_ID_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
PROJECT_PATTERN = r"^[A-Z][A-Z0-9_]+$"
_FIELD_PATTERN = r"^customfield_[0-9]{1,12}$"
_DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_GOAL_PATTERN = r"^(?:[0-9]{1,5}h(?:[0-5]?[0-9]m)?|[0-9]{1,6}m)$"
_EXPECTED_GOAL = "business time in hours and minutes such as `90m`, `4h` or `1h30m`, more than 0"
_EXPECTED_PROJECT = "a Jira project key in capitals such as `SD`, or a list of different keys"


def is_plain(text: str) -> bool:
    """Whether a text has no control characters, line breaks or invisible marks that an editor would not show."""
    return all(c.isprintable() or c in "\u00a0\u200d" for c in text)


def _name(value: Any) -> str:
    expected = f"a text of 1 to {LONGEST_NAME} characters on one line"
    written = text_of(value, expected)
    if not 0 < len(written) <= LONGEST_NAME or not is_plain(written):
        raise refusal(expected)
    if written != written.strip():
        raise refusal("no spaces around the text", written.strip() or None)
    return written


def _id(value: Any) -> str:
    expected = "1 to 64 lower-case letters, digits and hyphens, a letter or digit first and last"
    written = text_of(value, expected)
    if not re.fullmatch(_ID_PATTERN, written):
        plain = re.sub(r"[^a-z0-9]+", "-", written.lower()).strip("-")
        raise refusal(expected, plain if re.fullmatch(_ID_PATTERN, plain) else None)
    if written == "overview":
        raise refusal("another id than `overview`, which is an address of the portal")
    return written


def _projects(value: Any) -> tuple[str, ...]:
    keys = value if isinstance(value, list) else [value]
    if not keys or len(keys) > 100:
        raise refusal(_EXPECTED_PROJECT)
    for key in keys:
        if not isinstance(key, str) or len(key) > 255 or not re.fullmatch(PROJECT_PATTERN, key):
            upper = key.strip().upper() if isinstance(key, str) else ""
            raise refusal(_EXPECTED_PROJECT, upper if re.fullmatch(PROJECT_PATTERN, upper) else None)
    if len(set(keys)) < len(keys):
        raise refusal(_EXPECTED_PROJECT)
    return tuple(keys)


def _field(value: Any) -> str:
    expected = "the id of a Jira field such as `customfield_10030` (not its name, which is translated)"
    written = text_of(value, expected)
    if not re.fullmatch(_FIELD_PATTERN, written):
        raise refusal(expected, f"customfield_{written}" if re.fullmatch(r"[0-9]{1,12}", written) else None)
    return written


def _day(value: Any) -> date:
    expected = f"a date as `YYYY-MM-DD` from {FIRST_YEAR} to {LAST_YEAR}"
    written = text_of(value, expected)
    try:
        day = date.fromisoformat(written) if re.fullmatch(_DAY_PATTERN, written) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise refusal(expected)
    return day


def _goal(value: Any) -> int:
    written = text_of(value, _EXPECTED_GOAL)
    if not re.fullmatch(_GOAL_PATTERN, written):
        plain = re.sub(r"\s", "", written[:20].lower())
        raise refusal(_EXPECTED_GOAL, plain if re.fullmatch(_GOAL_PATTERN, plain) else None)
    hours, _, minutes = written.rpartition("h")
    goal_ms = int(hours or 0) * HOUR_MS + int(minutes.removesuffix("m") or 0) * MINUTE_MS
    if not 0 < goal_ms <= _LONGEST_GOAL_H * HOUR_MS:
        raise refusal(f"{_EXPECTED_GOAL} and at most {_LONGEST_GOAL_H:,} hours")
    return goal_ms


def _filter(value: Any) -> str:
    written = text_of(value, "a JQL filter in one text")
    if len(written) > LONGEST_FILTER:
        raise refusal(f"a JQL filter of at most {LONGEST_FILTER:,} characters")
    fault = filter_fault(written)
    if fault is not None:
        raise refusal(fault)
    return written.strip()


def _share_of_one(value: float) -> float:
    if not 0.5 <= value <= 1.0:
        meant = str(value / 100) if 50 <= value <= 100 else None
        raise refusal("a share from 0.5 to 1.0 (95 % is written 0.95)", meant)
    return value


Name: TypeAlias = Annotated[
    str, BeforeValidator(_name), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_NAME})
]
Names: TypeAlias = Annotated[tuple[Name, ...], Field(max_length=500), AfterValidator(each_once("each name once"))]
Id: TypeAlias = Annotated[
    str, BeforeValidator(_id), WithJsonSchema({"type": "string", "pattern": _ID_PATTERN, "not": {"const": "overview"}})
]
Projects: TypeAlias = Annotated[
    tuple[str, ...],
    BeforeValidator(_projects),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": PROJECT_PATTERN},
                {
                    "type": "array",
                    "items": {"type": "string", "pattern": PROJECT_PATTERN},
                    "minItems": 1,
                    "maxItems": 100,
                    "uniqueItems": True,
                },
            ]
        }
    ),
]
FieldId: TypeAlias = Annotated[
    str, BeforeValidator(_field), WithJsonSchema({"type": "string", "pattern": _FIELD_PATTERN})
]
Day: TypeAlias = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY_PATTERN, "examples": ["2026-03-02"]}),
]
GoalMs: TypeAlias = Annotated[
    int,
    BeforeValidator(_goal),
    WithJsonSchema({"type": "string", "pattern": _GOAL_PATTERN, "examples": ["90m", "4h", "1h30m"]}),
]
Filter: TypeAlias = Annotated[
    str, BeforeValidator(_filter), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_FILTER})
]
Amount: TypeAlias = Annotated[float, Strict(), Field(ge=0, le=1_000_000)]
ShareOfOne: TypeAlias = Annotated[float, Strict(), Field(ge=0, le=1)]
TargetShare: TypeAlias = Annotated[
    float,
    Strict(),
    AfterValidator(_share_of_one),
    WithJsonSchema({"type": "number", "minimum": 0.5, "maximum": 1.0, "examples": [0.95]}),
]
