"""How fresh a queue's kept reading is, in a state and in words."""

from opsportal.head import Head
from opsportal.source_note import ReadProgress
from opsportal.turns import due_at, foreseen
from servicelevel.columns import TicketColumns
from servicelevel.freshness import Freshness

NAMED = 5
"""Tickets left out that are named before the rest is only counted."""


def freshness(
    queue_id: str, head: Head, columns: TicketColumns | None, progress: ReadProgress | None, now: int, ttl_ms: int
) -> Freshness:
    """The standing of a reading that is renewed before it is `ttl_ms` old: at twice that age it is stale."""
    failing = head.failing.get("Jira")
    since, tries = (failing.since, failing.tries) if failing else (None, 0)
    why, code = (failing.reason, failing.code) if failing else (None, None)
    reading = progress is not None
    if head.kept is None or columns is None:
        next_try = foreseen(failing.next_try, failing.tried_at, now) if failing else None
        return Freshness("failed" if failing else "stale", None, why, since, tries, next_try, reading, code)
    as_of = head.kept.read_at
    due, reckoned_at = (failing.next_try, failing.tried_at) if failing else (due_at(queue_id, head.kept, ttl_ms), as_of)
    next_try = foreseen(due, reckoned_at, now)
    gaps = left_out(columns)
    if now - as_of > 2 * ttl_ms:
        reason = " ".join(part for part in (why, gaps) if part) or None
        return Freshness("stale", as_of, reason, since, tries, next_try, reading, code)
    return Freshness("partial" if gaps else "fresh", as_of, gaps or why, since, tries, next_try, reading, code)


def left_out(columns: TicketColumns) -> str | None:
    """How many tickets are missing from every number, and which; None when none are."""
    missing, unreadable = columns.missing, columns.unreadable
    if not missing and not unreadable:
        return None
    parts = []
    if missing:
        parts.append(f"{len(missing)} not delivered by Jira ({_named([f'id {number}' for number in missing])})")
    if unreadable:
        told = [f"{key}: {reason}" for key, reason in sorted(unreadable.items())]
        parts.append(f"{len(unreadable)} not readable ({_named(told)})")
    total = len(missing) + len(unreadable)
    return f"{total} {'ticket' if total == 1 else 'tickets'} left out: {', '.join(parts)}."


def _named(names: list[str]) -> str:
    more = len(names) - NAMED
    return "; ".join(names[:NAMED]) + (f"; and {more} more" if more > 0 else "")
