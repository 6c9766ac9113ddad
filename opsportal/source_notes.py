"""What a head says of each source, for those who look after the data."""

from collections.abc import Iterator

from opsportal.head import Head
from opsportal.source_note import SourceName, SourceNote
from opsportal.turns import foreseen
from servicelevel.policy import Queue

SOURCES: tuple[SourceName, ...] = ("Jira", "Tempo")


def source_notes(queue: Queue, head: Head, now: int) -> Iterator[SourceNote]:
    """One note a source that was tried, good or not."""
    for source in SOURCES:
        account, failing = head.accounts.get(source), head.failing.get(source)
        if account is None and failing is None:
            continue
        yield SourceNote(
            queue_id=queue.id,
            source=source,
            read_at=account.read_at if account else None,
            duration_s=account.duration_s if account else None,
            rows=account.rows if account else None,
            missing=account.missing if account else None,
            unreadable=account.unreadable if account else None,
            requests=account.requests if account else None,
            kind=account.kind if account else None,
            error=failing.reason if failing else None,
            since=failing.since if failing else None,
            tries=failing.tries if failing else 0,
            next_try=foreseen(failing.next_try, failing.tried_at, now) if failing else None,
        )
