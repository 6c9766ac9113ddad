"""One portal that stands still at noon, read and with its history, and pages of it in a real Chromium."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from dashboard import services
from dashboard.portal import Portal
from dashboard.shared_folder import shared_folder
from opsportal.settings import load
from tests.browser.own_portal import Doorway, doorway
from tests.browser.reports import CASES, Reports
from tests.browser.shared_portal import shared_portal
from tests.browser.visiting import NoBrowser, Profiles, Visits, started_browser
from tests.fakes.served_portal import RunningPortal

_HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of these tests."""
    config.addinivalue_line("markers", "browser: needs Chromium (`-m 'not browser'` leaves these out)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    try:
        with started_browser() as browser:
            yield browser
    except NoBrowser as missing:
        pytest.fail(f"no Chromium: {missing}", pytrace=False)


@pytest.fixture(scope="session")
def profiles() -> Profiles:
    """Windows that all visits share, so that scripts are loaded and compiled once and not for every test."""
    return {}


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[RunningPortal]:
    """The portal with two workers on the frozen demo; every queue is read and has its days of history."""
    own = tmp_path_factory.getbasetemp()
    folder = own if worker_id == "master" else own.parent
    with shared_portal(folder / "portal") as portal:
        yield portal


@pytest.fixture(scope="session")
def door() -> Iterator[Doorway]:
    """The address of portals that live in this process, one after the other."""
    with doorway() as door:
        yield door


@pytest.fixture(scope="session")
def kept(portal: RunningPortal) -> Portal:
    """The same portal's services in this process: they answer from the same kept readings as its workers do."""
    settings = load(portal.environment, env_file=None)
    return services.build(settings, shared_folder(settings)).portal


@pytest.fixture(scope="session")
def jira_url(portal: RunningPortal) -> str:
    """Where tickets open in Jira."""
    return portal.environment["JIRA_BASE_URL"]


@pytest.fixture
def visits(browser: Browser, portal: RunningPortal, profiles: Profiles) -> Iterator[Visits]:
    """Opens pages for one test, which fails when they wrote to the console or asked another host."""
    visits = Visits(browser, portal.url, profiles=profiles)
    yield visits
    visits.close()


@pytest.fixture(scope="session")
def reports(portal: RunningPortal) -> Reports:
    """What the report command prints with that portal's settings."""
    return Reports(portal)


@pytest.fixture(params=CASES, ids=lambda case: "-".join(str(part) for part in case if part), scope="module")
def case(request: pytest.FixtureRequest) -> tuple[int, str | None]:
    """A period in days, and a priority or none."""
    found: tuple[int, str | None] = request.param
    return found


@pytest.fixture(scope="module")
def reported(case: tuple[int, str | None], reports: Reports) -> dict[str, Any]:
    """The report of every queue by its name, in the order of the registry."""
    return reports.of_all(*case)
