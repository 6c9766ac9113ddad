"""All queues side by side, by team, and as one, in the shape that others build on."""

from collections.abc import Sequence

from opsportal.cached import Served, ServedOverview
from opsportal.due_json import due_counts, queued_due_row
from opsportal.envelope_json import fleet_envelope, progress, queue_head, why_not_whole
from opsportal.health_json import health, score
from opsportal.json_units import instant
from opsportal.naming import Naming
from opsportal.promise_json import budgets, pooled_slas, slas
from opsportal.report_json import flow
from opsportal.shapes.envelope import Lens
from opsportal.shapes.fleet import (
    ConsolidatedJson,
    OverviewJson,
    PooledBacklogJson,
    PooledFlowJson,
    QueueOfManyJson,
    TeamJson,
    TeamsJson,
    WorstJson,
)
from servicelevel.measures import Filters
from servicelevel.rollup import Consolidated, Pool, PooledBacklog, PooledFlow

DUE_LISTED = 20


def overview(seen: ServedOverview, naming: Naming, jira_url: str, asked: Filters, lens: Lens, now: int) -> OverviewJson:
    """Every queue, every team, and what they add up to."""
    served = list(seen.served.values())
    return {
        **fleet_envelope(served, seen.as_of, seen.revision, asked, lens, now),
        "consolidated": consolidated(seen.consolidated),
        "teams": [team(pool) for pool in seen.teams],
        "queues": [queue_of_many(each, jira_url, lens) for each in served],
        "due": [queued_due_row(row, queue, naming, jira_url) for queue, row in seen.due[:DUE_LISTED]],
    }


def teams(
    pools: Sequence[Pool], served: Sequence[Served], as_of: int | None, revision: str, asked: Filters, now: int
) -> TeamsJson:
    """These teams; `served` are their queues, `as_of` the instant of the whole."""
    return {
        **fleet_envelope(served, as_of, revision, asked, "decided", now),
        "teams": [team(pool) for pool in pools],
    }


def queue_of_many(served: Served, jira_url: str, lens: Lens) -> QueueOfManyJson:
    """One queue among all, with its numbers if it has any."""
    queue, made, fresh = served.queue, served.report, served.freshness
    return {
        "queue": queue_head(queue, jira_url),
        "as_of": instant(fresh.as_of if made is None else made.as_of, queue.calendar),
        "state": fresh.state,
        "state_reason": why_not_whole(served),
        "progress": progress(served.progress, queue.calendar),
        "sla": None if made is None else slas(made, lens),
        "flow": None if made is None else flow(made.now, queue.calendar),
        "health": None if made is None else health(made),
        "due_counts": None if made is None else due_counts(row.state for row in made.due),
        "budget": None if made is None else budgets(made),
    }


def consolidated(made: Consolidated) -> ConsolidatedJson:
    """All queues as one."""
    worst: WorstJson | None = None
    if made.worst is not None:
        worst = {"queue": made.worst[0], "score": made.worst[1]}
    return {
        "health": {
            "score": made.score,
            "band": made.band,
            "scored": made.scored,
            "unscored": made.unscored,
            "weights": [{"queue": queue, "weight": weight} for queue, weight in made.weights.items()],
        },
        "sla": pooled_slas(made.sla),
        "worst": worst,
    }


def team(pool: Pool) -> TeamJson:
    """One team: its queues' counts pooled."""
    return {
        "team": pool.name,
        "queues": list(pool.queues),
        "sla": pooled_slas(pool.sla),
        "flow": _flow(pool.flow),
        "backlog": _backlog(pool.backlog),
        "health": score(pool.health),
    }


def _flow(moved: PooledFlow) -> PooledFlowJson:
    return {
        "created": moved.created,
        "resolved": moved.resolved,
        "open": moved.open,
        "net_flow": moved.net_flow,
        "reopened": moved.reopened,
        "reopen_rate": moved.reopen_rate,
        "reopen": {"resolutions": moved.resolutions_moved, "reopened": moved.reopened_moved},
    }


def _backlog(stock: PooledBacklog) -> PooledBacklogJson:
    return {
        "open": stock.open,
        "unassigned": stock.unassigned,
        "backlog_days": stock.days,
        "resolved_28d": stock.resolved_28d,
        "ageing_share": stock.ageing_share,
        "older": stock.older,
        "stale": stock.stale,
    }
