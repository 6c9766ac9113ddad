"""Every kind of mark and number is clicked: the list that opens holds exactly as many tickets as the mark said."""

import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from dashboard.portal import Portal
from servicelevel.selection import tickets
from tests.browser.charts import ChartMark, click, marks
from tests.browser.reports import Reports
from tests.browser.visiting import Visits, go, number_in

DRAWER = "dialog.drawer[open]"
NUMBERED = ["/", "/queue/service-desk", "/compare", "/compare?period=7&priority=High", "/data"]
LINKS = """() => [...document.querySelectorAll("#page a[href*='tickets=']")].filter(a => a.getClientRects().length)
  .map(a => [a.getAttribute("href"), a.innerText, a.title || a.getAttribute("aria-label") || ""])"""

CONTRIBUTIONS = ("/sla:first_response:decided", "/sla:resolution:decided", "/flow:created", "/reopens:resolutions")
COUNTING_CHARTS = {
    "queue-contributions": CONTRIBUTIONS,
    "queue-arrivals": ("/flow:created:day=", "/flow:resolved:day=", "/flow:open:day="),
}
TICKET_CHARTS = [("/queue/service-desk", "queue-ageing"), ("/at-risk", "at-risk-strip")]
TREND_CHARTS = ["trends-score", "trends-first-response", "trends-resolution"]


@pytest.mark.parametrize("path", NUMBERED)
def test_every_number_has_as_many_tickets_behind_it(visits: Visits, kept: Portal, reports: Reports, path: str) -> None:
    """Each number and mark of the page that leads to tickets: what stands behind it is as many as it says."""
    asked = parse_qs(urlsplit(path).query)
    days, priority = int(asked.get("period", ["30"])[0]), asked.get("priority", [None])[0]
    said_of = {report["queue"]["id"]: report for report in reports.of_all(days, priority).values()}
    page = visits.open(path)
    found = page.evaluate(LINKS)
    assert found, "the page has numbers that lead to tickets"

    wrong = []
    for href, text, title in found:
        queue, mark = _marked(href)
        view = kept.view(*_split(href))
        made = kept.reports.queue(queue, period=view.period, filters=view.filters).report
        assert made is not None
        said = _said(mark, text, title, said_of[queue])
        if said != len(tickets(made, mark)):
            wrong.append((href, said, len(tickets(made, mark))))
    assert wrong == []


@pytest.mark.parametrize("path", NUMBERED)
def test_a_number_opens_a_list_of_as_many_tickets_as_it_says(visits: Visits, reports: Reports, path: str) -> None:
    """One number of each kind on the page is clicked; heading and list agree with it, and Esc leads back."""
    asked = parse_qs(urlsplit(path).query)
    days, priority = int(asked.get("period", ["30"])[0]), asked.get("priority", [None])[0]
    said_of = {report["queue"]["id"]: report for report in reports.of_all(days, priority).values()}
    page = visits.open(path)
    kinds: dict[str, tuple[str, int]] = {}
    for href, text, title in page.evaluate(LINKS):
        queue, mark = _marked(href)
        said = _said(mark, text, title, said_of[queue])
        kinds[_kind(mark)] = max(kinds.get(_kind(mark), ("", -1)), (href, said), key=lambda one: one[1])

    found = {}
    for kind, (href, _) in kinds.items():
        page.locator(f'#page a[href="{href}"]').first.click()
        found[kind] = _listed(page)
        page.keyboard.press("Escape")
        expect(page.locator(DRAWER)).to_have_count(0)
        expect(page).not_to_have_url(re.compile(r"[?&]tickets="))  # the dialog closes first, the address follows

    assert found == {kind: said for kind, (_, said) in kinds.items()}


@pytest.mark.parametrize("chart", COUNTING_CHARTS)
def test_a_chart_s_mark_opens_as_many_tickets_as_it_says(visits: Visits, chart: str) -> None:
    """What a mark says on hover is how many tickets its click lists: one of each kind that the chart draws."""
    page = visits.open("/queue/service-desk")

    for kind in COUNTING_CHARTS[chart]:
        said = [(found, _count_of(found)) for found in marks(page, chart) if kind in found.leads_to]
        most, count = max(said, key=lambda pair: pair[1])
        assert count > 0
        click(page, most)

        assert _listed(page) == count, most
        assert parse_qs(urlsplit(page.url).query)["tickets"] == [most.leads_to]
        page.keyboard.press("Escape")
        expect(page.locator(DRAWER)).to_have_count(0)


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


def test_every_ticket_of_a_list_leads_to_its_drawer_which_links_to_jira(visits: Visits, jira_url: str) -> None:
    """Each row is a link to the drawer of its ticket, which names its address in Jira; Esc leads back to the list."""
    page = visits.open("/queue/billing?tickets=billing/open:all")
    links = page.locator(f"{DRAWER} .ag-row a")
    expect(links.first).to_be_visible()
    keys = links.all_inner_texts()
    assert len(keys) == number_in(page.locator(f"{DRAWER} .drawer-count").inner_text())
    addresses = links.evaluate_all("all => all.map(link => new URL(link.href).searchParams.get('ticket'))")
    assert addresses == keys

    for key in (keys[0], keys[-1]):
        page.locator(f'{DRAWER} .ag-row a[href*="ticket={key}"]').click()
        expect(page.locator(f"{DRAWER} .drawer-key")).to_have_text(key)
        jira = page.locator(f"{DRAWER} a[target=_blank]")
        expect(jira).to_have_attribute("href", f"{jira_url}/browse/{key}")
        assert "noopener" in (jira.get_attribute("rel") or "")
        page.keyboard.press("Escape")
        expect(page.locator(f"{DRAWER} .ag-row").first).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/queue/service-desk", "/at-risk"])
def test_a_ticket_in_a_table_opens_its_drawer_over_the_page(visits: Visits, path: str) -> None:
    """A line of a table that names a ticket opens that ticket, and closing it leaves the page as it was."""
    page = visits.open(path)
    lines = page.locator("#page a[href*='ticket=']:visible")
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
        go(page, f"/at-risk?due={state}")
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


def _split(href: str) -> tuple[str, str]:
    parts = urlsplit(href)
    return parts.path, parts.query


def _marked(href: str) -> tuple[str, str]:
    """The queue and the mark of a link to tickets."""
    queue, _, mark = parse_qs(urlsplit(href).query)["tickets"][0].partition("/")
    return queue, mark


def _kind(mark: str) -> str:
    """A mark without what differs between promises, people, priorities, ages and rules."""
    parts = re.sub(r"=[^:]*", "=", unquote(mark)).split(":")
    if parts[0] in ("age", "quality"):
        return parts[0]
    return ":".join([parts[0], *(parts[-1:] if parts[0] == "analyst" else parts[2 if parts[0] == "sla" else 1 :])])


def _said(mark: str, text: str, title: str, report: dict[str, Any]) -> int:
    """The number that a link shows, in its words or in those it has for who points at it.

    A link that shows a share or a length shows no count: the report says what it is counted from.
    """
    words = (title or text).strip()
    if title.startswith("nothing decided"):
        return 0
    decided = re.search(r"\bof ([\d,]+)|\bn ([\d,]+)$", words) if "decided" in mark else None
    whole = re.match(r"\D*([\d,]+)(?![\d.,]*\s?%|[.,]\d)", words)
    found = decided or whole
    if found is not None:
        return number_in(next(group for group in found.groups() if group))
    counts: dict[str, int] = {
        "sla:first_response:decided": report["sla"]["first_response"]["n"],
        "sla:resolution:decided": report["sla"]["resolution"]["n"],
        "open:all": report["backlog"]["open"],
        "open:older": report["backlog"]["older"],
        "reopens:reopened": report["flow"]["reopen"]["reopened"],
    }
    return counts[mark]


def _count_of(mark: ChartMark) -> int:
    beside = re.search(r"\bn ([\d,]+)", mark.said)
    return number_in(beside[1] if beside else mark.said)


def _loneliest(found: list[ChartMark]) -> ChartMark:
    """The mark farthest from its nearest neighbour, so that a click can mean no other."""

    def room(mark: ChartMark) -> float:
        return min(abs(mark.x - other.x) + abs(mark.y - other.y) for other in found if other is not mark)

    return max(found, key=room)
