"""The published JSON Schema."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from datasource.registry.schema import DIALECT, schema, schema_text
from tests.unit.datasource.registry.examples import changed, parsed, registry

_ROOT = Path(__file__).parents[4]


def _accepts(value: Any) -> bool:
    return jsonschema.Draft202012Validator(schema()).is_valid(value)


def test_the_published_schema_is_the_model() -> None:
    """`python -m datasource.registry.schema > docs/queue_registry.schema.json` writes it anew."""
    assert (_ROOT / "docs" / "queue_registry.schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_of_its_dialect() -> None:
    """Editors choose their rules by the first line."""
    assert schema()["$schema"] == DIALECT
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_key_explains_itself() -> None:
    """Each section and each key has a title and a description for the editor."""
    whole = schema()
    for name, section in {"registry": whole, **whole["$defs"]}.items():
        assert section["description"], name
        assert "Section" not in section["title"], name
        for key, described in section["properties"].items():
            assert "description" in described or "$ref" in described, (name, key)


@pytest.mark.parametrize(
    "value",
    [registry(), changed("queues", 0, "project", to=["SD", "HR"]), {"$schema": "x.json"} | registry()],
    ids=["example", "two projects", "schema line"],
)
def test_the_schema_takes_what_the_parser_takes(value: Any) -> None:
    """An editor never complains about a registry that is right."""
    assert parsed(value).queues
    assert _accepts(value)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("queues", 0, "calender"), "x"),
        (("queues", 0, "id"), "overview"),
        (("queues", 0, "id"), "Service Desk"),
        (("queues", 0, "jql"), None),
        (("queues",), []),
        (("queues", 0, "goals", "resolution"), []),
        (("queues", 0, "goals", "resolution", 0, "goal"), "2d"),
        (("queues", 0, "targets"), {"resolution": 90}),
        (("calendars", "business", "hours"), {"Mon": []}),
        (("calendars", "business", "hours", "mon-fri", 0), "9-12"),
        (("calendars", "business", "exceptions"), {"tomorrow": []}),
        (("version",), 2),
    ],
)
def test_an_editor_sees_the_usual_slips(where: tuple[str | int, ...], value: Any) -> None:
    """What the schema can express, it refuses."""
    assert not _accepts(changed(*where, to=value))


def test_the_example_of_the_guide_is_a_registry() -> None:
    """The first block of docs/registry.md is right, for the parser and for the schema."""
    guide = (_ROOT / "docs" / "registry.md").read_text(encoding="utf-8")
    block = json.loads(guide.split("```json\n")[1].split("```")[0])
    assert parsed(block).queues[0].id == "service-desk"
    assert _accepts(block)


def test_the_guide_names_every_key() -> None:
    """A key that is not in docs/registry.md is a key that nobody uses."""
    guide = (_ROOT / "docs" / "registry.md").read_text(encoding="utf-8")
    whole = schema()
    sections = [whole, *whole["$defs"].values()]
    assert [key for section in sections for key in section["properties"] if key not in guide] == []
