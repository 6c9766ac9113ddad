"""How a read tells that it goes on."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told (phase, tickets done, of about how many) as a read goes on, from any thread."""
