"""The fingerprint of a queue's definition."""

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasource.registry.parse import parse
from tests.unit.datasource.registry.examples import changed, parsed, registry


def _hash(value: dict[str, Any]) -> str:
    return parsed(value).queues[0].definition_hash


def _shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: _shuffled(value[key], order) for key in keys}
    if isinstance(value, list):
        return [_shuffled(inner, order) for inner in value]
    return value


def test_the_hash_is_12_hexadecimal_digits() -> None:
    """Short enough for a key and for a screen."""
    digits = _hash(registry())
    assert len(digits) == 12
    assert int(digits, 16) >= 0


@settings(deadline=None)  # a slow machine is no fault
@given(st.randoms(use_true_random=False), st.sampled_from([None, 1, 4]))
def test_the_order_of_keys_and_the_layout_do_not_change_the_hash(order: random.Random, indent: int | None) -> None:
    """The same definition has the same hash however it is written."""
    text = json.dumps(_shuffled(registry(), order), indent=indent)
    assert parse(text.encode(), "q.json") == parsed(registry())


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("queues", 0, "name"), "Help Desk"),
        (("queues", 0, "team"), "Support"),
        (("queues", 0, "goals", "resolution", 0, "goal"), "240m"),
        (("queues", 0, "weights"), {"capacity": 0.0, "flow": 10}),
        (("queues", 0, "targets"), {"resolution": 0.90}),
        (("queues", 0, "project"), ["SD"]),
        (("notes",), []),
        (("privacy", "analysts"), "none"),
        (("queues", 1, "calendar"), "business"),
    ],
)
def test_the_same_definition_in_other_words_keeps_the_hash(where: tuple[str | int, ...], value: Any) -> None:
    """Names, and other ways to say the same, define no number of the queue."""
    assert _hash(changed(*where, to=value)) == _hash(registry())


def test_a_calendar_by_another_name_keeps_the_hash() -> None:
    """Only the calendar's hours count."""
    whole = registry()
    whole["calendars"]["office"] = whole["calendars"].pop("business")
    whole["defaults"]["calendar"] = "office"
    assert _hash(whole) == _hash(registry())


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("queues", 0, "goals", "resolution", 0, "goal"), "5h"),
        (("queues", 0, "goals", "resolution", 1, "valid_from"), "2026-01-02"),
        (("queues", 0, "goals", "resolution", 0, "priority"), "High"),
        (("queues", 0, "goals", "resolution", 0, "type"), "Incident"),
        (("queues", 0, "sla", "resolution", "judged"), "each"),
        (("queues", 0, "sla", "first_response", "stops_at"), "left_new"),
        (("queues", 0, "sla", "resolution", "field"), "customfield_1"),
        (("queues", 0, "sla", "resolution", "clock"), "computed"),
        (("queues", 0, "calendar"), "always"),
        (("queues", 0, "project"), "SDX"),
        (("queues", 0, "jql"), "labels = a"),
        (("queues", 0, "pause_statuses"), []),
        (("queues", 0, "exclude_resolutions"), ["Spam"]),
        (("queues", 0, "analysts"), ["a"]),
        (("queues", 0, "weights", "capacity"), 1),
        (("queues", 0, "anchors", "net_flow"), {"at_0": 0.7, "at_80": 1, "at_100": 1.2}),
        (("queues", 0, "budget_window"), "month"),
        (("queues", 0, "tempo", "team"), 13),
        (("defaults", "targets", "resolution"), 0.91),
        (("calendars", "business", "time_zone"), "America/Bahia"),
        (("calendars", "business", "hours", "mon-fri"), ["09:00-12:00", "13:00-17:59"]),
        (("calendars", "business", "holidays"), {"country": "BR"}),
        (("calendars", "business", "extra_holidays"), []),
        (("calendars", "business", "exceptions"), {"2026-02-18": []}),
    ],
)
def test_another_definition_has_another_hash(where: tuple[str | int, ...], value: Any) -> None:
    """Whatever decides the queue's numbers is in the hash."""
    assert _hash(changed(*where, to=value)) != _hash(registry())
