"""What stands in the head of the pages that show all queues: the age of their numbers, and the filters there are."""

from dash.development.base_component import Component

from components.chips import age_badge
from dashboard.controls import Options
from dashboard.overview_facts import OverviewFacts
from servicelevel.freshness import Freshness
from servicelevel.instants import SECOND_MS


def page_age(found: OverviewFacts) -> Component | None:
    """The age of the page: that of its oldest good numbers; a queue that is older says so itself."""
    ages = [served.freshness.as_of for served in found.asked if served.freshness.state == "fresh"]
    known = [at for at in ages if at is not None]
    if not known:
        known = [served.freshness.as_of for served in found.asked if served.freshness.as_of is not None]
    if not known:
        return None
    reading = any(served.freshness.reading for served in found.asked)
    oldest = Freshness("fresh", min(known), reading=reading)
    badge: Component = age_badge(oldest, found.now, found.zone, ttl_ms=found.portal.settings.cache_ttl * SECOND_MS)
    return badge


def filter_options(found: OverviewFacts) -> Options:
    """Priorities and types that any queue has, by name; analysts are chosen on a queue's own page."""
    priorities = {label.name: None for made in found.made for label in made.columns.priorities}
    types = {label.name: None for made in found.made for label in made.columns.types}
    chosen = dict.fromkeys(found.view.analyst)
    return {
        "priority": [(name, name) for name in priorities],
        "type": [(name, name) for name in sorted(types)],
        "analyst": [(name, name) for name in chosen],
    }
