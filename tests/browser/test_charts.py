"""Charts stay within the build of plotly.js that is shipped, and within the portal."""

import re

import pytest

from tests.browser.visiting import Visits

PAGES = ["/queue/service-desk", "/compare", "/trends", "/at-risk"]
DRAWN = """() => [...document.querySelectorAll("#page .js-plotly-plot")].flatMap((chart) => chart.data.map((trace) => {
  const full = chart._fullData.find((each) => each._input === trace || each.index === chart.data.indexOf(trace));
  return [chart.parentElement.id, trace.type ?? "scatter", full?.type ?? "left out"];
}))"""


@pytest.mark.parametrize("path", PAGES)
def test_every_trace_is_drawn_as_what_it_is(visits: Visits, path: str) -> None:
    """A kind of trace that the build lacks would silently be drawn as a scatter; and no bar offers to send it away."""
    page = visits.open(path)

    drawn = page.evaluate(DRAWN)

    assert drawn or path == "/compare", "the page has charts"
    assert [trace for trace in drawn if trace[1] != trace[2]] == []
    assert {kind for _, kind, _ in drawn} <= {"scatter", "bar"}
    offered = page.eval_on_selector_all(
        ".modebar-btn", "all => all.map(one => one.dataset.title || one.ariaLabel || '')"
    )
    assert [title for title in offered if re.search(r"share|cloud|plotly|edit", title, re.IGNORECASE)] == []


def test_a_chart_is_downloaded_as_a_picture(visits: Visits) -> None:
    """The first button of a chart's bar gives a PNG under the chart's name."""
    page = visits.open("/trends")
    page.locator("#trends-score .js-plotly-plot").hover()

    with page.expect_download() as download:
        page.locator("#trends-score .modebar-btn").first.click()

    assert download.value.suggested_filename == "trends-score.png"
    assert download.value.path().read_bytes()[:4] == b"\x89PNG"
