"""Every page in both themes, on a laptop and on a phone."""

import pytest

from tests.browser.visiting import LAPTOP, PHONE, Theme, Visits
from tests.fakes.served_portal import ServedPortal

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


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_drawn_without_a_word_on_the_console(
    visits: Visits, portal: ServedPortal, path: str, size: tuple[int, int], theme: Theme
) -> None:
    """It has its title, its sentence and its age, fits into the window's width, and no worker stumbled over it."""
    logged = len(portal.log)

    page = visits.open(path, size=size, theme=theme)

    assert page.locator("#page h1").inner_text() == PAGES[path]
    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert page.locator("#page .sentence").inner_text().endswith(".")
    too_wide, *culprits = page.evaluate(_WIDER_THAN_THE_WINDOW)
    assert too_wide <= 0, culprits
    assert "Traceback" not in portal.log[logged:]
