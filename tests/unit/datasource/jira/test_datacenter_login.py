"""Which Jira answers, and a login that was made for the other one."""

import pytest
from pydantic import SecretStr

from datasource.deadline import Deadline
from datasource.errors import LoginFailed, NotPermitted, SourceError, SourceFailed, SourceMalformed
from datasource.jira.cloud_read import CloudReads
from datasource.jira.datacenter_read import DataCenterReads
from datasource.jira.dialect import Dialect
from datasource.jira.site import Kind
from datasource.login import Login
from tests.fakes.clock import StillClock
from tests.fakes.local_server import Answering, Asked, Reply
from tests.unit.datasource.conftest import SECRET, Connect, Serve

SOON = Deadline.after(3600)
PAT = Login.bearer(SecretStr(SECRET))
API_TOKEN = Login.basic("ops@example.com", SecretStr(SECRET))


def _jira(deployment: str, *, refuses: int | None = None) -> Answering:
    """A Jira that says which one it is, to whoever asks, or refuses every login with that status."""

    def answering(asked: Asked) -> Reply:
        if refuses and "authorization" in asked.headers:
            return Reply(b'{"message":"Client must be authenticated to access this resource."}', refuses)
        return Reply(b'{"deploymentType":"%s","version":"9.12.4"}' % deployment.encode())

    return answering


@pytest.mark.parametrize(
    ("deployment", "login", "login_for", "reads"),
    [
        ("Cloud", API_TOKEN, "Cloud", CloudReads),
        ("Server", PAT, "Data Center", DataCenterReads),
        ("Cloud", PAT, None, CloudReads),
        ("Server", API_TOKEN, None, DataCenterReads),
    ],
)
def test_the_way_to_read_is_chosen_by_who_answers(
    serve: Serve, connect: Connect, deployment: str, login: Login, login_for: Kind | None, reads: type
) -> None:
    """Asked once: the host's name proves nothing."""
    server = serve(_jira(deployment))
    dialect = Dialect(connect(server.url, login=login), lanes=2, login_for=login_for)

    assert isinstance(dialect.reads(SOON), reads)
    assert dialect.reads(SOON) is dialect.reads(SOON)
    assert [asked.path for asked in server.asked] == ["/rest/api/2/serverInfo"]


@pytest.mark.parametrize("refuses", [None, 401, 403])
@pytest.mark.parametrize(
    ("deployment", "login", "login_for", "advice"),
    [
        ("Cloud", PAT, "Data Center", "is Jira Cloud.*Set JIRA_EMAIL and JIRA_API_TOKEN in place of JIRA_PAT"),
        ("Server", API_TOKEN, "Cloud", "is a Jira Data Center.*Set JIRA_PAT in place of JIRA_EMAIL and JIRA_API_TOKEN"),
    ],
)
def test_a_login_made_for_the_other_jira_is_told_as_that(
    serve: Serve,
    connect: Connect,
    deployment: str,
    login: Login,
    login_for: Kind,
    advice: str,
    refuses: int | None,
) -> None:
    """In one clear message, whether the site says who it is or first refuses the login; the secret is in none."""
    server = serve(_jira(deployment, refuses=refuses))

    with pytest.raises(LoginFailed, match=advice) as raised:
        Dialect(connect(server.url, login=login), lanes=2, login_for=login_for).reads(SOON)

    assert SECRET not in str(raised.value)
    assert len(server.asked) == (1 if refuses is None else 2)
    assert {asked.path for asked in server.asked} == {"/rest/api/2/serverInfo"}


@pytest.mark.parametrize(("refuses", "kind"), [(401, LoginFailed), (403, NotPermitted)])
def test_a_login_of_the_right_kind_that_is_refused_is_just_that(
    serve: Serve, connect: Connect, refuses: int, kind: type[SourceError]
) -> None:
    """A token that ran out is no token of the wrong kind."""
    server = serve(_jira("Server", refuses=refuses))

    with pytest.raises(kind, match=f"HTTP {refuses}: Client must be authenticated"):
        Dialect(connect(server.url, login=PAT), lanes=2, login_for="Data Center").reads(SOON)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(b"<html>Sign in</html>", 200, {"Content-Type": "text/html"}), SourceMalformed),
        (Reply(b"[]"), SourceMalformed),
        (Reply(b"", 503), SourceFailed),
        (Reply(b"", 401), LoginFailed),
    ],
)
def test_what_is_no_jira_is_named_as_it_is(
    serve: Serve, connect: Connect, reply: Reply, kind: type[SourceError], clock: StillClock
) -> None:
    """A proxy, a page to sign in on, a site in trouble: none of them is taken for the other Jira."""
    server = serve(lambda _: reply)

    with pytest.raises(kind):
        Dialect(connect(server.url, login=PAT), lanes=2, login_for="Data Center").reads(SOON)
