"""Which Jira is it? Asked once, on first use: the host's name proves nothing."""

from threading import Lock
from typing import TYPE_CHECKING

from pydantic import SecretStr

from datasource.deadline import Deadline
from datasource.errors import LoginFailed, NotPermitted, SourceError
from datasource.jira.cloud import JiraCloud
from datasource.jira.cloud_read import CloudReads
from datasource.jira.datacenter import JiraDataCenter
from datasource.jira.datacenter_read import DataCenterReads
from datasource.jira.desks import CloudDesks, DataCenterDesks
from datasource.jira.reads import Reads
from datasource.jira.site import Kind, which
from datasource.jira.suggest import Desks
from datasource.login import Login, Signature
from datasource.transport import Transport

if TYPE_CHECKING:
    from requests import PreparedRequest


class Dialect:
    """Finds the way to read the Jira behind an address, and remembers it.

    `login_for` says which Jira the login was made for, so that one made for the other is told as that; None is either.
    """

    def __init__(self, transport: Transport, *, lanes: int, login_for: Kind | None = None) -> None:
        self._transport, self._lanes, self._login_for = transport, lanes, login_for
        self._found: Reads | None = None
        self._lock = Lock()
        self.base_url = transport.base_url

    def reads(self, deadline: Deadline) -> Reads:
        """The way to read it.

        Raises:
            LoginFailed: the login is of the kind that the other Jira wants.
            SourceError: the address gives no usable answer.
        """
        with self._lock:
            if self._found is None:
                self._found = self._choose(self._kind(deadline))
            return self._found

    def desks(self, deadline: Deadline) -> Desks:
        """The way to ask it for its projects and service desks.

        Raises:
            SourceError: as reads() does.
        """
        cloud = isinstance(self.reads(deadline), CloudReads)
        return CloudDesks(self._transport) if cloud else DataCenterDesks(self._transport)

    def proved(self) -> None:
        """A whole read of it went well."""
        self._transport.proved()

    def _choose(self, kind: Kind) -> Reads:
        if self._login_for not in {None, kind}:
            raise self._mistaken(kind)
        if kind == "Cloud":
            return CloudReads(JiraCloud(self._transport), lanes=self._lanes)
        return DataCenterReads(JiraDataCenter(self._transport, lanes=self._lanes), lanes=self._lanes)

    def _kind(self, deadline: Deadline) -> Kind:
        try:
            return which(self._transport, deadline)
        except (LoginFailed, NotPermitted) as refused:
            # A login of the wrong kind may be refused before anything is said; whoever asks without one is told.
            if refused.held_back or self._login_for is None or self._anonymously(deadline) in {None, self._login_for}:
                raise
            raise self._mistaken("Cloud" if self._login_for == "Data Center" else "Data Center") from refused

    def _anonymously(self, deadline: Deadline) -> Kind | None:
        visitor = self._transport.as_visitor(_Nobody())
        try:
            return which(visitor, deadline)
        except SourceError:
            return None
        finally:
            visitor.close()

    def _mistaken(self, kind: Kind) -> LoginFailed:
        if kind == "Cloud":
            what = f"{self.base_url} is Jira Cloud, and a personal access token is for Jira Data Center"
            advice = "Set JIRA_EMAIL and JIRA_API_TOKEN in place of JIRA_PAT."
        else:
            what = f"{self.base_url} is a Jira Data Center, and an e-mail address with an API token is for Jira Cloud"
            advice = "Set JIRA_PAT in place of JIRA_EMAIL and JIRA_API_TOKEN."
        return LoginFailed("Jira", what, advice=advice)


class _Nobody(Login):
    """No login at all, not even one of a netrc file."""

    def __init__(self) -> None:
        super().__init__("Bearer", "", SecretStr(""))

    def signature(self) -> Signature:
        """One that leaves a request as it is."""
        return _Unsigned("Bearer", "", SecretStr(""))


class _Unsigned(Signature):
    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        return request
