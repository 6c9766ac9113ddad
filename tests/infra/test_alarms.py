"""Each alarm goes off by what the portal really writes, or by a metric that AWS has of a part of the stack."""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import requests

from tests.fakes.commands import Commands
from tests.fakes.lambda_runtime import function
from tests.fakes.served_portal import (
    NOON,
    ROOT,
    ServedPortal,
    running_demo,
    served_portal,
    settings_of,
    started_portal,
)
from tests.infra.alarm_states import goes_off
from tests.infra.event_patterns import fits
from tests.infra.log_patterns import matches, value
from tests.infra.planned import NAME, Planned, planned
from tests.infra.terraform import INFRA, Terraform

SIZES: Final = ("service-desk=200", "billing=90", "platform-ops=90", "network=90", "people=60", "field-support=60")
LATER: Final = "2026-11-23T14:00:00Z"
WAIT_S: Final = 120
HOURS: Final = 26
BREAKS: Final = """
from dashboard import router

page = router._page

def broken(pages, view):
    if view.page == "not-found":
        raise ValueError("nothing is known that a browser could ask and that fails")
    return page(pages, view)

router._page = broken
"""
"""A `sitecustomize.py` with which the page that says that there is none fails."""

FOUND: Final[Mapping[str, frozenset[str]]] = {
    "callback_errors": frozenset({"callback.failed"}),
    "data_age": frozenset({"data.age"}),
    'snapshots["scheduled"]': frozenset({"snapshot.completed"}),
    'snapshots["by_hand"]': frozenset({"snapshot.completed"}),
    'snapshot_failures["scheduled"]': frozenset({"snapshot.gap", "snapshot.failed"}),
    'snapshot_failures["by_hand"]': frozenset({"snapshot.gap", "snapshot.failed"}),
}
"""The events that each filter is there for."""

BALANCER: Final = {"LoadBalancer": "aws_lb.portal.arn_suffix"}
TARGETS: Final = {**BALANCER, "TargetGroup": "aws_lb_target_group.portal.arn_suffix"}
METRICS_OF_AWS: Final[Mapping[str, tuple[str, str, str, Mapping[str, str]]]] = {
    "balancer_errors": ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum", BALANCER),
    "portal_errors": ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum", TARGETS),
    "no_healthy_task": ("AWS/ApplicationELB", "HealthyHostCount", "Maximum", TARGETS),
    "dead_letters": (
        *("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum"),
        {"QueueName": "aws_sqs_queue.dead_letters.name"},
    ),
    "snapshot_function[0]": (
        *("AWS/Lambda", "Errors", "Sum"),
        {"FunctionName": "aws_lambda_function.snapshot[0].function_name"},
    ),
}
"""Metrics as their documentation has them: name, dimensions, and a statistic that means something of them.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""


@dataclass(frozen=True, slots=True)
class Written:
    """Lines that processes have really written, by who wrote them."""

    portal: Sequence[str]
    portal_refused: Sequence[str]
    function: Sequence[str]
    command: Sequence[str]

    @property
    def every(self) -> list[str]:
        """All of them."""
        return [*self.portal, *self.portal_refused, *self.function, *self.command]


@pytest.fixture(scope="module")
def plans(tool: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Planned]:
    """The stack in both ways to take snapshots."""
    return planned(tool, tmp_path_factory.mktemp("planned"))


@pytest.fixture(scope="module")
def stack(plans: Mapping[str, Planned]) -> Planned:
    """The stack with a function that takes snapshots."""
    return plans["lambda"]


@pytest.fixture(scope="module")
def stack_on_ecs(plans: Mapping[str, Planned]) -> Planned:
    """The stack with a task that takes them."""
    return plans["ecs"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    """The log of a portal that reads and fails a callback, of the same refused by Jira, and of runs of the snapshot."""
    with running_demo(*(word for size in SIZES for word in ("--size", size))) as demo:
        portal, refused = _portals(demo, tmp_path_factory.mktemp("portal"))
        yield Written(
            portal,
            refused,
            _function(demo, tmp_path_factory.mktemp("function")),
            _command(demo, tmp_path_factory.mktemp("command")),
        )


def _portals(demo: Mapping[str, Any], folder: Path) -> tuple[list[str], list[str]]:
    (folder / "sitecustomize.py").write_text(BREAKS, encoding="utf-8")
    with served_portal(demo, folder, WEB_CONCURRENCY="1", PYTHONPATH=f"{folder}:{ROOT}") as portal:
        answer = requests.post(f"{portal.url}/_dash-update-component", json=_address_that_breaks(), timeout=30)
        assert answer.status_code == 200
        _wait_for("callback.failed", portal)
        _wait_for("data.age", portal)
    first = portal.log.splitlines()
    with started_portal(
        demo, folder, WEB_CONCURRENCY="1", PORTAL_CLOCK=f"frozen:{LATER}", JIRA_API_TOKEN="x"
    ) as portal:
        _wait_for("data.age", portal, beyond=len(first))
    return first, portal.log.splitlines()[len(first) :]


def _address_that_breaks() -> dict[str, Any]:
    """What a browser asks at the address of no page."""
    return {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "inputs": [{"id": "url", "property": "pathname", "value": "/broken"}],
        "state": [{"id": "url", "property": "search", "value": ""}],
        "changedPropIds": ["url.pathname"],
    }


def _wait_for(event: str, portal: ServedPortal, beyond: int = 0) -> None:
    ends = time.monotonic() + WAIT_S
    while not any(f'"event": "{event}"' in line for line in portal.log.splitlines()[beyond:]):
        assert time.monotonic() < ends, f"waited too long for {event}:\n{portal.log}"
        time.sleep(0.05)


def _function(demo: Mapping[str, Any], folder: Path) -> list[str]:
    """A whole day, one without a queue whose project is gone, and an event that names no instant."""
    registry = folder / "registry.json"
    registry.write_bytes(Path(demo["registry"]).read_bytes())
    environment = {**settings_of(demo), "QUEUE_REGISTRY": str(registry), "PORTAL_CLOCK": f"frozen:{NOON}"}
    with function("opsportal.aws_lambda.handler", folder, environment) as snap:
        assert snap.invoke({"scheduled_at": "2026-11-23T11:00:00Z"}).error is None
        content = json.loads(registry.read_bytes())
        content["queues"][1]["project"] = "NOWHERE"
        registry.write_text(json.dumps(content), encoding="utf-8")
        for event in ("2026-11-22T11:00:00Z", "soon"):
            assert snap.invoke({"scheduled_at": event}).error is not None
        return snap.log.splitlines()


def _command(demo: Mapping[str, Any], folder: Path) -> list[str]:
    """What a task writes that finds no registry, and then one that does."""
    settings = {**settings_of(demo), "PORTAL_CLOCK": f"frozen:{NOON}"}
    gone = Commands(folder)("snapshot", **{**settings, "QUEUE_REGISTRY": "gone.json"})
    whole = Commands(folder)("snapshot", **settings)
    assert (gone.code, whole.code) == (1, 0)
    return [line for done in (gone, whole) for line in (done.out + done.err).splitlines()]


def _events(lines: Sequence[str]) -> list[str]:
    return [json.loads(line)["event"] for line in lines if line.startswith("{")]


def _values(stack: Planned, filter_name: str, lines: Sequence[str]) -> list[float]:
    """What a filter makes of lines."""
    found = stack.of("aws_cloudwatch_log_metric_filter")[filter_name]
    (transformation,) = found["metric_transformation"]
    return [value(transformation, line) for line in lines if matches(found["pattern"], line)]


def _dimensions(name: str) -> dict[str, str]:
    """Those of an alarm as they are written: a plan has none where one of them is known afterwards only."""
    text = (INFRA / "monitoring.tf").read_text(encoding="utf-8")
    _, _, block = text.partition(f'resource "aws_cloudwatch_metric_alarm" "{name.partition("[")[0]}" {{\n')
    written = re.search(r"\bdimensions += \{([^}]*)\}", block.partition("\n}\n")[0])
    return dict(re.findall(r"(\w+) += +([^,\s]+)", written[1])) if written else {}


def _alarm(stack: Planned, name: str) -> Mapping[str, Any]:
    return stack.of("aws_cloudwatch_metric_alarm")[name]


@pytest.mark.parametrize("name", FOUND)
def test_a_filter_finds_its_own_events_and_no_other_line(stack: Planned, written: Written, name: str) -> None:
    """Of everything that portal, function and command have written, requests and the server's own words included."""
    pattern = stack.of("aws_cloudwatch_log_metric_filter")[name]["pattern"]

    found = [line for line in written.every if matches(pattern, line)]

    assert set(_events(found)) == FOUND[name]
    assert len(found) == sum(event in FOUND[name] for event in _events(written.every))
    assert {"request", "Starting gunicorn"} <= {event.partition(" 2")[0] for event in _events(written.portal)}


def test_every_filter_looks_where_its_events_are_written(stack: Planned, stack_on_ecs: Planned) -> None:
    """In the logs of the portal, of the schedule's runs, and of runs by hand, which the containers are given."""
    for each in (stack, stack_on_ecs):
        filters = each.of("aws_cloudwatch_log_metric_filter")
        groups = {name: values["name"] for name, values in each.of("aws_cloudwatch_log_group").items()}
        assert set(filters) == set(FOUND)
        assert {filters[name]["log_group_name"] for name in ("callback_errors", "data_age")} == {groups["portal"]}
        for kind in ("snapshots", "snapshot_failures"):
            assert filters[f'{kind}["scheduled"]']["log_group_name"] == groups["snapshot"]
            assert filters[f'{kind}["by_hand"]']["log_group_name"] == groups["job"]
    (logging,) = stack.of("aws_lambda_function")["snapshot[0]"]["logging_config"]
    assert (logging["log_group"], logging["log_format"]) == (f"/{NAME}/snapshot", "Text")


def test_alarms_on_the_log_name_a_metric_that_a_filter_makes(stack: Planned) -> None:
    """By namespace and name, and without dimensions, which no filter gives."""
    made: set[tuple[str, str]] = set()
    for values in stack.of("aws_cloudwatch_log_metric_filter").values():
        (transformation,) = values["metric_transformation"]
        assert transformation["default_value"] is None, "a 0 would hide that nothing is told"
        made.add((transformation["namespace"], transformation["name"]))
    alarms = stack.of("aws_cloudwatch_metric_alarm")
    ours = {name for name, alarm in alarms.items() if not alarm["namespace"].startswith("AWS/")}

    assert ours == {"callback_errors", "stale_data", "snapshot_failed", "no_snapshot"}
    assert {(alarms[name]["namespace"], alarms[name]["metric_name"]) for name in ours} == made
    assert not any(alarms[name].get("dimensions") for name in ours)


def test_a_callback_that_fails_is_an_alarm(stack: Planned, written: Written) -> None:
    """Within one period, and over with the next; nothing is told by a portal that fails none."""
    values = _values(stack, "callback_errors", written.portal)
    alarm = _alarm(stack, "callback_errors")

    assert values == [1.0]
    assert goes_off(alarm, [values])
    assert not goes_off(alarm, [values, []])
    assert _values(stack, "callback_errors", written.portal_refused) == []


def test_numbers_that_grow_old_are_an_alarm(stack: Planned, written: Written) -> None:
    """Two hours after the last good reading, with Jira refusing; so is a portal that says nothing."""
    young, old = (_values(stack, "data_age", lines) for lines in (written.portal, written.portal_refused))
    alarm = _alarm(stack, "stale_data")
    looks = alarm["evaluation_periods"]

    assert young
    assert old
    assert max(young) < alarm["threshold"] < min(old) == 7200.0
    assert not goes_off(alarm, [young] * looks)
    assert goes_off(alarm, [young, *([old] * looks)])
    assert goes_off(alarm, [young, *([[]] * looks)])
    assert alarm["period"] >= 2 * 60, "the age is told every minute, and a task may just be replaced"


def test_a_snapshot_that_fails_is_an_alarm(stack: Planned, written: Written) -> None:
    """A day that lacks a queue, and a run that could not begin; one that is complete is none."""
    alarm = _alarm(stack, "snapshot_failed")
    for name, lines, failures in (
        ('snapshot_failures["scheduled"]', written.function, 2),
        ('snapshot_failures["by_hand"]', written.command, 1),
    ):
        each = _values(stack, name, lines)
        assert each == [1.0] * failures
        assert goes_off(alarm, [each])
    whole = [line for line in written.function if "snapshot.completed" in line]
    assert not goes_off(alarm, [_values(stack, 'snapshot_failures["scheduled"]', whole)])


def test_no_snapshot_for_26_hours_is_an_alarm(stack: Planned, written: Written) -> None:
    """By whole hours: never with a run a day, also when clocks change, and after the 26th hour when one is missing."""
    alarm = _alarm(stack, "no_snapshot")
    one = _values(stack, 'snapshots["scheduled"]', written.function)
    runs = {3, 27, 52, 75, 99}  # an hour late once, as in autumn; then none from the fifth day on

    def on(hour: int) -> bool:
        return goes_off(alarm, [one if each in runs else [] for each in range(max(hour - HOURS, 0), hour)])

    assert one == [1.0]
    assert (alarm["period"], alarm["evaluation_periods"], alarm["datapoints_to_alarm"]) == (3600, HOURS, HOURS)
    assert alarm["period"] * alarm["evaluation_periods"] <= 7 * 86_400, "CloudWatch looks back no further"
    assert [hour for hour in range(HOURS, 24 * 8) if on(hour)] == list(range(99 + 1 + HOURS, 24 * 8))
    runs.add(150)
    assert not on(151)


@pytest.mark.parametrize("name", METRICS_OF_AWS)
def test_alarms_on_metrics_of_aws_name_parts_of_the_stack(stack: Planned, name: str) -> None:
    """With the dimensions that the metric has, taken from resources that are made."""
    namespace, metric, statistic, dimensions = METRICS_OF_AWS[name]
    alarm = _alarm(stack, name)

    assert (alarm["namespace"], alarm["metric_name"], alarm["statistic"]) == (namespace, metric, statistic)
    assert _dimensions(name) == dimensions
    for part in dimensions.values():
        assert part.rpartition(".")[0] in stack.known


def test_each_alarm_of_aws_goes_off_when_it_should(stack: Planned) -> None:
    """5xx by the handful, no task for three minutes or none at all, one dead letter, one failed invocation."""
    for name in ("balancer_errors", "portal_errors"):
        assert goes_off(_alarm(stack, name), [[1, 1, 1, 1, 1]])
        assert not goes_off(_alarm(stack, name), [[1, 1, 1, 1]])
        assert not goes_off(_alarm(stack, name), [[]])
    no_task = _alarm(stack, "no_healthy_task")
    assert no_task["period"] * no_task["evaluation_periods"] == 180
    assert goes_off(no_task, [[0, 0]] * 3)
    assert goes_off(no_task, [[]] * 3)
    assert not goes_off(no_task, [[0, 0], [0, 1], [0, 0]]), "one of the balancer's addresses sees a task"
    for name in ("dead_letters", "snapshot_function[0]"):
        assert goes_off(_alarm(stack, name), [[1]])
        assert not goes_off(_alarm(stack, name), [[0]])
        assert not goes_off(_alarm(stack, name), [[]])


@pytest.mark.parametrize(
    ("task", "told"),
    [
        ({"containers": [{"name": "portal", "exitCode": 1}]}, True),
        ({"containers": [{"name": "portal", "exitCode": 137}]}, True),
        ({"containers": [{"name": "portal"}], "stopCode": "TaskFailedToStart"}, True),
        ({"containers": [{"name": "portal", "exitCode": 0}], "stopCode": "EssentialContainerExited"}, False),
        ({"containers": [{"name": "portal", "exitCode": 1}], "group": f"service:{NAME}"}, False),
        ({"containers": [{"name": "portal", "exitCode": 1}], "group": f"family:{NAME}-job"}, False),
        ({"containers": [{"name": "portal"}], "lastStatus": "RUNNING"}, False),
    ],
)
def test_a_task_that_fails_is_told(stack_on_ecs: Planned, task: Mapping[str, Any], told: bool) -> None:
    """By any exit code but 0, such as the command's own 1, or because it never ran; the portal's own tasks are not."""
    rule = stack_on_ecs.of("aws_cloudwatch_event_rule")["snapshot_task[0]"]
    detail = {"group": f"family:{NAME}-snapshot", "lastStatus": "STOPPED", **task}
    event = {"source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": detail}

    assert fits(json.loads(rule["event_pattern"]), event) is told
    target = "aws_cloudwatch_event_target.snapshot_task[0]"
    assert stack_on_ecs.refers_to(target, "arn") == {"aws_sns_topic.alarms.arn"}
    schedule = stack_on_ecs.of("aws_ecs_task_definition")["snapshot[0]"]
    assert schedule["family"] == f"{NAME}-snapshot"


def test_every_alarm_tells_the_topic_that_people_are_subscribed_to(stack: Planned, stack_on_ecs: Planned) -> None:
    """When it goes off and when it is over; the topic has no key that would keep CloudWatch out."""
    for each in (stack, stack_on_ecs):
        for name in each.of("aws_cloudwatch_metric_alarm"):
            address = f"aws_cloudwatch_metric_alarm.{name}"
            for way in ("alarm_actions", "ok_actions"):
                assert each.unknown[address][way] is True, "the topic's ARN, which is not known before it is made"
                assert each.written[address.partition("[")[0]][way]["references"] == ["local.notified"]
        subscriptions = each.of("aws_sns_topic_subscription").values()
        assert {values["endpoint"] for values in subscriptions} == {"ops@example.com", "night@example.com"}
        assert {values["protocol"] for values in subscriptions} == {"email"}
        assert each.of("aws_sns_topic")["alarms"]["kms_master_key_id"] is None
    assert "snapshot_function[0]" not in stack_on_ecs.of("aws_cloudwatch_metric_alarm")
    assert not stack.of("aws_cloudwatch_event_rule")


def test_every_alarm_has_its_page_and_every_page_its_alarm(stack: Planned, stack_on_ecs: Planned) -> None:
    """The page that a description names is a heading of the runbook's alarms, and is called as the alarm is."""
    alarms = {
        values["alarm_name"]: values["alarm_description"] for values in stack.of("aws_cloudwatch_metric_alarm").values()
    }
    rules = stack_on_ecs.of("aws_cloudwatch_event_rule").values()
    alarms |= {values["name"]: values["description"] for values in rules}
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    _, _, chapter = runbook.partition("\n## Alarms\n")
    pages = re.findall(r"^### (.+)$", chapter.partition("\n## ")[0], re.MULTILINE)

    for name, description in alarms.items():
        assert description.endswith(f"docs/runbook.md#{name.removeprefix(f'{NAME}-')}")
    assert sorted(page.lower().replace(" ", "-") for page in pages) == sorted(
        name.removeprefix(f"{NAME}-") for name in alarms
    )
