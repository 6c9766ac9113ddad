"""History in a table of DynamoDB, for several machines. Importing this module loads boto3.

An item is a queue's day: partition key `queue`, sort key `day`. Beside the snapshot in `body` it has what conditions
ask for: the `version` of its form and its `rank`. Records of runs lie in a partition of their own, which no queue's id
can name.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import get_args

from datasource.history.dynamodb_table import LANES, Connect, Item, Table, connect
from datasource.history.encoding import (
    VERSION,
    UnreadableDay,
    UnreadableRun,
    from_bytes,
    gives_way,
    run_from_bytes,
    run_to_bytes,
    to_bytes,
)
from datasource.history.errors import HistoryFailed, ItemTooLarge, NotPermitted
from servicelevel.snapshot import Snapshot, SnapshotRange, SnapshotSource
from servicelevel.snapshot_run import SnapshotRun

LARGEST_BYTES = 8_192
"""Of an item, names and values together."""

_RUNS = "#runs"
_NOT_THE_BODY_BYTES = 600
_TRIES = 5
_LOWER = "attribute_not_exists(#queue) OR (#rank < :rank AND #version <= :version)"
_NEVER = "attribute_exists(#queue) AND attribute_not_exists(#queue)"
_LOWER_NAMES = {"#queue": "queue", "#rank": "rank", "#version": "version"}


class DynamoDbHistory:
    """Keeps one item a queue and day; with `ttl_days` each may be taken away by DynamoDB so many days after its day.

    The table has to be there. A range of a queue is one query, and one more for each full megabyte of it.
    """

    def __init__(self, table: str, region: str, *, ttl_days: int | None = None, connect: Connect = connect) -> None:
        self._table, self._ttl_days = Table(table, region, connect), ttl_days

    def put(self, snapshot: Snapshot) -> bool:
        """Keep a snapshot; False when the day has one of the same or a higher rank, which then stays.

        It is one request, but where what is there cannot be read: such an item gives way to any snapshot, unless a
        newer version of the portal wrote it.

        Raises:
            ItemTooLarge: it does not fit into an item.
            HistoryFailed: it could not be kept.
        """
        item = self._item(snapshot)
        condition, names, values = _LOWER, _LOWER_NAMES, {":rank": item["rank"], ":version": item["version"]}
        for _ in range(_TRIES):
            there = self._table.put_if(item, condition, names, values)
            if there is None:
                return True
            if not gives_way(_version(there), _body(there), snapshot):
                return False
            # Replaced only as it was seen: somebody may mend it at this moment.
            condition, names = "#body = :body" if "body" in there else "attribute_not_exists(#body)", {"#body": "body"}
            values = {":body": there["body"]} if "body" in there else {}
        raise HistoryFailed(
            f"The day {snapshot.day} of {snapshot.queue} in the DynamoDB table {self._table.name} changed {_TRIES} "
            "times while it was written. It was not kept; try again."
        )

    def range(self, queue: str, first: date, last: date) -> SnapshotRange:
        """A queue's days from first to last, both included, in order; a broken item is told, not raised.

        Raises:
            HistoryFailed: the table cannot be read.
        """
        asked = {
            "KeyConditionExpression": "#queue = :queue AND #day BETWEEN :first AND :last",
            "ProjectionExpression": "#day, #version, #body",
            "ExpressionAttributeNames": {"#queue": "queue", "#day": "day", "#version": "version", "#body": "body"},
            "ExpressionAttributeValues": _strings(queue=queue, first=first.isoformat(), last=last.isoformat()),
        }
        snapshots, unreadable = [], {}
        for item in self._table.query(asked) if first <= last else ():
            day = _day(item)
            if day is None:
                continue  # an item of no day belongs to no range
            try:
                snapshots.append(from_bytes(_version(item), _body(item), queue, day))
            except UnreadableDay as error:
                unreadable[day] = str(error)
        return SnapshotRange(tuple(snapshots), unreadable)

    def ranges(self, queues: Sequence[str], first: date, last: date) -> Mapping[str, SnapshotRange]:
        """As `range`, of several queues at once: twelve requests are under way at most.

        Raises:
            HistoryFailed: the table cannot be read.
        """
        chosen = tuple(dict.fromkeys(queues))
        if not chosen:
            return {}
        with ThreadPoolExecutor(min(LANES, len(chosen)), "history") as lanes:
            return dict(zip(chosen, lanes.map(lambda queue: self.range(queue, first, last), chosen), strict=True))

    def days(self, queue: str) -> Mapping[date, SnapshotSource]:
        """Every day of a queue that has a snapshot, in order, and where it came from.

        Raises:
            HistoryFailed: the table cannot be read.
        """
        return dict(self._days(queue))

    def begins(self, queue: str) -> date | None:
        """The first day of a queue that has a snapshot; None when it has none.

        Raises:
            HistoryFailed: the table cannot be read.
        """
        return next((day for day, _ in self._days(queue, page=1)), None)

    def record(self, run: SnapshotRun) -> None:
        """Keep the record of a run, in place of an earlier one of the same id and beginning.

        Raises:
            HistoryFailed: it could not be kept.
        """
        began = datetime.fromtimestamp(run.started_at / 1000, UTC)
        self._table.put(
            {
                "queue": {"S": _RUNS},
                "day": {"S": f"{began.isoformat(timespec='milliseconds')}#{run.id}"},
                "version": {"N": str(VERSION)},
                "body": {"B": run_to_bytes(run, LARGEST_BYTES - _NOT_THE_BODY_BYTES)},
                **self._expiry(began.date()),
            }
        )

    def runs(self, limit: int) -> tuple[SnapshotRun, ...]:
        """The latest runs, the last one begun first; records that cannot be read are left out.

        Raises:
            HistoryFailed: the table cannot be read.
        """
        asked = {
            "KeyConditionExpression": "#queue = :queue",
            "ProjectionExpression": "#version, #body",
            "ExpressionAttributeNames": {"#queue": "queue", "#version": "version", "#body": "body"},
            "ExpressionAttributeValues": _strings(queue=_RUNS),
            "ScanIndexForward": False,
            "Limit": limit,
        }
        found = []
        for item in islice(self._table.query(asked), limit):
            with contextlib.suppress(UnreadableRun):
                found.append(run_from_bytes(_version(item), _body(item)))
        return tuple(found)

    def prove(self) -> str:
        """What can be done with the table, tried without keeping anything.

        Raises:
            HistoryFailed: it cannot be read, or its key is another one.
        """
        where = f"DynamoDB table {self._table.name} ({self._table.region})"
        self.runs(1)
        nothing: Item = {"queue": {"S": "#check"}, "day": {"S": "-"}}
        try:
            self._table.put_if(nothing, _NEVER, {"#queue": "queue"}, {})
        except NotPermitted:
            return f"{where}: can be read; dynamodb:PutItem is not allowed, which only snapshots and their like need"
        return f"{where}: can be read and written"

    def _item(self, snapshot: Snapshot) -> Item:
        item: Item = {
            "queue": {"S": snapshot.queue},
            "day": {"S": snapshot.day.isoformat()},
            "version": {"N": str(VERSION)},
            "rank": {"N": str(snapshot.rank)},
            "source": {"S": snapshot.source},
            "body": {"B": to_bytes(snapshot)},
            **self._expiry(snapshot.day),
        }
        if (found := _size_bytes(item)) > LARGEST_BYTES:
            raise ItemTooLarge(f"The snapshot of {snapshot.queue} on {snapshot.day}", found, LARGEST_BYTES)
        return item

    def _expiry(self, day: date) -> Item:
        if self._ttl_days is None:
            return {}
        ends = datetime.combine(day + timedelta(days=self._ttl_days), time(), UTC)
        return {"expires_at": {"N": str(int(ends.timestamp()))}}

    def _days(self, queue: str, page: int | None = None) -> Iterator[tuple[date, SnapshotSource]]:
        asked = {
            "KeyConditionExpression": "#queue = :queue",
            "ProjectionExpression": "#day, #source",
            "ExpressionAttributeNames": {"#queue": "queue", "#day": "day", "#source": "source"},
            "ExpressionAttributeValues": _strings(queue=queue),
        }
        for item in self._table.query(asked if page is None else {**asked, "Limit": page}):
            day, source = _day(item), _source(item)
            if day is not None and source is not None:
                yield day, source


def _strings(**values: str) -> Item:
    return {f":{name}": {"S": value} for name, value in values.items()}


def _size_bytes(item: Item) -> int:
    # A number takes less than its digits; counted like this an item is never larger than it is said to be.
    return sum(len(name) + len(value) for name, typed in item.items() for value in typed.values())


def _day(item: Item) -> date | None:
    try:
        return date.fromisoformat(item.get("day", {}).get("S", ""))
    except ValueError:
        return None


def _source(item: Item) -> SnapshotSource | None:
    found = item.get("source", {}).get("S")
    return next((source for source in get_args(SnapshotSource) if source == found), None)


def _version(item: Item) -> int | None:
    try:
        return int(item.get("version", {}).get("N", ""))
    except ValueError:
        return None


def _body(item: Item) -> bytes:
    body = item.get("body", {}).get("B", b"")
    return body if isinstance(body, bytes) else b""
