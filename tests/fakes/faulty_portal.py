"""The portal before a demo that goes wrong: what it reports, what it keeps, and what must hold after every fault."""

import json
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import requests

from datasource.errors import SourceError
from datasource.transport import ATTEMPTS
from demo.options import Options
from demo.server import Demo, start
from opsportal import report_json, wiring
from opsportal.naming import Naming
from opsportal.services import Services
from opsportal.settings import load
from tests.factories import ms
from tests.fakes.small_demo import NOON, settings_of

Json: TypeAlias = dict[str, Any]

QUEUE, PROJECT = "service-desk", "SD"
SIZES = {QUEUE: 400, "billing": 12, "platform-ops": 12, "network": 12, "people": 12, "field-support": 12}
NOON_MS = ms(NOON)
BUDGET_S = 300
WINDOW_DAYS = {"cold": 121, "warm": 120}
"""What was kept reaches back 120 days: a day more is read from the beginning."""

INFO, MYSELF = "GET /rest/api/2/serverInfo", "GET /rest/api/3/myself"
SEARCH, BULKFETCH = "POST /rest/api/3/search/jql", "POST /rest/api/3/issue/bulkfetch"
CHANGES, WORKLOGS = "POST /rest/api/3/changelog/bulkfetch", "GET /tempo/4/worklogs"
SERVER_SEARCH, SERVER_WORKLOGS = "POST /rest/api/2/search", "POST /rest/tempo-timesheets/4/worklogs/search"

cold_and_warm = pytest.mark.parametrize("how", WINDOW_DAYS)
"""Marks a test to be run with both kinds of read."""


@dataclass(frozen=True, slots=True)
class Portal:
    """The portal before a demo; `kept` was read before a few tickets changed, `faultless` is what is true since."""

    demo: Demo
    control: requests.Session
    settings: Mapping[str, str]
    kept: Path
    faultless: Mapping[str, Json]

    def services(self, folder: Path, how: str) -> Services:
        """A process of its own, that knows what a folder keeps."""
        window = {"WINDOW_DAYS": str(WINDOW_DAYS[how]), "REFRESH_BUDGET": str(BUDGET_S)}
        settings = load({**self.settings, **window, "CACHE_DIR": str(folder)}, env_file=None)
        return wiring.build(settings, now=lambda: NOON_MS)

    def report(self, folder: Path, how: str) -> Json:
        """The report of a process of its own."""
        return shaped(self.services(folder, how))

    def tell(self, path: str, body: object) -> Any:
        """Ask the demo's control for something."""
        answer = self.control.post(f"{self.demo.jira_base_url}/demo/{path}", data=json.dumps(body), timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def faults(self, *rules: Json) -> None:
        """The rules in force from now on; counting begins anew."""
        self.tell("faults", list(rules))
        self.tell("stats/reset", {})

    def fired(self) -> list[int]:
        """How many requests each rule hit."""
        answer = self.control.get(f"{self.demo.jira_base_url}/demo/faults", timeout=20)
        return [rule["fired"] for rule in answer.json()]

    def sent(self, route: str | None = None) -> int:
        """How many requests arrived, at one route or in all."""
        counts = self.control.get(f"{self.demo.jira_base_url}/demo/stats", timeout=20).json()
        return int(counts["total"] if route is None else counts["requests"].get(route, 0))

    def outlives(self, folder: Path, how: str, *rules: Json) -> None:
        """The report under these faults is the faultless one, and so is the next."""
        self.faults(*rules)
        made = self.report(folder, how)
        assert all(self.fired()), "a fault that hits nothing proves nothing"
        assert made == self.faultless[how]
        self.faults()
        assert self.report(folder, how) == self.faultless[how]

    def fails(self, folder: Path, how: str, kind: type[SourceError], *rules: Json) -> str:
        """The report fails with one message; what was kept stands, and the next report is the faultless one."""
        before = held(folder)
        self.faults(*rules)
        with pytest.raises(kind) as raised:
            self.report(folder, how)
        assert all(self.fired()), "a fault that hits nothing proves nothing"
        assert type(raised.value) is kind
        assert held(folder) == before
        self.count_sent(rules)
        self.faults()
        assert self.report(folder, how) == self.faultless[how]
        return str(raised.value)

    def count_sent(self, rules: tuple[Json, ...]) -> None:
        """No route that refuses one question for ever was asked it more often than the one limit allows."""
        for rule in rules:
            if rule["route"] in {SEARCH, MYSELF} and rule["kind"] in {"status", "throttle", "hang", "cut", "close"}:
                assert self.sent(rule["route"]) - rule.get("after", 0) <= ATTEMPTS


def shaped(services: Services) -> Json:
    """A report as JSON, but for what differs from read to read."""
    made = services.reports.queue(QUEUE)
    report = report_json.queue_report(made, Naming("names"), "https://site.invalid", NOON_MS)
    return {name: value for name, value in report.items() if name not in ("age_s", "revision")}


def held(folder: Path) -> dict[str, bytes]:
    """What a folder keeps, byte for byte."""
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(found) == 2, "tickets and hours"
    return found


def rule(route: str, kind: str, **more: Any) -> Json:
    """A rule that hits one request; `times=None` hits every one."""
    return {"route": route, "kind": kind, "times": 1, **more}


def status(route: str, code: int, **more: Any) -> Json:
    """A rule that answers with a failure."""
    return rule(route, "status", status=code, **more)


def _registry(demo: Demo, folder: Path) -> Path:
    """One queue alone, whose report never asks for those of others."""
    whole = json.loads(demo.registry.read_text(encoding="utf-8"))
    whole["queues"] = [queue for queue in whole["queues"] if queue["id"] == QUEUE]
    del whole["notes"]
    path = folder / "registry.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def open_portal(stack: ExitStack, folder: Path, dialect: str) -> Portal:
    """The portal before a demo of its own, until the stack is left; the folder holds what it keeps."""
    options = Options(clock=f"frozen:{NOON}", sizes=SIZES, lifetime_s=600, dialect=dialect)
    demo = stack.enter_context(start(options))
    control = stack.enter_context(closing(requests.Session()))
    if dialect == "cloud":
        settings = settings_of(demo)
    else:
        base_url = demo.jira_base_url
        settings = {"JIRA_BASE_URL": base_url, "JIRA_PAT": demo.jira_pat, "TEMPO_BASE_URL": demo.tempo_base_url}
    settings = {**settings, "QUEUE_REGISTRY": str(_registry(demo, folder))}
    portal = Portal(demo, control, settings, folder / "kept", {})
    before = portal.report(portal.kept, "warm")
    for row in before["due"][:4]:
        portal.tell(f"tickets/{row['key']}/touch", {"assignee": None})
    faultless = {how: portal.report(folder / f"whole-{how}", how) for how in WINDOW_DAYS}
    assert faultless["warm"] != before
    assert all(made["state"] == "fresh" and made["hours"]["state"] == "ok" for made in faultless.values())
    return replace(portal, faultless=faultless)


def missing(made: Json) -> list[str]:
    """The tickets that a report names as not delivered."""
    rows = [row for row in made["quality"] if row["rule"] == "missing"]
    return [key for row in rows for key in row["keys"]]
