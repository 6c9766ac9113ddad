"""A table of DynamoDB asked in three ways: one item put under a condition, one put whatever is there, one query.

Importing this module loads boto3. It finds credentials and another endpoint in its own ways: the `AWS_…` variables, the
configuration files of AWS, the role of the machine or task.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from datasource.boto_troubles import NO_WAY, RAISED, code_of
from datasource.history.dynamodb_failures import CONDITION_FAILED, history_error, strange_answer
from datasource.history.errors import HistoryFailed

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

LANES = 12
"""Requests that may be under way at once."""

LEFT_ALONE_S = 15.0
"""How long a table that could not be reached is not read again: the threads that answer pages must not all wait."""

_CONNECT_TIMEOUT_S = 2.0
_READ_TIMEOUT_S = 5.0
_ATTEMPTS = 3

Item: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The attributes of an item by name, each a value by its type as DynamoDB writes it: {"day": {"S": "2026-11-22"}}."""

Connect: TypeAlias = "Callable[[str], DynamoDBClient]"
_Answer = TypeVar("_Answer")


def connect(region: str) -> "DynamoDBClient":
    """A client for a region, patient within bounds: a call that is not answered ends within half a minute."""
    patience = Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
        max_pool_connections=LANES,
    )
    return boto3.Session().client("dynamodb", region_name=region, config=patience)


class Table:
    """One table, for any number of threads. A client is made when it is first needed, and anew in a forked process."""

    def __init__(self, name: str, region: str, connect: Connect = connect) -> None:
        self.name, self.region = name, region
        self._connect, self._lock = connect, threading.Lock()
        self._client: tuple[int, DynamoDBClient] | None = None
        self._unreached: tuple[float, str] | None = None

    def put(self, item: Item) -> None:
        """Keep an item in place of whatever has its key.

        Raises:
            HistoryFailed: it could not be kept.
        """
        self._put(item, {})

    def put_if(self, item: Item, condition: str, names: Mapping[str, str], values: Item) -> Item | None:
        """Keep an item under a condition; else the one that is there, and stays.

        Raises:
            HistoryFailed: it could not be kept.
        """
        asked: dict[str, Any] = {
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return self._put(item, asked | ({"ExpressionAttributeValues": values} if values else {}))

    def query(self, question: "Mapping[str, Any]") -> Iterator[Item]:
        """The items that fit, page by page as they are asked for: what is read is what was kept before the question.

        Raises:
            HistoryFailed: the table could not be read.
        """
        asked = cast("QueryInputTypeDef", {"TableName": self.name, "ConsistentRead": True, **question})
        if (failed := self._unreached) is not None and time.monotonic() < failed[0]:
            held = HistoryFailed(failed[1])
            held.held_back = True
            raise held
        while True:
            answer = self._ask("Query", lambda client: client.query(**asked))
            items = answer.get("Items")
            if not isinstance(items, list):
                raise strange_answer(self.name, self.region, "Query")
            yield from cast("list[Item]", items)
            following = answer.get("LastEvaluatedKey")
            if not following:
                return
            asked["ExclusiveStartKey"] = following

    def _put(self, item: Item, condition: Mapping[str, Any]) -> Item | None:
        asked: Any = {"TableName": self.name, "Item": item, "ReturnConsumedCapacity": "TOTAL", **condition}
        try:
            answer = self._ask("PutItem", lambda client: client.put_item(**asked))
        except _ConditionFailed as failed:
            # When the answer to a first try was lost, the second one finds the item that the first one put.
            return None if failed.tried_again and failed.there.get("body") == item.get("body") else failed.there
        if "ConsumedCapacity" not in answer:
            raise strange_answer(self.name, self.region, "PutItem")  # which would pass for a write otherwise
        return None

    def _ask(self, doing: str, call: "Callable[[DynamoDBClient], _Answer]") -> _Answer:
        try:
            answer = call(self._connected())
        except RAISED as error:
            if code_of(error) == CONDITION_FAILED:
                raise _ConditionFailed(cast("ClientError", error)) from None
            told = history_error(self.name, self.region, doing, error)
            self._unreached = (time.monotonic() + LEFT_ALONE_S, str(told)) if isinstance(error, NO_WAY) else None
            raise told from None
        except (TypeError, AttributeError, KeyError):
            # What boto3 stumbles over when JSON has another shape than that of DynamoDB.
            raise strange_answer(self.name, self.region, doing) from None
        self._unreached = None
        return answer

    def _connected(self) -> "DynamoDBClient":
        # Connections of a parent must not be used by its children.
        with self._lock:
            if self._client is None or self._client[0] != os.getpid():
                self._client = (os.getpid(), self._connect(self.region))
            return self._client[1]


class _ConditionFailed(Exception):
    """What is there does not fulfil the condition; whether the question was put more than once."""

    def __init__(self, error: ClientError) -> None:
        super().__init__(CONDITION_FAILED)
        self.there: Item = cast("Item", error.response.get("Item", {}))
        self.tried_again = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0
