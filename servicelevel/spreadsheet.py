"""What every table that people take away keeps to, so that a spreadsheet reads it as it is and executes nothing."""

from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
"""Spreadsheets read UTF-8 as something else without it."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - these too


def safe(text: object) -> str:
    """Text as a cell that no spreadsheet executes: what could be a formula gets an apostrophe in front."""
    written = str(text)
    return f"'{written}" if written.startswith(_FORMULA_STARTS) else written
