"""Every page as an accessibility checker sees it, in both themes and on a phone, with whatever can be opened open."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import PHONE, Visits, settle

_AXE = Path(__file__).parent / "vendor" / "axe.min.js"
_RUN = """async () => {
  const found = await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']});
  return found.violations.map(v => `${v.impact} ${v.id}: ` +
    v.nodes.slice(0, 4).map(n => n.target.join(' ') + ' ' + n.html.slice(0, 160)).join(' | '));
}"""
PATHS = (
    "/",
    "/queue/service-desk",
    "/compare",
    "/trends",
    "/at-risk",
    "/data",
    "/queue/billing?embed=1",
    "/queue/billing?lens=completed_only",
    "/queue/billing?ticket=NONE-1",
    "/?period=31",
)


@pytest.fixture(scope="module", autouse=True)
def checker() -> None:
    """Fail with what to do when axe-core was not fetched."""
    if not _AXE.exists():
        pytest.fail("no axe-core: run `python scripts/vendor.py`, which needs npm", pytrace=False)


def _ticket(page: Page) -> None:
    page.locator("#page a[href*='ticket=']:visible").first.click()
    expect(page.locator("dialog.drawer[open] .drawer-verdict")).to_be_visible()


def _list(page: Page) -> None:
    page.locator("#page a[href*='tickets=']:visible").first.click()
    expect(page.locator("dialog.drawer[open] .ag-row").first).to_be_visible()


def _dialog(selector: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.locator(selector).click()
        expect(page.locator("dialog.dialog[open]")).to_be_visible()

    return show


def _menus(page: Page) -> None:
    for menu in page.locator("#page details.menu").all():
        menu.evaluate("menu => { menu.open = true; }")
    expect(page.locator("#page details.menu[open]").first).to_be_visible()


def _definition(page: Page) -> None:
    page.locator("#page .definition-button").first.focus()
    expect(page.locator("#page .definition-card").first).to_be_visible()


OPENED: Final = {
    "ticket": ("/queue/service-desk", _ticket),
    "list": ("/queue/service-desk", _list),
    "help": ("/", _dialog(".rail-help")),
    "switcher": ("/queue/service-desk", _dialog("button[data-opens=switcher]")),
    "menus": ("/queue/service-desk", _menus),
    "menus of at risk": ("/at-risk", _menus),
    "definition": ("/queue/service-desk", _definition),
}


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_no_fault_that_a_checker_can_see(visits: Visits, path: str) -> None:
    """Names, roles, contrast, order of headings and landmarks: light, dark, and in the width of a phone."""
    page = visits.open(path)

    assert _faults(page) == []
    _turn_dark(page)
    assert _faults(page) == [], "dark"
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    settle(page)
    assert _faults(page) == [], "on a phone"


@pytest.mark.parametrize("opened", OPENED)
def test_what_opens_has_no_fault_either(visits: Visits, opened: str) -> None:
    """A drawer, a list, a dialog, every menu, a definition, light and dark."""
    path, show = OPENED[opened]
    page = visits.open(path)

    show(page)

    assert _faults(page) == []
    _turn_dark(page)
    assert _faults(page) == [], "dark"


def _turn_dark(page: Page) -> None:
    """As the system does in the evening, which leaves everything open."""
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.wait_for_function(
        "() => window.quietForMs() > 80 && !document.getAnimations().some(one => one.playState === 'running')"
    )


def _faults(page: Page) -> list[str]:
    if page.evaluate("typeof window.axe") == "undefined":
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(_RUN))
