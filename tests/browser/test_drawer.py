"""The drawer by keyboard: it opens over the page, keeps the focus, and gives it back where it was."""

from playwright.sync_api import Page, expect

from tests.browser.visiting import LAPTOP, Visits

DRAWER = "dialog.drawer[open]"
INSIDE = "() => document.querySelector('dialog.drawer').contains(document.activeElement)"
BEHIND = "() => document.activeElement !== document.body && !document.activeElement.closest('dialog.drawer')"


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


def test_the_focus_stays_inside(visits: Visits) -> None:
    """However often Tab is pressed, nothing behind the drawer is reached."""
    page = visits.open("/queue/service-desk", size=LAPTOP)
    _open_list(page)
    assert page.evaluate(INSIDE)

    for _ in range(25):
        page.keyboard.press("Tab")
        assert not page.evaluate(BEHIND)


def test_the_page_behind_stays_as_it_was(visits: Visits) -> None:
    """A zoomed chart is still zoomed when the drawer has come and gone."""
    page = visits.open("/queue/service-desk", size=LAPTOP)
    chart = "document.querySelector('#queue-arrivals .js-plotly-plot')"
    page.evaluate(f"() => Plotly.relayout({chart}, {{'xaxis.range': ['2026-11-02', '2026-11-09']}})")
    _open_list(page)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drawer")).to_have_count(0)

    assert page.evaluate(f"() => {chart}.layout.xaxis.range[0]").startswith("2026-11-02")
