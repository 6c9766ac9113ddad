"""The registry in S3, read over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from datasource.registry.errors import RegistryInvalid, RegistryMissing, RegistryUnreadable
from datasource.registry.s3 import S3Registry
from datasource.registry.syntax import LARGEST_BYTES
from tests.unit.datasource.registry.examples import changed, parsed, registry
from tests.unit.datasource.registry.s3_place import S3Place


def _watching(s3: S3Place) -> S3Registry:
    return S3Registry(s3.uri, s3.client, look_every_s=0)


def test_an_object_is_read(s3: S3Place) -> None:
    """Its policy is the one of its text."""
    assert S3Registry(s3.uri, s3.client).read() == parsed(registry())


def test_an_unchanged_object_is_not_sent_again(s3: S3Place) -> None:
    """S3 is told the ETag that is known, and answers that nothing changed."""
    watched = _watching(s3)
    first = watched.current()

    assert watched.current() is first
    assert s3.statuses == [200, 304]


def test_a_changed_object_is_read_again(s3: S3Place) -> None:
    """The new version is in force, with the time it was written."""
    watched = _watching(s3)
    watched.current()
    s3.write(changed("queues", 0, "name", to="Help Desk"))
    reading = watched.current()

    assert reading.policy.queues[0].name == "Help Desk"
    assert reading.problems == ()
    assert reading.changed_at.utcoffset() == timedelta(0)
    assert abs(reading.changed_at - datetime.now(UTC)) < timedelta(minutes=5)  # noqa: TID251 - the server's clock is real


def test_s3_is_not_asked_at_every_look(s3: S3Place) -> None:
    """For some seconds what is known counts as known."""
    watched = S3Registry(s3.uri, s3.client)
    first = watched.current()
    s3.write(changed("queues", 0, "name", to="Help Desk"))

    assert watched.current() is first
    assert s3.statuses == [200]


@pytest.mark.parametrize(
    ("broken", "piece"),
    [(b"{", "line 1"), (changed("queues", 0, "calendar", to="x"), "queues[0].calendar"), (None, "nothing at")],
    ids=["no JSON", "no registry", "no object"],
)
def test_a_broken_version_leaves_the_last_good_one_in_force(s3: S3Place, broken: Any, piece: str) -> None:
    """The problems stand beside the policy until the object is mended, be it with the very bytes of before."""
    watched = _watching(s3)
    good = watched.current()
    if broken is None:
        s3.delete()
    else:
        s3.write(broken)
    reading = watched.current()

    assert (reading.policy, reading.changed_at) == (good.policy, good.changed_at)
    assert any(piece in str(problem) for problem in reading.problems)
    assert watched.current() is reading

    s3.write(registry())

    assert watched.current().problems == ()


def test_a_first_version_that_is_broken_raises_until_it_is_mended(s3: S3Place) -> None:
    """Without a good version there is nothing to go on with."""
    s3.write(registry() | {"version": 2})
    watched = _watching(s3)
    for _ in range(2):
        with pytest.raises(RegistryInvalid, match="version"):
            watched.current()
    s3.write(registry())

    assert watched.current().policy == parsed(registry())


def test_an_object_that_is_not_there_says_where_it_was_looked_for_and_what_to_do(s3: S3Place) -> None:
    """The message names the address, the setting, the guide and the demo."""
    s3.delete()
    with pytest.raises(RegistryMissing) as raised:
        _watching(s3).read()
    for piece in (s3.uri, "QUEUE_REGISTRY", "docs/registry.md", "opsportal registry suggest", "opsportal demo"):
        assert piece in str(raised.value)


def test_a_bucket_that_is_not_there_is_named(s3: S3Place) -> None:
    """It is the likelier slip of the pen."""
    with pytest.raises(RegistryMissing, match="there is no bucket no-such-bucket-here"):
        S3Registry("s3://no-such-bucket-here/queue_registry.json", s3.client).read()


def test_an_object_that_is_too_large_is_refused(s3: S3Place) -> None:
    """Even when it would be a registry."""
    s3.write(json.dumps(registry()).encode() + b" " * (3 * LARGEST_BYTES))
    with pytest.raises(RegistryUnreadable, match="more than 1,048,576 bytes"):
        _watching(s3).read()


@pytest.mark.parametrize("uri", ["s3://bucket", "s3://bucket/", "s3:///key", "https://bucket/key"])
def test_an_address_without_bucket_or_key_is_refused(s3: S3Place, uri: str) -> None:
    """S3 is not asked."""
    with pytest.raises(RegistryUnreadable, match="s3://bucket/key"):
        S3Registry(uri, s3.client)


def test_threads_share_one_reading(s3: S3Place) -> None:
    """Eight at once get the same object."""
    watched = _watching(s3)
    with ThreadPoolExecutor(8) as threads:
        readings = list(threads.map(lambda _: watched.current(), range(32)))

    assert all(reading is readings[0] for reading in readings)
    assert s3.statuses.count(200) == 1
