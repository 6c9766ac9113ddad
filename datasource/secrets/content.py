"""What a secret holds: a JSON object of names and texts. Nothing of its values is ever told."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from datasource.secrets.errors import SecretMalformed

_NAME = r"[A-Za-z_]{1,40}"
_KINDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


class _Twice(ValueError):
    """A name stands in an object twice."""


def parsed(text: str, secret_id: str, names: Sequence[str]) -> Mapping[str, SecretStr]:
    """The values of a secret by name; null and empty texts count as not there.

    Raises:
        SecretMalformed: it is no JSON object, or has other names or kinds of values than `names` with texts.
    """
    form = f"a JSON object with any of {', '.join(names)}, each with a text"
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except _Twice:
        raise SecretMalformed(secret_id, "a name that is there twice", form) from None
    except (ValueError, RecursionError):
        raise SecretMalformed(secret_id, "something that is no JSON", form) from None
    if not isinstance(found, dict):
        raise SecretMalformed(secret_id, "JSON that is no object", form)
    wrong = [f"{_shown(name)}, which is not known here" for name in found if name not in names]
    wrong += [
        f"{_KINDS[type(value)]} for {name}"
        for name, value in found.items()
        if name in names and not isinstance(value, str | None)
    ]
    if wrong:
        raise SecretMalformed(secret_id, "; ".join(wrong), form)
    return {name: SecretStr(value.strip()) for name, value in found.items() if value and value.strip()}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _Twice
    return made


def _shown(name: str) -> str:
    # A value may stand where its name should: only what looks like a name is shown.
    return name if re.fullmatch(_NAME, name) else "a name that is not shown"
