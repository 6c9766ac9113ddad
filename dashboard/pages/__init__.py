"""The pages by name. Each module has `layout(view) -> Component`, a skeleton, and `register(app)`, its callbacks."""

from collections.abc import Mapping
from types import ModuleType

from dashboard.pages import at_risk, compare, data, not_found, overview, queue, trends
from dashboard.urls import PageName

PAGES: Mapping[PageName, ModuleType] = {
    "overview": overview,
    "queue": queue,
    "compare": compare,
    "trends": trends,
    "at-risk": at_risk,
    "data": data,
    "not-found": not_found,
}
