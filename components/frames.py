"""Tables that people take away: values into a frame, and the frame into CSV that a spreadsheet opens safely."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from servicelevel.spreadsheet import BYTE_ORDER_MARK, safe

if TYPE_CHECKING:
    import pandas as pd

Kind: TypeAlias = Literal["text", "int", "float"]
Cell: TypeAlias = str | int | float | bool | None

_DTYPES: Final[Mapping[Kind, str]] = {"text": "object", "int": "Int64", "float": "Float64"}
_ROWS_A_PIECE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns of one kind each, and rows of as many cells; None is not known and stays empty.

    Units are in the columns' names: `_h` business hours, `_bd` business days, shares between 0 and 1, instants ISO
    8601 with offset.
    """

    columns: Mapping[str, Kind]
    rows: Sequence[Sequence[Cell]]


def frame(table: Table) -> "pd.DataFrame":
    """The table as a frame; whole numbers stay whole where some are not known."""
    import pandas as pd  # here, so that a worker loads it with the first table that is taken away, and never for a page

    series = {
        name: pd.Series([row[place] for row in table.rows], dtype=_DTYPES[kind])
        for place, (name, kind) in enumerate(table.columns.items())
    }
    return pd.DataFrame(series)


def csv_pieces(table: Table) -> Iterator[bytes]:
    """The table as CSV (RFC 4180, UTF-8 with a byte order mark), piece by piece.

    The mark is there because spreadsheets read UTF-8 as something else without it. Text that a spreadsheet would take
    for a formula gets an apostrophe in front; numbers are written as numbers, negative ones too.
    """
    made = frame(table)
    for name, kind in table.columns.items():
        if kind == "text":
            made[name] = made[name].map(safe, na_action="ignore")
    yield BYTE_ORDER_MARK.encode()
    yield _csv(made.iloc[:0], header=True)
    for first in range(0, len(made), _ROWS_A_PIECE):
        yield _csv(made.iloc[first : first + _ROWS_A_PIECE], header=False)


def _csv(part: "pd.DataFrame", *, header: bool) -> bytes:
    text: str = part.to_csv(index=False, header=header, lineterminator="\r\n")
    return text.encode("utf-8", errors="replace")
