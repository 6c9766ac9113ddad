"""A score made again from the counts of a snapshot, so that a change of weights redraws old days as well."""

from collections.abc import Mapping

from servicelevel.attainment import Kept
from servicelevel.health import (
    DEFAULT_ANCHORS,
    Health,
    attainment_anchors,
    backlog_dimension,
    capacity_dimension,
    health,
    rate_dimension,
)
from servicelevel.measures import DIMENSION_OF, expected_rate
from servicelevel.policy import SLA_NAMES, Anchors, DimensionName, Queue
from servicelevel.snapshot import Counts


def rescored(counts: Counts, queue: Queue) -> Health:
    """The score of a day's counts under the targets, anchors and weights that the queue has now."""
    anchors: dict[str, Anchors] = {**DEFAULT_ANCHORS, **queue.anchors}
    dimensions = []
    for name in SLA_NAMES:
        promise, target = counts.sla[name], queue.sla(name).target
        prior = expected_rate(promise.own_90d, promise.fleet_90d, target)
        around = attainment_anchors(target, anchors[name])
        dimensions.append(rate_dimension(DIMENSION_OF[name], promise.met, promise.kept.n, prior, target, around))
    moved, net, again = counts.flow, anchors["net_flow"], anchors["reopen_rate"]
    usual = expected_rate(moved.own_90d, moved.fleet_90d, again.at_80)
    n = moved.open + counts.backlog.resolved_28d
    dimensions += [
        backlog_dimension(counts.backlog_days, counts.ageing_share, n, anchors),
        rate_dimension("flow", moved.resolved, moved.created, 1.0, net.at_80, net),
        rate_dimension(
            "quality",
            moved.reopened_moved,
            moved.resolutions_moved,
            usual,
            again.at_80,
            again,
            covered=moved.reopens_covered,
        ),
        capacity_dimension(counts.utilisation, moved.resolved, counts.hours.utilisation_reason, anchors["utilisation"]),
    ]
    return health(dimensions, queue.weights)


def kept_by_priority(counts: Counts) -> dict[DimensionName, Mapping[str, Kept]]:
    """Decided promises by the id of their priority, per attainment dimension, as a movement takes them."""
    return {
        DIMENSION_OF[name]: {part.id: part.kept[name] for part in counts.by_priority if part.kept[name].n}
        for name in SLA_NAMES
    }
