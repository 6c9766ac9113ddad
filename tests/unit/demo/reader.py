"""A reader of the demo, as small as the tests need it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import requests

from demo.options import Options
from demo.server import Demo, start

NOON = "2026-11-23T12:00:00Z"
SMALL = {
    "service-desk": 160,
    "billing": 90,
    "platform-ops": 90,
    "network": 120,
    "people": 60,
    "field-support": 60,
    "internal-tools": 120,
    "website": 60,
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Asks one running demo with its proper credentials, unless told otherwise."""

    demo: Demo
    session: requests.Session

    def get(self, path: str, *, auth: tuple[str, str] | None = None, **query: object) -> requests.Response:
        """GET a path of Jira or of the control resource."""
        return self.session.get(
            self.demo.jira_base_url + path,
            params={name: str(value) for name, value in query.items()},
            auth=auth or self._login,
        )

    def post(self, path: str, body: object, *, auth: tuple[str, str] | None = None) -> requests.Response:
        """POST JSON to a path of Jira or of the control resource."""
        return self.session.post(self.demo.jira_base_url + path, json=body, auth=auth or self._login)

    def tempo(self, path: str, token: str | None = None, /, **query: object) -> requests.Response:
        """GET a path of Tempo; `from_` stands for `from`."""
        named = {name.rstrip("_"): str(value) for name, value in query.items()}
        headers = {"Authorization": f"Bearer {token or self.demo.tempo_api_token}"}
        return self.session.get(f"{self.demo.tempo_base_url}/{path}", params=named, headers=headers)

    def tempo_post(self, path: str, body: object) -> requests.Response:
        """POST JSON to a path of Tempo."""
        headers = {"Authorization": f"Bearer {self.demo.tempo_api_token}"}
        return self.session.post(f"{self.demo.tempo_base_url}/{path}", json=body, headers=headers)

    def search(self, jql: str, **more: object) -> Any:
        """One page of a search, which must succeed."""
        answer = self.post("/rest/api/3/search/jql", {"jql": jql, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, jql: str) -> list[str]:
        """The ids of everything that matches, over all pages."""
        found: list[str] = []
        token: str | None = None
        while True:
            page = self.search(jql, maxResults=5000, **({"nextPageToken": token} if token else {}))
            found += [issue["id"] for issue in page["issues"]]
            token = page.get("nextPageToken")
            if token is None:
                return found

    @property
    def _login(self) -> tuple[str, str]:
        return (self.demo.email, self.demo.jira_api_token)


@dataclass(frozen=True, slots=True)
class ServerReader:
    """Asks one running Data Center demo with its token."""

    demo: Demo
    session: requests.Session

    def get(self, path: str, **query: object) -> requests.Response:
        """GET a path; `from_` stands for `from`."""
        named = {name.rstrip("_"): str(value) for name, value in query.items()}
        return self.session.get(self.demo.jira_base_url + path, params=named)

    def post(self, path: str, body: object) -> requests.Response:
        """POST JSON to a path."""
        return self.session.post(self.demo.jira_base_url + path, json=body)

    def search(self, jql: str, **more: object) -> Any:
        """One page of a search, which must succeed."""
        answer = self.post("/rest/api/2/search", {"jql": jql, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def server_reading(options: Options) -> Iterator[ServerReader]:
    """A Data Center demo that runs for the length of a block, and its reader."""
    with start(replace(options, dialect="datacenter")) as demo, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {demo.jira_pat}"
        yield ServerReader(demo, session)


@contextmanager
def reading(options: Options) -> Iterator[Reader]:
    """A demo that runs for the length of a block, and its reader."""
    with start(options) as demo, requests.Session() as session:
        yield Reader(demo, session)
