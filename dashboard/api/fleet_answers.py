"""Answers about several queues: the registry's list, the overview, the teams, and what breaks next."""

from components.frames import Table
from dashboard.api.asked import Asked
from dashboard.api.found import Found
from dashboard.api.narrowing import filters_of, queues_of
from dashboard.api.standing import fleet_as_of, need_some
from dashboard.api.tables import queues_table, teams_table
from dashboard.clocks import Clocks
from dashboard.portal import Portal
from dashboard.tables_of_queues import overview_table
from dashboard.tables_of_tickets import due_table
from dashboard.urls import View
from opsportal.cached import ServedOverview
from opsportal.due_json import due_counts, queued_due_row
from opsportal.envelope_json import fleet_envelope
from opsportal.overview_json import overview as shaped_overview
from opsportal.overview_json import teams as shaped_teams
from opsportal.queues_json import queues as shaped_queues
from opsportal.shapes.fleet import AtRiskJson, OverviewJson, QueuesJson, TeamsJson
from servicelevel.due import DUE_STATES


def queues(services: Portal, asked: Asked) -> Found:
    """The queues of the registry; there always are some, read or not."""
    seen = services.reports.overview()
    chosen = {queue.id for queue in queues_of(asked, services.policy)}
    served = [each for each in seen.served.values() if each.queue.id in chosen]

    def shaped() -> QueuesJson:
        return shaped_queues(seen, served, services.jira_url, services.prefix, services.now())

    return Found(seen.revision, seen.as_of, shaped, lambda: queues_table(served))


def overview(services: Portal, asked: Asked) -> Found:
    """All queues."""
    seen = _seen(services, asked)
    served = list(seen.served.values())
    need_some(served, asked, services.now())

    def shaped() -> OverviewJson:
        return shaped_overview(seen, services.naming, services.jira_url, asked.filters, asked.lens, services.now())

    return Found(seen.revision, seen.as_of, shaped, lambda: overview_table(served))


def teams(services: Portal, asked: Asked) -> Found:
    """The teams."""
    seen = _seen(services, asked)
    served = [each for each in seen.served.values() if asked.team in (None, each.queue.team)]
    need_some(served, asked, services.now())
    pools = [pool for pool in seen.teams if asked.team in (None, pool.name)]
    as_of = fleet_as_of(served)

    def shaped() -> TeamsJson:
        return shaped_teams(pools, served, as_of, seen.revision, asked.filters, services.now())

    return Found(seen.revision, as_of, shaped, lambda: teams_table(pools))


def at_risk(services: Portal, asked: Asked) -> Found:
    """Running and paused clocks. Their states depend on no period, so the standard one is asked for: it is at hand."""
    chosen = queues_of(asked, services.policy)
    filters_of(asked, services, [queue.id for queue in chosen])  # refuses what no ticket has
    seen = services.reports.overview()
    view = View(
        page="at-risk",
        queues=tuple(queue.id for queue in chosen),
        priority=asked.priority,
        type=asked.type,
        analyst=asked.analyst,
        due=asked.due or DUE_STATES,
        promise=asked.promise,
    )
    clocks = Clocks(view, services.naming, seen)
    need_some(clocks.served, asked, services.now())
    as_of = fleet_as_of(clocks.served)

    def shaped() -> AtRiskJson:
        naming, jira_url = services.naming, services.jira_url
        return {
            **fleet_envelope(clocks.served, as_of, seen.revision, asked.filters, "decided", services.now()),
            "counts": due_counts(clock.row.state for clock in clocks.narrowed),
            "total": len(clocks.listed),
            "due": [queued_due_row(clock.row, clock.queue, naming, jira_url) for clock in clocks.listed],
        }

    def table() -> Table:
        return due_table(clocks, services.jira_url)

    return Found(seen.revision, as_of, shaped, table)


def _seen(services: Portal, asked: Asked) -> ServedOverview:
    every = [queue.id for queue in services.policy.queues]
    filters = filters_of(asked, services, every)
    return services.reports.overview(period=asked.period, filters=filters, compared_days=asked.compared_days)
