"""The one place that names the adapters: settings in, services out."""

import time
from dataclasses import dataclass
from pathlib import Path

from datasource.deadline import Deadline
from datasource.hours import TempoHours
from datasource.jira.check import registry_problems
from datasource.jira.client import JiraCloud
from datasource.jira.read import JiraTickets
from datasource.registry.file import FileRegistry
from datasource.tempo.client import IN_FLIGHT, TempoCloud
from datasource.transport import Login, Transport
from opsportal.checks import Check, NeedsMending
from opsportal.ports import HoursSource, Now, Registry, TicketSource
from opsportal.reports import Reports
from opsportal.settings import Settings
from servicelevel.errors import PortalError

CHECK_BUDGET_S = 60.0


class NotConfigured(PortalError):
    """There is no Jira to read."""

    def __init__(self) -> None:
        super().__init__(
            "No Jira is configured. Set JIRA_BASE_URL, JIRA_EMAIL and JIRA_API_TOKEN (docs/settings.md), "
            "or look around with `opsportal demo`."
        )


@dataclass(frozen=True, slots=True)
class Services:
    """What the portal works with."""

    settings: Settings
    registry: Registry
    reports: Reports
    jira_url: str
    now: Now


def clock_ms() -> int:
    """The present instant in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def build(settings: Settings, *, now: Now = clock_ms) -> Services:
    """Wire the portal as the settings say.

    Raises:
        NotConfigured: there is no Jira.
        PortalError: the registry is missing or wrong.
    """
    jira, tempo = _jira(settings), _tempo(settings)
    source: Registry = registry(str(settings.queue_registry))
    policy = source.read()
    tickets: TicketSource = JiraTickets(jira, lanes=settings.upstream_concurrency)
    hours: HoursSource | None = None if tempo is None else TempoHours(tempo, jira)
    reports = Reports(
        policy,
        tickets,
        hours,
        now=now,
        window_days=settings.window_days,
        budget_s=settings.refresh_budget,
    )
    return Services(settings, source, reports, jira.base_url, now)


def registry(path: str) -> FileRegistry:
    """The registry in a file."""
    return FileRegistry(Path(path))


def checks(settings: Settings) -> list[Check]:
    """One check per part, each ready to run; what is not configured says so."""

    def deadline() -> Deadline:
        return Deadline.after(CHECK_BUDGET_S)

    def queues() -> str:
        policy = FileRegistry(settings.queue_registry).read()
        return f"{settings.queue_registry}: {len(policy.queues)} queues"

    def login() -> str:
        jira = _jira(settings)
        jira.server_info(deadline())
        return f"{jira.base_url}: signed in as {jira.myself(deadline()).displayName}"

    def names() -> str:
        policy = FileRegistry(settings.queue_registry).read()
        problems = registry_problems(_jira(settings), policy, deadline())
        if problems:
            raise NeedsMending("\n".join(problems))
        return "every project, field, status, resolution and priority of the registry exists"

    def tempo() -> str:
        client = _tempo(settings)
        if client is None:
            return "not configured: reports have no hours"
        client.prove(deadline())
        return f"{settings.tempo_base_url}: the token is accepted"

    return [
        Check("registry", queues),
        Check("jira", login),
        Check("names", names),
        Check("tempo", tempo),
    ]


def _jira(settings: Settings) -> JiraCloud:
    if settings.jira_base_url is None or settings.jira_email is None or settings.jira_api_token is None:
        raise NotConfigured
    login = Login.basic(settings.jira_email, settings.jira_api_token)
    return JiraCloud(Transport("Jira", settings.jira_base_url, login, in_flight=settings.upstream_concurrency))


def _tempo(settings: Settings) -> TempoCloud | None:
    if settings.tempo_base_url is None or settings.tempo_api_token is None:
        return None
    in_flight = min(IN_FLIGHT, settings.upstream_concurrency)
    return TempoCloud(
        Transport("Tempo", settings.tempo_base_url, Login.bearer(settings.tempo_api_token), in_flight=in_flight)
    )
