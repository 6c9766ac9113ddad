"""The frame in a browser: keys, links, menus, theme, embedding, and a tab that is older than the portal."""

from functools import partial

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.visiting import PATIENCE_MS, Visits, settle
from tests.fakes.served_portal import RunningPortal

_STAMP = "window.stamp = (window.stamp || 0) + 1"
_COLOURS = """() => [...new Set([...document.querySelectorAll('.js-plotly-plot .main-svg text')]
  .map(text => getComputedStyle(text).fill))]"""
_LIGHT_INK, _DARK_INK = "rgb(22, 32, 43)", "rgb(232, 238, 244)"


def _arrived(page: Page, title: str) -> None:
    expect(page.locator("#page h1")).to_have_text(title)


def test_keys_lead_to_the_pages(visits: Visits) -> None:
    """`g` and a letter, without the document being loaded again; they are nobody's while something is being written."""
    page = visits.open("/")
    page.evaluate(_STAMP)

    page.keyboard.type("gt")
    _arrived(page, "Trends")
    page.keyboard.type("gr")
    _arrived(page, "At risk")
    page.keyboard.type("go")
    _arrived(page, "Overview")
    page.keyboard.type("/gt")
    expect(page.locator("#switcher-text")).to_have_value("gt")

    assert page.evaluate("window.stamp") == 1


def test_a_queue_is_found_by_a_piece_of_its_name(visits: Visits) -> None:
    """`/` opens the list, typing narrows it, Enter goes to the first one that is left."""
    page = visits.open("/?period=7")

    page.keyboard.type("/bil")
    expect(page.locator("#switcher li:visible")).to_have_count(1)
    page.keyboard.press("Enter")

    _arrived(page, "Billing")
    assert page.url.endswith("/queue/billing?period=7")
    expect(page.locator("#switcher")).to_be_hidden()


def test_the_help_opens_and_closes_by_key(visits: Visits) -> None:
    """And gives the keyboard back to the page."""
    page = visits.open("/")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Help")).to_be_hidden()


def test_a_choice_is_an_address_and_back_undoes_it(visits: Visits) -> None:
    """A period from the menu changes the numbers in place; Back brings the old ones, without loading the document."""
    page = visits.open("/")
    page.evaluate(_STAMP)

    page.locator("summary[title=Period]").click()
    page.get_by_role("link", name="Last 7 days").click()
    expect(page.locator("summary[title=Period]")).to_contain_text("Last 7 days")
    assert page.url.endswith("?period=7")
    expect(page.locator("details.menu[open]")).to_have_count(0)

    page.go_back()
    expect(page.locator("summary[title=Period]")).to_contain_text("Last 30 days")
    assert page.evaluate("window.stamp") == 1


def test_dates_of_ones_own_go_into_the_address(visits: Visits) -> None:
    """Whichever of the two is written first."""
    page = visits.open("/")

    page.locator("summary[title=Period]").click()
    page.locator(".range-from").fill("2026-11-20")
    page.locator(".range-to").fill("2026-11-09")
    page.get_by_role("button", name="Show these dates").click()

    expect(page.locator("summary[title=Period]")).to_contain_text("9–20 Nov")
    assert page.url.endswith("?period=2026-11-09..2026-11-20")


def test_the_theme_changes_at_once_and_is_remembered(visits: Visits) -> None:
    """Charts that are already drawn take the other colours too."""
    page = visits.open("/queue/billing")
    page.wait_for_function(f"() => ({_COLOURS})().includes('{_LIGHT_INK}')")

    page.locator("summary[title=Theme]").click()
    page.get_by_role("button", name="Dark").click()
    page.wait_for_function(f"() => ({_COLOURS})().includes('{_DARK_INK}')")
    assert _LIGHT_INK not in page.evaluate(_COLOURS)

    page.reload()
    settle(page)
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert _LIGHT_INK not in page.evaluate(_COLOURS)


def test_the_page_works_where_storage_is_forbidden(visits: Visits, browser: Browser, portal: RunningPortal) -> None:
    """As in a frame on another site: the theme then lasts for the visit."""
    context = browser.new_context()
    context.add_init_script(
        "for (const n of ['localStorage', 'sessionStorage']) Object.defineProperty(window, n, "
        "{configurable: true, get() { throw new DOMException('forbidden', 'SecurityError'); }});"
    )
    page = context.new_page()
    visits.watch(page)
    page.goto(portal.url)
    _arrived(page, "Overview")

    page.locator("summary[title=Theme]").click()
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    context.close()


def test_an_unknown_address_says_so_and_leads_on(visits: Visits) -> None:
    """With the queues there are."""
    visits.expected.append("404")
    page = visits.open("/queue/gone", wait=False)

    _arrived(page, "There is nothing at this address")
    page.locator("#page").get_by_role("link", name="Billing").click()
    _arrived(page, "Billing")


def test_what_of_an_address_cannot_be_used_is_said(visits: Visits) -> None:
    """And goes away with it."""
    page = visits.open("/?period=31")

    expect(page.locator("#notes")).to_contain_text("period=31 is not known here")
    page.locator("summary[title=Period]").click()
    page.get_by_role("link", name="Last 7 days").click()
    expect(page.locator("#notes")).to_be_empty()


def test_a_tab_older_than_the_portal_offers_to_reload(visits: Visits) -> None:
    """What it asks for is not there any more; that is no failure to be reported."""
    visits.expected += ["409", "Callback error"]
    page = visits.open("/")
    page.route("**/_dash-update-component*", lambda route: route.fulfill(status=409, body="{}"))

    page.locator("a.rail-compare, a.rail-trends").first.click()

    expect(page.get_by_text("A newer version is running.")).to_be_visible()
    page.unroute("**/_dash-update-component*")
    page.get_by_role("button", name="Reload").click()
    settle(page)


def test_a_tab_older_than_its_sign_in_says_so(visits: Visits) -> None:
    """Whether the portal refuses what it asks for or a balancer leads it to a sign-in; the numbers stay."""
    visits.expected += ["401", "Callback error"]
    for status in (401, 302):
        page = visits.open("/")
        elsewhere = {"Location": "https://login.example.com/"}
        page.route("**/_dash-update-component*", partial(_answer, status=status, headers=elsewhere))

        page.locator("a.rail-compare").click()

        expect(page.get_by_text("Your sign-in has ended")).to_be_visible()
        page.unroute("**/_dash-update-component*")
        page.get_by_role("button", name="Sign in again").click()
        settle(page)


def _answer(route: Route, *, status: int, headers: dict[str, str]) -> None:
    route.fulfill(status=status, headers=headers, body="{}")


def test_an_age_goes_on_by_itself(visits: Visits) -> None:
    """In words and colour, while nobody asks the portal for anything."""
    page = visits.open("/")
    badge = page.locator(".head-age .age")
    expect(badge).to_have_class("age age-fresh")

    badge.evaluate("badge => { badge.dataset.asOf = String(Number(badge.dataset.now) - 43 * 60000); }")

    expect(badge).to_have_class("age age-stale", timeout=PATIENCE_MS)
    expect(badge).to_contain_text("Stale · ")
    expect(badge).to_contain_text("43\N{NO-BREAK SPACE}min")
