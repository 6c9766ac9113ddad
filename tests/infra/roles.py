"""Roles of an applied stack, taken on as the services take them on."""

import json
from collections.abc import Mapping
from typing import Final

from tests.infra.applied import Applied

_OWNER: Final = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}


def taken_on(stack: Applied, role: str) -> dict[str, str]:
    """Credentials that may do what the role's policies say, as variables of the environment.

    Only the service that the role is for may take it on, and no emulator does: for a moment everybody may.
    """
    iam, name = stack.session.client("iam"), stack.resources[f"aws_iam_role.{role}"]["name"]
    told = {"Version": "2012-10-17", "Statement": stack.trust_of(role)}
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=_document({**told, "Statement": [_OWNER]}))
    try:
        arn = stack.resources[f"aws_iam_role.{role}"]["arn"]
        taken = stack.session.client("sts").assume_role(RoleArn=arn, RoleSessionName="tests")["Credentials"]
    finally:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=_document(told))
    return {
        "AWS_ACCESS_KEY_ID": taken["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": taken["SecretAccessKey"],
        "AWS_SESSION_TOKEN": taken["SessionToken"],
    }


def _document(policy: Mapping[str, object]) -> str:
    return json.dumps(policy)
