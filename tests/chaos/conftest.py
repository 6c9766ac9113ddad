"""The sites that the tests of this folder share. After each test everything is well again, and has to be."""

from collections.abc import Iterator

import pytest

from tests.chaos.site import Site, running_site

TTL_S = 10
LOCK_S = 2
ROUGH_LOCK_S = 1

ON_THE_SITE = pytest.mark.xdist_group("chaos-site")
ON_THE_ROUGH_SITE = pytest.mark.xdist_group("chaos-rough-site")
"""Tests of one site are run by one process of pytest-xdist (`--dist loadgroup`), so that it is started once."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose queues are renewed every few seconds."""
    folder = tmp_path_factory.mktemp("site")
    with running_site(folder, by_proxy=False, CACHE_TTL=str(TTL_S), LOCK_TTL=str(LOCK_S)) as running:
        yield running


@pytest.fixture(scope="session")
def rough_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site where all intervals are as short as they can be: a second stands for two minutes."""
    intervals = {"CACHE_TTL": "2", "LOCK_TTL": str(ROUGH_LOCK_S), "RETRY_FIRST": "0.5", "RETRY_LONGEST": "7.5"}
    folder = tmp_path_factory.mktemp("rough-site")
    with running_site(folder, by_proxy=True, REFRESH_BUDGET="10", **intervals) as running:
        yield running


@pytest.fixture
def rough(rough_site: Site) -> Iterator[Site]:
    """The rough site, well again after the test whatever was done to it."""
    yield rough_site
    rough_site.mended()
