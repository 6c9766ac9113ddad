"""The HTML document that every page address answers with."""

import hashlib
import json
from html import escape
from pathlib import Path
from typing import Final

from components import theme
from dashboard import late

ASSETS: Final = Path(__file__).parent / "assets"
EARLY: Final = "early.js"
"""Script of the document's head; Dash is told to leave it out of its own list."""


def index_string(prefix: str, plotly_url: str | None, *, styles: str, scripts: str) -> str:
    """The document with Dash's own places in it. `plotly_url` is the bundled build; None: the one that Dash ships.

    `styles` and `scripts` are the addresses of the portal's own.
    """
    colours, charts, packages = (
        escape(json.dumps(each, separators=(",", ":")))
        for each in (theme.light_to_dark(), late.chart_urls(prefix, plotly_url), late.urls(prefix))
    )
    plotly = "" if plotly_url is None else f' data-plotly="{escape(plotly_url)}"'
    early = escape(asset_url(prefix, EARLY))
    return f"""<!DOCTYPE html>
<html lang="en" data-bs-theme="light">
<head>
{{%metas%}}
<meta name="color-scheme" content="light dark">
<title>{{%title%}}</title>
<script src="{early}" data-prefix="{escape(prefix)}" data-colours="{colours}" data-charts="{charts}"
 data-late="{packages}"{plotly}></script>
<link rel="icon" type="image/svg+xml" href="{escape(asset_url(prefix, "favicon.svg"))}">
<style>{theme.stylesheet()}</style>
{{%css%}}
<link rel="stylesheet" href="{escape(styles)}">
</head>
<body>
{{%app_entry%}}
<noscript>This page is drawn by a script, and scripts are switched off here.</noscript>
<footer>{{%config%}}<script src="{escape(scripts)}"></script>{{%scripts%}}{{%renderer%}}</footer>
</body>
</html>
"""


def asset_url(prefix: str, name: str) -> str:
    """Address of a file of the assets, with a digest so that it may be kept for good."""
    return f"{prefix}assets/{name}?v={digest((ASSETS / name).read_bytes())}"


def digest(content: bytes) -> str:
    """A few letters that another content would not have."""
    return hashlib.sha256(content).hexdigest()[:12]
