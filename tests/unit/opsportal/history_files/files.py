"""What tests of imports and exports share."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeAlias

from click.testing import Result

from opsportal.ports import History

Run: TypeAlias = Callable[..., Result]
"""Runs `opsportal history …`."""


def written(folder: Path, content: object) -> Path:
    """A file of this JSON, or of this text."""
    file = folder / "trends.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def scores(history: History, queue: str = "desk") -> dict[date, float | None]:
    """What is kept of a queue."""
    return {row.day: row.score for row in history.range(queue, date.min, date.max).snapshots}
