"""Who may ask what: the fixed credentials, and what Jira shows to those without."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from enum import Enum
from hmac import compare_digest

from demo.exchange import Answer, Ask, Refused, problem
from demo.people import READER

EMAIL = READER.login or ""
JIRA_API_TOKEN = "demo-jira-api-token"
TEMPO_API_TOKEN = "demo-tempo-api-token"

FAILED = ("X-Seraph-Loginreason", "AUTHENTICATED_FAILED")


class Login(Enum):
    """How a request came in."""

    READER = "reader"
    WRONG = "wrong"
    NONE = "none"


def jira_login(ask: Ask) -> Login:
    """Compare Basic credentials with the demo's."""
    if not ask.authorization:
        return Login.NONE
    scheme, _, encoded = ask.authorization.partition(" ")
    if scheme.lower() != "basic":
        return Login.WRONG
    try:
        given = b64decode(encoded.strip(), validate=True)
    except (Error, ValueError):
        return Login.WRONG
    return Login.READER if compare_digest(given, f"{EMAIL}:{JIRA_API_TOKEN}".encode()) else Login.WRONG


def require_jira_login(ask: Ask) -> None:
    """Let only the reader pass.

    Raises:
        Refused: 401, with the header that tells a wrong login from none.
    """
    login = jira_login(ask)
    if login is not Login.READER:
        answer = problem(401, "Client must be authenticated to access this resource.")
        headers = (("WWW-Authenticate", 'Basic realm="Jira"'), *([FAILED] if login is Login.WRONG else []))
        raise Refused(Answer(answer.body, 401, headers=headers))


def require_tempo_login(ask: Ask) -> None:
    """Let only the bearer of the Tempo token pass.

    Raises:
        Refused: 401, as a page of HTML.
    """
    scheme, _, token = (ask.authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not compare_digest(token.strip().encode(), TEMPO_API_TOKEN.encode()):
        page = "<!doctype html><html><head><title>401</title></head><body><h1>Unauthorized</h1></body></html>"
        raise Refused(Answer(page, 401, "text/html;charset=UTF-8"))
