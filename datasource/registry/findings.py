"""From pydantic's errors to problems: the path in the file, what stands there, and one sentence on what should."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from datasource.registry.model import RegistrySection
from datasource.registry.problem import Path, Problem, nearest, path_text, shown
from datasource.registry.refusal import REFUSED

_SENTENCES: Mapping[str, str] = {
    "missing": "this key, which is required",
    "model_type": "an object {{…}}",
    "model_attributes_type": "an object {{…}}",
    "dict_type": "an object {{…}}",
    "tuple_type": "a list […]",
    "string_type": "a text in double quotes",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a number of ordinary size",
    "too_long": "at most {max_length} here",
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than": "a number below {lt:g}",
    "less_than_equal": "a number of at most {le:g}",
    "literal_error": "{expected}",
}


WRONG = object()
"""Stands in a sound part where the file holds something wrong: it is neither absent nor to be read."""


def problems_of(error: ValidationError, raw: Any) -> Iterator[Problem]:
    """The errors as problems, in the order of the sections."""
    return (_problem(detail, raw) for detail in error.errors(include_url=False))


def sound_part(error: ValidationError, raw: Any) -> Any:
    """The value with WRONG in the place of everything that an error points at; the rest has the right form."""
    return _marked(raw, (), {_path(detail, raw) for detail in error.errors(include_url=False)})


def _marked(value: Any, path: Path, wrong: set[Path]) -> Any:
    if path in wrong:
        return WRONG
    if isinstance(value, dict):
        return {key: _marked(inner, (*path, key), wrong) for key, inner in value.items()}
    if isinstance(value, list):
        return [_marked(inner, (*path, i), wrong) for i, inner in enumerate(value)]
    return value


def _problem(detail: ErrorDetails, raw: Any) -> Problem:
    path = _path(detail, raw)
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(path[:-1])
        return Problem(path_text(path), "an unknown key", f"one of {', '.join(known)}", nearest(path[-1], known))
    meant = None
    if kind == REFUSED:
        expected, meant = context["expected"], context["nearest"]
    elif kind == "literal_error":
        expected = context["expected"]
        meant = nearest(detail["input"], expected.replace(" or ", ", ").replace("'", "").split(", "))
    else:
        expected = _SENTENCES.get(kind, detail["msg"]).format(**context)
    found = "nothing" if kind == "missing" else shown(detail["input"])
    return Problem(path_text(path), found, expected, meant)


def _path(detail: ErrorDetails, raw: Any) -> Path:
    """Where in the file an error is: the steps of its location that lead through the value, and a missing key."""
    path: list[str | int] = []
    for step in detail["loc"]:
        if _leads_on(raw, step):
            raw = raw[step]
        elif detail["type"] != "missing":
            # The name of a place that the file does not have, such as "[key]" behind a key that is wrong itself.
            continue
        path.append(step)
    return tuple(path)


def _leads_on(raw: Any, step: str | int) -> bool:
    return (isinstance(raw, dict) and step in raw) or (isinstance(raw, list) and step in range(len(raw)))


@lru_cache(maxsize=128)
def _known_keys(path: Path) -> tuple[str, ...]:
    """The keys that the section at a path knows."""
    schema = RegistrySection.model_json_schema()
    return tuple(sorted(_section_at(schema, schema, path).get("properties", {})))


def _section_at(whole: Mapping[str, Any], schema: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    if "$ref" in schema:
        return _section_at(whole, whole["$defs"][schema["$ref"].rpartition("/")[2]], path)
    if "anyOf" in schema:
        return _section_at(whole, next(branch for branch in schema["anyOf"] if branch.get("type") != "null"), path)
    if not path:
        return schema
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return _section_at(whole, schema["items"], rest)
    return _section_at(whole, schema.get("properties", {}).get(step) or schema["additionalProperties"], rest)
