"""What the portal's own code may do in its roles, in any variant: ministack refuses whatever no policy allows."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias, cast

import boto3
import pytest
from botocore.exceptions import ClientError

from datasource.history.dynamodb import DynamoDbHistory
from datasource.history.errors import NotPermitted
from datasource.registry.s3 import S3Registry, connect
from datasource.secrets.aws import read
from opsportal.settings import IN_A_SECRET
from tests.fakes.history_table import create_table
from tests.infra.applied import Applied
from tests.infra.refused_calls import OTHER, REFUSED_CALLS
from tests.infra.roles import taken_on
from tests.unit.datasource.registry.examples import registry
from tests.unit.servicelevel.days import LAST, scored

TOKENS: Mapping[str, str] = {
    "JIRA_API_TOKEN": "canary-27d6ab-of-jira",
    "TEMPO_API_TOKEN": "canary-27d6ab-of-tempo",
}

InRole: TypeAlias = Callable[[str], None]

_REFUSED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class PermissionContract:
    """Tests in which the portal has the task's role, or the snapshot's, and nothing else."""

    @pytest.fixture(scope="class")
    @classmethod
    def used(cls, stack: Applied) -> Applied:
        """The stack with a registry, tokens and a day; beside it things of the same account that are others'."""
        aws = stack.session
        for key in ("queue_registry.json", "other.json"):
            aws.client("s3").put_object(
                Bucket=stack.outputs["config_bucket"], Key=key, Body=json.dumps(registry()).encode()
            )
        secrets = aws.client("secretsmanager")
        secrets.put_secret_value(SecretId=stack.outputs["secret_arn"], SecretString=json.dumps(TOKENS))
        secrets.create_secret(Name=OTHER, SecretString="{}")
        create_table(aws.client("dynamodb"), OTHER)
        assert _history(stack).put(scored(LAST, 71.0))
        return stack

    @pytest.fixture(scope="class")
    @classmethod
    def roles(cls, stack: Applied) -> Mapping[str, Mapping[str, str]]:
        """The credentials of both roles."""
        return {role: taken_on(stack, role) for role in ("task", "snapshot")}

    @pytest.fixture(scope="class")
    @classmethod
    def sessions(cls, stack: Applied, roles: Mapping[str, Mapping[str, str]]) -> Mapping[str, boto3.Session]:
        """Of somebody in each of them."""
        return {
            role: boto3.Session(
                credentials["AWS_ACCESS_KEY_ID"],
                credentials["AWS_SECRET_ACCESS_KEY"],
                credentials["AWS_SESSION_TOKEN"],
                region_name=stack.variant.region,
            )
            for role, credentials in roles.items()
        }

    @pytest.fixture
    def in_role(
        self, stack: Applied, roles: Mapping[str, Mapping[str, str]], monkeypatch: pytest.MonkeyPatch
    ) -> InRole:
        """From the call on this process is in a role."""

        def take_on(role: str) -> None:
            for name, value in {**roles[role], "AWS_DEFAULT_REGION": stack.variant.region}.items():
                monkeypatch.setenv(name, value)

        return take_on

    def test_the_task_reads_history_registry_and_secret(self, used: Applied, in_role: InRole) -> None:
        """With the classes that the portal reads with."""
        in_role("task")

        assert [row.score for row in _history(used).range("desk", LAST, LAST).snapshots] == [71.0]
        assert [queue.id for queue in _registry(used).read().queues] == ["service-desk", "network"]
        found = read(used.outputs["secret_arn"], IN_A_SECRET)
        assert {name: value.get_secret_value() for name, value in found.items()} == TOKENS

    def test_the_task_keeps_no_day(self, used: Applied, in_role: InRole) -> None:
        """And `opsportal check` says so in the task."""
        in_role("task")

        with pytest.raises(NotPermitted, match="no permission for PutItem"):
            _history(used).put(scored(LAST + timedelta(days=1), 72.0))
        assert "dynamodb:PutItem is not allowed" in _history(used).prove()

    def test_the_snapshot_reads_the_same_and_keeps_days(self, used: Applied, in_role: InRole) -> None:
        """A day that is there gives way to a better one, and nothing is deleted for it."""
        in_role("snapshot")
        day = LAST - timedelta(days=1)

        assert _registry(used).read().queues
        assert set(read(used.outputs["secret_arn"], IN_A_SECRET)) == set(TOKENS)
        assert _history(used).put(scored(day, 60.0, "import"))
        assert _history(used).put(scored(day, 61.0))
        assert [row.score for row in _history(used).range("desk", day, day).snapshots] == [61.0]
        assert "can be read and written" in _history(used).prove()

    @pytest.mark.parametrize("role", ["task", "snapshot"])
    @pytest.mark.parametrize("what", REFUSED_CALLS)
    def test_anything_else_is_refused(
        self, used: Applied, sessions: Mapping[str, boto3.Session], role: str, what: str
    ) -> None:
        """Since no policy allows it: nothing is the matter with the call itself."""
        service, method, arguments = REFUSED_CALLS[what]
        theirs: Any = sessions[role].client(cast("Any", service))

        with pytest.raises(ClientError) as refused:
            getattr(theirs, method)(**arguments(used))
        assert refused.value.response["Error"]["Code"] in _REFUSED

    def test_nobody_else_takes_on_a_role(self, used: Applied) -> None:
        """Not even somebody of the account who may do anything: a role is for its service."""
        iam = used.session.client("iam")
        iam.create_user(UserName="somebody")
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
        iam.put_user_policy(UserName="somebody", PolicyName="everything", PolicyDocument=document)
        key = iam.create_access_key(UserName="somebody")["AccessKey"]
        theirs = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=used.variant.region)

        assert theirs.client("iam").list_roles()["Roles"]
        for role in ("execution", "task", "snapshot", "scheduler"):
            arn = used.resources[f"aws_iam_role.{role}"]["arn"]
            with pytest.raises(ClientError, match="AccessDenied"):
                theirs.client("sts").assume_role(RoleArn=arn, RoleSessionName="tests")


def _history(stack: Applied) -> DynamoDbHistory:
    return DynamoDbHistory(stack.outputs["history_table"], stack.variant.region)


def _registry(stack: Applied) -> S3Registry:
    address = stack.environment_of("portal")["QUEUE_REGISTRY"]
    return S3Registry(address, connect(address))
