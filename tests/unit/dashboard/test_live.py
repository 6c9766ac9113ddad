"""A page's one callback: filled for other numbers or news, and left alone otherwise."""

from pathlib import Path
from typing import Any

import flask
import pytest
from dash import Dash, Output, html, no_update
from dash.exceptions import PreventUpdate

from dashboard import live
from dashboard.live import Filled, Head
from dashboard.portal import EXTENSION, Portal
from dashboard.urls import View
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World


class Page:
    """A page that counts how often it was filled."""

    def __init__(self, services: Portal) -> None:
        self.revision, self.filled = "r1", 0
        self._server = flask.Flask("page")
        self._server.extensions[EXTENSION] = services
        app = Dash("page", server=self._server)  # type: ignore[arg-type]  # an application is one of the things it takes
        live.register(app, "queue", [Output("panel", "children")], revision=self._revision, fill=self._fill)
        (callback,) = app.callback_map.values()
        self._show = callback["callback"].__wrapped__

    def show(self, search: str, shown: str | None, pathname: str = "/queue/desk") -> list[Any]:
        """What the callback answers for an address and what the page shows."""
        with self._server.app_context():
            return list(self._show(search, 0, pathname, shown))

    def _revision(self, view: View, services: Portal) -> str:
        return self.revision

    def _fill(self, view: View, services: Portal) -> Filled:
        self.filled += 1
        return Filled(Head("Desk", None, [], "All is well."), (html.P("panel"),))


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """A page that nobody has looked at."""
    world = World()
    return Page(portal_over(world, world.read(), tmp_path))


def test_a_page_is_filled_when_it_is_first_seen(page: Page) -> None:
    """Head, sentence, revision and panels come together."""
    title, _, _, sentence, shown, panel = page.show("", None)

    assert (title, sentence, panel.content) == ("Desk", "All is well.", ["p", {}, "panel"])
    assert shown
    assert "r1" not in shown


@pytest.mark.parametrize("search", ["", "?ticket=SD-1", "?tickets=desk/open:all", "?tickets=desk/open:all&ticket=SD-1"])
def test_nothing_moves_without_news(page: Page, search: str) -> None:
    """A tick, or a list or a ticket opened over the page, leaves it as it is."""
    shown = page.show("", None)[4]

    assert page.show(search, shown) == [no_update] * 6
    assert page.filled == 1


def test_other_numbers_and_news_fill_it_again(page: Page) -> None:
    """Another period, another queue, and another reading."""
    shown = page.show("", None)[4]

    page.show("?period=7", shown)
    page.show("", shown, "/queue/billing")
    page.revision = "r2"
    page.show("", shown)

    assert page.filled == 4


def test_an_address_of_another_page_is_left_to_it(page: Page) -> None:
    """The old page is still there for a moment while the new one comes."""
    with pytest.raises(PreventUpdate):
        page.show("", None, "/trends")
