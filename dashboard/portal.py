"""What the pages work with, held by the Flask app: no page keeps anything in a module."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

import flask

from dashboard import urls
from dashboard.gate import identity_of
from dashboard.not_yours import ForAdmins, PageNotYours
from dashboard.urls import PageName, View
from opsportal.identity import ANYONE, EVERYTHING, Identity, Scope
from opsportal.naming import Naming
from opsportal.narrowing import Narrowing
from opsportal.ports import Now
from opsportal.settings import Settings
from servicelevel.errors import PortalError
from servicelevel.policy import Policy

if TYPE_CHECKING:
    from opsportal.cached import CachedReports
    from opsportal.trends import Trends

EXTENSION = "opsportal"


@dataclass(frozen=True, slots=True)
class Portal:
    """The services behind the pages. `jira_url` is where tickets open; `now` is in epoch milliseconds.

    `scope` is what of all that is seen: no page, answer or file is made of anything else than what is found here.
    `pseudonym_key` gives the key that pseudonyms are made with, empty by default.
    """

    reports: "CachedReports"
    trends: "Trends"
    settings: Settings
    jira_url: str
    now: Now
    scope: Scope = EVERYTHING
    pseudonym_key: Callable[[], bytes] = bytes
    _narrowing: Narrowing = field(default_factory=Narrowing, repr=False, compare=False)

    def seen_by(self, identity: Identity) -> "Portal":
        """The whole portal as somebody sees it; itself for those from whom nothing is kept."""
        scope = identity.scope
        if scope == EVERYTHING:
            return self
        reports = self.reports.seen(lambda whole: self._narrowing.of(whole, scope))
        trends = self.trends.seen(lambda: reports.policy)
        return replace(self, reports=reports, trends=trends, scope=scope)

    @property
    def policy(self) -> Policy:
        """The registry as it is now, as far as it is seen."""
        return self.reports.policy

    @property
    def naming(self) -> Naming:
        """What people are called."""
        rule = self.policy.analyst_names
        return Naming(rule, self.pseudonym_key() if rule == "pseudonyms" else b"")

    @property
    def prefix(self) -> str:
        """The path under which the portal lives, with a slash at both ends."""
        return self.settings.url_prefix

    def sees(self, *pages: PageName) -> bool:
        """Whether one of these pages may be seen; that there is nothing at an address may be told to everybody."""
        return any(page == "not-found" or self.scope.sees_view(page) for page in pages)

    def need(self, *pages: PageName) -> None:
        """Check that one of these pages may be seen.

        Raises:
            PageNotYours: none may; it names the first.
        """
        if not self.sees(*pages):
            raise PageNotYours(pages[0])

    def need_admin(self) -> None:
        """Check that the portal's own matters may be seen and decided.

        Raises:
            ForAdmins: they may not.
        """
        if not self.scope.admin:
            raise ForAdmins

    def why(self, problem: PortalError) -> str:
        """Why one of the portal's own stores fails, which names places and permissions: for administrators."""
        return str(problem) if self.scope.admin else "An administrator of the portal sees the reason on its Data page."

    def view(self, pathname: str | None, search: str | None) -> View:
        """The view of an address as the browser reports it."""
        return urls.parse(pathname or self.prefix, search or "", self.policy, self.prefix)

    def href(self, view: View) -> str:
        """The address of a view."""
        return urls.href(view, self.prefix)


def portal() -> Portal:
    """The portal as whoever sends the request that is being answered sees it."""
    whole = cast(Portal, flask.current_app.extensions[EXTENSION])
    identity = identity_of(flask.request.environ) if flask.has_request_context() else ANYONE
    return whole if identity is ANYONE else whole.seen_by(identity)
