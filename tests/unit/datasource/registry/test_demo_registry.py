"""The registry that the demo ships."""

import json
from pathlib import Path

import jsonschema

from datasource.registry.file import FileRegistry
from datasource.registry.schema import schema

_ROOT = Path(__file__).parents[4]


def test_the_demo_ships_a_registry_that_is_right() -> None:
    """It is read like any other."""
    policy = FileRegistry(_ROOT / "demo" / "queue_registry.json").read()
    assert len(policy.queues) >= 6


def test_the_demo_registry_fits_the_schema_it_names() -> None:
    """An editor that opens it has nothing to complain about."""
    registry = json.loads((_ROOT / "demo" / "queue_registry.json").read_text(encoding="utf-8"))
    assert (_ROOT / "demo" / registry["$schema"]).resolve() == _ROOT / "docs" / "queue_registry.schema.json"
    assert jsonschema.Draft202012Validator(schema()).is_valid(registry)
