"""The drawer opens over the page and leaves it as it was, the focus where it stood."""

import pytest
from playwright.sync_api import Page, expect

from dashboard.portal import Portal
from servicelevel.instants import DAY_MS, HOUR_MS
from servicelevel.timeline import timeline
from tests.browser.visiting import LAPTOP, Visits

DRAWER = "dialog.drawer[open]"


def _open_list(page: Page) -> str:
    """Open the list of one part of a promise by keyboard, and say what that part counted."""
    part = page.locator("#queue-resolution .sla-key-part").first
    part.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{DRAWER} .drawer-count")).to_be_visible()
    return part.locator("b").inner_text()


def test_escape_closes_ticket_then_list_and_gives_the_focus_back(visits: Visits) -> None:
    """From the count to its list, to a ticket, and the same way back."""
    page = visits.open("/queue/service-desk", size=LAPTOP)
    count = _open_list(page)
    expect(page.locator(f"{DRAWER} .drawer-count")).to_contain_text(count)

    page.locator(f"{DRAWER} .key-link").first.click()
    expect(page.locator(f"{DRAWER} .drawer-key")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"{DRAWER} .drawer-count")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drawer")).to_have_count(0)

    assert "ticket" not in page.url
    assert page.evaluate("() => document.activeElement.className").startswith("sla-key-part")


def test_the_page_behind_stays_as_it_was(visits: Visits) -> None:
    """A zoomed chart is still zoomed when the drawer has come and gone."""
    page = visits.open("/queue/service-desk", size=LAPTOP)
    chart = "document.querySelector('#queue-arrivals .js-plotly-plot')"
    page.evaluate(f"() => Plotly.relayout({chart}, {{'xaxis.range': ['2026-11-02', '2026-11-09']}})")
    _open_list(page)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drawer")).to_have_count(0)

    assert page.evaluate(f"() => {chart}.layout.xaxis.range[0]").startswith("2026-11-02")


def test_the_page_behind_is_still_and_dimmed_from_edge_to_edge(visits: Visits, kept: Portal) -> None:
    """While the drawer is open nothing scrolls behind it, and the room of the scroll bar is dimmed as well."""
    page = visits.open(f"/queue/service-desk?ticket={_answered_then_waiting(kept)}", size=LAPTOP)
    expect(page.locator(f"{DRAWER} .drawer-verdict")).to_be_visible()
    dimmed = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.mouse.move(200, 400)
    page.mouse.wheel(0, 600)
    page.wait_for_timeout(200)
    assert page.evaluate("window.scrollY") == 0

    page.keyboard.press("Escape")
    expect(page.locator("dialog.drawer")).to_have_count(0)

    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != dimmed
    page.mouse.wheel(0, 600)
    page.wait_for_function("() => window.scrollY > 0")


def _answered_then_waiting(kept: Portal) -> str:
    """A ticket answered within half an hour and still open after two weeks."""
    made = kept.reports.queue("service-desk").report
    assert made is not None
    for row in range(len(made.columns)):
        strips = timeline(made, row).strips
        if len(strips) < 2 or strips[0].stop is None or strips[1].stop is not None:
            continue
        if 0 < strips[0].elapsed_ms < HOUR_MS / 2 and made.as_of - strips[1].start > 14 * DAY_MS:
            return made.columns.key[row]
    pytest.fail("the demo has no such ticket")


def test_every_part_of_a_strip_can_be_seen(visits: Visits, kept: Portal) -> None:
    """A first response of minutes on an axis of weeks has some width, and the goal it kept stands after it."""
    page = visits.open(f"/queue/service-desk?ticket={_answered_then_waiting(kept)}", size=LAPTOP)
    expect(page.locator(f"{DRAWER} .strip-part").first).to_be_visible()
    widths = page.locator(f"{DRAWER} .strip-part").evaluate_all("parts => parts.map(part => part.clientWidth)")
    answered = page.locator(f"{DRAWER} .strip").nth(1)
    part, goal = answered.locator(".strip-part").bounding_box(), answered.locator(".strip-line-goal").bounding_box()

    assert min(widths) >= 2
    assert part is not None
    assert goal is not None
    assert goal["x"] >= part["x"] + part["width"] - 2
