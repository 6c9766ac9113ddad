"""Everything without a mouse: each control is reached and seen, and what opens closes and gives the focus back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import Visits, settle

REACHABLE = """() => {
  const wanted = [...document.querySelectorAll("a[href], button, summary, input, select, textarea, [tabindex]")]
    .filter(node => node.tabIndex >= 0 && !node.disabled && node.checkVisibility({ visibilityProperty: true })
      && !node.closest(".ag-root-wrapper, dialog:not([open])"));
  wanted.forEach((node, place) => { node.dataset.place = place; });
  return wanted.map(node => node.outerHTML.slice(0, 120));
}"""
FOCUSED = """() => {
  const node = document.activeElement, look = getComputedStyle(node);
  const outlined = (one) => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) >= 2;
  const box = node.getBoundingClientRect();
  return {
    place: node.dataset.place ?? null, html: node.outerHTML.slice(0, 120),
    shown: outlined(look) || look.boxShadow !== "none" || [...node.children].some(c => outlined(getComputedStyle(c))),
    inside: box.width > 0 && box.bottom > 0 && box.top < window.innerHeight,
  };
}"""
PAGES = ["/", "/queue/service-desk", "/compare", "/trends", "/at-risk", "/data"]


@pytest.mark.parametrize("path", PAGES)
def test_every_control_is_reached_by_tab_and_seen_when_it_is(visits: Visits, path: str) -> None:
    """Tab visits each link, button, menu and field, scrolls it into sight and draws a line around it."""
    page = visits.open(path)
    wanted = page.evaluate(REACHABLE)

    visited: dict[int, dict[str, object]] = {}
    for _ in range(len(wanted) + 500):  # grids have stops of their own
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found["place"] is not None:
            visited.setdefault(int(found["place"]), found)  # the parts of a date are stops that the browser marks
        if len(visited) == len(wanted):
            break

    assert [wanted[place] for place in range(len(wanted)) if place not in visited] == []
    assert [found["html"] for found in visited.values() if not found["shown"]] == []
    assert [found["html"] for found in visited.values() if not found["inside"]] == []


@pytest.mark.parametrize("title", ["Period", "Theme"])
def test_a_menu_opens_by_key_and_gives_the_focus_back(visits: Visits, title: str) -> None:
    """Enter opens it, Tab goes into it, Esc closes it and stands on its button again."""
    page = visits.open("/queue/billing")
    summary = page.locator(f"summary[title={title}]")
    summary.focus()

    page.keyboard.press("Enter")
    expect(page.locator("details.menu[open]")).to_have_count(1)
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('details.menu[open]'))")
    page.keyboard.press("Escape")

    expect(page.locator("details.menu[open]")).to_have_count(0)
    expect(summary).to_be_focused()


@pytest.mark.parametrize("opener", [".rail-help", "button[data-opens=switcher]"])
def test_a_dialog_gives_the_focus_back_to_what_opened_it(visits: Visits, opener: str) -> None:
    """The help and the list of queues, closed with Esc."""
    page = visits.open("/queue/billing")
    page.locator(opener).focus()

    page.keyboard.press("Enter")
    expect(page.locator("dialog.dialog[open]")).to_have_count(1)
    page.keyboard.press("Escape")

    expect(page.locator("dialog.dialog[open]")).to_have_count(0)
    expect(page.locator(opener)).to_be_focused()


def test_a_drawer_keeps_the_focus_inside_and_gives_it_back(visits: Visits) -> None:
    """Opened from a number by Enter; Tab never leaves it; Esc closes it and stands on that number again."""
    page = visits.open("/queue/service-desk")
    number = page.locator("#queue-resolution a.sla-key-part").first
    number.focus()

    page.keyboard.press("Enter")
    drawer = page.locator("dialog.drawer[open]")
    expect(drawer.locator(".ag-row").first).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"
        )
    page.keyboard.press("Escape")

    expect(drawer).to_have_count(0)
    expect(number).to_be_focused()


def test_a_row_of_a_grid_opens_by_enter(visits: Visits) -> None:
    """Arrow keys walk through the due list's rows, and Enter opens the ticket one stands on."""
    page = visits.open("/at-risk")
    cell = page.locator("#at-risk-grid .ag-row .ag-cell").nth(1)
    cell.click(position={"x": 2, "y": 2}, modifiers=["Shift"])
    page.keyboard.press("ArrowDown")
    key = page.evaluate("document.activeElement.closest('.ag-row').querySelector('a').innerText")

    page.keyboard.press("Enter")

    expect(page.locator("dialog.drawer[open] .drawer-key")).to_have_text(key)


@pytest.mark.parametrize(
    ("path", "grid"), [("/at-risk", "#at-risk-grid"), ("/compare", "#compare-grid"), ("/data", "#data-quality")]
)
def test_a_grid_is_one_stop_of_tab(visits: Visits, path: str, grid: str) -> None:
    """Tab comes to its headings, the arrow keys go on to its cells, and from there Tab leaves, as it does backwards."""
    page = visits.open(path)
    inside = f"Boolean(document.activeElement.closest('{grid} .ag-root'))"
    page.locator(f"{grid} .ag-header-cell").first.focus()

    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.matches('.ag-cell')")
    assert page.evaluate(inside)
    page.keyboard.press("Tab")
    page.wait_for_function(f"!({inside})")

    page.locator(f"{grid} .ag-header-cell").nth(1).focus()
    page.keyboard.press("Tab")
    page.wait_for_function(f"!({inside})")


def test_the_pages_of_a_grid_are_one_stop_of_tab(visits: Visits) -> None:
    """Tab comes to a button that does something, the arrow keys go on to the others, and Tab leaves, either way."""
    page = visits.open("/queue/service-desk?tickets=service-desk/open:all")
    drawer = page.locator("dialog.drawer[open]")
    expect(drawer.locator(".ag-row").first).to_be_visible()
    stands_on = "document.activeElement.closest('.ag-paging-button')?.ariaLabel ?? ''"
    drawer.locator(".ag-header-cell").first.focus()

    said = []
    for key in ("Tab", "ArrowRight", "Enter", "ArrowLeft", "Home", "Tab"):
        page.keyboard.press(key)
        said.append(page.evaluate(stands_on))
    assert said == ["Next Page", "Last Page", "Last Page", "Previous Page", "First Page", ""]
    pages = drawer.locator(".ag-paging-number").all_inner_texts()
    assert pages[0] == pages[1], "Enter went to the last page"

    drawer.locator(".ag-paging-button").nth(1).focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('dialog .ag-root'))")


def test_what_a_cell_holds_is_pressed_by_enter(visits: Visits) -> None:
    """The tickets behind a figure of the comparison, without any stop of Tab in its rows."""
    page = visits.open("/compare")
    cell = page.locator("#compare-grid .ag-center-cols-container .ag-row .ag-cell[col-id=open]").first
    href = cell.locator("a").get_attribute("href")
    cell.focus()

    page.keyboard.press("Enter")

    expect(page.locator("dialog.drawer[open] .ag-row").first).to_be_visible()
    assert page.url.endswith(str(href))


def test_waiting_for_rows_is_not_read_out_as_having_none(visits: Visits) -> None:
    """What a screen reader is told of a list that comes a moment after the page."""
    page = visits.open("/at-risk", wait=False)
    page.add_init_script(_LISTEN)
    page.reload()
    settle(page)
    expect(page.locator("#at-risk-grid .ag-row").first).to_be_visible()
    page.wait_for_function("() => window.readOut.some(text => / to .* of /.test(text))")

    assert [text for text in page.evaluate("window.readOut") if "No clock" in text] == []


_LISTEN = """
  window.readOut = [];
  new MutationObserver(() => {
    for (const node of document.querySelectorAll("[aria-live]")) {
      const text = node.textContent.trim();
      if (text && window.readOut.at(-1) !== text) window.readOut.push(text);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
"""


def test_a_definition_is_read_by_key_and_put_away_by_esc(visits: Visits) -> None:
    """The (i) of a panel shows its definition when it has the focus; Esc hides it and the focus stays."""
    page = visits.open("/queue/billing")
    button = page.get_by_role("button", name="About: Resolution").first
    _tab_to(page, button.evaluate("node => node.ariaLabel"))
    card = page.locator(".definition:focus-within .definition-card, .definition:focus-within [role=tooltip]").first
    expect(card).to_be_visible()

    page.keyboard.press("Escape")

    expect(card).to_be_hidden()
    expect(button).to_be_focused()


def test_the_skip_link_leads_past_the_rail(visits: Visits) -> None:
    """The first Tab of all offers it, and Enter moves on into the page."""
    page = visits.open("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("Boolean(document.activeElement.closest('#page'))")


def _tab_to(page: Page, label: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.ariaLabel") == label:
            return
    pytest.fail(f"Tab never came to {label}")
