"""How often history is asked: a page or an answer of the API wants the days of each queue once."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.trends import Trends
from servicelevel.signals import BASELINE_DAYS
from tests.fakes.api_answers import ApiAnswers
from tests.fakes.counted_history import CountedHistory
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World
from tests.fakes.page_answers import PageAnswers
from tests.unit.servicelevel.days import LAST, days_ago, scored

QUEUES = ("desk", "billing", "network")


@pytest.fixture
def counted(tmp_path: Path) -> CountedHistory:
    """A history of three queues that counts."""
    store = SqliteHistory(tmp_path / "history.db")
    for queue in QUEUES:
        for ago in range(3):
            store.put(replace(scored(days_ago(ago, LAST), 70.0), queue=queue))
    return CountedHistory(store)


PAGES = {
    "/": 29,
    "/compare": 29,
    "/trends": 90 + BASELINE_DAYS,
    "/trends?scores=recorded": 90 + BASELINE_DAYS,
    "/data": 90,
}
"""Days that each page needs; only signals look at those before the days shown."""


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_for_the_days_of_each_queue_once(address: str, counted: CountedHistory, tmp_path: Path) -> None:
    """Whatever its panels, head and revision make of them, and no more days than they need."""
    world = World()
    services = portal_over(world, world.read(), tmp_path)
    pages = PageAnswers(replace(services, trends=Trends(counted, lambda: services.policy, services.now)))
    path, _, query = address.partition("?")

    assert list(pages.opened(path, f"?{query}" if query else ""))

    assert _ranges(counted) == dict.fromkeys(QUEUES, 1)
    assert counted.longest == PAGES[address]


@pytest.mark.parametrize("address", ["trends", "trends.csv", "trends?queue=desk&scores=recorded"])
def test_the_api_asks_for_the_days_of_each_queue_once(address: str, counted: CountedHistory, tmp_path: Path) -> None:
    """To know the revision and to answer; the same days are looked at again when the caller has them."""
    world = World()
    services = portal_over(world, world.read(), tmp_path)
    api = ApiAnswers(replace(services, trends=Trends(counted, lambda: services.policy, services.now)))
    wanted = QUEUES if "queue=" not in address else QUEUES[:1]
    answer = api.get(address)

    assert answer.status_code == 200
    assert _ranges(counted) == dict.fromkeys(wanted, 1)
    assert api.get(address, If_None_Match=answer.headers["ETag"]).status_code == 304
    assert _ranges(counted) == dict.fromkeys(wanted, 2)


def _ranges(counted: CountedHistory) -> dict[str, int]:
    assert not [question for question, _ in counted.asked if question == "days"]
    return dict(Counter({queue: n for (question, queue), n in counted.asked.items() if question == "range"}))
