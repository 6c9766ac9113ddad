"""JQL: every query that the portal sends is written here."""

from collections.abc import Iterable

_ORDER = " ORDER BY created ASC, key ASC"


def quoted(text: str) -> str:
    """A JQL string literal of any text: it can neither end early nor widen a query."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else " " for c in escaped) + '"'


def queue_query(projects: Iterable[str], extra: str | None, updated_since_ms: int) -> str:
    """Tickets of a queue that are open now or were updated since an instant.

    The instant is in epoch milliseconds because dates in text are read in the account's zone, to the minute. The
    order never changes while tickets are being updated, so no ticket jumps between pages.
    """
    return _query(projects, extra, f"(statusCategory != Done OR updated >= {updated_since_ms:d})")


def changed_query(projects: Iterable[str], extra: str | None, updated_since_ms: int) -> str:
    """Tickets of a queue that were updated since an instant, in epoch milliseconds."""
    return _query(projects, extra, f"updated >= {updated_since_ms:d}")


def ids_query(ids: Iterable[int]) -> str:
    """Tickets by their ids."""
    return f"id in ({', '.join(f'{ticket:d}' for ticket in ids)})" + _ORDER


def matching_query(ids: Iterable[int], extra: str) -> str:
    """Those of tickets, given by their ids, that match a filter of a queue."""
    return f"id in ({', '.join(f'{ticket:d}' for ticket in ids)}) AND ({extra})" + _ORDER


def created_between(query: str, first_ms: int | None, end_ms: int | None) -> str:
    """A query of this module, for tickets created from an instant on and before another one; None is no bound.

    Whole seconds only: that is how exactly an index knows when a ticket was created.
    """
    bounds = [f"created >= {first_ms:d}"] if first_ms is not None else []
    bounds += [f"created < {end_ms:d}"] if end_ms is not None else []
    return " AND ".join([query.removesuffix(_ORDER), *bounds]) + _ORDER


def recent_query(project: str, updated_since_ms: int) -> str:
    """Tickets of a project, those updated last first, none before an instant."""
    return f"project = {quoted(project)} AND updated >= {updated_since_ms:d} ORDER BY updated DESC"


def _query(projects: Iterable[str], extra: str | None, clause: str) -> str:
    parts = [f"project in ({', '.join(quoted(project) for project in projects)})"]
    if extra:
        parts.append(f"({extra})")
    return " AND ".join([*parts, clause]) + _ORDER
