"""Several queues as one: teams pool their counts, the consolidated view averages scores and pools promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from servicelevel.attainment import Kept, Proof, proof
from servicelevel.health import (
    DEFAULT_ANCHORS,
    Band,
    Health,
    Reason,
    attainment_anchors,
    backlog_dimension,
    band,
    capacity_dimension,
    health,
    rate_dimension,
)
from servicelevel.measures import DIMENSION_OF, Measures, Trailing, expected_rate
from servicelevel.policy import DEFAULT_WEIGHTS, SLA_NAMES, Queue, SlaName
from servicelevel.rounding import half_up
from servicelevel.worklogs import COVERAGE_NEEDED


@dataclass(frozen=True, slots=True)
class PooledSla:
    """Promises of several queues counted together; the target is their mean by number decided."""

    target: float
    kept: Kept
    breached_open: int
    undecided: int
    excluded: Mapping[str, int]

    @property
    def proof(self) -> Proof:
        """Whether the pooled target is met, missed, or not proven either way."""
        return proof(self.kept, self.target)


@dataclass(frozen=True, slots=True)
class PooledFlow:
    """Counts of several queues added up."""

    created: int
    resolved: int
    open: int
    reopened: int
    resolutions_moved: int
    reopened_moved: int
    covered: bool

    @property
    def net_flow(self) -> float | None:
        """Resolved / created; None when nothing was created."""
        return self.resolved / self.created if self.created else None

    @property
    def reopen_rate(self) -> float | None:
        """Share of the moved window's resolutions that were reopened."""
        return self.reopened_moved / self.resolutions_moved if self.resolutions_moved and self.covered else None


@dataclass(frozen=True, slots=True)
class PooledBacklog:
    """Open work of several queues. `days` divides all open tickets by the sum of the queues' daily pace.

    The ageing share leaves out open tickets of queues that have no p85 of their own.
    """

    open: int
    unassigned: int
    resolved_28d: int
    stale: int
    days: float | None
    older: int | None
    ageing_share: float | None


@dataclass(frozen=True, slots=True)
class Pool:
    """A team: its queues' counts pooled, and the score of those counts."""

    name: str
    queues: tuple[str, ...]
    sla: Mapping[SlaName, PooledSla]
    flow: PooledFlow
    backlog: PooledBacklog
    health: Health


@dataclass(frozen=True, slots=True)
class Consolidated:
    """All queues: the mean of their scores by weight, the worst of them, and every promise pooled."""

    score: float | None
    weights: Mapping[str, float]
    worst: tuple[str, float] | None
    scored: int
    unscored: int
    sla: Mapping[SlaName, PooledSla]

    @property
    def band(self) -> Band:
        """The word for the shown score."""
        return band(self.score)


Member = tuple[Queue, Measures]


def pool(name: str, members: Sequence[Member], fleet: Trailing) -> Pool:
    """Pool the queues of one team and score the pooled counts by the same rules, under the default weights."""
    sla = {sla_name: pooled_sla(sla_name, members) for sla_name in SLA_NAMES}
    moved, stock = _flow(members), _backlog(members)
    own = members[0][1].trailing
    for _, measures in members[1:]:
        own = own + measures.trailing
    dimensions = []
    for sla_name in SLA_NAMES:
        kept, target = sla[sla_name].kept, sla[sla_name].target
        prior = expected_rate(own.kept[sla_name], fleet.kept[sla_name], target)
        around = attainment_anchors(target, DEFAULT_ANCHORS[sla_name])
        dimensions.append(rate_dimension(DIMENSION_OF[sla_name], kept.met, kept.n, prior, target, around))
    net, again = DEFAULT_ANCHORS["net_flow"], DEFAULT_ANCHORS["reopen_rate"]
    usual = expected_rate(own.reopened, fleet.reopened, again.at_80)
    used, n, reason = _utilisation(members)
    dimensions += [
        backlog_dimension(stock.days, stock.ageing_share, stock.open + stock.resolved_28d, DEFAULT_ANCHORS),
        rate_dimension("flow", moved.resolved, moved.created, 1.0, net.at_80, net),
        rate_dimension(
            "quality", moved.reopened_moved, moved.resolutions_moved, usual, again.at_80, again, covered=moved.covered
        ),
        capacity_dimension(used, n, reason, DEFAULT_ANCHORS["utilisation"]),
    ]
    return Pool(name, tuple(queue.id for queue, _ in members), sla, moved, stock, health(dimensions, DEFAULT_WEIGHTS))


def teams(members: Sequence[Member], fleet: Trailing) -> tuple[Pool, ...]:
    """One pool per team, in the order the registry first names them."""
    names = dict.fromkeys(queue.team for queue, _ in members)
    return tuple(pool(name, [m for m in members if m[0].team == name], fleet) for name in names)


def consolidated(members: Sequence[Member]) -> Consolidated:
    """All queues together; a queue without a score weighs nothing and is counted as unscored.

    A queue weighs what the registry says, by default its decided cycles of both SLAs.
    """
    weights = {
        queue.id: float(sum(m.sla[name].kept.n for name in SLA_NAMES)) if queue.share is None else queue.share
        for queue, m in members
    }
    score, worst, scored = weighted_score([(queue.id, m.health.exact, weights[queue.id]) for queue, m in members])
    sla = {name: pooled_sla(name, members) for name in SLA_NAMES}
    return Consolidated(score, weights, worst, scored, len(members) - scored, sla)


def weighted_score(
    scores: Sequence[tuple[str, float | None, float]],
) -> tuple[float | None, tuple[str, float] | None, int]:
    """Mean of (id, exact score, weight) as shown, the worst (lowest, then id) as shown, and how many have a score."""
    known = [(id_, score, weight) for id_, score, weight in scores if score is not None]
    if not known:
        return None, None, 0
    total = sum(weight for _, _, weight in known)
    mean = sum(score * weight for _, score, weight in known) / total if total else None
    lowest = min(known, key=lambda item: (half_up(item[1]), item[0]))
    return None if mean is None else half_up(mean), (lowest[0], half_up(lowest[1])), len(known)


def mean_target(targets: Sequence[tuple[float, int]]) -> float:
    """Mean of targets by number decided; the plain mean when nothing was."""
    total = sum(n for _, n in targets)
    if not total:
        return sum(target for target, _ in targets) / len(targets)
    return sum(target * n for target, n in targets) / total


def pooled_sla(name: SlaName, members: Sequence[Member]) -> PooledSla:
    """One SLA over several queues."""
    parts = [measures.sla[name] for _, measures in members]
    kept = Kept(0, 0)
    excluded: dict[str, int] = {}
    for part in parts:
        kept = kept + part.kept
        for reason, n in part.excluded.items():
            excluded[reason] = excluded.get(reason, 0) + n
    return PooledSla(
        target=mean_target([(part.target, part.kept.n) for part in parts]) if parts else 1.0,
        kept=kept,
        breached_open=sum(part.breached_open for part in parts),
        undecided=sum(part.undecided for part in parts),
        excluded=excluded,
    )


def _flow(members: Sequence[Member]) -> PooledFlow:
    flows = [measures.flow for _, measures in members]
    return PooledFlow(
        created=sum(f.created for f in flows),
        resolved=sum(f.resolved for f in flows),
        open=sum(f.open for f in flows),
        reopened=sum(f.reopened for f in flows),
        resolutions_moved=sum(f.reopens.resolutions for f in flows),
        reopened_moved=sum(f.reopens.reopened for f in flows),
        covered=all(f.reopens.covered for f in flows),
    )


def _backlog(members: Sequence[Member]) -> PooledBacklog:
    parts = [measures.backlog for _, measures in members]
    open_ = sum(part.open for part in parts)
    pace = sum(part.resolved_28d / part.business_days_28d for part in parts if part.business_days_28d)
    aged = [part for part in parts if part.older is not None]
    aged_open, older = sum(part.open for part in aged), sum(part.older or 0 for part in aged)
    days = share = None
    if open_:
        days = open_ / pace if pace else None
        share = older / aged_open if aged_open else None
    else:
        days = share = 0.0
    return PooledBacklog(
        open=open_,
        unassigned=sum(part.unassigned for part in parts),
        resolved_28d=sum(part.resolved_28d for part in parts),
        stale=sum(part.stale for part in parts),
        days=days,
        older=older if aged else None,
        ageing_share=share,
    )


def _utilisation(members: Sequence[Member]) -> tuple[float | None, int, Reason | None]:
    """Σ hours / Σ scheduled over distinct Tempo teams, under the same condition of coverage over all tickets."""
    resolved = sum(measures.hours.resolved for _, measures in members)
    broken = next((m.hours.utilisation_reason for _, m in members if m.hours.state != "ok"), None)
    if broken:
        return None, resolved, broken
    by_team = {
        q.tempo_team: m.hours for q, m in members if q.tempo_team is not None and m.hours.scheduled_s is not None
    }
    if not by_team:
        return None, resolved, "no_team"
    booked = sum(h.team_s or 0 for h in by_team.values())
    scheduled = sum(h.scheduled_s or 0 for h in by_team.values())
    if scheduled <= 0:
        return None, resolved, "no_schedule"
    covered = sum(measures.hours.covered for _, measures in members)
    if not resolved or covered / resolved < COVERAGE_NEEDED:
        return None, resolved, "low_coverage"
    return booked / scheduled, resolved, None
