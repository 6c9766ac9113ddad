"""`make screenshots`: pictures of every page for the documentation, from the demo as it stands at one instant.

Equal code gives equal pictures: the demo's world and both clocks stand still.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page

from tests.browser.visiting import Theme, Visits, started_browser
from tests.fakes.served_portal import ServedPortal, fill_history, running_demo, served_portal

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
HISTORY_DAYS: Final = 90
TICKET: Final = "SD-9174"
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")

_AS_TALL_AS_THE_PAGE: Final = "document.documentElement.scrollHeight"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its name, the address, the size of the window, and whether it is as tall as the page."""

    name: str
    path: str
    width: int = 1280
    height: int = 900
    whole: bool = True
    themes: tuple[Theme, ...] = THEMES
    waits_for: str = ""


SHOTS: Final[Sequence[Shot]] = (
    Shot("overview", "/"),
    Shot("queue", "/queue/service-desk"),
    Shot(
        "drawer", f"/queue/service-desk?ticket={TICKET}", whole=False, waits_for="#drawer dialog[open] .drawer-verdict"
    ),
    Shot("compare", "/compare"),
    Shot("trends", "/trends?queue=service-desk&queue=billing&queue=network"),
    Shot("at-risk", "/at-risk"),
    Shot("data", "/data"),
    Shot("phone", "/", 390, 844, whole=False, themes=("light",)),
    Shot("kiosk", "/?kiosk=1", 1920, 1080, whole=False, themes=("dark",)),
    Shot("embed", "/queue/service-desk?embed=1", 998, 420, themes=("light",)),
)


def main(names: Sequence[str]) -> int:
    """Take the pictures with these names, all by default; 2 for a name that does not exist."""
    unknown = set(names) - {shot.name for shot in SHOTS}
    if unknown:
        print(f"There is no picture {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        started_browser() as browser,
        running_demo() as ready,
        served_portal(ready, Path(folder)) as portal,
    ):
        fill_history(portal, HISTORY_DAYS)
        for shot in SHOTS:
            if not names or shot.name in names:
                _take(browser, portal, shot)
    return 0


def _take(browser: Browser, portal: ServedPortal, shot: Shot) -> None:
    for theme in shot.themes:
        visits = Visits(browser, portal.url)
        page = visits.open(shot.path, size=(shot.width, shot.height), theme=theme)
        if shot.waits_for:
            page.wait_for_selector(shot.waits_for)
        _still(page)
        if shot.whole:  # a taller window, so that what keeps to the window's edges reaches down to the page's end
            page.set_viewport_size({"width": shot.width, "height": int(page.evaluate(_AS_TALL_AS_THE_PAGE))})
            _still(page)
        name = shot.name if len(shot.themes) == 1 else f"{shot.name}-{theme}"
        path = FOLDER / f"{name}.png"
        page.screenshot(path=path)
        print(f"{path.relative_to(FOLDER.parents[1])} {path.stat().st_size / 1e3:.0f} kB", flush=True)
        visits.close()


def _still(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)  # charts follow the size of their panels a moment later


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
