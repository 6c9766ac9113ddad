"""What pages say while a queue has no numbers, or none of now: the cause, since when, and what happens next."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from opsportal.source_note import ReadProgress
from servicelevel.instants import MINUTE_MS
from servicelevel.measures import Filters
from tests.browser.own_portal import Doorway, OwnPortal, look_again, own_portal
from tests.browser.visiting import Profiles, Visits, number_in

OTHERS = ("service-desk", "platform-ops", "network", "people", "field-support", "internal-tools", "website")


@pytest.fixture
def own(tmp_path: Path, door: Doorway) -> Iterator[OwnPortal]:
    """A portal that has read nothing yet."""
    with own_portal(tmp_path, door) as portal:
        yield portal


@pytest.fixture
def own_visits(browser: Browser, own: OwnPortal, profiles: Profiles) -> Iterator[Visits]:
    """Pages of it."""
    visits = Visits(browser, own.url, profiles=profiles)
    yield visits
    visits.close()


def test_a_first_read_says_how_far_it_is_and_fills_the_page_when_it_is_there(
    own: OwnPortal, own_visits: Visits
) -> None:
    """Step, count and bar while it runs; then the numbers come by themselves, without the document being loaded."""
    started = own.demo.clock.now_ms()
    own.pass_minutes(2)
    own.tell_progress("billing", ReadProgress("tickets", 300, 1200, started))
    page = own_visits.open("/queue/billing", wait=False)
    state = page.locator(".queue-state")
    expect(state).to_contain_text("tickets, their changes and comments, step 2 of 3")
    expect(state).to_contain_text("300 of about 1,200")
    expect(state.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "25")
    expect(state).to_contain_text("about 6\N{NO-BREAK SPACE}min left")
    page.evaluate("window.stamp = 1")

    own.read("billing")
    look_again(page)

    expect(page.locator("#queue-resolution-note")).to_contain_text("target")
    expect(state).to_have_count(0)
    assert page.evaluate("window.stamp") == 1


def test_a_queue_that_cannot_be_read_leaves_the_others_their_numbers(own: OwnPortal, own_visits: Visits) -> None:
    """Its card and its page say why, since when and when it is tried again, and show no score; the others stand."""
    own.break_down(["billing"])
    own.read(*OTHERS)

    overview = own_visits.open("/")
    card = _card(overview, "Billing")
    expect(card).to_contain_text("HTTP 401")
    expect(card.locator(".chip")).to_have_count(0)
    expect(overview.locator("#page .card .chip")).to_have_count(len(OTHERS))
    expect(overview.locator("#page .sentence")).to_contain_text("Billing could not be read")

    queue = own_visits.open("/queue/billing", wait=False)
    state = queue.locator(".queue-state")
    expect(state).to_contain_text("This queue could not be read")
    expect(state).to_contain_text("Renew the token")
    assert _facts(state) == {"Tried": "1 time", "Since": "09:00", "Next try": "09:01"}
    expect(queue.locator("#queue-panels")).to_be_hidden()
    expect(queue.locator("#page .head .chip")).to_have_count(0)

    at_risk = own_visits.open("/at-risk")
    expect(at_risk.locator("#at-risk-foot")).to_contain_text("Billing cannot be read since 09:00")


def test_old_numbers_stay_and_say_their_age_and_what_happens_next(own: OwnPortal, own_visits: Visits) -> None:
    """A queue whose reads fail keeps its last good numbers, marked as stale, while the others are of now."""
    own.read()
    own.pass_minutes(42)
    own.break_down(["billing"])
    own.read(*OTHERS)

    queue = own_visits.open("/queue/billing")
    expect(queue.locator(".head-age .age")).to_have_class("age age-stale")
    remark = queue.locator("#queue-state")
    expect(remark).to_contain_text("42\N{NO-BREAK SPACE}min old (as of 09:00)")
    expect(remark).to_contain_text("HTTP 401")
    expect(remark).to_contain_text("Next try 09:43")
    expect(queue.locator("#queue-resolution-note")).to_contain_text("target")

    overview = own_visits.open("/")
    expect(overview.locator(".head-age .age")).to_have_class("age age-fresh")
    expect(_card(overview, "Billing")).to_contain_text("42\N{NO-BREAK SPACE}min")
    expect(_card(overview, "Billing").locator(".chip")).to_have_count(1)
    expect(_card(overview, "Network")).not_to_contain_text("42\N{NO-BREAK SPACE}min")

    at_risk = own_visits.open("/at-risk")
    expect(at_risk.locator("#at-risk-foot")).to_contain_text("Billing is 42\N{NO-BREAK SPACE}min old")


def test_a_reading_that_lacks_tickets_says_how_many(own: OwnPortal, own_visits: Visits) -> None:
    """Tickets that Jira named and did not deliver are missing from every number: the page says so beside them."""
    own.break_down(["billing"], route="POST /rest/api/3/issue/bulkfetch", kind="drop_issues", n=3)
    own.read(*OTHERS)

    page = own_visits.open("/queue/billing")

    expect(page.locator(".head-age .age")).to_have_class("age age-partial")
    remark = page.locator("#queue-state")
    expect(remark).to_contain_text("not delivered by Jira")
    assert number_in(remark.inner_text()) >= 3


def test_a_source_that_is_down_for_all_makes_one_banner(own: OwnPortal, own_visits: Visits) -> None:
    """Eight queues that fail for one reason are said once, at the top, on every page."""
    own.break_down(["billing", *OTHERS])

    for path in ("/", "/at-risk", "/queue/billing", "/data"):
        page = own_visits.open(path, wait=False)
        expect(page.locator(".banner")).to_have_count(1)
        expect(page.locator(".banner")).to_contain_text("Jira")


@pytest.mark.parametrize("page_of", ["/queue/billing", "/"])
def test_a_period_before_everything_known_is_declined_in_words(
    own: OwnPortal, own_visits: Visits, page_of: str
) -> None:
    """No number is shown for it; why, and a way to one that has an answer, are."""
    own.read("billing")

    page = own_visits.open(f"{page_of}?period=2025-01-01..2025-01-31", wait=False)

    if page_of == "/":
        expect(page.locator("#page .sentence")).to_contain_text("no numbers for this period")
        expect(page.locator("#page .card .chip")).to_have_count(0)
        return
    state = page.locator(".queue-state")
    expect(state).to_contain_text("No numbers for this choice")
    state.get_by_role("link").click()
    expect(page.locator("#queue-resolution-note")).to_contain_text("target")


def test_too_few_tickets_are_counted_instead_of_rated(own: OwnPortal, own_visits: Visits) -> None:
    """With under five decided clocks there is no percentage: the counts are shown and the verdict is Too few."""
    own.read("people")
    few = next(name for name in ("Highest", "High", "Low", "Lowest") if _has_too_few(own, "people", name))

    page = own_visits.open(f"/queue/people?priority={few}")

    for name in ("first-response", "resolution"):
        headline = page.locator(f"#queue-{name} .sla-headline")
        expect(headline).to_contain_text("Too few")
        expect(headline).to_contain_text(re.compile(r"^[1-4] of [1-4]|^0 of [1-4]"))
        expect(headline).not_to_contain_text("%")
    expect(page.locator("#page .head .chip")).to_contain_text("Not enough data")


def test_a_read_under_way_is_said_beside_the_age(own: OwnPortal, own_visits: Visits) -> None:
    """Numbers stay while they are renewed, and the badge says that this is happening."""
    own.read("billing")
    own.pass_minutes(4)
    own.tell_progress("billing", ReadProgress("tickets", 3, 9, own.demo.clock.now_ms() - MINUTE_MS))

    page = own_visits.open("/queue/billing")

    expect(page.locator(".head-age .age")).to_contain_text("4\N{NO-BREAK SPACE}min, reading now")


def _card(page: Page, name: str) -> Locator:
    return page.locator("#page .card").filter(has=page.get_by_text(name, exact=True))


def _facts(state: Locator) -> dict[str, str]:
    names, values = state.locator("dt").all_inner_texts(), state.locator("dd").all_inner_texts()
    return {name: value.replace("\N{NO-BREAK SPACE}", " ") for name, value in zip(names, values, strict=True)}


def _has_too_few(own: OwnPortal, queue: str, priority: str) -> bool:
    made = own.reports.queue(queue, filters=Filters(priority=(priority,))).report
    return made is not None and all(0 < promise.kept.n < 5 for promise in made.now.sla.values())
