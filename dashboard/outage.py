"""The one banner: a source that is down for every queue is said once, not on every panel."""

from dash.development.base_component import Component

from components import states, words
from dashboard.portal import Portal
from dashboard.urls import View
from opsportal.cached import ServedOverview


def banner(seen: ServedOverview, portal: Portal) -> Component | None:
    """What is down, since when, how old the numbers are and when it is tried again; None while any queue reads well."""
    standings = [served.freshness for served in seen.served.values()]
    if not standings or any(standing.since is None for standing in standings):
        return None
    now, zone = portal.now(), next(iter(seen.served.values())).queue.calendar.zone
    since = min(standing.since for standing in standings if standing.since is not None)
    tries = [standing.next_try for standing in standings if standing.next_try is not None]
    ages = [standing.as_of for standing in standings if standing.as_of is not None]
    what = f"Every number below is the last good one, {words.age(now - min(ages))} old." if ages else "No number yet."
    then = f" Next try {words.instant(min(tries), now, zone)}, nothing to do." if tries else ""
    reason = next((standing.reason for standing in standings if standing.reason), "")
    lead = f"Nothing could be read since {words.instant(since, now, zone)}."
    more = ("Data page", portal.href(View("data"))) if portal.sees("data") else (None, None)
    return states.banner(lead, f"{what}{then} {reason}".rstrip(), *more)
