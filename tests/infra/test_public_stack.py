"""The stack in its other shapes: on the internet with a name and sign-in, behind NAT, snapshots by a task."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.server import Demo
from tests.infra import applied as applying
from tests.infra.applied import CANARY_OF_SIGN_IN, DOMAIN, PUBLIC, Applied
from tests.infra.container_contract import ContainerContract
from tests.infra.edge_contract import EdgeContract
from tests.infra.end_to_end import begun, days_in, settings_for, snapshot_task, tokens_of
from tests.infra.keeping_contract import KeepingContract
from tests.infra.permission_contract import PermissionContract
from tests.infra.plan_contract import EndContract, PlanContract
from tests.infra.terraform import Terraform


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


class TestPlan(PlanContract):
    """What is left to do."""


class TestEnd(EndContract):
    """Nothing stays."""
