"""What a browser is answered when it opens a page, asked of the application without a browser."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.portal import Portal

Answer: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The new properties by the id of the component that gets them."""

PATHS: Sequence[tuple[str, str]] = (
    ("/", ""),
    ("/", "?kiosk=1"),
    ("/queue/desk", ""),
    ("/queue/desk", "?embed=1"),
    ("/queue/desk", "?kiosk=1"),
    ("/compare", ""),
    ("/trends", ""),
    ("/at-risk", ""),
    ("/at-risk", "?due=overdue&due=lt_1h&due=lt_4h&due=today&due=next_day&due=later&due=paused"),
    ("/data", ""),
    ("/", "?tickets=desk/open:all"),
    ("/", "?ticket=SD-1"),
    ("/nothing-here", ""),
)
"""Every page and what lies over it, as path and query."""


class PageAnswers:
    """Asks an application what a browser asks."""

    def __init__(self, services: Portal) -> None:
        self.client: FlaskClient = create_app(services).server.test_client()
        self.client.get("/_dash-layout")
        self._callbacks = [
            callback
            for callback in self.client.get("/_dash-dependencies").get_json()
            if callback["clientside_function"] is None and any(i["id"] == "url" for i in callback["inputs"])
        ]

    def frame(self) -> Any:
        """The layout that every address begins with."""
        return self.client.get("/_dash-layout").get_json()

    def opened(self, path: str, query: str) -> Iterator[Answer]:
        """Everything that the address is answered, callback by callback; those of other pages have nothing to say."""
        known = {("url", "pathname"): path, ("url", "search"): query, ("tick", "n_intervals"): 0}
        for callback in self._callbacks:
            answer = self.client.post("/_dash-update-component", json=asked(callback, known))
            if answer.status_code == 204:
                continue
            assert answer.status_code == 200, answer.text
            yield answer.get_json()["response"]


def components_in(shown: Any) -> int:
    """How many components there are in what was answered."""
    if isinstance(shown, list):
        return sum(map(components_in, shown))
    if isinstance(shown, dict):
        return ("namespace" in shown and "props" in shown) + sum(map(components_in, shown.values()))
    return 0


def filled(shown: Any, answers: Sequence[Answer]) -> Any:
    """A layout with the answers put in where they belong."""
    if isinstance(shown, list):
        return [filled(part, answers) for part in shown]
    if not isinstance(shown, dict):
        return shown
    props = shown.get("props", {})
    for answer in answers if "namespace" in shown else ():
        props = {**props, **answer.get(props.get("id", ""), {})}
    changed = {**shown, "props": props} if "namespace" in shown else shown
    return {name: filled(part, answers) for name, part in changed.items()}


def asked(callback: Mapping[str, Any], known: Mapping[tuple[str, str], Any]) -> dict[str, Any]:
    """What a browser posts when the address changed: one of the dependencies, with the values that are `known`."""
    output = callback["output"]
    several = output.startswith("..")
    names = output.strip(".").split("...") if several else [output]
    outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]

    def valued(entries: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
        return [{**entry, "value": known.get((entry["id"], entry["property"]))} for entry in entries]

    return {
        "output": output,
        "outputs": outputs if several else outputs[0],
        "inputs": valued(callback["inputs"]),
        "state": valued(callback["state"]),
        "changedPropIds": ["url.search"],
    }
