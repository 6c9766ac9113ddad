"""How each kind of Jira tells its projects, service desks and a few recent tickets."""

from collections.abc import Sequence

from datasource.deadline import Deadline
from datasource.errors import SourceIncomplete
from datasource.jira.jql import recent_query
from datasource.jira.suggest import (
    SAMPLE_TICKETS,
    DeskPage,
    Issue,
    IssuePage,
    Project,
    ProjectPage,
    ServiceDesk,
    decode,
)
from datasource.transport import Transport

_PER_PAGE = 100
_MOST_PAGES = 200


class CloudDesks:
    """Asks one Jira Cloud site. Every method raises SourceError in one of its kinds."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def projects(self, deadline: Deadline) -> list[Project]:
        """Every project that the account can see."""
        found: list[Project] = []
        for _ in range(_MOST_PAGES):
            at = {"startAt": len(found), "maxResults": _PER_PAGE}
            answer = self._transport.get("/rest/api/3/project/search", deadline, at)
            page = decode(answer.body, ProjectPage, "project/search")
            found += page.values
            if page.isLast or not page.values:
                return found
        raise SourceIncomplete("Jira", "the list of projects does not end", call="project/search")

    def service_desks(self, deadline: Deadline) -> list[ServiceDesk]:
        """Every service desk that the account can see."""
        return _service_desks(self._transport, deadline)

    def recent_tickets(self, project: str, since: int, fields: Sequence[str], deadline: Deadline) -> list[Issue]:
        """The tickets of a project updated last, 50 at most, none before an instant (epoch ms)."""
        body = {"jql": recent_query(project, since), "fields": list(fields), "maxResults": SAMPLE_TICKETS}
        answer = self._transport.post("/rest/api/3/search/jql", deadline, body)
        return decode(answer.body, IssuePage, "search/jql").issues


class DataCenterDesks:
    """Asks one Jira Data Center. Every method raises SourceError in one of its kinds."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def projects(self, deadline: Deadline) -> list[Project]:
        """Every project that the account can see; the list comes in one piece."""
        answer = self._transport.get("/rest/api/2/project", deadline)
        return decode(answer.body, list[Project], "project")

    def service_desks(self, deadline: Deadline) -> list[ServiceDesk]:
        """Every service desk that the account can see."""
        return _service_desks(self._transport, deadline)

    def recent_tickets(self, project: str, since: int, fields: Sequence[str], deadline: Deadline) -> list[Issue]:
        """The tickets of a project updated last, 50 at most, none before an instant (epoch ms)."""
        body = {"jql": recent_query(project, since), "fields": list(fields), "maxResults": SAMPLE_TICKETS}
        answer = self._transport.post("/rest/api/2/search", deadline, body)
        return decode(answer.body, IssuePage, "search").issues


def _service_desks(transport: Transport, deadline: Deadline) -> list[ServiceDesk]:
    found: list[ServiceDesk] = []
    for _ in range(_MOST_PAGES):
        at = {"start": len(found), "limit": _PER_PAGE}
        page = decode(transport.get("/rest/servicedeskapi/servicedesk", deadline, at).body, DeskPage, "servicedesk")
        found += page.values
        if page.isLastPage or not page.values:
            return found
    raise SourceIncomplete("Jira", "the list of service desks does not end", call="servicedesk")
