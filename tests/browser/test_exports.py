"""What the export menu gives: the rows of the page, as a file with a name that says what is in it."""

import csv
import io
from pathlib import Path

import pytest

from tests.browser.reading import grid, texts
from tests.browser.visiting import Visits

LISTS = {
    "/at-risk?due=overdue": ("at-risk-grid", "due", "due_all-queues_2026-11-23T1200Z.csv"),
    "/queue/billing?period=7": ("queue-due-grid", "due", "due_billing_2026-11-23T1200Z.csv"),
}


@pytest.mark.parametrize("path", LISTS)
def test_the_file_begins_with_the_rows_of_the_list(visits: Visits, path: str) -> None:
    """Same clocks in the same order; its name says queue and instant."""
    grid_id, table, name = LISTS[path]
    page = visits.open(path)
    shown = [row["key"] for row in grid(page, grid_id)]
    page.click('summary[aria-label="Export"]')

    with page.expect_download() as waiting:
        page.click(f'.menu-export a[href*="/export/{table}.csv"]')

    download = waiting.value
    found = [row["key"] for row in csv.DictReader(io.StringIO(_text(Path(download.path()))))]
    assert download.suggested_filename == name
    assert shown
    assert [key for key in found if key in shown][: len(shown)] == shown


def test_every_table_of_a_menu_is_there(visits: Visits) -> None:
    """Each file that a page offers has a head line and rows."""
    page = visits.open("/queue/service-desk")
    page.click('summary[aria-label="Export"]')
    offered = page.locator(".menu-export a[download]")
    links = [offered.nth(n).get_attribute("href") for n in range(offered.count())]

    assert texts(page, ".menu-export a[download]") == ["Tickets", "Due list", "Analysts", "Error budgets"]
    for link in links:
        answer = page.request.get(visits.url + str(link))
        assert answer.ok
        assert answer.headers["content-type"].startswith("text/csv")
        assert len(answer.text().splitlines()) == int(answer.headers["x-row-count"]) + 1 > 2, link


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")
