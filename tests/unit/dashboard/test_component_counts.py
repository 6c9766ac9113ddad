"""No page and no answer of a callback has more components than the browser draws quickly, with twelve queues."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.portal import Portal
from servicelevel.policy import Policy
from tests.factories import P1, columns, crowd, paused, queue, running, ticket
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import Registry, World
from tests.fakes.page_answers import PATHS, PageAnswers, components_in, filled

MOST = 500
QUEUES = 12
TEAMS = 4
ROOT = Path(__file__).resolve().parents[3]


def world_of(queues: int) -> World:
    """So many queues in four teams, with overdue, pressing and paused clocks among their tickets."""
    made, changes = crowd(11, 120)
    soon = [
        ticket(700 + n, resolve=[running("2026-11-23T11:00:00+00:00", goal)], priority=P1, assignee=None)
        for n, goal in enumerate((4_000_000, 10_000_000, 20_000_000, 90_000_000, 900_000_000))
    ]
    waiting = ticket(800, resolve=[paused("2026-11-23T01:00:00+00:00", elapsed_ms=1_000)])
    names = ["desk", *(f"queue-{n}" for n in range(2, queues + 1))]
    every = tuple(replace(queue(id=name), name=name.title(), team=f"Team {n % TEAMS}") for n, name in enumerate(names))
    world = World()
    world.registry = Registry(Policy(every))
    world.tickets.table = columns(*made, *soon, waiting, changes=changes)
    return world


def services_of(queues: int, folder: Path) -> Portal:
    """The portal over them, all read."""
    world = world_of(queues)
    return portal_over(world, world.read(), folder)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> PageAnswers:
    """The application over twelve queues."""
    return PageAnswers(services_of(QUEUES, tmp_path_factory.mktemp("history")))


@pytest.mark.parametrize(("path", "query"), PATHS)
def test_a_page_stays_small(answers: PageAnswers, path: str, query: str) -> None:
    """Its layout before there is a number, and each answer that fills it."""
    said = list(answers.opened(path, query))
    counts = {", ".join(answer): components_in(_values(answer)) for answer in said}

    assert any("page" in answer for answer in said)
    assert {name: n for name, n in counts.items() if n > MOST} == {}


def test_the_frame_stays_small(answers: PageAnswers) -> None:
    """Rail, dialogs and slots of every page together."""
    said = [answer for answer in answers.opened("/", "") if "page" not in answer and "overview-all" not in answer]

    assert 0 < components_in(filled(answers.frame(), said)) <= MOST / 2


def test_no_page_loads_pandas() -> None:
    """A process that has answered every page has not loaded it, so nothing on a page can wait for it."""
    script = (
        "import sys, tempfile, pathlib\n"
        "from tests.unit.dashboard.test_component_counts import services_of\n"
        "from tests.fakes.page_answers import PATHS, PageAnswers\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    answers = PageAnswers(services_of(2, pathlib.Path(folder)))\n"
        "    said = [answer for path in PATHS for answer in answers.opened(*path)]\n"
        "assert len(said) > len(PATHS)\n"
        "print('pandas' in sys.modules)\n"
    )

    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (0, "False\n"), ended.stderr


def _values(answer: Any) -> list[Any]:
    return [value for changed in answer.values() for value in changed.values()]
