"""What a page shows, taken out of the page: texts with plain spaces, and the traces that its charts were drawn from."""

from typing import Any, TypeAlias

from playwright.sync_api import Page

Shown: TypeAlias = dict[str, Any]

_TEXTS = """(selector) => [...document.querySelectorAll(selector)].map(n => n.innerText.replace(/\\s+/g, " ").trim())"""
_ROWS = """([rows, cells]) => [...document.querySelectorAll(rows)].map(
  row => [...row.querySelectorAll(cells)].map(
    cell => [...cell.childNodes].map(n => n.textContent).join(" ").replace(/\\s+/g, " ").trim()))"""
_STYLES = """([selector, names]) => [...document.querySelectorAll(selector)].map(
  n => names.map(name => n.style.getPropertyValue(name)))"""
_CHART = """(id) => {
  const drawn = document.getElementById(id).querySelector(".js-plotly-plot");
  const plain = value => ArrayBuffer.isView(value) ? [...value] : value;
  const traces = drawn.data.map(trace => Object.fromEntries(
    ["type", "x", "y", "base", "text", "customdata", "name", "hovertext"].map(key => [key, plain(trace[key])])));
  return {
    traces,
    colours: drawn.data.map(trace => trace.marker?.color ?? null),
    notes: (drawn.layout.annotations ?? []).flatMap(note => note.text.split("</span><br>"))
      .map(text => text.replace(/<[^>]*>/g, "").replace(/\\s+/g, " ")),
  };
}"""
_DRAWN = """(ids) => ids.every(id => {
  const drawn = document.getElementById(id)?.querySelector(".js-plotly-plot");
  return drawn?.data?.length && drawn.querySelector(".main-svg");
})"""
_GRID = """(id) => {
  const places = {};
  for (const part of ["pinned-left-cols", "center-cols"])
    for (const row of document.querySelectorAll(`#${id} .ag-${part}-container [role=row]`)) {
      const cells = places[Number(row.getAttribute("row-index"))] ??= {};
      for (const cell of row.querySelectorAll("[role=gridcell]"))
        cells[cell.getAttribute("col-id")] = cell.innerText.replace(/\\s+/g, " ").trim();
    }
  return Object.keys(places).sort((a, b) => a - b).map(place => places[place]);
}"""


def texts(page: Page, selector: str) -> list[str]:
    """The text of every element that a selector finds."""
    return list(page.evaluate(_TEXTS, selector))


def text(page: Page, selector: str) -> str:
    """The text of the one element that a selector finds."""
    (found,) = texts(page, selector)
    return found


def rows(page: Page, row: str, cell: str = "td") -> list[list[str]]:
    """The texts of the cells of every row; the parts of a cell stand apart."""
    return list(page.evaluate(_ROWS, [row, cell]))


def styles(page: Page, selector: str, *names: str) -> list[list[str]]:
    """The named properties of each element's own style, as written."""
    return list(page.evaluate(_STYLES, [selector, list(names)]))


def wait_for_charts(page: Page, *ids: str) -> None:
    """Until each of these charts has been drawn."""
    page.wait_for_function(_DRAWN, arg=list(ids))


def chart(page: Page, graph_id: str) -> Shown:
    """A drawn chart: `traces` with their points, `colours` of their marks, `notes` the words on it."""
    return dict(page.evaluate(_CHART, graph_id))


def grid(page: Page, grid_id: str) -> list[dict[str, str]]:
    """The rows of a grid as they stand there, by the ids of their columns."""
    return list(page.evaluate(_GRID, grid_id))
