"""Three queues of two dozen tickets with histories, and the API over them."""

from pathlib import Path

import pytest

from tests.factories import columns, crowd
from tests.fakes.api_answers import ApiAnswers
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World


@pytest.fixture
def world() -> World:
    """Sources, clock and registry that a test decides."""
    made, changes = crowd(7, 24)
    world = World()
    world.tickets.table = columns(*made, changes=changes)
    return world


@pytest.fixture
def api(world: World, tmp_path: Path) -> ApiAnswers:
    """The API when every queue has been read."""
    return ApiAnswers(portal_over(world, world.read(), tmp_path))
