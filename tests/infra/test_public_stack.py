"""The stack in its other shapes: on the internet with a name and sign-in, behind NAT, snapshots by a task."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
import requests

from demo.server import Demo
from opsportal.tokens import Grant, make
from tests.fakes.signing_in import DATA, Balancer
from tests.infra import applied as applying
from tests.infra.applied import CANARY_OF_SIGN_IN, DOMAIN, PUBLIC, Applied
from tests.infra.container_contract import ContainerContract
from tests.infra.edge_contract import EdgeContract
from tests.infra.end_to_end import begun, days_in, settings_for, snapshot_task, tokens_of, web_task
from tests.infra.keeping_contract import KeepingContract
from tests.infra.listener_rules import Asked, Rule, end
from tests.infra.permission_contract import PermissionContract
from tests.infra.plan_contract import EndContract, PlanContract
from tests.infra.sign_in_contract import (
    EDGE,
    FOR_EVERYBODY,
    FOR_PEOPLE,
    WITH_A_TOKEN,
    SignInContract,
    called,
    through,
)
from tests.infra.terraform import Terraform

KEY_OF_TOKENS: Final = "canary-5d20f1-signs-what-programs-bring"


@pytest.fixture(scope="module")
def stack(demo: Demo, tool: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    """It."""
    with applying.applied(PUBLIC, tool, tmp_path_factory.mktemp("public"), settings_for(demo)) as standing:
        yield standing


class TestContainers(ContainerContract):
    """What they are given and may do."""

    def test_settings_of_the_operator_reach_each(self, stack: Applied, demo: Demo) -> None:
        """As they were written, with the days after which history goes."""
        for name in ("portal", "job", "snapshot[0]"):
            environment = stack.environment_of(name)
            assert settings_for(demo).items() <= environment.items()
            assert environment["HISTORY_URL"].endswith("?region=eu-central-1&ttl_days=1095")


class TestEdge(EdgeContract):
    """How requests come in."""

    def test_people_sign_in_before_they_see_a_page(self, stack: Applied) -> None:
        """At the balancer, over HTTPS, and only when they came through the edge."""
        balancer = stack.session.client("elbv2")
        arn = stack.resources["aws_lb_listener.portal"]["arn"]
        (listener,) = balancer.describe_listeners(ListenerArns=[arn])["Listeners"]
        rules = {rule["Priority"]: rule for rule in balancer.describe_rules(ListenerArn=arn)["Rules"]}

        assert (listener["Protocol"], listener["Port"]) == ("HTTPS", 443)
        assert [action["Type"] for action in rules["30"]["Actions"]] == ["authenticate-oidc", "forward"]
        sign_in = stack.resources["aws_lb_listener_rule.portal"]["action"][0]["authenticate_oidc"][0]
        assert (sign_in["client_id"], sign_in["client_secret"]) == ("opsportal", CANARY_OF_SIGN_IN)
        header = stack.resources["aws_lb_listener_rule.portal"]["condition"]
        (key,) = [part["http_header"][0]["values"] for part in header if part["http_header"]]
        origin = stack.resources["aws_cloudfront_distribution.portal"]["origin"]
        assert [key] == [[pair["value"] for pair in part["custom_header"]] for part in origin if part["custom_header"]]

    def test_the_portal_has_its_name_and_certificates(self, stack: Applied) -> None:
        """One for the edge in the region that the edge reads, one for the balancer in its own."""
        assert stack.outputs["portal_url"] == f"https://{DOMAIN}"
        edge = stack.resources["aws_acm_certificate.edge[0]"]
        inner = stack.resources["aws_acm_certificate.balancer[0]"]
        assert edge["arn"].split(":")[3] == "us-east-1"
        assert inner["arn"].split(":")[3] == "eu-central-1"
        assert edge["domain_name"] == inner["domain_name"] == DOMAIN

    def test_tasks_go_out_by_one_address(self, stack: Applied, demo: Demo) -> None:
        """They have none of their own, and the port of this Jira is open to them."""
        network = stack.outputs["job_network"]["awsvpcConfiguration"]
        rules = [found for address, found in stack.resources.items() if "tasks_to_sources" in address]

        assert network["assignPublicIp"] == "DISABLED"
        assert [address for address in stack.resources if address.startswith("aws_nat_gateway.")] == [
            "aws_nat_gateway.portal[0]"
        ]
        port = int(demo.jira_base_url.split(":")[2].partition("/")[0])
        assert {rule["from_port"] for rule in rules} == {443, port}


class TestSignIn(SignInContract):
    """Who has to sign in."""

    @pytest.mark.parametrize("asked", [*FOR_EVERYBODY, *WITH_A_TOKEN, *FOR_PEOPLE], ids=called)
    @pytest.mark.parametrize("key", [{}, {EDGE: "another"}], ids=["without a key", "with another key"])
    def test_nobody_gets_by_without_the_edge(self, rules: Sequence[Rule], asked: Asked, key: Mapping[str, str]) -> None:
        """Nor as far as the sign-in: this balancer can be found on the internet."""
        assert end(rules, through(key, asked)) == "403"


class TestKeeping(KeepingContract):
    """What is kept."""

    def test_the_schedule_starts_a_task(self, stack: Applied) -> None:
        """With the command for the instant that was meant, in the portal's network and the snapshot's role."""
        (target,) = stack.resources["aws_scheduler_schedule.snapshot"]["target"]
        definition = stack.resources["aws_ecs_task_definition.snapshot[0]"]

        assert target["arn"] == stack.resources["aws_ecs_cluster.portal"]["arn"]
        assert target["ecs_parameters"][0]["task_definition_arn"].startswith(definition["arn_without_revision"])
        assert definition["task_role_arn"] == stack.resources["aws_iam_role.snapshot"]["arn"]
        assert '"--scheduled-at","<aws.scheduler.scheduled-time>"' in target["input"].replace(" ", "")

    def test_a_task_that_fails_is_told(self, stack: Applied) -> None:
        """It is nobody else's error: the event goes to those whom alarms go to."""
        events = stack.session.client("events")
        (target,) = events.list_targets_by_rule(Rule="opsportal-snapshot-task")["Targets"]

        assert target["Arn"] == stack.outputs["alarm_topic_arn"]


class TestPermissions(PermissionContract):
    """What the portal's own code may do."""


class TestInUse:
    """From the schedule to the table, in the role and with the variables of the stack."""

    def test_what_the_schedule_starts_keeps_the_day_that_was_meant(
        self, stack: Applied, demo: Demo, tmp_path: Path
    ) -> None:
        """Of every queue, for as long as days are to be kept; started twice it leaves the same."""
        registry = begun(stack, demo)

        first = snapshot_task(stack, tmp_path, "2026-11-22T11:00:00Z")
        assert first.returncode == 0, first.stdout + first.stderr
        kept = days_in(stack)
        assert snapshot_task(stack, tmp_path, "2026-11-22T11:00:00Z").returncode == 0

        assert set(kept) == {(queue["id"], "2026-11-21") for queue in registry["queues"]}
        assert all("expires_at" in item for item in kept.values())
        assert days_in(stack) == kept
        assert not [token for token in tokens_of(demo).values() if token in first.stdout + first.stderr]

    def test_the_task_judges_what_comes_past_the_sign_in(self, stack: Applied, demo: Demo, tmp_path: Path) -> None:
        """By the key in the stack's secret; what another balancer has signed makes nobody somebody."""
        queue = begun(stack, demo, TOKEN_KEY=KEY_OF_TOKENS)["queues"][0]["id"]
        one, all_of_them = _bringing({queue}), _bringing(None)
        nobodys = [{}, {"Authorization": "Bearer e30"}, {"X-Opsportal-Session": "0f3a"}, {DATA: Balancer().says()}]

        with web_task(stack, tmp_path / "web") as portal:
            trends = requests.get(f"{portal.url}/api/trends", headers=one, timeout=60)
            metrics = requests.get(f"{portal.url}/metrics", headers=all_of_them, timeout=60)
            refused = [
                requests.get(portal.url + path, headers=headers, timeout=60)
                for path in ("/api/trends", "/metrics")
                for headers in nobodys
            ]
            log = portal.log

        assert trends.status_code == 200, log
        assert [shown["queue"] for shown in trends.json()["queues"]] == [queue]
        assert (metrics.status_code, "opsportal_requests" in metrics.text) == (200, True)
        assert {answer.status_code for answer in refused} == {401}
        assert log.count("sign_in.refused") == len(refused)
        assert log.count("another balancer has signed") == 2
        brought = [KEY_OF_TOKENS, *(token["Authorization"].partition(" ")[2] for token in (one, all_of_them))]
        assert not [secret for secret in brought if secret in log]


class TestPlan(PlanContract):
    """What is left to do."""


class TestEnd(EndContract):
    """Nothing stays."""


def _bringing(queues: set[str] | None) -> dict[str, str]:
    """The header of a program with a token for queues, or for all."""
    made_ms = int(time.time() * 1000)  # noqa: TID251 - the portal holds tokens against the true clock
    seen = None if queues is None else frozenset(queues)
    grant = Grant("api", "of-a-program", made_ms, made_ms + 3_600_000, queues=seen)
    return {"Authorization": f"Bearer {make(KEY_OF_TOKENS, grant)}"}
