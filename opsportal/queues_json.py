"""The queues of the registry, with how the data of each stands."""

from opsportal.cached import Served, ServedOverview
from opsportal.envelope_json import fleet_envelope, progress, queue_head, why_not_whole
from opsportal.json_units import instant
from opsportal.shapes.fleet import KnownQueueJson, QueuesJson
from servicelevel.measures import Filters


def queues(seen: ServedOverview, served: list[Served], jira_url: str, prefix: str, now: int) -> QueuesJson:
    """These queues; `prefix` is the path under which the portal lives, with a slash at both ends."""
    return {
        **fleet_envelope(served, seen.as_of, seen.revision, Filters(), "decided", now),
        "queues": [_known(each, jira_url, prefix) for each in served],
    }


def _known(served: Served, jira_url: str, prefix: str) -> KnownQueueJson:
    queue = served.queue
    return {
        **queue_head(queue, jira_url),
        "time_zone": queue.calendar.time_zone,
        "targets": {"first_response": queue.first_response.target, "resolution": queue.resolution.target},
        "as_of": instant(served.freshness.as_of, queue.calendar),
        "state": served.freshness.state,
        "state_reason": why_not_whole(served),
        "progress": progress(served.progress, queue.calendar),
        "links": {
            "data": f"{prefix}api/queues/{queue.id}/data",
            "tickets": f"{prefix}api/queues/{queue.id}/tickets",
            "page": f"{prefix}queue/{queue.id}",
        },
    }
