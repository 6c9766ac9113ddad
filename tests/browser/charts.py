"""Charts as a reader sees them: where on the screen each mark is, what it leads to and what it says."""

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Page

_MARKS = """(id) => {
  const chart = document.querySelector(`#${id} .js-plotly-plot`);
  chart.scrollIntoView({ block: "center" });
  const first = (value) => Array.isArray(value) ? value[0] : value;
  return [...chart.querySelectorAll(".trace")].flatMap((drawn) => {
    const trace = drawn.__data__[0].trace;
    return [...drawn.querySelectorAll(".point path, path.point")].map((node) => {
      const { i } = node.__data__?.i === undefined ? node.parentNode.__data__ : node.__data__;
      const box = node.getBoundingClientRect();
      const said = [trace.hovertext, trace.text, trace.hovertemplate]
        .map((text) => Array.isArray(text) ? text[i] : text).find(Boolean);
      return {
        leads_to: first(trace.customdata?.[i]) || "", said: said || "",
        x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2,
      };
    });
  }).filter((mark) => mark.leads_to);
}"""

_SPOTS = """(place) => {
  const chart = [...document.querySelectorAll(".js-plotly-plot")].filter(seen => seen.getClientRects().length)[place];
  if (!chart) return null;
  chart.scrollIntoView({ block: "center" });
  return [...chart.querySelectorAll(".trace")].slice(0, 3)
    .map(trace => trace.querySelector(".point path, path.point")).filter(Boolean)
    .map(node => node.getBoundingClientRect())
    .map(box => [(box.left + box.right) / 2, (box.top + box.bottom) / 2]);
}"""
_SAYS_MS = 60
"""After which a chart says what is under the pointer."""


@dataclass(frozen=True, slots=True)
class ChartMark:
    """One mark of a chart: its mark or address, the words it shows on hover, and its middle on the screen in pixels."""

    leads_to: str
    said: str
    x: float
    y: float


def marks(page: Page, chart: str) -> list[ChartMark]:
    """Every mark of a chart that leads somewhere; the chart is scrolled into sight for it."""
    return [ChartMark(**found) for found in page.evaluate(_MARKS, chart)]


def click(page: Page, mark: ChartMark) -> None:
    """Click in the middle of a mark as a quick hand does: from beside it, and down at once."""
    page.mouse.move(mark.x - 3, mark.y)
    page.mouse.click(mark.x, mark.y)


def pointed_at(page: Page) -> Iterator[None]:
    """Move the pointer onto the first mark of the first traces of each chart in sight: once for each."""
    place = 0
    while (spots := page.evaluate(_SPOTS, place)) is not None:
        for x, y in spots:
            page.mouse.move(x - 2, y)
            page.mouse.move(x, y)
            page.wait_for_timeout(_SAYS_MS)
            yield
        place += 1
