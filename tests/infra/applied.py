"""Two variants of the stack, applied to emulators: between them they have each shape that a variable gives it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from tests.fakes.aws_servers import ACCESS_KEY, SECRET_KEY, only_made_up
from tests.infra.emulators import Emulators, emulators
from tests.infra.terraform import Stack, Terraform

DIGEST: Final = f"sha256:{'5c' * 32}"
CANARY_OF_SIGN_IN: Final = "canary-c41d07-of-the-client"
CANARY_OF_THE_ENVIRONMENT: Final = "canary-90be52-of-whoever-applies"
DOMAIN: Final = "portal.example.com"
NETWORK: Final = "203.0.113.0/24"


def _nothing(session: boto3.Session) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Variant:
    """Variables of the stack; `before` makes what has to be there already, and gives the variables that name it."""

    region: str
    variables: Mapping[str, Any]
    before: Callable[[boto3.Session], Mapping[str, Any]] = field(default=_nothing)


@dataclass(frozen=True, slots=True)
class Applied:
    """A stack as it stands.

    Attributes:
        session: of somebody who may do anything, in the stack's region; its clients find the emulators by themselves.
        variables: with which it was applied.
        resources: the attributes of each managed resource by its address.
    """

    variant: Variant
    stack: Stack
    aws: Emulators
    session: boto3.Session
    variables: Mapping[str, Any]
    outputs: Mapping[str, Any]
    resources: Mapping[str, Mapping[str, Any]] = field(repr=False)

    def container(self, task_definition: str) -> Mapping[str, Any]:
        """The one container of a task definition, as ECS tells it."""
        arn = self.resources[f"aws_ecs_task_definition.{task_definition}"]["arn"]
        told = self.session.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
        (container,) = told["containerDefinitions"]
        return container

    def environment_of(self, task_definition: str) -> dict[str, str]:
        """What its container is given."""
        return {pair["name"]: pair["value"] for pair in self.container(task_definition)["environment"]}

    def function_environment(self, name: str) -> dict[str, str]:
        """What a function is given."""
        told = self.session.client("lambda").get_function_configuration(FunctionName=name)
        return dict(told["Environment"]["Variables"])

    def trust_of(self, role: str) -> list[Mapping[str, Any]]:
        """The statements that say who may take on a role."""
        name = self.resources[f"aws_iam_role.{role}"]["name"]
        document = self.session.client("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        return list(_parsed(document)["Statement"])

    def policies_of(self, role: str) -> list[Mapping[str, Any]]:
        """The statements of every policy in a role."""
        iam, name = self.session.client("iam"), self.resources[f"aws_iam_role.{role}"]["name"]
        documents = [
            iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        return [statement for document in documents for statement in _parsed(document)["Statement"]]


@contextmanager
def applied(variant: Variant, tool: Terraform, folder: Path, settings: Mapping[str, str]) -> Iterator[Applied]:
    """The variant, applied to emulators of its own that end with the block; `settings` are those of the portal.

    Whoever applies has a token of Jira in the environment, as on a machine on which the portal runs too.
    """
    aws_folder = folder / "aws"
    aws_folder.mkdir(parents=True)
    with emulators(aws_folder) as aws, pytest.MonkeyPatch.context() as patch:
        only_made_up(patch, aws_folder)
        for name, value in aws.endpoints.items():
            patch.setenv(name, value)
        session = boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=variant.region)
        given = {
            "region": variant.region,
            "image_digest": DIGEST,
            "settings": dict(settings),
            "deletion_protection": False,
            **variant.variables,
            **variant.before(session),
        }
        environment = {**aws.environment, "JIRA_API_TOKEN": CANARY_OF_THE_ENVIRONMENT}
        stack = tool.stack(folder / "stack", environment=environment)
        stack.init()
        stack.apply(given)
        resources = stack.resources()
        _label(session, resources["aws_secretsmanager_secret_version.placeholder"])
        yield Applied(variant, stack, aws, session, given, stack.outputs(), resources)


def _label(session: boto3.Session, version: Mapping[str, Any]) -> None:
    # ministack gives a version that is put as the current one no label beside it, as AWS does.
    session.client("secretsmanager").update_secret_version_stage(
        SecretId=version["secret_id"], VersionStage="placeholder", MoveToVersionId=version["version_id"]
    )


def _zone(session: boto3.Session) -> Mapping[str, Any]:
    made = session.client("route53").create_hosted_zone(Name="example.com", CallerReference="tests")
    return {"zone_id": made["HostedZone"]["Id"].rpartition("/")[2]}


def _parsed(document: Any) -> Mapping[str, Any]:
    return dict(json.loads(document)) if isinstance(document, str) else document


DEFAULT: Final = Variant(
    "eu-west-1", {"enable_waf": True, "allowed_cidrs": [NETWORK], "alarm_emails": ["ops@example.com"]}
)
"""A balancer apart from the internet, addresses of their own for tasks, a shared cache, a function for snapshots."""

PUBLIC: Final = Variant(
    "eu-central-1",
    {
        "edge_mode": "public_alb",
        "egress_mode": "nat",
        "cache_backend": "memory",
        "snapshot_runner": "ecs",
        "desired_count": 1,
        "max_count": 1,
        "domain_name": DOMAIN,
        "history_ttl_days": 1095,
        "oidc": {
            "issuer": "https://login.example.com",
            "authorization_endpoint": "https://login.example.com/authorize",
            "token_endpoint": "https://login.example.com/token",
            "user_info_endpoint": "https://login.example.com/userinfo",
            "client_id": "opsportal",
        },
        "oidc_client_secret": CANARY_OF_SIGN_IN,
    },
    _zone,
)
"""A balancer on the internet with a name and sign-in, tasks behind NAT, no shared cache, a task for snapshots."""
