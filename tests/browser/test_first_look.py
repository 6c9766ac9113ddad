"""What the first screen answers without scrolling: who is worst, why, and which ticket breaks next."""

import pytest
from playwright.sync_api import Page

from components.cause import cause
from dashboard.portal import Portal
from servicelevel.report import QueueReport
from tests.browser.visiting import LAPTOP, PHONE, WALL, Visits

FIRST_SCREENS = {"laptop": ("/", LAPTOP), "phone": ("/", PHONE), "wall": ("/?kiosk=1", WALL)}

_IN_SIGHT = """(text) => {
  const walk = document.createTreeWalker(document.getElementById("page"), NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const place = node.data.indexOf(text);
    if (place < 0) continue;
    const range = document.createRange();
    range.setStart(node, place);
    range.setEnd(node, place + text.length);
    const boxes = [...range.getClientRects()];
    const inside = boxes.length && boxes.every(box => box.left >= 0 && box.top >= 0
      && box.right <= window.innerWidth && box.bottom <= window.innerHeight);
    const onTop = () => boxes.every(box => [box.left + 2, box.right - 2].every(x => {
      const hit = document.elementFromPoint(x, (box.top + box.bottom) / 2);
      return hit && (hit.contains(node) || node.parentElement.contains(hit));
    }));
    if (inside && onTop()) return true;
  }
  return false;
}"""


@pytest.mark.parametrize("screen", FIRST_SCREENS)
def test_the_first_screen_names_the_worst_queue_its_cause_and_the_next_break(
    visits: Visits, kept: Portal, screen: str
) -> None:
    """All three stand whole inside the window, uncovered, and are what the reports say."""
    seen = kept.reports.overview()
    made = [served.report for served in seen.served.values() if served.report is not None]
    worst = min(made, key=_score)
    why = cause(worst)
    coming = [row for _, row in seen.due if row.state != "overdue" and row.due is not None]
    path, size = FIRST_SCREENS[screen]
    assert why is not None, "the demo's worst queue has a movement to explain"

    page = visits.open(path, size=size)

    assert page.evaluate("window.scrollY") == 0
    assert _missing(page, worst.queue.name, str(why), min(coming, key=lambda row: (row.due or 0, row.key)).key) == []


def test_the_worst_queue_comes_first_among_the_cards(visits: Visits, kept: Portal) -> None:
    """Cards stand in the order of their scores, the lowest first."""
    seen = kept.reports.overview()
    made = [served.report for served in seen.served.values() if served.report is not None]

    page = visits.open("/")

    assert page.locator("#page .card .card-link").all_inner_texts() == [
        report.queue.name for report in sorted(made, key=_score)
    ]


def test_nothing_on_the_wall_is_small_or_asks_to_be_clicked(visits: Visits) -> None:
    """From three metres: no text under 18 px, none cut off, no link, no button, and everything on one screen."""
    page = visits.open("/?kiosk=1", size=WALL)

    small, cut = page.evaluate(
        """() => {
          const seen = [...document.querySelectorAll("#page *")].filter(n => n.getClientRects().length
            && [...n.childNodes].some(c => c.nodeType === 3 && c.data.trim()) && !n.closest(".visually-hidden"));
          const small = seen.filter(n => parseFloat(getComputedStyle(n).fontSize) < 18);
          const cut = seen.filter(n => n.closest(".panel")
            && n.getBoundingClientRect().right > n.closest(".panel").getBoundingClientRect().right);
          return [small, cut].map(nodes => nodes.map(n => n.textContent));
        }"""
    )

    assert small == []
    assert cut == []
    assert page.locator("#page a:visible, #page button:visible, nav:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")


def _missing(page: Page, *texts: str) -> list[str]:
    return [text for text in texts if not page.evaluate(_IN_SIGHT, text)]


def _score(made: QueueReport) -> float:
    score = made.now.health.score
    assert score is not None, "every queue of the demo has a score"
    return score
