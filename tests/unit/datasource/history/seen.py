"""A client of DynamoDB that is watched: what it sends, and of each answer how many items were read and handed out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from datasource.history.dynamodb_table import connect
from tests.fakes.aws_servers import only_made_up

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

REGION = "eu-west-1"


class Seen:
    """`sent` has the requests by name, `read` the items (read, handed out) of each answer to a query."""

    def __init__(self, url: str) -> None:
        self.url, self.client = url, connect(REGION)
        self.sent: list[str] = []
        self.read: list[tuple[int, int]] = []
        self.client.meta.events.register("before-send.dynamodb.*", self._send)
        self.client.meta.events.register("after-call.dynamodb.Query", self._answered)

    def connect(self, region: str) -> "DynamoDBClient":
        """The client, for a history."""
        assert region == REGION
        return self.client

    def forget(self) -> None:
        """Begin to count anew."""
        self.sent.clear()
        self.read.clear()

    def _send(self, event_name: str, **_: Any) -> None:
        self.sent.append(event_name.rpartition(".")[2])

    def _answered(self, parsed: Mapping[str, Any], **_: Any) -> None:
        if "Items" in parsed:
            self.read.append((parsed["ScannedCount"], parsed["Count"]))


@contextmanager
def watched(url: str, folder: Path) -> Iterator[Seen]:
    """A client of the server at an address, closed in the end. Making one takes longer than most tests of it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        only_made_up(monkeypatch, folder).setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        seen = Seen(url)
    yield seen
    seen.client.close()
