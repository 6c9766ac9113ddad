"""Where marks lead: components are given a function from a mark to the address that lists its tickets."""

from collections.abc import Callable
from typing import TypeAlias

LinkTo: TypeAlias = Callable[[str], str]
"""The address that opens the tickets behind a mark, on the page that shows it."""
