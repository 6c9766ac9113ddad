"""Who may ask what, and what Jira shows to those without credentials."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from enum import Enum
from hmac import compare_digest

from demo.exchange import Answer, Ask, Refused, problem
from demo.workflow import compact

FAILED = ("X-Seraph-Loginreason", "AUTHENTICATED_FAILED")

_ANONYMOUS = (("WWW-Authenticate", 'OAuth realm="demo"'), ("X-AUSERNAME", "anonymous"))
_NOT_LOGGED_IN = "Client must be authenticated to access this resource."


class Login(Enum):
    """How a request came in."""

    READER = "reader"
    WRONG = "wrong"
    NONE = "none"


def jira_login(ask: Ask) -> Login:
    """Compare what was sent with the demo's: Basic credentials on Cloud, a Bearer token on Data Center."""
    if not ask.authorization:
        return Login.NONE
    scheme, _, sent = ask.authorization.partition(" ")
    if not ask.dialect.is_cloud:
        return Login.READER if _is_bearer(ask, ask.opened_by.jira_pat) else Login.WRONG
    if scheme.lower() != "basic":
        return Login.WRONG
    try:
        given = b64decode(sent.strip(), validate=True)
    except (Error, ValueError):
        return Login.WRONG
    known = f"{ask.opened_by.email}:{ask.opened_by.jira_api_token}"
    return Login.READER if compare_digest(given, known.encode()) else Login.WRONG


def require_jira_login(ask: Ask) -> None:
    """Let only the reader pass.

    Raises:
        Refused: 401, with the header that tells a wrong login from none.
    """
    login = jira_login(ask)
    if login is Login.READER:
        return
    failed = [FAILED] if login is Login.WRONG else []
    if ask.dialect.is_cloud:
        answer = problem(401, _NOT_LOGGED_IN)
        raise Refused(Answer(answer.body, 401, headers=(("WWW-Authenticate", 'Basic realm="Jira"'), *failed)))
    body = compact({"message": _NOT_LOGGED_IN, "status-code": 401})
    raise Refused(Answer(body, 401, headers=(*_ANONYMOUS, *failed)))


def require_tempo_login(ask: Ask) -> None:
    """Let only the bearer of Tempo Cloud's token pass.

    Raises:
        Refused: 401, as a page of HTML.
    """
    if not _is_bearer(ask, ask.opened_by.tempo_api_token):
        page = "<!doctype html><html><head><title>401</title></head><body><h1>Unauthorized</h1></body></html>"
        raise Refused(Answer(page, 401, "text/html;charset=UTF-8"))


def _is_bearer(ask: Ask, token: str) -> bool:
    scheme, _, sent = (ask.authorization or "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(sent.strip().encode(), token.encode())
