"""What history needs to be allowed, on a server that refuses everything else: as docs/operating.md states it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import TypeAlias

import boto3
import pytest

from datasource.history.dynamodb import DynamoDbHistory
from datasource.history.errors import NotPermitted
from tests.fakes.aws_servers import ACCESS_KEY, SECRET_KEY, ministack_server
from tests.fakes.history_table import create_table
from tests.unit.datasource.history.history_contract import run_of
from tests.unit.datasource.history.seen import REGION
from tests.unit.servicelevel.days import LAST, scored

Allowed: TypeAlias = Callable[..., DynamoDbHistory]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where such a server listens."""
    with ministack_server(tmp_path_factory.mktemp("strict"), permissions=True) as url:
        yield url


@pytest.fixture
def allowed(strict: str, aws: pytest.MonkeyPatch) -> Iterator[Allowed]:
    """The history in one table for somebody who may do these things with it, and nothing else."""
    session = boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION)
    with ExitStack() as stack:

        def history(*actions: str) -> DynamoDbHistory:
            dynamodb = stack.enter_context(closing(session.client("dynamodb", endpoint_url=strict)))
            iam = stack.enter_context(closing(session.client("iam", endpoint_url=strict)))
            if "days" not in dynamodb.list_tables()["TableNames"]:
                create_table(dynamodb, "days")
            arn, name = dynamodb.describe_table(TableName="days")["Table"]["TableArn"], "-".join(actions)
            iam.create_user(UserName=name)
            allow = [{"Effect": "Allow", "Action": [f"dynamodb:{action}" for action in actions], "Resource": arn}]
            policy = json.dumps({"Version": "2012-10-17", "Statement": allow})
            iam.put_user_policy(UserName=name, PolicyName="history", PolicyDocument=policy)
            key = iam.create_access_key(UserName=name)["AccessKey"]
            theirs = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"])
            client = theirs.client("dynamodb", region_name=REGION, endpoint_url=strict)
            stack.enter_context(closing(client))
            return DynamoDbHistory("days", REGION, connect=lambda _: client)

        yield history


def test_readers_and_writers_need_no_more_than_is_documented(allowed: Allowed) -> None:
    """Pages ask with Query alone; whoever keeps days also needs PutItem, and nothing else."""
    writer, reader = allowed("Query", "PutItem"), allowed("Query")

    assert writer.put(scored(LAST, 70.0, "import"))
    assert writer.put(scored(LAST, 71.0))
    writer.record(run_of(1))
    assert "can be read and written" in writer.prove()

    assert [row.score for row in reader.range("desk", LAST, LAST).snapshots] == [71.0]
    assert (reader.begins("desk"), reader.runs(1)) == (LAST, (run_of(1),))
    assert "dynamodb:PutItem is not allowed" in reader.prove()
    with pytest.raises(NotPermitted, match=r"no permission for PutItem \(AccessDeniedException\)"):
        reader.put(scored(LAST, 72.0))


def test_without_permission_nothing_is_read(allowed: Allowed) -> None:
    """It is told which permission is missing, on which table."""
    with pytest.raises(NotPermitted, match=r"dynamodb:Query allowed on arn:aws:dynamodb:eu-west-1:\*:table/days"):
        allowed("PutItem").range("desk", LAST, LAST)
