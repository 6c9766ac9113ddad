"""What pages ask for when they are opened, as the document tells the browser."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from dashboard.app import create_app
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World


@pytest.fixture
def told(tmp_path: Path) -> list[Any]:
    """The list that the document holds."""
    world = World()
    app = create_app(portal_over(world, world.process(), tmp_path))
    document = app.server.test_client().get("/").text
    found = re.search(r'data-begins="([^"]*)"', document)
    assert found is not None
    return list(json.loads(unescape(found[1])))


def test_each_page_is_filled_by_one_callback(told: list[Any]) -> None:
    """Its own, from the address and for the revision that it shows; those of the frame come after all of them."""
    pages = [page for page, *_ in told]
    ((_, output, inputs, state),) = [each for each in told if each[0] == "queue"]

    assert pages == ["overview", "queue", "compare", "trends", "at-risk", "data", None, None, None]
    assert output.startswith("..queue-head-title.children...queue-head-age.children.")
    assert inputs == ["url.search", "tick.n_intervals"]
    assert state == ["url.pathname", "queue-revision.data"]


def test_what_waits_for_a_click_or_a_tick_is_left_out(told: list[Any]) -> None:
    """Clicks on charts, the page's change, and the count at the rail's mark."""
    first = {output.lstrip(".").partition(".")[0] for page, output, *_ in told if page is None}

    assert first == {"frame", "banner", "drawer"}
