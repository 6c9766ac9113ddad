"""Ids that more than one module names: the frame's own slots and, for each page, its head."""

from typing import Final

URL: Final = "url"
"""The `dcc.Location` that everything follows and clicks write to."""
TICK: Final = "tick"
"""A `dcc.Interval` of a minute: pages look whether there is something newer."""
FRAME: Final = "frame"
RAIL: Final = "rail"
PAGE: Final = "page"
DRAWER: Final = "drawer"
"""Slot for the list of tickets and the ticket drawer."""
TOASTS: Final = "toasts"
NOTES: Final = "notes"
"""Line under the head: what of the address could not be used."""
BANNER: Final = "banner"
"""Slot for the one banner at the top, when a source is down for all queues."""
RAIL_BADGE: Final = "rail-badge"
"""How many clocks are overdue, at the rail's at-risk mark."""
SWITCHER: Final = "switcher"
HELP: Final = "help"


def head_title(page: str) -> str:
    """The title's slot on a page."""
    return f"{page}-head-title"


def head_age(page: str) -> str:
    """The age badge's slot on a page."""
    return f"{page}-head-age"


def head_controls(page: str) -> str:
    """The slot for period, filters, comparison and export on a page."""
    return f"{page}-head-controls"


def sentence(page: str) -> str:
    """The slot for the answer sentence of a page."""
    return f"{page}-sentence"


def revision(page: str) -> str:
    """The store that remembers which revision a page shows."""
    return f"{page}-revision"
