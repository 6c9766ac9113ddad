"""The frame: rail, switcher, badge, banner, controls, and links that hold the view."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import flask
import pytest
from dash import html
from dash.development.base_component import Component

from dashboard import outage, shell
from dashboard.controls import Options, compare_menu, export_menu, filters_menu, period_menu
from dashboard.portal import EXTENSION, Portal
from dashboard.urls import View, parse
from opsportal.reports import Period
from servicelevel.errors import PortalError
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World, refresh_due
from tests.unit.components.drawn import having, parts, text


class Down(PortalError):
    """A source that fails."""


@pytest.fixture
def world() -> World:
    """Three queues."""
    return World()


@pytest.fixture
def services(world: World, tmp_path: Path) -> Portal:
    """The portal when every queue has been read."""
    return portal_over(world, world.read(), tmp_path)


def _all(tree: Any, prop: str) -> list[str]:
    """Every value of a property in a tree, in order."""
    return [value for part in parts(tree) if (value := vars(part).get(prop))]


def _view(address: str, services: Portal) -> View:
    path, _, query = address.partition("?")
    return parse(path, query, services.policy)


def _button(menu: Component) -> Component:
    return next(part for part in parts(menu) if isinstance(part, html.Summary))


def _views(tree: Component, services: Portal) -> list[View]:
    """The views that the links of a tree lead to."""
    return [_view(address, services) for address in _all(tree, "href") if address[0] == "/"]


def _rows(menu: Component, services: Portal) -> list[tuple[str, tuple[str, ...] | None, bool]]:
    """The rows that the browser makes of a long menu: the words, the priorities they lead to, and whether chosen."""
    written = next(vars(part)["data-rows"] for part in parts(menu) if "data-rows" in vars(part))
    return [
        (word, _view(address, services).priority if address else None, on) for word, address, on in json.loads(written)
    ]


def test_the_frame_is_in_reach_of_the_keyboard_and_says_what_it_is() -> None:
    """A way past the rail, landmarks with names, and dialogs that are closed at first."""
    layout = shell.layout()

    assert "#page" in _all(layout, "href")
    assert {"rail", "page", "help", "switcher", "toasts", "drawer"} <= set(_all(layout, "id"))


def test_a_period_is_chosen_by_its_length(services: Portal) -> None:
    """Each length is a link to the same view of another period; the one in force is marked."""
    view = View("queue", "desk", priority=("High",))
    menu = period_menu(view, services, date(2026, 10, 25), date(2026, 11, 23))

    assert [found.period.days for found in _views(menu, services)] == [7, 14, 30, 90]
    assert {(found.page, found.queue, found.priority) for found in _views(menu, services)} == {
        ("queue", "desk", ("High",))
    }
    assert [text(link) for link in having(menu, "menu-on")] == ["Last 30 days"]
    assert "Last 30 days" in text(menu)
    assert "25 Oct–23 Nov" in text(menu)


def test_dates_of_ones_own_are_named_with_their_length(services: Portal) -> None:
    """No length is marked then."""
    own = Period(None, date(2026, 10, 1), date(2026, 10, 31))
    menu = period_menu(View(period=own), services, date(2026, 10, 1), date(2026, 10, 31))

    assert "1–31 Oct" in text(_button(menu))
    assert "31 days" in text(_button(menu))
    assert not any("menu-on" in name for name in _all(menu, "className"))


def test_a_filter_is_switched_on_and_off_again(services: Portal) -> None:
    """By id or by name, in whatever case it stands in the address; and all are cleared at once."""
    options: Options = {"priority": [("10001", "High"), ("10002", "Low")]}
    off = filters_menu(View(), services, options)
    on = filters_menu(View(priority=("high",)), services, options)

    assert _rows(off, services) == [("Priority", None, False), ("High", ("10001",), False), ("Low", ("10002",), False)]
    assert _rows(on, services) == [("Priority", None, False), ("High", (), True), ("Low", ("high", "10002"), False)]
    assert _views(off, services) == []
    assert [view.priority for view in _views(on, services)] == [()]


def test_the_button_of_the_filters_says_how_many_are_in_force(services: Portal) -> None:
    """Nobody overlooks that numbers are of a part only."""
    menu = filters_menu(View(priority=("High",), analyst=("ana", "bo")), services, {})

    assert "3" in text(_button(menu))
    assert "3" not in text(filters_menu(View(), services, {}).children[0])


def test_the_comparison_names_its_day(services: Portal) -> None:
    """And offers the other distances."""
    menu = compare_menu(View(), services, date(2026, 10, 26))

    assert "26 Oct" in text(_button(menu))
    assert [view.compared_days for view in _views(menu, services)] == [7, 14, 28]


def test_tables_are_taken_away_as_files() -> None:
    """Their links are downloads, so that no click is taken for a change of page."""
    menu = export_menu([("Queues", "/export/overview.csv")])

    links = [vars(part) for part in parts(menu) if isinstance(part, html.A)]
    assert [(link["href"], link["download"]) for link in links] == [("/export/overview.csv", "")]


def test_the_badge_counts_what_is_overdue(world: World, services: Portal, tmp_path: Path) -> None:
    """And is not there when nothing is."""
    assert shell.overdue_badge(services) is None

    world.pass_days(3)
    later = portal_over(world, world.read(), tmp_path)

    assert text(shell.overdue_badge(later)) == "3 overdue"


def test_one_banner_when_nothing_can_be_read(world: World, tmp_path: Path) -> None:
    """Since when, how old the numbers are, and when it goes on; none while any queue reads well."""
    reports = world.read()
    services = portal_over(world, reports, tmp_path)
    world.pass_minutes(43)
    world.tickets.down = {"desk": Down("Jira asked to wait.")}
    refresh_due(reports)
    server = flask.Flask("test")
    server.extensions[EXTENSION] = services

    assert outage.banner(reports.overview(), services) is None

    world.pass_minutes(10)
    world.tickets.down = {name: Down("Jira asked to wait.") for name in ("desk", "billing", "network")}
    refresh_due(reports)
    shown = outage.banner(reports.overview(), services)

    said = text(shown)
    assert "Nothing could be read since" in said
    assert "Every number below is the last good one, 53 min old." in said
    assert "Next try" in said
