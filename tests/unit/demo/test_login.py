from __future__ import annotations

import pytest
import requests

from tests.unit.demo.reader import Reader

_WRONG = ("opsportal@demo.example.net", "expired")
_HEADER = "x-seraph-loginreason"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/rest/api/3/myself"),
        ("POST", "/rest/api/3/issue/bulkfetch"),
        ("POST", "/rest/api/3/changelog/bulkfetch"),
        ("GET", "/rest/api/3/issue/SD-1/changelog"),
        ("GET", "/rest/servicedeskapi/servicedesk"),
    ],
)
def test_wrong_credentials_are_401_where_a_login_is_needed(small: Reader, method: str, path: str) -> None:
    """The answer is JSON with errorMessages and names the failed login in its header."""
    answer = small.get(path, auth=_WRONG) if method == "GET" else small.post(path, {}, auth=_WRONG)

    assert answer.status_code == 401
    assert answer.json()["errorMessages"]
    assert answer.headers[_HEADER] == "AUTHENTICATED_FAILED"


def test_wrong_credentials_see_an_empty_search(small: Reader) -> None:
    """The trap: 200, no tickets, and only a header tells why."""
    answer = small.post("/rest/api/3/search/jql", {"jql": "project = SD"}, auth=_WRONG)

    assert answer.status_code == 200
    assert answer.json() == {"issues": [], "isLast": True}
    assert answer.headers[_HEADER] == "AUTHENTICATED_FAILED"


def test_wrong_credentials_see_only_system_fields(small: Reader) -> None:
    """GET field answers strangers too, without the custom fields."""
    answer = small.get("/rest/api/3/field", auth=_WRONG)

    assert answer.status_code == 200
    assert not any(field["custom"] for field in answer.json())
    assert answer.headers[_HEADER] == "AUTHENTICATED_FAILED"


def test_without_credentials_a_search_is_400_and_server_info_200(small: Reader) -> None:
    """Anonymous readers are told that the project does not exist."""
    base_url = small.demo.jira_base_url
    with requests.Session() as session:
        search = session.post(f"{base_url}/rest/api/3/search/jql", json={"jql": "project = SD"})
        server = session.get(f"{base_url}/rest/api/2/serverInfo")
        myself = session.get(f"{base_url}/rest/api/3/myself")

    assert (search.status_code, server.status_code, myself.status_code) == (400, 200, 401)
    assert "does not exist for the field 'project'" in search.json()["errorMessages"][0]
    assert _HEADER not in search.headers
    assert server.json()["deploymentType"] == "Cloud"


def test_right_credentials_name_their_account(small: Reader) -> None:
    """Myself is the reader, with the zone in which dates are written."""
    shown = small.get("/rest/api/3/myself").json()

    assert shown["emailAddress"] == small.demo.email
    assert shown["timeZone"] == "America/Sao_Paulo"
    assert shown["active"] is True


@pytest.mark.parametrize("token", ["wrong", "demo-jira-api-token"])
def test_wrong_tempo_token_is_a_page_of_html(small: Reader, token: str) -> None:
    """Tempo's 401 is not JSON."""
    answer = small.tempo("worklogs", token, from_="2026-11-01", to="2026-11-02")

    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/html")
