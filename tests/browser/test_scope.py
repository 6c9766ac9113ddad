"""What is kept from somebody leaves pages that are whole: nothing asks for what would be refused."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
from playwright.sync_api import Browser, expect

from dashboard.app import create_app
from dashboard.gate import IDENTITY
from dashboard.server import warm_up
from opsportal.identity import Identity
from tests.browser.own_portal import Doorway
from tests.browser.visiting import Profiles, Visits, go
from tests.fakes.menagerie import menagerie

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LetIn: TypeAlias = Callable[[Identity], None]
ADMIN = Identity("person", "ada", "admin")
VIEWER = Identity("person", "vera", "viewer")
OF_TWO_PAGES = Identity("embed", "t1", "viewer", frozenset({"quokka-desk"}), frozenset({"trends", "at-risk"}))


@dataclass(slots=True)
class Seen:
    """A portal as somebody sees it: pages opened next are theirs."""

    visits: Visits
    let_in: LetIn


@pytest.fixture
def seen(tmp_path: Path, door: Doorway, browser: Browser, profiles: Profiles) -> Iterator[Seen]:
    """The portal of three queues, behind a gate that lets in whom a test names."""
    app = create_app(menagerie(tmp_path)).server
    warm_up(app, "/")

    def let_in(identity: Identity) -> None:
        def gate(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
            return iter(app({**environ, IDENTITY: identity}, start_response))

        door.portal = gate

    visits = Visits(browser, door.url, profiles=profiles)
    yield Seen(visits, let_in)
    visits.close()
    door.portal = None


def test_a_page_that_is_not_seen_says_so_and_leads_to_those_that_are(seen: Seen) -> None:
    """Opened and gone to, without one refused question; the rail has the pages that are seen."""
    seen.let_in(OF_TWO_PAGES)
    seen.visits.expected.append("status of 403")  # which a browser says of the document itself
    answers: list[int] = []
    page = seen.visits.open("/queue/quokka-desk", wait=False)
    expect(page.locator("#page h1")).to_have_text("This page is not yours to see")
    expect(page.locator(".rail-link")).to_have_text([re.compile("Trends"), re.compile("At risk"), re.compile("Help")])
    assert sum("403" in fault for fault in seen.visits.faults) == 1
    page.on("response", lambda answer: answers.append(answer.status))

    page.locator("#page").get_by_role("link", name="At risk").click()
    expect(page.locator("#page h1")).to_have_text("At risk")
    go(page, "/compare")
    expect(page.locator("#page h1")).to_have_text("This page is not yours to see")
    go(page, "/trends")
    expect(page.locator("#page h1")).to_have_text("Trends")

    assert set(answers) <= {200, 204}


def test_the_data_page_is_whole_without_the_portals_own_matters(seen: Seen) -> None:
    """A viewer sees every source with its state and times; only an admin sees what is wrong, and may ask again."""
    seen.let_in(VIEWER)
    page = seen.visits.open("/data")
    expect(page.get_by_role("gridcell", name="Failing")).to_have_count(1)
    expect(page.get_by_role("columnheader", name="Next read")).to_be_visible()
    expect(page.get_by_role("button", name="Refresh now")).to_have_count(0)
    expect(page.locator("body")).not_to_contain_text("gremlin")

    seen.let_in(ADMIN)
    page = seen.visits.open("/data")
    expect(page.locator("#data-sources")).to_contain_text("The gremlin answers 503.")
    page.get_by_role("button", name="Refresh now: Numbat desk").first.click()
    expect(page.locator("#data-answer")).to_contain_text("Numbat desk is read again now")
