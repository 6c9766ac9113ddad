"""What can go wrong where history is kept.

```
PortalError
└── HistoryFailed        the store cannot be used: which, why, and what to do; what was kept before stands
    ├── NotPermitted     whoever asks may not do this
    └── ItemTooLarge     one item is larger than the store takes; nothing of it was kept
```
"""

from servicelevel.errors import PortalError


class HistoryFailed(PortalError):
    """History could not be read or written."""


class NotPermitted(HistoryFailed):
    """The credentials are known and may not do what was asked."""


class ItemTooLarge(HistoryFailed):
    """An item does not fit into the store. It was not kept, and what it would have replaced stands."""

    def __init__(self, what: str, found_bytes: int, largest_bytes: int) -> None:
        super().__init__(
            f"{what} takes {found_bytes:,} bytes; history keeps at most {largest_bytes:,} an item. It was not kept. "
            "Give the queue fewer priorities or split it in the registry, or keep history in SQLite (HISTORY_URL)."
        )
