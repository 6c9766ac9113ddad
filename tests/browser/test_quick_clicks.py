"""A hand is quicker than a chart's look at the pointer: whatever falls between press and release, the click is kept."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import ChartMark, marks
from tests.browser.visiting import PHONE, Visits, number_in

# What the browser would send, in one turn of the page: no pause between two of them depends on the machine.
_HAND = """const sent = (name, { x, y }) => {
  const Kind = name.startsWith("pointer") ? PointerEvent : MouseEvent;
  const how = { bubbles: true, cancelable: true, view: window, clientX: x, clientY: y };
  document.elementFromPoint(x, y).dispatchEvent(new Kind(name, how));
};
const move = (at) => sent("mousemove", at);
const press = (at) => { sent("pointerdown", at); sent("mousedown", at); };
const release = (at) => { sent("pointerup", at); sent("mouseup", at); };
const chart = document.querySelector(`#${id} .js-plotly-plot`);
const still = () => new Promise((done) => setTimeout(done, 100));
"""
_QUICKLY = {
    "a look at the pointer falls due while the button is down": """
        const due = new Promise((done) => chart.once("plotly_unhover", done));
        move({ x: on.x - 2, y: on.y }); move(on); press(on); await due; release(on);""",
    "the chart has not noticed yet that the pointer has left another mark": """
        await still(); move(from); move(on); press(on); release(on);""",
    "the chart is drawn again while the button is down": """
        move(on); await still(); press(on); await Plotly.react(chart, chart.portalFigure); release(on);""",
}


@pytest.mark.parametrize("chart", ["queue-contributions", "queue-arrivals"])
@pytest.mark.parametrize("quickly", _QUICKLY)
def test_a_quick_click_opens_the_mark_it_was_pressed_on(visits: Visits, chart: str, quickly: str) -> None:
    """Whatever the chart last saw of the pointer, the mark under the press is the one that opens."""
    page = visits.open("/queue/service-desk")
    mark, other = _far_apart(page, chart)

    script = f"async ([id, on, from]) => {{ {_HAND} {_QUICKLY[quickly]} }}"
    page.evaluate(script, [chart, _place(mark), _place(other)])

    assert _opened(page) == mark.leads_to


def test_a_tap_opens_the_mark_under_the_finger(visits: Visits) -> None:
    """Where a day's marks answer together, a finger chooses between them as a mouse does, though it never hovers."""
    page = visits.open("/queue/service-desk", size=PHONE)
    found = [mark for mark in marks(page, "queue-arrivals") if "/flow:resolved:" in mark.leads_to]
    resolved = max(found, key=lambda mark: number_in(mark.said))
    touch = page.context.new_cdp_session(page)

    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [_place(resolved)]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    touch.detach()

    assert _opened(page) == resolved.leads_to


def _far_apart(page: Page, chart: str) -> tuple[ChartMark, ChartMark]:
    """Two marks of a chart, as far from each other as there are."""
    found = marks(page, chart)
    first, last = min(found, key=lambda mark: mark.x - mark.y), max(found, key=lambda mark: mark.x - mark.y)
    assert first.leads_to != last.leads_to
    return first, last


def _place(mark: ChartMark) -> dict[str, Any]:
    return {"x": mark.x, "y": mark.y}


def _opened(page: Page) -> str:
    """The mark whose tickets are listed."""
    expect(page.locator("dialog.drawer[open] .drawer-count")).to_be_visible()
    return parse_qs(urlsplit(page.url).query)["tickets"][0]
