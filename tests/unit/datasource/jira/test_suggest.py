"""A first registry of a Jira: of the demo's, and of small ones with something wrong."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from datasource.deadline import Deadline
from datasource.errors import NotPermitted, SourceIncomplete, SourceMalformed, SourceRejected
from datasource.jira import wire
from datasource.jira.desks import CloudDesks
from datasource.jira.suggest import (
    Issue,
    NothingToSuggest,
    Project,
    ServiceDesk,
    Wish,
    suggest,
)
from datasource.login import Login
from datasource.registry.parse import parse
from datasource.registry.suggestion import Suggestion
from datasource.transport import Transport
from demo.options import Options
from demo.server import Demo, start
from opsportal import wiring
from opsportal.cli import commands
from servicelevel.instants import to_ms
from servicelevel.policy import Policy, Queue
from tests.fakes.local_server import Asked, Reply, serving

_NOON = "2026-11-23T12:00:00Z"
_NOW = to_ms(datetime.fromisoformat(_NOON))
_SMALL = {"service-desk": 400, "billing": 120, "platform-ops": 120, "network": 120, "people": 120, "field-support": 120}
_FIELDS = {"customfield_1": "Time to first response", "customfield_2": "Time to resolution"}
_SOON = Deadline.after(3600)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A small demo whose clock stands."""
    with start(Options(clock=f"frozen:{_NOON}", sizes=_SMALL, lifetime_s=600)) as running:
        yield running


def _run(monkeypatch: pytest.MonkeyPatch, demo: Demo, *words: str, token: str | None = None) -> Result:
    monkeypatch.setenv("JIRA_BASE_URL", demo.jira_base_url)
    monkeypatch.setenv("JIRA_EMAIL", demo.email)
    monkeypatch.setenv("JIRA_API_TOKEN", token or demo.jira_api_token)
    monkeypatch.setenv("QUEUE_REGISTRY", "/nowhere/at/all.json")
    monkeypatch.setattr(wiring, "suggest", partial(wiring.suggest, now=lambda: _NOW))
    return CliRunner().invoke(commands, ["registry", "suggest", *words])


def _queue(policy: Policy, project: str) -> Queue:
    return next(queue for queue in policy.queues if queue.projects == (project,))


def _fields(queue: Queue) -> tuple[str | None, str | None]:
    return queue.first_response.field, queue.resolution.field


def test_the_demo_gets_a_registry_that_is_in_order(monkeypatch: pytest.MonkeyPatch, demo: Demo) -> None:
    """Alone on standard output, with a queue for each service desk; nothing else than Jira has to be set."""
    result = _run(monkeypatch, demo)
    policy = parse(result.stdout_bytes, "suggested")

    assert result.exit_code == 0
    assert {"SD", "BILL", "OPS", "NET", "HR", "FLD"} <= {queue.projects[0] for queue in policy.queues}
    assert _queue(policy, "SD").calendar.time_zone == "America/Sao_Paulo"
    assert _queue(policy, "SD").id == "service-desk"


def test_the_demos_dead_field_is_never_taken(monkeypatch: pytest.MonkeyPatch, demo: Demo) -> None:
    """`Resolution (old)` is passed over with its counts."""
    result = _run(monkeypatch, demo)
    policy = parse(result.stdout_bytes, "suggested")

    assert "customfield_10045" not in {field for queue in policy.queues for field in _fields(queue)}
    assert 'customfield_10045 "Resolution (old)": its clock is dead here: null on all 50 tickets' in result.stderr


def test_each_project_gets_the_fields_that_live_in_it(monkeypatch: pytest.MonkeyPatch, demo: Demo) -> None:
    """The people team's project has fields of its own."""
    policy = parse(_run(monkeypatch, demo, "--project", "hr", "--project", "BILL").stdout_bytes, "suggested")

    assert [queue.projects for queue in policy.queues] == [("HR",), ("BILL",)]
    assert _fields(_queue(policy, "HR")) == ("customfield_10060", "customfield_10061")
    assert _fields(_queue(policy, "BILL")) == ("customfield_10030", "customfield_10031")


def test_a_project_without_service_levels_gets_computed_clocks(monkeypatch: pytest.MonkeyPatch, demo: Demo) -> None:
    """It is read when it is named."""
    result = _run(monkeypatch, demo, "--project", "ADM")
    (queue,) = parse(result.stdout_bytes, "suggested").queues

    assert (queue.first_response.clock, queue.resolution.clock) == ("computed", "computed")
    assert "write yours" in result.stderr


def test_a_wrong_login_is_one_message(monkeypatch: pytest.MonkeyPatch, demo: Demo) -> None:
    """And no registry."""
    result = _run(monkeypatch, demo, token="not-the-token")

    assert (result.exit_code, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) == 1
    assert "login failed" in result.stderr
    assert "not-the-token" not in result.stderr


def test_an_unknown_project_is_one_message(monkeypatch: pytest.MonkeyPatch, demo: Demo) -> None:
    """With the key that may have been meant."""
    result = _run(monkeypatch, demo, "--project", "BIL")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Jira has no project 'BIL' that this account may see. Did you mean BILL?\n"


class _Site:
    """A site with two SLA fields."""

    def __init__(self, time_zone: str | None = "Europe/Berlin") -> None:
        self._time_zone = time_zone

    def myself(self, deadline: Deadline) -> wire.Myself:
        return wire.Myself(displayName="Reader", timeZone=self._time_zone)

    def sla_fields(self, deadline: Deadline) -> dict[str, str]:
        return dict(_FIELDS)


class _Desks:
    """Projects with the tickets, or the error, that each is to have; `desks` are theirs, or an error."""

    def __init__(self, tickets: Mapping[str, list[Issue] | Exception], desks: Sequence[str] | Exception) -> None:
        self._tickets, self._desks = tickets, desks
        self.since: list[int] = []

    def projects(self, deadline: Deadline) -> list[Project]:
        return [Project(key, f"Name of {key}", "software" if key == "DEV" else "service_desk") for key in self._tickets]

    def service_desks(self, deadline: Deadline) -> list[ServiceDesk]:
        if isinstance(self._desks, Exception):
            raise self._desks
        return [ServiceDesk(key) for key in self._desks]

    def recent_tickets(self, project: str, since: int, fields: Sequence[str], deadline: Deadline) -> list[Issue]:
        self.since.append(since)
        found = self._tickets[project]
        if isinstance(found, Exception):
            raise found
        return [Issue({name: value for name, value in issue.fields.items() if name in fields}) for issue in found]


def _issue(**fields: Any) -> Issue:
    status = {"id": "5", "name": "Resolved", "statusCategory": {"key": "done"}}
    created = "2026-11-02T09:00:00.000-0300"
    return Issue({"created": created, "resolutiondate": "2026-11-02T14:00:00.020-0300", "status": status} | fields)


def _sla(stop_h: int) -> dict[str, Any]:
    start = 1_793_620_800_000
    cycle = {"startTime": {"epochMillis": start}, "stopTime": {"epochMillis": start + stop_h * 3_600_000}}
    times = {"goalDuration": {"millis": 14_400_000}, "elapsedTime": {"millis": stop_h * 3_600_000}}
    return {"id": "1", "completedCycles": [cycle | times]}


_TICKETS = [_issue(customfield_1=_sla(1), customfield_2=_sla(5))] * 3


def _suggested(desks: _Desks, *keys: str, told: list[tuple[str, int, int]] | None = None) -> Suggestion:
    def progress(*told_now: Any) -> None:
        if told is not None:
            told.append(told_now)

    return suggest(_Site(), desks, Wish(keys, _NOW, 60.0, 2), progress)


def test_tickets_of_the_last_ninety_days_are_sampled_and_progress_is_told() -> None:
    """Project by project, in the order of the desks."""
    told: list[tuple[str, int, int]] = []
    desks = _Desks({"SD": _TICKETS, "HR": _TICKETS, "DEV": []}, ["HR", "SD"])
    policy = parse(_suggested(desks, told=told).text.encode(), "suggested")

    assert [queue.projects for queue in policy.queues] == [("HR",), ("SD",)]
    assert desks.since == [_NOW - 90 * 86_400_000] * 2
    assert sorted(done for _, done, of in told if of == 2) == [1, 2]


@pytest.mark.parametrize("odd", ["2h 30m", {"completedCycles": 7}, [1, 2], 7, {"text": "2h 30m"}])
def test_values_of_other_kinds_are_counted_as_unreadable(odd: Any) -> None:
    """Old releases and other apps leave them."""
    made = _suggested(_Desks({"SD": [*_TICKETS, _issue(customfield_1=odd, customfield_2=_sla(5))]}, ["SD"]))
    (queue,) = parse(made.text.encode(), "suggested").queues

    assert _fields(queue) == ("customfield_1", "customfield_2")
    assert "a value on 4 of 4 tickets (null on 0, 1 unreadable), started on 3" in "\n".join(made.because)


@pytest.mark.parametrize("error", [SourceRejected("Jira", "HTTP 404"), NotPermitted("Jira", "HTTP 403")])
def test_without_service_management_the_types_of_the_projects_tell(error: Exception) -> None:
    """Some accounts may read tickets and no service desks."""
    policy = parse(_suggested(_Desks({"SD": _TICKETS, "DEV": []}, error)).text.encode(), "suggested")

    assert [queue.projects for queue in policy.queues] == [("SD",)]


def test_a_project_whose_tickets_may_not_be_read_is_left_out_and_said() -> None:
    """The others still make a registry; without any other there is none."""
    desks = _Desks({"SD": _TICKETS, "HR": NotPermitted("Jira", "HTTP 403")}, ["SD", "HR"])
    made = _suggested(desks)

    assert [queue["project"] for queue in json.loads(made.text)["queues"]] == ["SD"]
    assert made.because[0].startswith("HR: left out, as its tickets cannot be read: Jira: HTTP 403")
    with pytest.raises(NothingToSuggest, match="HR: left out"):
        _suggested(desks, "HR")


def test_a_site_without_service_desks_asks_for_projects() -> None:
    """Those it has are named."""
    with pytest.raises(NothingToSuggest, match=r"--project.*DEV"):
        _suggested(_Desks({"DEV": []}, []))


def test_a_ticket_without_a_date_is_malformed() -> None:
    """A site that answers so cannot be judged."""
    with pytest.raises(SourceMalformed, match="created"):
        _suggested(_Desks({"SD": [Issue({"status": {"id": "1"}})]}, ["SD"]))


def _desks_of(url: str) -> CloudDesks:
    return CloudDesks(Transport("Jira", url, Login.basic("ops@example.com", SecretStr("s3cret")), in_flight=2))


def test_lists_are_read_to_their_last_page() -> None:
    """Each page begins where the one before ended."""

    def answer(asked: Asked) -> Reply:
        first = int(asked.query.get("startAt", asked.query.get("start", ["0"]))[0])
        values = [{"key": f"P{first + i}", "projectKey": f"P{first + i}"} for i in range(2)]
        return Reply(json.dumps({"values": values, "isLast": first == 4, "isLastPage": first == 4}).encode())

    with serving(answer) as server:
        desks = _desks_of(server.url)
        expected = [f"P{i}" for i in range(6)]

        assert [project.key for project in desks.projects(_SOON)] == expected
        assert [desk.projectKey for desk in desks.service_desks(_SOON)] == expected


def test_lists_that_do_not_end_are_given_up() -> None:
    """A server that always says there is more."""
    values = [{"key": "SD", "projectKey": "SD"}]
    with serving(
        lambda _: Reply(json.dumps({"values": values, "isLast": False, "isLastPage": False}).encode())
    ) as server:
        for read in (_desks_of(server.url).projects, _desks_of(server.url).service_desks):
            with pytest.raises(SourceIncomplete, match="does not end"):
                read(_SOON)


def test_the_sample_asks_for_the_latest_tickets_of_one_project() -> None:
    """Fifty of them, whatever its key is."""
    with serving(lambda _: Reply(b'{"issues": []}')) as server:
        _desks_of(server.url).recent_tickets('S"D', 5, ["status"], _SOON)
        (asked,) = server.asked

    assert json.loads(asked.body) == {
        "jql": 'project = "S\\"D" AND updated >= 5 ORDER BY updated DESC',
        "fields": ["status"],
        "maxResults": 50,
    }
