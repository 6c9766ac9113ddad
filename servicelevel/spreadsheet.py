"""What every table that people take away keeps to, so that a spreadsheet reads it as it is and executes nothing."""

import unicodedata
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
"""Spreadsheets read UTF-8 as something else without it."""

_SIGNS: Final = frozenset("=+-@")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Kinds of characters that a reader does not see at the beginning of a cell, and a program may drop."""


def safe(text: object) -> str:
    """Text as a cell that no spreadsheet executes: what could be a formula gets an apostrophe in front.

    That is what begins with one of the signs of a formula in whatever width, also behind what nobody sees, and what
    begins with a control character.
    """
    written = str(text)
    first = written[:1]
    if not first or (first.isascii() and first.isalnum()):
        return written
    return f"'{written}" if unicodedata.category(first) == "Cc" or _is_formula(written) else written


def _is_formula(written: str) -> bool:
    seen = next((sign for sign in written if unicodedata.category(sign) not in _UNSEEN), "")
    return unicodedata.normalize("NFKC", seen)[:1] in _SIGNS
