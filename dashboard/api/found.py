"""What an address leads to before it is written down: which revision, and how to make the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from components.frames import Table
from opsportal.shapes.envelope import FirstReadJson


@dataclass(frozen=True, slots=True)
class Found:
    """An answer at hand. It differs only with `revision`, but for its age: seconds since `read_at` (epoch ms).

    `json` and `table` are called only when the answer is not at hand in bytes; either may raise a Problem.
    """

    revision: str
    read_at: int | None
    json: Callable[[], Mapping[str, Any]]
    table: Callable[[], Table]


class FirstRead(Exception):
    """There are no numbers yet: the first read is under way."""

    def __init__(self, told: FirstReadJson) -> None:
        super().__init__(told["state_reason"])
        self.told = told
