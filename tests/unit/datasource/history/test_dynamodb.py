"""The promises of every history, kept by a table of DynamoDB: over HTTP, on two servers that nobody wrote together."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from datasource.history.dynamodb import LARGEST_BYTES, DynamoDbHistory
from datasource.history.errors import HistoryFailed, ItemTooLarge
from opsportal.ports import History
from servicelevel.snapshot import Snapshot
from servicelevel.snapshot_run import QueueOutcome
from tests.fakes.history_table import create_table
from tests.unit.datasource.history.history_contract import HistoryContract, Open, run_of
from tests.unit.datasource.history.large_days import large_day, twenty_priorities
from tests.unit.datasource.history.seen import REGION, Seen
from tests.unit.servicelevel.days import LAST, kept, scored

_NAMES = count()


class DynamoDbContract(HistoryContract):
    """What holds for a history in DynamoDB, on any server; `wire` is what it sends."""

    wire: Seen

    @pytest.fixture
    @abstractmethod
    def seen(self) -> Seen:
        """A client of the server, watched."""

    @pytest.fixture
    def history(self, seen: Seen, aws: pytest.MonkeyPatch) -> History:
        """A new table."""
        aws.setenv("AWS_ENDPOINT_URL_DYNAMODB", seen.url)
        self.wire, self.client, self.table = seen, seen.client, f"history-{next(_NAMES)}"
        create_table(self.client, self.table)
        seen.forget()
        return DynamoDbHistory(self.table, REGION, connect=seen.connect)

    def opener(self) -> Open:
        """The same table."""
        return partial(DynamoDbHistory, self.table, REGION)

    def write(self, snapshot: Snapshot, body: bytes, version: int) -> None:
        """Change the item."""
        self.client.update_item(
            TableName=self.table,
            Key={"queue": {"S": snapshot.queue}, "day": {"S": snapshot.day.isoformat()}},
            UpdateExpression="SET #body = :body, #version = :version",
            ExpressionAttributeNames={"#body": "body", "#version": "version"},
            ExpressionAttributeValues={":body": {"B": body}, ":version": {"N": str(version)}},
        )

    def damage_runs(self) -> None:
        """Take their bytes away."""
        for item in self.items("#runs"):
            key = {name: item[name] for name in ("queue", "day")}
            self.client.put_item(TableName=self.table, Item=key)

    def items(self, queue: str) -> Sequence[Mapping[str, Any]]:
        """What lies in a partition."""
        return self.client.query(
            TableName=self.table,
            KeyConditionExpression="queue = :queue",
            ExpressionAttributeValues={":queue": {"S": queue}},
        )["Items"]

    def fill(self, history: History, days: int, *queues: str) -> None:
        """Keep the last so many days of queues."""
        for queue in queues:
            for ago in range(days):
                history.put(replace(scored(LAST - timedelta(days=ago), 70.0), queue=queue))
        self.wire.forget()

    def test_thirty_days_of_a_queue_are_one_request_and_thirty_items(self, history: History) -> None:
        """However many other days and queues there are."""
        self.fill(history, 45, "desk", "desk-2")

        found = history.range("desk", LAST - timedelta(days=29), LAST)

        assert len(found.snapshots) == 30
        assert self.wire.sent == ["Query"]
        assert self.wire.read == [(30, 30)]

    def test_all_queues_are_one_request_each(self, history: History) -> None:
        """No queue is asked for twice."""
        queues = [f"q-{number}" for number in range(14)]
        self.fill(history, 3, *queues)

        found = history.ranges([*queues, *queues], LAST - timedelta(days=1), LAST)

        assert [len(found[queue].snapshots) for queue in queues] == [2] * 14
        assert self.wire.sent == ["Query"] * 14
        assert self.wire.read == [(2, 2)] * 14

    def test_a_day_is_kept_with_one_request(self, history: History) -> None:
        """Whether it is new, takes the place of another, or finds one that stays."""
        for row, keeps in (
            (scored(LAST, 70.0, "import"), True),
            (scored(LAST, 71.0), True),
            (scored(LAST, 72.0), False),
        ):
            self.wire.forget()
            assert history.put(row) is keeps
            assert self.wire.sent == ["PutItem"]

    def test_the_beginning_is_one_item(self, history: History) -> None:
        """Of a queue that has many."""
        self.fill(history, 20, "desk")

        assert history.begins("desk") == LAST - timedelta(days=19)
        assert self.wire.sent == ["Query"]
        assert self.wire.read == [(1, 1)]

    def test_the_latest_runs_are_one_request(self, history: History) -> None:
        """With no more items than runs."""
        for number in range(9):
            history.record(run_of(number))
        self.wire.forget()

        assert len(history.runs(4)) == 4
        assert self.wire.sent == ["Query"]
        assert self.wire.read == [(4, 4)]

    def test_a_range_of_more_than_a_megabyte_is_whole(self, history: History) -> None:
        """The server hands it out in pages; each is asked for, in order."""
        days = [date(2026, 1, 1) + timedelta(days=number) for number in range(160)]
        for day in days:
            assert history.put(large_day(day))
        self.wire.forget()

        assert [row.day for row in history.range("desk", days[0], days[-1]).snapshots] == days
        assert self.wire.sent == ["Query"] * 2
        assert list(history.days("desk")) == days

    def test_an_item_is_small(self, history: History) -> None:
        """A usual day is one unit of writing, a day of twenty priorities a fraction of what an item may have."""
        for row, most in ((kept(), 1_024), (twenty_priorities(LAST - timedelta(days=1)), LARGEST_BYTES / 4)):
            history.put(row)
            item = next(item for item in self.items("desk") if item["day"]["S"] == row.day.isoformat())

            assert sum(len(name) + len(value) for name, typed in item.items() for value in typed.values()) <= most
            assert history.range("desk", row.day, row.day).snapshots == (row,)

    def test_what_does_not_fit_is_told_and_nothing_is_lost(self, history: History) -> None:
        """The day that is there stays, and nothing is sent."""
        history.put(scored(LAST, 70.0, "import"))
        self.wire.forget()

        with pytest.raises(ItemTooLarge, match=r"desk on 2026-11-22 takes \d+,\d{3} bytes; .* at most 8,192 .*split"):
            history.put(large_day(LAST, chars=20_000))
        assert self.wire.sent == []
        assert history.range("desk", LAST, LAST).snapshots == (scored(LAST, 70.0, "import"),)

    def test_a_run_of_many_failures_still_fits(self, history: History) -> None:
        """Every queue and its result are kept; the reasons are cut."""
        reasons = [str(large_day(LAST - timedelta(days=number)).definition_hash[:300]) for number in range(60)]
        outcomes = tuple(QueueOutcome(f"q-{n}", LAST, "failed", reason) for n, reason in enumerate(reasons))
        history.record(run_of(1, outcomes=outcomes))

        (found,) = history.runs(1)
        (item,) = self.items("#runs")
        assert [(o.queue, o.result) for o in found.outcomes] == [(o.queue, o.result) for o in outcomes]
        assert all(
            had.reason and whole.reason and whole.reason.startswith(had.reason)
            for had, whole in zip(found.outcomes, outcomes, strict=True)
        )
        assert sum(len(name) + len(value) for name, typed in item.items() for value in typed.values()) <= LARGEST_BYTES

    def test_items_without_a_time_to_live_stay(self, history: History) -> None:
        """Unless it is asked for, nothing expires."""
        history.put(scored(LAST, 70.0))
        history.record(run_of(1))

        assert all("expires_at" not in item for queue in ("desk", "#runs") for item in self.items(queue))

    def test_a_time_to_live_counts_from_the_day(self, history: History) -> None:
        """An old day that is rebuilt today goes when it would have gone."""
        mortal = DynamoDbHistory(self.table, REGION, ttl_days=400, connect=self.wire.connect)
        mortal.put(scored(date(2026, 1, 1), 70.0))
        mortal.record(run_of(1))

        assert self.items("desk")[0]["expires_at"] == {"N": "1801785600"}  # 2027-02-05
        assert self.items("#runs")[0]["expires_at"] == {"N": "1829952000"}  # 2027-12-28

    def test_an_item_that_is_none_of_ours_gives_way_and_breaks_nothing(self, history: History) -> None:
        """One without version, rank, source and body."""
        self.gives_way(history, {})

    def gives_way(self, history: History, strange: Mapping[str, Any]) -> None:
        """A day with strange attributes is told, and any snapshot takes its place."""
        key = {"queue": {"S": "desk"}, "day": {"S": "2026-11-22"}}
        self.client.put_item(TableName=self.table, Item={**key, **strange})

        assert list(history.range("desk", LAST, LAST).unreadable) == [LAST]
        assert history.days("desk") == {}
        assert history.put(scored(LAST, 70.0, "import"))
        assert history.days("desk") == {LAST: "import"}

    def test_a_key_that_is_no_day_is_passed_over(self, history: History) -> None:
        """It belongs to no range and is no beginning."""
        history.put(scored(LAST, 70.0))
        self.client.put_item(TableName=self.table, Item={"queue": {"S": "desk"}, "day": {"S": "2026-11-2"}})

        assert list(history.days("desk")) == [LAST]
        assert history.begins("desk") == LAST
        assert history.range("desk", date(2026, 11, 1), LAST).unreadable == {}

    def test_a_table_can_be_proved(self, history: History) -> None:
        """It is read and written without anything being kept."""
        assert isinstance(history, DynamoDbHistory)
        assert history.prove() == f"DynamoDB table {self.table} (eu-west-1): can be read and written"
        assert self.items("#check") == []

    def test_a_table_that_is_not_there_is_told(self, history: History) -> None:
        """With its name, its region and its key, whatever is asked."""
        missing = DynamoDbHistory("no-such-table", REGION, connect=self.wire.connect)
        for use in (
            lambda: missing.put(kept()),
            lambda: missing.ranges(["desk", "desk-2"], LAST, LAST),
            lambda: missing.days("desk"),
            lambda: missing.runs(1),
            missing.prove,
        ):
            with pytest.raises(
                HistoryFailed, match=r"no-such-table \(eu-west-1\) .*no such table .*queue .*day.*HISTORY_URL"
            ):
                use()


class TestOnMoto(DynamoDbContract):
    """The promises, on moto's server."""

    @pytest.fixture
    def seen(self, moto: Seen) -> Seen:
        """A client of moto."""
        return moto


class TestOnMinistack(DynamoDbContract):
    """The promises, on ministack."""

    @pytest.fixture
    def seen(self, ministack: Seen) -> Seen:
        """A client of ministack."""
        return ministack

    def test_attributes_of_other_types_give_way(self, history: History) -> None:
        """A number that is a text compares with nothing."""
        self.gives_way(history, {"body": {"S": "text"}, "rank": {"S": "high"}, "version": {"S": "one"}})

    def test_a_table_with_another_key_is_told(self, history: History) -> None:
        """With the key that it should have."""
        self.client.create_table(
            TableName="other-key",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        other = DynamoDbHistory("other-key", REGION, connect=self.wire.connect)

        with pytest.raises(HistoryFailed, match=r"does not take .*partition key queue and sort key day"):
            other.prove()
        with pytest.raises(HistoryFailed, match=r"does not take .*partition key queue and sort key day"):
            other.put(kept())
