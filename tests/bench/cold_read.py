"""A cold read of 2,500 tickets against paging through them one page after the other."""

from collections.abc import Iterator

from datasource.jira.jql import queue_query
from datasource.jira.parse import TicketReader
from datasource.jira.read import sla_fields
from tests.bench.measuring import Line, best_of
from tests.bench.sources import DemoJira, demo_jira

LATENCY = ("--call-s", "0.2", "--ticket-s", "0.01", "--bare-id-s", "0.00005")
TICKETS = 2_500
IN_FLIGHT = 8


def lines() -> Iterator[Line]:
    """Sequential paging ÷ cold read, and the most requests in flight."""
    with demo_jira(TICKETS, *LATENCY) as jira:
        expected = len(jira.read())  # also lets the demo render every ticket before the clock runs
        jira.peak_in_flight()
        read: list[int] = []
        sequential, ours = best_of(lambda: _page_through(jira, expected), lambda: read.append(len(jira.read())))
        peak = jira.peak_in_flight()
    if set(read) != {expected}:
        raise RuntimeError(f"reads of the same queue gave {sorted(set(read))} tickets, not {expected}")
    detail = f"{expected} tickets: {sequential:.1f} s against {ours:.1f} s"
    yield Line("sequential paging ÷ cold read, clocks complete", sequential / ours, 5, True, "x", detail)
    yield Line("requests in flight at most", peak, IN_FLIGHT, False, "", "as the demo counted them")


def _page_through(jira: DemoJira, expected: int) -> None:
    """What a plain client does: page by page with fields and changelog, 100 tickets each."""
    queue = jira.queue
    fields = list(TicketReader(sla_fields(queue)).field_names)
    jql = queue_query(queue.projects, queue.jql, 0)
    body = {"jql": jql, "fields": fields, "maxResults": 100, "expand": "changelog"}
    seen = 0
    with jira.session() as session:
        while True:
            page = session.post(f"{jira.url}/rest/api/3/search/jql", json=body, timeout=60).json()
            seen += len(page["issues"])
            if not page.get("nextPageToken"):
                break
            body["nextPageToken"] = page["nextPageToken"]
    if seen != expected:
        raise RuntimeError(f"paging saw {seen} tickets, the cold read {expected}")
