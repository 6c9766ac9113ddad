"""What every section of the registry has in common."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from datasource.registry.refusal import refusal


def _title(section: type) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", section.__name__.removesuffix("Section"))
    return words.capitalize()


class Section(BaseModel):
    """A JSON object of the registry: only the keys it knows, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, model_title_generator=_title)

    @field_validator("*", mode="before")
    @classmethod
    def _no_null(cls, value: Any) -> Any:
        # `null` could mean "as by default" or "none at all"; a key that is left out says the first.
        if value is None:
            raise refusal("a value, or no such key at all")
        return value
