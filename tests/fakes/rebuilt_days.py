"""What a rebuilt day is compared by with the live one."""

from servicelevel.policy import SLA_NAMES
from servicelevel.snapshot import Snapshot


def counted(snapshot: Snapshot) -> object:
    """Everything that a rebuilt day has to count as the live one did, overall and by priority."""
    counts = snapshot.counts
    assert counts is not None
    flow = counts.flow
    return (
        (flow.created, flow.resolved, flow.open, flow.reopened, flow.resolutions_moved, flow.reopened_moved),
        [(sla.met, sla.breached, sla.breached_open, sla.undecided) for sla in map(counts.sla.__getitem__, SLA_NAMES)],
        (counts.backlog.unassigned, counts.backlog.resolved_28d, counts.backlog.age_buckets),
        [(each.id, each.created, each.resolved, each.open, each.kept, each.undecided) for each in counts.by_priority],
    )
