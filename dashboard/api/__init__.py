"""The REST API: the numbers of the pages as JSON and CSV."""

from dashboard.api.install import install

__all__ = ["install"]
