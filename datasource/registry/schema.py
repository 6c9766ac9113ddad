"""The JSON Schema of the registry, for completion and checks in editors.

`python -m datasource.registry.schema > docs/queue_registry.schema.json` writes it anew.
"""

import json
import sys
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from datasource.registry.model import RegistrySection

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _WithoutNull(GenerateJsonSchema):
    """Leaves `null` and empty defaults out: a key that is not needed is not written at all."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if isinstance(schema.get("default"), str):
            return super().default_schema(schema)
        return self.generate_inner(schema["schema"])


def schema() -> dict[str, Any]:
    """The schema as plain values. It accepts every registry that `parse` accepts; `parse` is stricter."""
    return {"$schema": DIALECT, **RegistrySection.model_json_schema(schema_generator=_WithoutNull)}


def schema_text() -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
