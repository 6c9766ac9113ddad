"""Everything that a running portal answers, asked over HTTP: pages, callbacks, the API, tables, health and metrics."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, Final, get_args

import requests

from dashboard.exports import TableName
from tests.fakes.page_answers import asked

PAGES: Final[Sequence[tuple[str, str]]] = (
    ("/", ""),
    ("/", "?kiosk=1"),
    ("/queue/service-desk", ""),
    ("/queue/service-desk", "?embed=1"),
    ("/compare", ""),
    ("/trends", ""),
    ("/at-risk", "?due=overdue&due=today&due=later&due=paused"),
    ("/data", ""),
    ("/", "?tickets=service-desk/open:all"),
    ("/", "?ticket=SD-1"),
    ("/nothing-here", ""),
)
PLAIN: Final = (
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/_dash-layout",
    "/api/openapi.json",
    "/assets/nothing.js",
    "/api",
)
ODD_VALUES: Final[Sequence[Any]] = (7, {"a": [None]}, "service-desk")
"""What no browser sends, so that callbacks meet errors that nobody expected."""


@dataclass(slots=True)
class WholeWalk:
    """Asks the portal at `url` with `headers`, and keeps every answer, its headers included, as bytes."""

    url: str
    headers: Mapping[str, str]
    answers: list[bytes] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    session: requests.Session = field(default_factory=requests.Session)

    def all(self) -> None:
        """Everything once; each page as a browser opens it, each callback with odd values besides."""
        self.plain()
        self.pages(PAGES)
        self.odd()
        self.api()
        for name in get_args(TableName):
            self.get(f"/export/{name}.csv?queue=service-desk")

    def plain(self) -> None:
        """What takes no words."""
        for path in PLAIN:
            self.get(path)

    def pages(self, pages: Sequence[tuple[str, str]]) -> None:
        """These pages with all that fills them."""
        for path, query in pages:
            self.get(f"{path}{query}")
            known = {("url", "pathname"): path, ("url", "search"): query, ("tick", "n_intervals"): 0}
            for callback in self._callbacks():
                if any(each["id"] == "url" for each in callback["inputs"]):
                    self._post(asked(callback, known))

    def odd(self) -> None:
        """Every callback with values that it does not expect."""
        for callback, value in zip(self._callbacks(), cycle(ODD_VALUES), strict=False):
            places = [(each["id"], each["property"]) for each in (*callback["inputs"], *callback["state"])]
            self._post(asked(callback, dict.fromkeys(places, value)))

    def api(self) -> None:
        """Every operation, as JSON and as a table, rightly and wrongly asked."""
        document = self.get("/api/openapi.json").json()
        for path in document["paths"]:
            known = path.replace("{id}", "service-desk")
            for words in ("", "?queue=service-desk&from=0001-01-01&to=9999-12-31", "?nonsense=1"):
                self.get(f"{known}{words}")
            self.get(path.replace("{id}", "nowhere"))

    def get(self, path: str) -> requests.Response:
        """One answer."""
        return self._kept(
            self.session.get(f"{self.url}{path}", headers=self.headers, timeout=60, allow_redirects=False)
        )

    def _post(self, body: Mapping[str, Any]) -> None:
        address = f"{self.url}/_dash-update-component"
        self._kept(self.session.post(address, json=body, headers=self.headers, timeout=60))

    def _callbacks(self) -> Iterator[Mapping[str, Any]]:
        for each in self.get("/_dash-dependencies").json():
            if each["clientside_function"] is None:
                yield each

    def _kept(self, answer: requests.Response) -> requests.Response:
        self.statuses.add(answer.status_code)
        head = "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
        self.answers.append(f"{answer.request.method} {answer.status_code}\n{head}\n".encode() + answer.content)
        return answer
