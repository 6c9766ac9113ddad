"""Which build of plotly.js the pages load: the small one when it has been fetched, else the one inside plotly."""

from typing import Final

from dashboard.index_page import ASSETS, asset_url

BUNDLE: Final = "vendor/plotly-basic.min.js"
"""Draws scatter and bar, a quarter of the full build; `scripts/vendor.py` fetches it."""


def plotly_url(prefix: str) -> str | None:
    """Address of the small build; None when it is not there, and Dash loads the full one."""
    return asset_url(prefix, BUNDLE) if (ASSETS / BUNDLE).exists() else None
