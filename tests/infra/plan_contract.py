"""What the files say once they are applied: nothing more to do, no secret anywhere, and nothing left in the end."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.fakes.aws_servers import SECRET_KEY
from tests.infra.applied import CANARY_OF_SIGN_IN, CANARY_OF_THE_ENVIRONMENT, Applied
from tests.infra.permission_contract import TOKENS

_PLACEHOLDER: Final = "aws_secretsmanager_secret_version.placeholder"
_FORGOTTEN: Final[Mapping[str, set[str]]] = {
    # ministack tells a list that is not there as one without items.
    "aws_cloudfront_response_headers_policy.portal": {"custom_headers_config", "remove_headers_config"},
    # ministack does not tell whether tasks are spread anew when a zone is back.
    "aws_ecs_service.portal": {"availability_zone_rebalancing"},
}
"""What a second plan would change, for no other reason than that the emulator tells it differently."""


class PlanContract:
    """Tests of a stack that is in use; they come last but for its end."""

    @pytest.fixture(scope="class")
    @classmethod
    def second_plan(cls, stack: Applied) -> Mapping[str, Any]:
        """What another apply would do, after tokens were put beside terraform and terraform has looked at them."""
        stack.session.client("secretsmanager").put_secret_value(
            SecretId=stack.outputs["secret_arn"], SecretString=json.dumps(TOKENS)
        )
        stack.stack.refresh(stack.variables, _PLACEHOLDER)
        return stack.stack.plan(stack.variables, refresh=False)

    def test_a_second_plan_changes_nothing(self, second_plan: Mapping[str, Any]) -> None:
        """But what the emulator forgets, attribute by attribute; tokens that were put stay as they are."""
        changes = {
            change["address"]: change["change"]
            for change in second_plan["resource_changes"]
            if change["change"]["actions"] not in (["no-op"], ["read"])
        }

        assert all(change["actions"] == ["update"] for change in changes.values())
        unknown = {address: _differing(change) - _FORGOTTEN.get(address, set()) for address, change in changes.items()}
        assert {address: names for address, names in unknown.items() if names} == {}

    def test_no_token_is_found_where_terraform_writes(self, stack: Applied, second_plan: Mapping[str, Any]) -> None:
        """Neither in state, plan or log: not those in the secret, nor those of whoever applies."""
        current = stack.session.client("secretsmanager").get_secret_value(SecretId=stack.outputs["secret_arn"])
        assert json.loads(current["SecretString"]) == TOKENS

        written = {"state": stack.stack.state, "plan": json.dumps(second_plan), "log": stack.stack.log}
        for canary in (*TOKENS.values(), CANARY_OF_THE_ENVIRONMENT, SECRET_KEY):
            assert [name for name, text in written.items() if canary in text] == []
        assert all(stack.outputs["secret_arn"] in written[name] for name in ("state", "plan"))

    def test_no_secret_is_found_in_what_containers_are_given(self, stack: Applied) -> None:
        """Nor is that of sign-in in the log; it is in the state, since the balancer has to be told."""
        given = json.dumps([attributes.get("container_definitions") for attributes in stack.resources.values()])
        given += json.dumps([attributes.get("environment") for attributes in stack.resources.values()])

        for canary in (*TOKENS.values(), CANARY_OF_THE_ENVIRONMENT, CANARY_OF_SIGN_IN, SECRET_KEY):
            assert canary not in given
        assert stack.outputs["secret_arn"] in given
        assert CANARY_OF_SIGN_IN not in stack.stack.log
        assert (CANARY_OF_SIGN_IN in stack.stack.state) == ("oidc" in stack.variables)


class EndContract:
    """The last test of a stack: it is taken away."""

    def test_nothing_is_left(self, stack: Applied) -> None:
        """Neither in the state nor of what costs money or holds data."""
        stack.stack.destroy(stack.variables)

        assert stack.stack.resources() == {}
        assert _left(stack) == {}


def _differing(change: Mapping[str, Any]) -> set[str]:
    before, after = change["before"], change["after"]
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def _left(stack: Applied) -> dict[str, list[str]]:
    client = stack.session.client
    vpcs = client("ec2").describe_vpcs(Filters=[{"Name": "tag:Application", "Values": ["opsportal"]}])["Vpcs"]
    left = {
        "tables": [name for name in client("dynamodb").list_tables()["TableNames"] if name == "opsportal"],
        "buckets": [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]],
        "secrets": [
            found["Name"]
            for found in client("secretsmanager").list_secrets()["SecretList"]
            if found["Name"] == "opsportal"
        ],
        "balancers": [
            balancer["LoadBalancerName"] for balancer in client("elbv2").describe_load_balancers()["LoadBalancers"]
        ],
        "services": client("ecs").list_services(cluster="opsportal")["serviceArns"]
        if client("ecs").describe_clusters(clusters=["opsportal"])["clusters"]
        else [],
        "functions": [function["FunctionName"] for function in client("lambda").list_functions()["Functions"]],
        "schedules": [schedule["Name"] for schedule in client("scheduler").list_schedules()["Schedules"]],
        "queues": client("sqs").list_queues().get("QueueUrls", []),
        "topics": [topic["TopicArn"] for topic in client("sns").list_topics()["Topics"]],
        "alarms": [alarm["AlarmName"] for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]],
        "log groups": [group["logGroupName"] for group in client("logs").describe_log_groups()["logGroups"]],
        "roles": [
            role["RoleName"] for role in client("iam").list_roles()["Roles"] if role["RoleName"].startswith("opsportal")
        ],
        "networks": [vpc["VpcId"] for vpc in vpcs],
        "caches": [
            group["ReplicationGroupId"]
            for group in client("elasticache").describe_replication_groups()["ReplicationGroups"]
        ],
        "distributions": [
            item["Id"] for item in client("cloudfront").list_distributions()["DistributionList"].get("Items", [])
        ],
        "scaling": [*stack.aws.scaling.targets, *stack.aws.scaling.policies],
    }
    return {what: names for what, names in left.items() if names}
