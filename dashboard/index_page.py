"""The HTML document that every page address answers with."""

import json
from collections.abc import Sequence
from html import escape

from components import theme
from dashboard import bundle, late
from dashboard.beginnings import Beginning


def index_string(prefix: str, plotly_url: str | None, begins: Sequence[Beginning] = ()) -> str:
    """The document with Dash's own places in it. `plotly_url` is the bundled build; None: the one that Dash ships.

    `begins` is what pages ask for first.
    """
    colours, charts, packages, first = (
        escape(json.dumps(each, separators=(",", ":")))
        for each in (theme.light_to_dark(), late.chart_urls(prefix, plotly_url), late.urls(prefix), begins)
    )
    plotly = "" if plotly_url is None else f' data-plotly="{escape(plotly_url)}"'
    early, icon, styles, scripts = (
        escape(bundle.url(prefix, name)) for name in (bundle.EARLY, bundle.ICON, bundle.STYLES, bundle.SCRIPTS)
    )
    return f"""<!DOCTYPE html>
<html lang="en" data-bs-theme="light">
<head>
{{%metas%}}
<meta name="color-scheme" content="light dark">
<title>{{%title%}}</title>
<script src="{early}" data-prefix="{escape(prefix)}" data-colours="{colours}" data-charts="{charts}"
 data-late="{packages}" data-begins="{first}"{plotly}></script>
<link rel="icon" type="image/svg+xml" href="{icon}">
<style>{theme.stylesheet()}</style>
{{%css%}}
<link rel="stylesheet" href="{styles}">
</head>
<body>
{{%app_entry%}}
<noscript>This page is drawn by a script, and scripts are switched off here.</noscript>
<footer>{{%config%}}<script src="{scripts}"></script>{{%scripts%}}{{%renderer%}}</footer>
</body>
</html>
"""
