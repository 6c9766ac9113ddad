"""The stack as it is without a word: applied to emulators, looked at, used, and taken away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from demo.server import Demo
from tests.infra import applied as applying
from tests.infra.applied import DEFAULT, NETWORK, Applied
from tests.infra.container_contract import ContainerContract
from tests.infra.edge_contract import EdgeContract
from tests.infra.end_to_end import (
    begun,
    days_in,
    event_at,
    put_registry,
    settings_for,
    snapshot_function,
    tokens_of,
    web_task,
)
from tests.infra.keeping_contract import KeepingContract
from tests.infra.permission_contract import PermissionContract
from tests.infra.plan_contract import EndContract, PlanContract
from tests.infra.sign_in_contract import SignInContract
from tests.infra.terraform import Terraform


@pytest.fixture(scope="module")
def stack(demo: Demo, tool: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    """It."""
    with applying.applied(DEFAULT, tool, tmp_path_factory.mktemp("default"), settings_for(demo)) as standing:
        yield standing


class TestContainers(ContainerContract):
    """What they are given and may do."""


class TestEdge(EdgeContract):
    """How requests come in."""

    def test_the_balancer_is_not_on_the_internet(self, stack: Applied) -> None:
        """CloudFront reaches it inside the network."""
        balancer = stack.session.client("elbv2")
        (told,) = balancer.describe_load_balancers(Names=["opsportal"])["LoadBalancers"]

        assert told["Scheme"] == "internal"
        assert (
            stack.resources["aws_cloudfront_vpc_origin.portal[0]"]["vpc_origin_endpoint_config"][0]["arn"]
            == (told["LoadBalancerArn"])
        )

    def test_only_the_networks_that_are_named_get_through(self, stack: Applied) -> None:
        """Nobody signs in here: the firewall before the edge keeps others out."""
        acl = stack.resources["aws_wafv2_web_acl.portal[0]"]

        assert stack.resources["aws_cloudfront_distribution.portal"]["web_acl_id"] == acl["arn"]
        assert stack.resources['aws_wafv2_ip_set.allowed["ipv4"]']["addresses"] == [NETWORK]

    def test_tasks_have_addresses_of_their_own_and_share_a_cache(self, stack: Applied) -> None:
        """Without a NAT gateway; the cache is encrypted on the wire."""
        network = stack.outputs["job_network"]["awsvpcConfiguration"]
        cache = stack.resources["aws_elasticache_replication_group.cache[0]"]

        assert network["assignPublicIp"] == "ENABLED"
        assert not [address for address in stack.resources if address.startswith("aws_nat_gateway.")]
        assert cache["transit_encryption_enabled"]
        assert stack.environment_of("portal")["REDIS_URL"].startswith("rediss://")


class TestSignIn(SignInContract):
    """Nobody signs in here."""


class TestKeeping(KeepingContract):
    """What is kept."""

    def test_the_schedule_starts_the_function(self, stack: Applied) -> None:
        """Which is tried again when it fails, and then told as a dead letter."""
        schedule = stack.resources["aws_scheduler_schedule.snapshot"]
        function = stack.resources["aws_lambda_function.snapshot[0]"]
        retries = stack.resources["aws_lambda_function_event_invoke_config.snapshot[0]"]

        assert schedule["target"][0]["arn"] == function["arn"]
        assert function["dead_letter_config"][0]["target_arn"] == stack.resources["aws_sqs_queue.dead_letters"]["arn"]
        assert (function["timeout"], retries["maximum_retry_attempts"]) == (900, 2)


class TestPermissions(PermissionContract):
    """What the portal's own code may do."""


class TestInUse:
    """From the schedule to the Trends API, in the roles and with the variables of the stack."""

    @pytest.fixture(scope="class")
    @classmethod
    def registry(cls, stack: Applied, demo: Demo) -> Any:
        """The demo's registry and tokens, put where an operator puts them."""
        return begun(stack, demo)

    def test_what_the_schedule_starts_is_shown_on_the_trends(
        self, stack: Applied, registry: Any, demo: Demo, tmp_path: Path
    ) -> None:
        """Every queue's day is taken once, however often it is started, and served by a task that cannot write."""
        ids = {queue["id"] for queue in registry["queues"]}
        event = event_at(stack, "2026-11-23T11:00:00Z")
        with snapshot_function(stack, tmp_path / "function") as function:
            first = function.invoke(event, request_id="first")
            assert first.error is None
            kept = days_in(stack)
            second = function.invoke(event, request_id="first")
            log = function.log

        assert set(kept) == {(queue, "2026-11-22") for queue in ids}
        assert {outcome["result"] for outcome in second.answer["outcomes"]} == {"there"}
        assert days_in(stack) == kept
        with web_task(stack, tmp_path / "web") as portal:
            answer = requests.get(f"{portal.url}/api/trends", timeout=60)
            answer.raise_for_status()
            log += portal.log
        shown = {queue["queue"]: [point["day"] for point in queue["points"]] for queue in answer.json()["queues"]}
        assert shown == {queue: ["2026-11-22"] for queue in ids}
        assert not [token for token in tokens_of(demo).values() if token in log]

    def test_a_queue_that_fails_is_told_after_the_others_are_kept(
        self, stack: Applied, registry: Any, tmp_path: Path
    ) -> None:
        """Lambda counts the invocation as failed, and tries again."""
        broken = registry["queues"][1]["id"]
        put_registry(stack, changed_project(registry, 1, "NOWHERE"))

        with snapshot_function(stack, tmp_path / "function") as function:
            ended = function.invoke(event_at(stack, "2026-11-20T11:00:00Z"))

        assert ended.error is not None
        assert ended.error["errorType"] == "SnapshotIncomplete"
        assert f"{broken}: " in ended.error["errorMessage"]
        others = {queue["id"] for queue in registry["queues"]} - {broken}
        assert {queue for queue, day in days_in(stack) if day == "2026-11-19"} == others


class TestPlan(PlanContract):
    """What is left to do."""


class TestEnd(EndContract):
    """Nothing stays."""


def changed_project(registry: Any, position: int, project: str) -> Any:
    """The registry with another project for one queue."""
    queues = [dict(queue) for queue in registry["queues"]]
    queues[position]["project"] = project
    return {**registry, "queues": queues}
