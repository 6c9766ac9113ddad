"""Bytes to columns against `json.loads` of the same bytes."""

import json
from collections.abc import Iterator

import msgspec

from datasource.jira import wire
from datasource.jira.jql import queue_query
from datasource.jira.parse import TicketReader, Unreadable, changes
from datasource.jira.tickets import sla_fields
from servicelevel.building import ColumnsBuilder
from servicelevel.columns import TicketColumns
from servicelevel.policy import Queue
from servicelevel.ticket import CHANGED_FIELDS
from tests.bench.measuring import Line, best_of
from tests.bench.sources import DemoJira, demo_jira

TICKETS = 2_500


def lines() -> Iterator[Line]:
    """Decode and normalise every page of a queue, tickets and changes, into columns."""
    with demo_jira(TICKETS) as jira:
        queue = jira.queue
        pages, histories = _bodies(jira, queue)
    ours_s, json_s = best_of(
        lambda: to_columns(queue, pages, histories),
        lambda: [json.loads(body) for body in (*pages, *histories)],
        rounds=7,
    )
    size = sum(len(body) for body in (*pages, *histories)) / 1e6
    detail = (
        f"{size:.1f} MB in {len(pages) + len(histories)} pages: {ours_s * 1e3:.0f} ms against {json_s * 1e3:.0f} ms"
    )
    yield Line("decode and normalise ÷ json.loads", ours_s / json_s, 0.6, False, "", detail)


def to_columns(queue: Queue, pages: list[bytes], histories: list[bytes]) -> TicketColumns:
    """What a cold read does with its bytes."""
    reader, builder = TicketReader(sla_fields(queue)), ColumnsBuilder()
    for body in pages:
        for read in reader.page(body):
            if isinstance(read, Unreadable):
                builder.add_unreadable(read.key, read.reason, read.id)
            else:
                builder.add_ticket(read.ticket, 0)
    for body in histories:
        for issue in msgspec.json.decode(body, type=wire.ChangelogPage).issueChangeLogs:
            builder.add_changes(int(issue.issueId), changes(issue.changeHistories))
    return builder.build(0, 0)


def _bodies(jira: DemoJira, queue: Queue) -> tuple[list[bytes], list[bytes]]:
    """The answers of bulkfetch and of changelog/bulkfetch for the whole queue, as they came."""
    api, fields = f"{jira.url}/rest/api/3", list(TicketReader(sla_fields(queue)).field_names)
    with jira.session() as session:
        body = {"jql": queue_query(queue.projects, queue.jql, 0), "fields": ["id"], "maxResults": 5000}
        ids = [i["id"] for i in session.post(f"{api}/search/jql", json=body, timeout=60).json()["issues"]]
        pages = [
            session.post(
                f"{api}/issue/bulkfetch", json={"issueIdsOrKeys": ids[i : i + 100], "fields": fields}, timeout=60
            ).content
            for i in range(0, len(ids), 100)
        ]
        histories = [
            session.post(
                f"{api}/changelog/bulkfetch",
                json={"issueIdsOrKeys": ids[i : i + 1000], "fieldIds": list(CHANGED_FIELDS), "maxResults": 10_000},
                timeout=60,
            ).content
            for i in range(0, len(ids), 1000)
        ]
    return pages, histories
