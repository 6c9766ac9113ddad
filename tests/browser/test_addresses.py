"""The address is the view: Back, Forward, a reload and a copied link show the same; what it has wrong is said."""

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.visiting import Visits, settle
from tests.fakes.served_portal import RunningPortal

SHOWN = """() => [
  ...document.querySelectorAll("#page h1, #page .sentence, #page .panel-note, #page summary, dialog[open] h2")
].map(node => node.innerText.trim())"""
VIEWS = [
    "/?period=7&priority=High",
    "/queue/service-desk?period=2026-11-02..2026-11-15&type=Incident&compare=7",
    "/queue/billing?lens=completed_only&tickets=billing/sla:resolution:met",
    "/compare?period=14",
    "/trends?period=30&queue=billing&queue=network&smooth=0",
    "/at-risk?queue=service-desk&due=today&promise=resolution",
]


@pytest.mark.parametrize("view", VIEWS)
def test_a_copied_or_reloaded_address_shows_the_same(visits: Visits, view: str) -> None:
    """Everything that a page shows follows from its address alone."""
    page = visits.open(view)
    shown = page.evaluate(SHOWN)

    page.reload()
    settle(page)
    assert page.evaluate(SHOWN) == shown
    assert visits.open(page.url.removeprefix(visits.url)).evaluate(SHOWN) == shown


def test_back_and_forward_go_through_every_step(visits: Visits) -> None:
    """Pages, filters, lists and drawers are steps of their own, there and back again, without loading the document."""
    page = visits.open("/")
    page.evaluate("window.stamp = 1")
    steps = [_seen(page)]
    page.locator("#page .card a", has_text="Billing").click()
    steps.append(_arrived(page, "Billing"))
    page.locator("#queue-resolution a.sla-key-part").first.click()
    expect(page.locator("dialog.drawer[open] .ag-row a").first).to_be_visible()
    steps.append(_seen(page))
    page.locator("dialog.drawer[open] .ag-row a").first.click()
    expect(page.locator("dialog.drawer[open] .drawer-key")).to_be_visible()
    steps.append(_seen(page))

    for step in reversed(steps[:-1]):
        page.go_back()
        _same(page, step)
    for step in steps[1:]:
        page.go_forward()
        _same(page, step)

    assert page.evaluate("window.stamp") == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [("?period=31", "period=31"), ("?compare=5&lens=all", "compare=5"), ("?period=2026-11-09..yesterday", "yesterday")],
)
def test_a_value_that_cannot_be_used_is_said_and_the_default_shown(visits: Visits, query: str, said: str) -> None:
    """The page stands with what it would show without the value."""
    default = visits.open("/queue/billing").evaluate(SHOWN)

    page = visits.open(f"/queue/billing{query}")

    expect(page.locator("#notes")).to_contain_text(said)
    assert page.evaluate(SHOWN) == default


def test_the_order_of_the_comparison_is_part_of_the_address(visits: Visits) -> None:
    """A click on a heading is a step; Back, Forward, a reload and a copied link keep the order, and links carry it."""
    page = visits.open("/compare")
    usual = _order(page)
    page.locator("#compare-grid .ag-header-cell[col-id=overdue]").click()
    page.wait_for_url("**/compare?sort=overdue-desc")
    settle(page)
    overdue = _order(page)
    assert sorted(overdue) == sorted(usual)
    assert overdue != usual
    assert "sort=overdue-desc" in str(page.locator("#page .menu-row[href*='period=7']").first.get_attribute("href"))

    page.go_back()
    page.wait_for_function(f"names => JSON.stringify(({ORDER})()) === JSON.stringify(names)", arg=usual)
    page.go_forward()
    page.wait_for_function(f"names => JSON.stringify(({ORDER})()) === JSON.stringify(names)", arg=overdue)
    page.reload()
    settle(page)
    assert _order(page) == overdue
    assert _order(visits.open("/compare?sort=overdue-desc")) == overdue


def test_an_order_that_is_not_known_is_said(visits: Visits) -> None:
    """The table stands in its own order, with a note."""
    page = visits.open("/compare?sort=luck-desc")

    expect(page.locator("#notes")).to_contain_text("sort=luck-desc")
    expect(page.locator("#compare-grid .ag-header-cell[aria-sort=descending]")).to_contain_text("Score")


ORDER = """() => [...document.querySelectorAll("#compare-grid .ag-pinned-left-cols-container .ag-row")]
  .sort((a, b) => a.getAttribute("row-index") - b.getAttribute("row-index")).map(row => row.getAttribute("row-id"))"""


def _order(page: Page) -> list[str]:
    expect(page.locator("#compare-grid .ag-pinned-left-cols-container .ag-row").first).to_be_visible()
    return [str(name) for name in page.evaluate(ORDER)]


def test_an_unknown_filter_value_is_declined_in_words(visits: Visits) -> None:
    """A priority that no ticket of the queue has is no reason to show an empty report."""
    page = visits.open("/queue/billing?priority=Nonsense", wait=False)

    expect(page.locator(".queue-state")).to_contain_text("Nonsense")
    expect(page.locator("#queue-panels")).to_be_hidden()


def test_keys_that_mean_nothing_here_are_ignored(visits: Visits) -> None:
    """A link with a marketing tail is the same link, and nobody is bothered with it."""
    plain = visits.open("/queue/billing").evaluate(SHOWN)

    page = visits.open("/queue/billing?utm_source=mail&x=1")

    assert page.evaluate(SHOWN) == plain
    expect(page.locator("#notes")).to_be_empty()


@pytest.mark.parametrize("path", ["/nope", "/queue/nope", "/queue/", "/at-risk/nope", "/api/nope"])
def test_an_unknown_address_has_the_status_of_one(portal: RunningPortal, path: str) -> None:
    """404, as a page for readers and as a problem document below /api."""
    answer = requests.get(portal.url + path, timeout=30)

    assert answer.status_code == 404
    kind = "application/problem+json" if path.startswith("/api/") else "text/html"
    assert answer.headers["Content-Type"].startswith(kind)


def test_a_callback_that_is_no_more_is_a_conflict_and_no_failure(portal: RunningPortal) -> None:
    """A tab older than the portal asks for what is not there: it is told to reload, and no alarm is raised."""
    body = {"output": "gone.children", "outputs": {"id": "gone", "property": "children"}, "inputs": []}

    answer = requests.post(f"{portal.url}/_dash-update-component", json=body, timeout=30)

    assert answer.status_code == 409
    assert "Reload" in answer.json()["detail"]


def _arrived(page: Page, title: str) -> tuple[str, list[str]]:
    expect(page.locator("#page h1")).to_have_text(title)
    settle(page)
    return _seen(page)


def _seen(page: Page) -> tuple[str, list[str]]:
    return page.url, list(page.evaluate(SHOWN))


def _same(page: Page, step: tuple[str, list[str]]) -> None:
    address, shown = step
    page.wait_for_function(f"shown => JSON.stringify(({SHOWN})()) === JSON.stringify(shown)", arg=shown)
    assert page.url == address
