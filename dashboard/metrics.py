"""What is counted while the portal works, by all workers together where prometheus-client was given a folder.

Names of labels come from small sets: routes by their rule, queues by the registry, everything else is `other`.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, Final, ParamSpec

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from opsportal.ports import RefreshResult

OTHER: Final = "other"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
_SOURCES: Final = frozenset({"jira", "tempo"})
_ANSWER_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_UPSTREAM_S: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_REFRESH_S: Final = (0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_TOO_MANY: Final = 429

_P = ParamSpec("_P")


def _in_nobodys_way(count: "Callable[Concatenate[Metrics, _P], None]") -> "Callable[Concatenate[Metrics, _P], None]":
    """What cannot be counted, for want of room or because the process is ending, is not; what is counted goes on."""

    @functools.wraps(count)
    def counted(self: "Metrics", /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            count(self, *args, **kwargs)
        except (OSError, ValueError):
            return

    return counted


class Metrics:
    """Counts requests, callbacks, refreshes and questions to the sources: an `opsportal.ports.Observer`.

    `folder` is the one that was prepared for all workers; without it a process counts for itself.
    """

    def __init__(self, folder: Path | None = None) -> None:
        own = CollectorRegistry()
        self._own, self._folder = own, folder
        self._requests = Counter(
            "opsportal_requests", "Requests answered.", ("method", "route", "status"), registry=own
        )
        # Looking labels up takes longer than counting; there are few of them, and of statuses.
        self._counted: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._request_s = Histogram(
            "opsportal_request_duration_seconds",
            "From a request to its answer.",
            ("route",),
            buckets=_ANSWER_S,
            registry=own,
        )
        self._callback_s = Histogram(
            "opsportal_callback_duration_seconds",
            "From a page's request for new content to the answer.",
            ("callback",),
            buckets=_ANSWER_S,
            registry=own,
        )
        self._callback_errors = Counter(
            "opsportal_callback_errors", "Callbacks that failed.", ("callback",), registry=own
        )
        self._refreshes = Counter(
            "opsportal_refreshes", "Reads of a queue that have ended.", ("queue", "result"), registry=own
        )
        self._refresh_s = Histogram(
            "opsportal_refresh_duration_seconds",
            "From the begin of a queue's read to its end.",
            ("queue",),
            buckets=_REFRESH_S,
            registry=own,
        )
        self._upstream = Counter(
            "opsportal_upstream_requests",
            "Requests to a source; status none: not answered.",
            ("source", "status"),
            registry=own,
        )
        self._upstream_s = Histogram(
            "opsportal_upstream_request_duration_seconds",
            "From a request to a source to its answer.",
            ("source",),
            buckets=_UPSTREAM_S,
            registry=own,
        )
        self._throttled = Counter(
            "opsportal_upstream_throttled", "Requests that a source answered with 429.", ("source",), registry=own
        )
        self._lookups = Counter(
            "opsportal_cache_lookups", "Queues asked for, and whether a reading was there.", ("result",), registry=own
        )
        self._workers = Gauge("opsportal_workers", "Workers that answer.", registry=own, multiprocess_mode="livesum")

    @_in_nobodys_way
    def worker_began(self) -> None:
        """This process answers from now on, until it is told of as ended."""
        self._workers.set(1)

    @_in_nobodys_way
    def request(self, method: str, route: str, status: int, duration_s: float) -> None:
        """A request was answered; the route is a rule, never an address."""
        name = (method if method in _METHODS else OTHER, route, status)
        counted = self._counted.get(name)
        if counted is None:
            counted = self._requests.labels(name[0], route, _kind(status)), self._request_s.labels(route)
            self._counted[name] = counted
        counted[0].inc()
        counted[1].observe(duration_s)

    @_in_nobodys_way
    def callback(self, name: str, duration_s: float) -> None:
        """A callback was answered, well or not."""
        self._callback_s.labels(name).observe(duration_s)

    @_in_nobodys_way
    def callback_failed(self, name: str) -> None:
        """A callback failed."""
        self._callback_errors.labels(name).inc()

    @_in_nobodys_way
    def upstream(self, source: str, status: int | None, duration_s: float) -> None:
        """As Observer promises."""
        name = source.lower() if source.lower() in _SOURCES else OTHER
        self._upstream.labels(name, "none" if status is None else _kind(status)).inc()
        self._upstream_s.labels(name).observe(duration_s)
        if status == _TOO_MANY:
            self._throttled.labels(name).inc()

    @_in_nobodys_way
    def refreshed(self, queue_id: str, result: RefreshResult, duration_s: float) -> None:
        """As Observer promises."""
        self._refreshes.labels(queue_id, result).inc()
        self._refresh_s.labels(queue_id).observe(duration_s)

    @_in_nobodys_way
    def cache(self, hit: bool) -> None:
        """As Observer promises."""
        self._lookups.labels("hit" if hit else "miss").inc()

    def text(self, *more: Collector) -> bytes:
        """Everything that was counted, by all workers, and what these collectors find now."""
        registry = CollectorRegistry()
        registry.register(self._own if self._folder is None else _of_all(self._folder))
        for collector in more:
            registry.register(collector)
        return generate_latest(registry)

    def worker_ended(self, pid: int) -> None:
        """A worker is gone: what it counted stays, only itself is not counted any more."""
        if self._folder is not None:
            mark_process_dead(pid, str(self._folder))  # type: ignore[no-untyped-call]


def _of_all(folder: Path) -> Collector:
    collector: Collector = MultiProcessCollector(None, str(folder))  # type: ignore[no-untyped-call]
    return collector


def _kind(status: int) -> str:
    return f"{status // 100}xx" if 100 <= status <= 599 else OTHER
