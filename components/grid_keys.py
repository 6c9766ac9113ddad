"""How grids are walked without a mouse: one stop of Tab each, arrow keys inside, Enter for what a cell or row opens."""

from typing import Any, Final

KEY_OPTIONS: Final[dict[str, Any]] = {
    "tabToNextCell": {"function": "tabLeaves(params)"},
    "tabToNextHeader": {"function": "tabLeaves(params)"},
}
"""Options of every grid: Tab goes on to what stands after it, not through each of its cells."""

OPENED: Final = "openRow(params)"
"""What follows the link of a row, or of the cell that has the focus; for `rowClicked` and `cellKeyDown`."""


def spoken(empty: str) -> dict[str, str]:
    """The grid's own words. They are read out as well, so that waiting for rows must not sound like having none."""
    return {"noRowsToShow": empty, "loadingOoo": "Loading the rows"}
