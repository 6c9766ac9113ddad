"""What every section of the registry has in common."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, field_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from datasource.registry.refusal import refusal
from servicelevel.field_texts import field_texts


def _title(section: type) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", section.__name__.removesuffix("Section"))
    return words.capitalize()


class Section(BaseModel):
    """A JSON object of the registry: only the keys it knows, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, model_title_generator=_title)

    @field_validator("*", mode="before")
    @classmethod
    def _no_null(cls, value: Any) -> Any:
        # `null` could mean "as by default" or "none at all"; a key that is left out says the first.
        if value is None:
            raise refusal("a value, or no such key at all")
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The section's schema, each key described by the text below it in the source.

        pydantic would read the source of every section whenever it is loaded, though few who load it want the schema.
        """
        schema = handler(core_schema)
        described = handler.resolve_ref_schema(schema)["properties"]
        for section in reversed(cls.__mro__):
            if issubclass(section, Section):
                for name, text in field_texts(section):
                    if name in cls.model_fields:
                        described[cls.model_fields[name].alias or name]["description"] = text
        return schema
