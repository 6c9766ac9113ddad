"""From settings to the services behind the pages."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, cast

import flask

from dashboard.metrics import Metrics
from dashboard.portal import Portal
from dashboard.shared_store import SharedStore, shared_store
from dashboard.vitals import SeenHistory, Vitals, standing_of
from opsportal import wiring
from opsportal.moved import MovedTickets
from opsportal.ports import History, Leases
from opsportal.present import PresentSettings
from opsportal.pseudonyms import pseudonym_key
from opsportal.settings import Settings
from opsportal.trends import Trends

_EXTENSION: Final = "opsportal.running"


@dataclass(frozen=True, slots=True)
class Running:
    """A portal with what keeps it young."""

    portal: Portal
    leases: Leases
    history: History
    moved: MovedTickets
    """Brings tickets that changed queues back to the days that are taken."""
    known: PresentSettings
    """The settings with what their secret holds at present."""
    store: SharedStore | None = None
    """Where the workers share what they know, for those who tell how it fares."""
    vitals: Vitals = field(default_factory=Vitals)


def build(settings: Settings, folder: Path, metrics: Metrics | None = None) -> Running:
    """Wire everything; what this machine's workers share lies below a folder.

    No connection stays open and no thread is started: workers may be forked afterwards.

    Raises:
        PortalError: the settings name something that cannot be used.
    """
    known, metrics = wiring.present(settings), metrics or Metrics()
    store = shared_store(known.at_start(), folder)
    services = wiring.build_cached(settings, store.cache, store.leases, observer=metrics, known=known)
    history = SeenHistory(wiring.history(settings), services.now)
    trends = Trends(history, lambda: services.reports.policy, services.now)
    key = partial(pseudonym_key, known)
    portal = Portal(services.reports, trends, settings, services.jira_url, services.now, pseudonym_key=key)
    vitals = Vitals(metrics, partial(standing_of, store), history.last, started=False)
    return Running(portal, store.leases, history, services.moved, known, store, vitals)


def put_on(server: flask.Flask, running: Running) -> None:
    """Let those who are given the application alone find what runs beside it."""
    server.extensions[_EXTENSION] = running


def running_on(server: flask.Flask) -> Running:
    """What was put on an application."""
    return cast(Running, server.extensions[_EXTENSION])
