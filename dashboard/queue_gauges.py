"""How the queues stand at the moment somebody asks `/metrics`. What is not known is left out; it is never a 0."""

import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Final

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboard.portal import Portal
from dashboard.vitals import Vitals
from opsportal.cached import Served
from servicelevel.errors import PortalError
from servicelevel.instants import SECOND_MS

_STATES: Final = ("fresh", "stale", "partial", "failed")


class QueueGauges(Collector):
    """Age, state, score, attainment and open tickets of every queue, from what is kept."""

    def __init__(self, portal: Portal, vitals: Vitals) -> None:
        self._portal, self._vitals = portal, vitals

    def collect(self) -> Iterable[Metric]:
        """The gauges; those of queues only while the registry and the readings can be had."""
        build = GaugeMetricFamily("opsportal_build_info", "Which portal this is.", labels=("version", "python"))
        build.add_metric((version("opsportal"), platform.python_version()), 1)
        yield build
        standing = self._vitals.cache()
        cache = GaugeMetricFamily(
            "opsportal_cache_reached",
            "Whether what shares the readings is reached, as the worker that answers has seen it.",
            labels=("backend",),
        )
        cache.add_metric((standing.backend,), standing.reached)
        yield cache
        try:
            problems = len(self._portal.reports.registry_note().problems)
            served = tuple(self._portal.reports.overview().served.values())
        except PortalError:
            return
        yield GaugeMetricFamily(
            "opsportal_registry_problems", "Problems of a registry that is not in force.", value=problems
        )
        yield from _of_queues(served, self._portal.now())


def _of_queues(served: tuple[Served, ...], now: int) -> Iterator[Metric]:
    age = GaugeMetricFamily(
        "opsportal_queue_data_age_seconds", "Since the last good reading of a queue.", labels=("queue",)
    )
    state = GaugeMetricFamily("opsportal_queue_state", "1 for the state that a queue is in.", labels=("queue", "state"))
    score = GaugeMetricFamily("opsportal_queue_score", "Health score of the last 30 days, 0 to 100.", labels=("queue",))
    attainment = GaugeMetricFamily(
        "opsportal_queue_attainment_ratio", "Share of promises kept in the last 30 days.", labels=("queue", "sla")
    )
    tickets = GaugeMetricFamily("opsportal_queue_open_tickets", "Tickets that are open.", labels=("queue",))
    for each in served:
        name = each.queue.id
        age_ms = each.freshness.age_ms(now)
        if age_ms is not None:
            age.add_metric((name,), age_ms / SECOND_MS)
        for possible in _STATES:
            state.add_metric((name, possible), possible == each.freshness.state)
        if each.report is None:
            continue
        measures = each.report.now
        if measures.health.score is not None:
            score.add_metric((name,), measures.health.score)
        for sla, promise in measures.sla.items():
            if promise.kept.rate is not None:
                attainment.add_metric((name, sla), promise.kept.rate)
        tickets.add_metric((name,), measures.flow.open)
    yield from (age, state, score, attainment, tickets)
