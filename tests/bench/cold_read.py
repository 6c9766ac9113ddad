"""A cold read of 2,500 tickets against paging through them one page after the other, on both products."""

from collections.abc import Callable, Iterator

from datasource.jira.jql import queue_query
from datasource.jira.parse import TicketReader
from datasource.jira.tickets import sla_fields
from tests.bench.measuring import Line, best_of
from tests.bench.sources import DATA_CENTER, LATENCY, DemoJira, demo_jira

TICKETS = 2_500
PAGE = 100
IN_FLIGHT = 8


def cloud() -> Iterator[Line]:
    """Sequential paging ÷ cold read, and the most requests in flight, on Jira Cloud."""
    with demo_jira(TICKETS, *LATENCY) as jira:
        yield from _against(jira, _page_by_token, "clocks complete")


def data_center() -> Iterator[Line]:
    """The same on Jira Data Center."""
    with demo_jira(TICKETS, *LATENCY, *DATA_CENTER) as jira:
        yield from _against(jira, _page_by_position, "Data Center")


def _against(jira: DemoJira, page_through: Callable[[DemoJira], int], where: str) -> Iterator[Line]:
    expected = len(jira.read())  # also lets the demo render every ticket before the clock runs
    jira.counts()
    read: list[int] = []
    sequential, ours = best_of(
        lambda: read.append(page_through(jira)),
        lambda: read.append(len(jira.read())),
    )
    peak = jira.counts().peak_in_flight
    if set(read) != {expected}:
        raise RuntimeError(f"reads of the same queue gave {sorted(set(read))} tickets, not {expected}")
    detail = f"{expected} tickets: {sequential:.1f} s against {ours:.1f} s"
    yield Line(f"sequential paging ÷ cold read, {where}", sequential / ours, 5, True, "x", detail)
    yield Line(f"requests in flight at most, {where}", peak, IN_FLIGHT, False, "", "as the demo counted them")


def _asked(jira: DemoJira) -> dict[str, object]:
    """What both products are asked for: all fields that the portal reads."""
    queue = jira.queue
    fields = list(TicketReader(sla_fields(queue)).field_names)
    return {"jql": queue_query(queue.projects, queue.jql, 0), "fields": fields, "maxResults": PAGE}


def _page_by_token(jira: DemoJira) -> int:
    """What a plain client does on Cloud: page by page with fields and changelog; how many tickets it saw."""
    body = {**_asked(jira), "expand": "changelog"}
    seen = 0
    with jira.session() as session:
        while True:
            page = session.post(f"{jira.url}/rest/api/3/search/jql", json=body, timeout=60).json()
            seen += len(page["issues"])
            if not page.get("nextPageToken"):
                return seen
            body["nextPageToken"] = page["nextPageToken"]


def _page_by_position(jira: DemoJira) -> int:
    """What a plain client does on Data Center, where pages are told by the position of their first ticket."""
    body = {**_asked(jira), "expand": ["changelog"]}
    seen = 0
    with jira.session() as session:
        while True:
            page = session.post(f"{jira.url}/rest/api/2/search", json={**body, "startAt": seen}, timeout=60).json()
            seen += len(page["issues"])
            if not page["issues"] or seen >= page["total"]:
                return seen
