"""What a source is asked, as it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Params: TypeAlias = Mapping[str, str | int | Sequence[str | int]]


@dataclass(frozen=True, slots=True)
class Question:
    """A request that reads; `path` is below the source's address."""

    method: str
    path: str
    params: Params | None = None
    body: Mapping[str, object] | None = None

    @property
    def call(self) -> str:
        """How messages name it, without what it asks for in particular."""
        return f"{self.method} {self.path}"
