"""Tickets that were moved between projects: which projects are a queue's, and what a queue had that others have now."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from datasource.deadline import Deadline
from datasource.jira.cloud_read import evenly
from datasource.jira.jql import matching_query
from datasource.jira.reads import Reads, Site
from servicelevel.columns import TicketColumns
from servicelevel.policy import Queue

IDS_PER_QUERY = 200


def own_projects(site: Site, queue: Queue, deadline: Deadline) -> frozenset[str]:
    """The ids of a queue's projects, by which changes name them.

    Raises:
        SourceError: Jira gave no usable answer.
    """
    return frozenset(site.project(key, deadline).id for key in queue.projects)


def owning(columns: TicketColumns, own: frozenset[str]) -> TicketColumns:
    """The same columns with these projects as the queue's."""
    return replace(columns, own=np.array([project.id in own for project in columns.projects], bool))


def departed_ids(
    reads: Reads, queue: Queue, own: frozenset[str], left: Mapping[int, frozenset[str]], deadline: Deadline
) -> list[int]:
    """Of tickets with the ids of the projects that they left, those that left this queue, in order.

    A filter of the queue is asked of what they are today: Jira keeps no history of what matched it.

    Raises:
        SourceError: Jira gave no usable answer.
    """
    ids = sorted(ticket for ticket, projects in left.items() if projects & own)
    if queue.jql is None:
        return ids
    parts = evenly(ids, IDS_PER_QUERY, 1)
    return sorted(ticket for part in parts for ticket in reads.versions(matching_query(part, queue.jql), deadline))
