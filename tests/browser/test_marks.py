"""Every kind of mark and number is clicked: the list that opens holds exactly as many tickets as the mark said."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import ChartMark, click, marks
from tests.browser.visiting import Visits, number_in, settle

DRAWER = "dialog.drawer[open]"
LINKS = """() => [...document.querySelectorAll("#page a[href*='tickets=']")].filter(a => a.getClientRects().length)
  .map(a => [a.getAttribute("href"), a.innerText, a.title || a.getAttribute("aria-label") || ""])"""

COUNTING_CHARTS = [
    ("queue-contributions", "/sla:first_response:decided"),
    ("queue-contributions", "/sla:resolution:decided"),
    ("queue-contributions", "/flow:created"),
    ("queue-contributions", "/reopens:resolutions"),
    ("queue-arrivals", "/flow:created:day="),
    ("queue-arrivals", "/flow:resolved:day="),
    ("queue-arrivals", "/flow:open:day="),
]
TICKET_CHARTS = [("/queue/service-desk", "queue-ageing"), ("/at-risk", "at-risk-strip")]
TREND_CHARTS = ["trends-score", "trends-first-response", "trends-resolution"]


@pytest.mark.parametrize("path", ["/", "/queue/service-desk", "/data"])
def test_a_number_opens_as_many_tickets_as_it_says(visits: Visits, path: str) -> None:
    """One number of each kind on the page is clicked; heading and list agree with it, and Esc leads back."""
    page = visits.open(path)
    kinds = {_kind(href): (href, _said(text, title)) for href, text, title in page.evaluate(LINKS)}
    assert kinds, "the page has numbers that lead to tickets"

    found = {}
    for kind, (href, _) in kinds.items():
        page.locator(f'#page a[href="{href}"]').first.click()
        found[kind] = _listed(page)
        page.keyboard.press("Escape")
        expect(page.locator(DRAWER)).to_have_count(0)
        assert urlsplit(page.url).query == ""

    assert found == {kind: said for kind, (_, said) in kinds.items()}


@pytest.mark.parametrize(("chart", "mark"), COUNTING_CHARTS, ids=lambda part: part.strip("/="))
def test_a_chart_s_mark_opens_as_many_tickets_as_it_says(visits: Visits, chart: str, mark: str) -> None:
    """What a mark says on hover is how many tickets its click lists."""
    page = visits.open("/queue/service-desk")
    said = [(found, _count_of(found)) for found in marks(page, chart) if mark in found.leads_to]
    most, count = max(said, key=lambda pair: pair[1])
    assert count > 0

    click(page, most)

    assert _listed(page) == count
    assert parse_qs(urlsplit(page.url).query)["tickets"] == [most.leads_to]


def test_a_step_of_the_movement_opens_the_tickets_it_was_judged_by(visits: Visits) -> None:
    """A step of why the score moved lists what its promise was judged by, as many as the promise's panel says."""
    page = visits.open("/queue/service-desk")
    steps = [found for found in marks(page, "queue-why-moved") if "/sla:resolution:decided" in found.leads_to]
    step = max(steps, key=lambda found: float(found.said.rpartition(" ")[2].lstrip("+−")))
    decided = number_in(page.locator("#queue-resolution-note").inner_text().partition(" n ")[2])

    click(page, step)

    assert _listed(page) == decided


@pytest.mark.parametrize(("path", "chart"), TICKET_CHARTS, ids=[chart for _, chart in TICKET_CHARTS])
def test_a_mark_that_is_one_ticket_opens_that_ticket(visits: Visits, path: str, chart: str) -> None:
    """A dot or block that stands for one ticket opens its drawer at once."""
    page = visits.open(path)
    dot = _loneliest(marks(page, chart))
    key = re.split(r"ticket[:=]", dot.leads_to)[1]

    click(page, dot)

    expect(page.locator(f"{DRAWER} .drawer-key")).to_have_text(key)


@pytest.mark.parametrize("chart", TREND_CHARTS)
def test_a_day_of_a_trend_leads_to_its_queue_in_that_period(visits: Visits, chart: str) -> None:
    """A point of a trend opens the queue's page as it stood over the days that the point sums up."""
    page = visits.open("/trends")
    day = _loneliest(marks(page, chart))

    click(page, day)

    expect(page.locator("#queue-resolution-note")).to_contain_text("target")
    assert page.url == visits.url + day.leads_to


def test_every_ticket_of_a_list_opens_its_drawer_which_links_to_jira(visits: Visits, jira_url: str) -> None:
    """Each row leads to the drawer of its ticket, which names its address in Jira; Esc leads back to the list."""
    page = visits.open("/queue/service-desk?tickets=service-desk/age:10-30")
    links = page.locator(f"{DRAWER} .ag-row a")
    expect(links.first).to_be_visible()
    keys = links.all_inner_texts()
    assert len(keys) == number_in(page.locator(f"{DRAWER} .drawer-count").inner_text())

    for key in keys:
        page.locator(f'{DRAWER} .ag-row a[href*="ticket={key}"]').click()
        expect(page.locator(f"{DRAWER} .drawer-key")).to_have_text(key)
        jira = page.locator(f"{DRAWER} a[target=_blank]")
        expect(jira).to_have_attribute("href", f"{jira_url}/browse/{key}")
        assert "noopener" in (jira.get_attribute("rel") or "")
        page.keyboard.press("Escape")
        expect(page.locator(f"{DRAWER} .ag-row").first).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/queue/service-desk", "/at-risk", "/compare"])
def test_a_ticket_in_a_table_opens_its_drawer_over_the_page(visits: Visits, path: str) -> None:
    """A line of a table that names a ticket opens that ticket, and closing it leaves the page as it was."""
    page = visits.open(path)
    lines = page.locator("#page a[href*='ticket=']:visible")
    if path == "/compare":
        assert lines.count() == 0, "the comparison lists no single tickets"
        return
    key = parse_qs(urlsplit(lines.first.get_attribute("href") or "").query)["ticket"][0]
    before = page.locator("#page .sentence").inner_text()

    lines.first.click()
    expect(page.locator(f"{DRAWER} .drawer-key")).to_have_text(key)
    page.locator(f"{DRAWER} .drawer-close").click()

    expect(page.locator(DRAWER)).to_have_count(0)
    assert page.locator("#page .sentence").inner_text() == before


def test_a_bucket_of_the_at_risk_page_lists_as_many_clocks_as_it_counts(visits: Visits) -> None:
    """Each of the seven states, chosen alone, lists as many clocks as its bucket says; together they are all."""
    page = visits.open("/at-risk")
    names = page.locator("#at-risk-buckets .bucket")
    counts = [number_in(text) for text in names.all_inner_texts()]
    assert len(counts) == 7

    listed = []
    for state in ("overdue", "lt_1h", "lt_4h", "today", "next_day", "later", "paused"):
        page.goto(f"{visits.url}/at-risk?due={state}")
        settle(page)
        listed.append(number_in(page.locator("#at-risk-count h2").inner_text()))

    assert listed == counts


def _listed(page: Page) -> int:
    """How many tickets the open list says it holds, which its rows have to bear out."""
    count = page.locator(f"{DRAWER} .drawer-count")
    expect(count).to_be_visible()
    said = number_in(count.inner_text())
    grid = page.locator(f"{DRAWER} [role=grid], {DRAWER} [role=treegrid]")
    expect(grid).to_have_attribute("aria-rowcount", str(said + 1))  # the header is a row of its own
    return said


def _kind(href: str) -> str:
    """The mark of a link without what differs from queue to queue and from person to person."""
    mark = unquote(parse_qs(urlsplit(href).query)["tickets"][0]).partition("/")[2]
    parts = re.sub(r"=[^:]*", "=", mark).split(":")
    return ":".join(parts[:1] + parts[-1:] if parts[0] == "analyst" else parts)


def _said(text: str, title: str) -> int:
    """The number that a link shows, in its words or in those it has for who points at it."""
    share = re.search(r"of ([\d,]+) kept", title)
    return number_in(share[1] if share else title if title[:1].isdigit() else text)


def _count_of(mark: ChartMark) -> int:
    beside = re.search(r"\bn ([\d,]+)", mark.said)
    return number_in(beside[1] if beside else mark.said)


def _loneliest(found: list[ChartMark]) -> ChartMark:
    """The mark farthest from its nearest neighbour, so that a click can mean no other."""

    def room(mark: ChartMark) -> float:
        return min(abs(mark.x - other.x) + abs(mark.y - other.y) for other in found if other is not mark)

    return max(found, key=room)
