from __future__ import annotations

import pytest
import requests

from demo.options import Options
from tests.unit.demo.reader import NOON, SMALL, Reader, reading, server_reading

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


def test_a_renewed_token_opens_and_the_old_one_does_not() -> None:
    """POST /demo/tokens names those that change; Jira's and Tempo's are apart on Cloud."""
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL)) as reader:
        told = reader.post("/demo/tokens", {"jira_api_token": "renewed"})

        assert told.json() == {"renewed": ["jira_api_token"]}
        assert reader.get("/rest/api/3/myself").status_code == 401
        assert reader.get("/rest/api/3/myself", auth=(reader.demo.email, "renewed")).status_code == 200
        assert reader.tempo("worklogs").status_code == 200


def test_on_data_center_both_open_with_the_renewed_token() -> None:
    """As they did with the one before."""
    with server_reading(Options(clock=f"frozen:{NOON}", sizes=SMALL)) as reader:
        hours = {"from": "2026-11-20", "to": "2026-11-21"}

        def statuses() -> tuple[int, int]:
            found = reader.post("/rest/tempo-timesheets/4/worklogs/search", hours)
            return reader.get("/rest/api/2/myself").status_code, found.status_code

        reader.post("/demo/tokens", {"jira_pat": "renewed"})
        assert statuses() == (401, 401)
        reader.session.headers["Authorization"] = "Bearer renewed"
        assert statuses() == (200, 200)


@pytest.mark.parametrize("tokens", [{"jira_pat": "x"}, {"email": "x"}, {"jira_api_token": ""}, {"tempo_api_token": 7}])
def test_tokens_that_are_none_are_refused(small: Reader, tokens: dict[str, object]) -> None:
    """Those of the other dialect, other names, and what is no text."""
    assert small.post("/demo/tokens", tokens).status_code == 400
    assert small.get("/rest/api/3/myself").status_code == 200
