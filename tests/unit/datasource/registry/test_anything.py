"""Whatever JSON stands in the file, the answer is a policy or a list of problems."""

import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from datasource.registry.errors import RegistryInvalid
from datasource.registry.parse import parse
from servicelevel.policy import Policy
from tests.unit.datasource.registry.examples import registry

_WORDS = st.sampled_from(
    [
        "",
        "a",
        "business",
        "SD",
        "90m",
        "0m",
        "mon-fri",
        "09:00-12:00",
        "2026-01-01",
        "UTC",
        "BR",
        "{x}",
        "\x00",
        "ß",
        "[key]",
    ]
)
_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _WORDS | st.text()
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS | st.text(), inner, max_size=4),
    max_leaves=12,
)

_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A slow machine is no fault of the parser."""


def _answers(value: Any) -> None:
    try:
        policy = parse(json.dumps(value).encode(), "q.json")
    except RegistryInvalid as invalid:
        listed = invalid
    else:
        assert isinstance(policy, Policy)
        return
    assert listed.problems
    assert len(str(listed).splitlines()) == 1 + len(listed.problems)


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in _places(part, (*path, key)))]


@_UNHURRIED
@given(_JSON)
@example({"queues": {"": {}}})
def test_any_json_value_is_answered(value: Any) -> None:
    """No other exception leaves the parser."""
    _answers(value)


@settings(_UNHURRIED, max_examples=300)
@given(st.data())
def test_a_good_registry_with_anything_in_any_place_is_answered(data: st.DataObject) -> None:
    """Replacing any part, or adding a key to it, ends in a policy or in problems, each on a line of its own."""
    whole: Any = {"registry": registry()}
    *way, last = ("registry", *data.draw(st.sampled_from(_places(registry()))))
    part = whole
    for step in way:
        part = part[step]
    if isinstance(part[last], dict) and data.draw(st.booleans()):
        part[last][data.draw(_WORDS | st.text())] = data.draw(_JSON)
    else:
        part[last] = data.draw(_JSON)
    _answers(whole["registry"])
