"""Every page with a Service Desk of 2,500 tickets, in both themes, on a laptop and on a phone."""

import pytest

from tests.browser.visiting import LAPTOP, PHONE, Theme, Visits
from tests.fakes.served_portal import RunningPortal

PAGES = {
    "/": "Overview",
    "/queue/service-desk": "Service Desk",
    "/compare": "Compare",
    "/trends": "Trends",
    "/at-risk": "At risk",
    "/data": "Data",
}
_WIDER_THAN_THE_WINDOW = """() => [document.documentElement.scrollWidth - window.innerWidth,
  ...[...document.querySelectorAll("#page *")].filter(n => n.getBoundingClientRect().right > window.innerWidth + 1)
    .slice(0, 5).map(n => n.className || n.tagName)]"""


@pytest.mark.parametrize(("size", "theme"), [(LAPTOP, "light"), (PHONE, "dark")], ids=["laptop-light", "phone-dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_drawn_without_a_word_on_the_console(
    visits: Visits, portal: RunningPortal, path: str, size: tuple[int, int], theme: Theme
) -> None:
    """It has its title, its sentence and its age, fits into the window's width, and no worker stumbled over it.

    A message on the console or a request to another host fails it, as it does every test that visits pages.
    """
    logged = len(portal.log)

    page = visits.open(path, size=size, theme=theme)

    assert page.locator("#page h1").inner_text() == PAGES[path]
    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert page.locator("#page .sentence").inner_text().endswith(".")
    too_wide, *culprits = page.evaluate(_WIDER_THAN_THE_WINDOW)
    assert too_wide <= 0, culprits
    assert "Traceback" not in portal.log[logged:]


def test_the_pages_show_a_queue_of_2500_tickets(portal: RunningPortal) -> None:
    """All tests that visit this portal do so with so many tickets of Service Desk read."""
    assert len(portal.table("tickets", "?queue=service-desk")) >= 2_500
