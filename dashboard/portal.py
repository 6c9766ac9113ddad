"""What the pages work with, held by the Flask app: no page keeps anything in a module."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import flask

from dashboard import urls
from dashboard.urls import View
from opsportal.naming import Naming
from opsportal.ports import Now
from opsportal.settings import Settings
from servicelevel.policy import Policy

if TYPE_CHECKING:
    from opsportal.cached import CachedReports
    from opsportal.trends import Trends

EXTENSION = "opsportal"


@dataclass(frozen=True, slots=True)
class Portal:
    """The services behind the pages. `jira_url` is where tickets open; `now` is in epoch milliseconds."""

    reports: "CachedReports"
    trends: "Trends"
    settings: Settings
    jira_url: str
    now: Now

    @property
    def policy(self) -> Policy:
        """The registry as it is now."""
        return self.reports.policy

    @property
    def naming(self) -> Naming:
        """What people are called."""
        return Naming(self.policy.analyst_names)

    @property
    def prefix(self) -> str:
        """The path under which the portal lives, with a slash at both ends."""
        return self.settings.url_prefix

    def view(self, pathname: str | None, search: str | None) -> View:
        """The view of an address as the browser reports it."""
        return urls.parse(pathname or self.prefix, search or "", self.policy, self.prefix)

    def href(self, view: View) -> str:
        """The address of a view."""
        return urls.href(view, self.prefix)


def portal() -> Portal:
    """The portal of the request that is being answered."""
    return cast(Portal, flask.current_app.extensions[EXTENSION])
