"""What the text itself can get wrong, before anything is looked up in it."""

import json

import pytest

from datasource.registry.errors import RegistryInvalid, RegistryUnreadable
from datasource.registry.parse import parse
from tests.unit.datasource.registry.examples import registry


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        (b"", "line 1, column 1", "the end of the text"),
        (b'{\n  "version": 1,\n}', "line 3, column 1", "no comma before the closing bracket"),
        (b'{"notes": [1,]}', "line 1, column 14", "no comma before the closing bracket"),
        (b'{"version": 1 // one\n}', "line 1, column 15", "no comments"),
        (b"{'version': 1}", "line 1, column 2", "double quotes"),
        (b'{"version" 1}', "line 1, column 12", "JSON"),
        (b'{"version": 1} {}', "line 1, column 16", "JSON"),
        (b'{"version": NaN}', "the file", "no such value"),
        (b'{"a": "x\ny"}', "line 1, column 9", "JSON"),
        (b'{\n"name": "\xff"}', "line 2", "UTF-8"),
        ('{"version": 1}'.encode("utf-16"), "line 1", "UTF-8"),
        (b"[" * 100_000, "line 1, column 33", "more than 32 objects or lists"),
        (b'{"a":' * 100_000, "line 1, column 161", "more than 32 objects or lists"),
        (b'"' + b'\\"' * 500_000, "line 1, column 1", "JSON"),
        (b'{"queues": [' + b"1," * 5000 + b"1]}", "queues", "at most 5,000 entries"),
        (b" " * (1024 * 1024 + 1), "the file", "at most 1 MiB"),
    ],
)
def test_a_text_that_is_no_json_is_told_with_line_and_column(text: bytes, where: str, message: str) -> None:
    """Attacks by size or depth end as quickly and clearly as a missing comma."""
    with pytest.raises(RegistryUnreadable) as raised:
        parse(text, "q.json")
    assert str(raised.value).startswith(f"q.json cannot be used:\n  {where}: found ")
    assert message in str(raised.value)


def test_brackets_in_texts_are_no_depth() -> None:
    """A remark may hold as many as it likes."""
    whole = registry()
    whole["notes"][0]["text"] = '[{"' * 60
    assert parse(json.dumps(whole).encode(), "q.json").notes[0].text == '[{"' * 60


def test_a_key_written_twice_is_a_problem_at_its_path() -> None:
    """JSON readers keep the last one silently; which one was meant only the writer knows."""
    text = json.dumps(registry()).replace('"country": "BR"', '"country": "DE", "country": "BR"')
    text = text.replace('"version": 1', '"version": 1, "version": 1')
    with pytest.raises(RegistryInvalid) as raised:
        parse(text.encode(), "q.json")
    assert [problem.path for problem in raised.value.problems] == ["version", "calendars.business.holidays.country"]
    assert all("more than once" in problem.found for problem in raised.value.problems)


def test_half_a_surrogate_pair_is_a_problem_in_keys_and_values() -> None:
    """Such text cannot be written out again, so it is not let in."""
    text = json.dumps(registry()).replace("New shift plan", "\\ud800").replace('"IT Support"', '"x", "\\udfff": 1')
    with pytest.raises(RegistryInvalid) as raised:
        parse(text.encode(), "q.json")
    assert [problem.path for problem in raised.value.problems if "surrogate" in problem.found] == [
        "queues[0]",
        "notes[0].text",
    ]
    assert str(raised.value).encode()


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "1e999", "1" + "0" * 25])
def test_numbers_beyond_all_measure_are_refused_in_their_place(number: str) -> None:
    """They are compared like others and never converted digit by digit."""
    text = (
        json.dumps(registry())
        .replace('"capacity": 0', f'"capacity": {number}')
        .replace('"team": 12', f'"team": {number}')
    )
    with pytest.raises(RegistryInvalid) as raised:
        parse(text.encode(), "q.json")
    assert {problem.path for problem in raised.value.problems} == {"queues[0].weights.capacity", "queues[0].tempo.team"}
