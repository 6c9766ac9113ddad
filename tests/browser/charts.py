"""Charts as a reader sees them: where on the screen each mark is, what it leads to and what it says."""

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
