"""JQL: every query that the portal sends is written here."""

from collections.abc import Iterable


def quoted(text: str) -> str:
    """A JQL string literal of any text: it can neither end early nor widen a query."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else " " for c in escaped) + '"'


def queue_query(projects: Iterable[str], extra: str | None, updated_since_ms: int) -> str:
    """Tickets of a queue that are open now or were updated since an instant.

    The instant is in epoch milliseconds because dates in text are read in the account's zone, to the minute. The
    order never changes while tickets are being updated, so no ticket jumps between pages.
    """
    parts = [f"project in ({', '.join(quoted(project) for project in projects)})"]
    if extra:
        parts.append(f"({extra})")
    parts.append(f"(statusCategory != Done OR updated >= {updated_since_ms:d})")
    return " AND ".join(parts) + " ORDER BY created ASC, key ASC"
