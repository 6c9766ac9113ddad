"""Calls that neither the task nor the snapshot of a stack may make, whole but for the permission."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tests.infra.applied import Applied
from tests.unit.servicelevel.days import LAST

Call: TypeAlias = tuple[str, str, Callable[[Applied], Mapping[str, Any]]]
"""A service, one of its operations, and what is asked of it."""

OTHER = "other"
"""The name of a table and of a secret of the same account that are no part of the stack."""
_QUESTION = {
    "KeyConditionExpression": "#queue = :queue",
    "ExpressionAttributeNames": {"#queue": "queue"},
    "ExpressionAttributeValues": {":queue": {"S": "desk"}},
}
_KEY = {"queue": {"S": "desk"}, "day": {"S": f"{LAST}"}}


def _table(stack: Applied) -> Mapping[str, Any]:
    return {"TableName": stack.outputs["history_table"]}


def _object(stack: Applied, key: str = "queue_registry.json") -> Mapping[str, Any]:
    return {"Bucket": stack.outputs["config_bucket"], "Key": key}


def _secret(stack: Applied) -> Mapping[str, Any]:
    return {"SecretId": stack.outputs["secret_arn"]}


def _more_rights(stack: Applied) -> Mapping[str, Any]:
    role = stack.resources["aws_iam_role.task"]["name"]
    return {"RoleName": role, "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}


REFUSED_CALLS: Mapping[str, Call] = {
    "an item is deleted": ("dynamodb", "delete_item", lambda stack: {**_table(stack), "Key": _KEY}),
    "an item is changed": ("dynamodb", "update_item", lambda stack: {**_table(stack), "Key": _KEY}),
    "everything is read": ("dynamodb", "scan", _table),
    "the table is deleted": ("dynamodb", "delete_table", _table),
    "another table is read": ("dynamodb", "query", lambda _: {"TableName": OTHER, **_QUESTION}),
    "another table is written": ("dynamodb", "put_item", lambda _: {"TableName": OTHER, "Item": _KEY}),
    "the registry is written": ("s3", "put_object", lambda stack: {**_object(stack), "Body": b"{}"}),
    "the registry is deleted": ("s3", "delete_object", _object),
    "another object is read": ("s3", "get_object", lambda stack: _object(stack, "other.json")),
    "objects are listed": ("s3", "list_objects_v2", lambda stack: {"Bucket": stack.outputs["config_bucket"]}),
    "another bucket is read": ("s3", "list_objects_v2", lambda stack: {"Bucket": stack.outputs["assets_bucket"]}),
    "the secret is changed": (
        "secretsmanager",
        "put_secret_value",
        lambda stack: {**_secret(stack), "SecretString": "{}"},
    ),
    "the secret is deleted": ("secretsmanager", "delete_secret", _secret),
    "another secret is read": ("secretsmanager", "get_secret_value", lambda _: {"SecretId": OTHER}),
    "a role gets more rights": ("iam", "attach_role_policy", _more_rights),
    "a task is started": ("ecs", "run_task", lambda stack: {"taskDefinition": stack.outputs["job_task_definition"]}),
}
