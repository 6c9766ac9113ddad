"""The one place that names the adapters: settings in, services out."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from datasource.balancer_keys import BalancerKeys
from datasource.breaker import Breaker
from datasource.deadline import Deadline
from datasource.decoding import decoder
from datasource.history.sqlite import SqliteHistory
from datasource.hours import TempoHours
from datasource.jira.check import registry_problems
from datasource.jira.dialect import Dialect
from datasource.jira.site import Kind
from datasource.jira.suggest import Wish
from datasource.jira.suggest import suggest as suggested
from datasource.jira.tickets import JiraTickets
from datasource.login import Login
from datasource.rate import Rate
from datasource.registry.file import FileRegistry
from datasource.registry.suggestion import Suggestion
from datasource.store.file import FileStore
from datasource.tempo.cloud import TempoCloud
from datasource.tempo.datacenter import TempoDataCenter
from datasource.tempo.site import IN_FLIGHT, Tempo
from datasource.transport import Transport
from opsportal import request_ids
from opsportal.backfill import Backfill
from opsportal.cached import CachedReports
from opsportal.checks import Check, NeedsMending
from opsportal.engine import ENGINE_VERSION
from opsportal.history_place import SqlitePlace, history_place
from opsportal.kept import KeptHours, KeptTickets
from opsportal.moved import MovedTickets
from opsportal.naming import Naming
from opsportal.ports import NOBODY, Cache, History, HoursSource, Leases, Now, Observer, Progress, Registry, TicketSource
from opsportal.present import Fetch, PresentSettings
from opsportal.pseudonyms import pseudonym_key
from opsportal.reading import Sources
from opsportal.refreshing import Timing
from opsportal.reports import Reports
from opsportal.services import CachedServices, Services, TakingServices
from opsportal.settings import IN_A_SECRET, Settings
from opsportal.source_note import SourceName
from opsportal.source_state import SourceState
from servicelevel.errors import PortalError
from servicelevel.instants import SECOND_MS, to_ms
from servicelevel.snapshot import Snapshot
from servicelevel.snapshot_run import SnapshotRun

if TYPE_CHECKING:
    from datasource.history.dynamodb import DynamoDbHistory

CHECK_BUDGET_S = 60.0
HOURS_SHARED = 0.25
"""Share of the cache time for which the changes in all queues' hours, asked for one of them, serve the others too."""


class NotConfigured(PortalError):
    """There is no Jira to read."""

    def __init__(self) -> None:
        super().__init__(
            "No Jira is configured. Set JIRA_BASE_URL with JIRA_EMAIL and JIRA_API_TOKEN, or with JIRA_PAT for "
            "Jira Data Center (docs/settings.md), or look around with `opsportal demo`."
        )


def clock_ms() -> int:
    """The present instant in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def clock_of(settings: Settings) -> Now:
    """The clock that the settings name: the machine's, or one that stands."""
    if settings.portal_clock is None:
        return clock_ms
    frozen_ms = to_ms(settings.portal_clock)
    return lambda: frozen_ms


def present(settings: Settings) -> PresentSettings:
    """The settings with what their secret holds, as they are whenever somebody looks. Nothing is read yet."""
    return PresentSettings(settings, _fetch(settings), now=clock_ms)


def naming(services: Services) -> Naming:
    """What people are called in what is printed: as on the pages of the same settings."""
    rule = services.reports.policy.analyst_names
    return Naming(rule, pseudonym_key(present(services.settings)) if rule == "pseudonyms" else b"")


def balancer_keys(settings: Settings) -> Callable[[str], bytes | None]:
    """What fetches the public key of an id, for the region of the load balancer that is believed. Nothing is asked yet.

    Raises:
        PortalError: when it is called, and the host of the keys gives no answer.
    """
    region = str(settings.auth_alb_arn).split(":")[3]
    return keys_at(f"https://public-keys.auth.elb.{region}.amazonaws.com")


def keys_at(base_url: str) -> Callable[[str], bytes | None]:
    """The same from another address."""
    return BalancerKeys(base_url).key


def _fetch(settings: Settings) -> Fetch | None:
    secret_id = settings.secrets_id
    if secret_id is None:
        return None

    def fetch() -> Mapping[str, SecretStr]:
        # boto3 takes longer to load than most commands take to run.
        from datasource.secrets import aws

        return aws.read(secret_id, IN_A_SECRET)

    return fetch


def build(settings: Settings, *, now: Now | None = None) -> Services:
    """Wire the portal as the settings say, with every report read anew.

    Raises:
        NotConfigured: there is no Jira.
        PortalError: the registry is missing or wrong.
    """
    jira, sources = _going_on(settings)
    source, now = registry(settings.queue_registry), now or clock_of(settings)
    reports = Reports(
        source.read(),
        sources.tickets,
        sources.hours,
        now=now,
        window_days=sources.window_days,
        budget_s=sources.budget_s,
    )
    return Services(settings, source, reports, jira.base_url, now)


def build_taking(settings: Settings, *, now: Now | None = None) -> TakingServices:
    """Wire what days are taken with. It opens no connection.

    Raises:
        NotConfigured: there is no Jira.
        PortalError: what is set up for the registry cannot be used.
    """
    now = now or clock_of(settings)
    jira, sources = _going_on(settings)
    moved = _moved(settings, jira, now)
    return TakingServices(registry(settings.queue_registry), sources, moved, history(settings), now)


def build_cached(
    settings: Settings,
    cache: Cache,
    leases: Leases,
    *,
    now: Now | None = None,
    observer: Observer = NOBODY,
    known: PresentSettings | None = None,
) -> CachedServices:
    """Wire the portal as the settings say, with reports from a cache. It opens no connection and starts no thread.

    `known` are the same settings, where somebody has looked at what their secret holds before.

    Raises:
        NotConfigured: there is no Jira.
        PortalError: the registry is missing or wrong.
    """
    source, now = registry(settings.queue_registry), now or clock_of(settings)
    jira, sources = _sources(
        _Upstream(settings, known or present(settings), cache, observer, now), HOURS_SHARED * settings.cache_ttl
    )
    source.current()
    timing = Timing(settings.cache_ttl, settings.lock_ttl, settings.retry_first, settings.retry_longest)
    reports = CachedReports(
        source, sources, cache, leases, now=now, timing=timing, scope=jira.base_url, observer=observer
    )
    return CachedServices(settings, source, reports, _moved(settings, jira, now), jira.base_url, now)


def _going_on(settings: Settings) -> tuple[Dialect, Sources]:
    """Sources that go on from what CACHE_DIR holds, where that is set."""
    jira, sources = _sources(_upstream(settings))
    if settings.cache_dir is None:
        return jira, sources
    store = FileStore(settings.cache_dir)
    tickets: TicketSource = KeptTickets(sources.tickets, store, jira.base_url)
    hours: HoursSource | None = None if sources.hours is None else KeptHours(sources.hours, store, jira.base_url)
    return jira, replace(sources, tickets=tickets, hours=hours)


def _sources(upstream: "_Upstream", hours_shared_s: float = 0.0) -> tuple[Dialect, Sources]:
    settings = upstream.settings
    jira, tempo = _jira(upstream), _tempo(upstream)
    tickets = _tickets(settings, jira)
    hours = None if tempo is None else TempoHours(tempo, jira, shared_s=hours_shared_s)
    return jira, Sources(tickets, hours, settings.window_days, settings.refresh_budget)


def _tickets(settings: Settings, jira: Dialect) -> JiraTickets:
    return JiraTickets(jira, sweep_hours=settings.full_refresh_hours)


def _moved(settings: Settings, jira: Dialect, now: Now) -> MovedTickets:
    return MovedTickets(_tickets(settings, jira), now, settings.refresh_budget)


def backfill(settings: Settings, *, now: Now | None = None) -> Backfill:
    """What rebuilds days of history, reading every source anew.

    Raises:
        NotConfigured: there is no Jira.
        PortalError: the registry is missing or wrong.
    """
    jira, sources = _sources(_upstream(settings))
    return Backfill(
        registry(settings.queue_registry).read(),
        _tickets(settings, jira),
        sources.hours,
        history(settings),
        now or clock_of(settings),
        ENGINE_VERSION,
    )


def history(settings: Settings) -> History:
    """The history that the settings name. It is opened when it is first asked something."""
    for kept in (Snapshot, SnapshotRun):
        decoder(kept)  # before threads do, several at once
    return _history(settings)


def _history(settings: Settings) -> "SqliteHistory | DynamoDbHistory":
    place = history_place(settings.history_url)
    if isinstance(place, SqlitePlace):
        return SqliteHistory(place.file)
    # boto3 takes longer to load than most commands take to run.
    from datasource.history.dynamodb import DynamoDbHistory

    return DynamoDbHistory(place.table, place.region, ttl_days=place.ttl_days)


def registry(place: str) -> Registry:
    """The registry in a file, or in an object of S3 when the place begins with `s3://`.

    Raises:
        PortalError: what is set up for S3 cannot be used.
    """
    if not place.startswith("s3://"):
        return FileRegistry(Path(place))
    # boto3 takes longer to load than most commands take to run.
    from datasource.registry.s3 import S3Registry, connect

    return S3Registry(place, connect(place))


def checks(settings: Settings) -> list[Check]:
    """One check per part, each ready to run; what is not configured says so."""
    upstream = _upstream(settings)

    def deadline() -> Deadline:
        return Deadline.after(CHECK_BUDGET_S)

    def secrets() -> str:
        if settings.secrets_id is None:
            return "not configured: tokens come from the environment"
        names = ", ".join(upstream.known.added())
        return f"{settings.secrets_id}: {names or 'nothing that the environment does not hold'}"

    def queues() -> str:
        policy = registry(settings.queue_registry).read()
        return f"{settings.queue_registry}: {len(policy.queues)} queues"

    def login() -> str:
        jira = _jira(upstream)
        name = jira.reads(deadline()).site.myself(deadline()).displayName
        return f"{jira.base_url}: signed in as {name}"

    def names() -> str:
        policy = registry(settings.queue_registry).read()
        problems = registry_problems(_jira(upstream).reads(deadline()).site, policy, deadline())
        if problems:
            raise NeedsMending("\n".join(problems))
        return "every project, field, status, resolution and priority of the registry exists"

    def tempo() -> str:
        client = _tempo(upstream)
        if client is None:
            return "not configured: reports have no hours"
        client.prove(deadline())
        return f"{settings.tempo_base_url}: the token is accepted"

    def redis() -> str:
        redis_url = upstream.known.at_start().redis_url
        if redis_url is None:
            return "not configured: the workers of one machine share files"
        # Few commands need it.
        from opsportal.redis_check import proved

        return proved(redis_url.get_secret_value())

    return [
        Check("secrets", secrets),
        Check("registry", queues),
        Check("jira", login),
        Check("names", names),
        Check("tempo", tempo),
        Check("redis", redis),
        Check("history", lambda: _history(settings).prove()),
    ]


def suggest(settings: Settings, projects: Sequence[str], progress: Progress, *, now: Now = clock_ms) -> Suggestion:
    """A first registry of the Jira that is set, for these projects or for every service desk.

    Raises:
        NotConfigured: there is no Jira.
        PortalError: Jira could not be asked, or has nothing to suggest.
    """
    jira, deadline = _jira(_upstream(settings)), Deadline.after(CHECK_BUDGET_S)
    wish = Wish(projects, now(), settings.refresh_budget, settings.upstream_concurrency)
    return suggested(jira.reads(deadline).site, jira.desks(deadline), wish, progress)


@dataclass(frozen=True, slots=True)
class _Upstream:
    """How sources are asked: with a cache as one of many processes, which all together must not ask too much."""

    settings: Settings
    known: PresentSettings
    cache: Cache | None = None
    observer: Observer = NOBODY
    now: Now = clock_ms

    def transport(self, source: SourceName, base_url: str, login: Login, in_flight: int) -> Transport:
        if self.cache is None:
            return Transport(source, base_url, login, in_flight=in_flight)
        breaker = Breaker(
            source,
            SourceState(self.cache, source, base_url),
            first_s=self.settings.retry_first,
            longest_s=self.settings.retry_longest,
            wall_s=lambda: self.now() / SECOND_MS,
        )
        return Transport(
            source,
            base_url,
            login,
            in_flight=in_flight,
            gate=breaker,
            rate=Rate(self.settings.upstream_rate),
            request_id=request_ids.current.get,
            told=self.observer.upstream,
        )


def _upstream(settings: Settings) -> _Upstream:
    return _Upstream(settings, present(settings))


def _jira(upstream: _Upstream) -> Dialect:
    settings = upstream.settings
    made_for: Kind = "Data Center" if settings.login_is_a_pat else "Cloud"
    return Dialect(_jira_transport(upstream), lanes=settings.upstream_concurrency, login_for=made_for)


def _jira_transport(upstream: _Upstream) -> Transport:
    settings, known = upstream.settings, upstream.known
    if settings.jira_base_url is None:
        raise NotConfigured
    if settings.login_is_a_pat:
        login = Login.bearer(known.token("JIRA_PAT"))
    elif settings.jira_email is not None:
        login = Login.basic(settings.jira_email, known.token("JIRA_API_TOKEN"))
    else:
        raise NotConfigured
    return upstream.transport("Jira", settings.jira_base_url, login, settings.upstream_concurrency)


def _tempo(upstream: _Upstream) -> Tempo | None:
    settings = upstream.settings
    if settings.tempo_base_url is None:
        return None
    names = ("TEMPO_API_TOKEN", "JIRA_PAT") if settings.tempo_is_in_jira else ("TEMPO_API_TOKEN",)
    login = Login.bearer(upstream.known.token(*names))
    in_flight = min(IN_FLIGHT, settings.upstream_concurrency)
    transport = upstream.transport("Tempo", settings.tempo_base_url, login, in_flight)
    return TempoDataCenter(transport) if settings.tempo_is_in_jira else TempoCloud(transport)
