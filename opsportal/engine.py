"""Which version of the rules judges: another one may count or score the same facts otherwise, so snapshots carry it."""

from typing import Final

ENGINE_VERSION: Final = "1"
"""Raised with a change of the rules by which the same facts give other counts or another score; releases leave it."""
