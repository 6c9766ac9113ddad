"""What is kept turns into rubbish, every value in Redis and every file: it is as if it were not there."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.chaos.conftest import ON_THE_ROUGH_SITE
from tests.chaos.readers import ask_all, readers
from tests.chaos.site import PROJECTS, Site, begun
from tests.chaos.waiting import until

pytestmark = ON_THE_ROUGH_SITE

READERS: Final = 4
ROUNDS: Final = 3
STEP: Final = 7
"""Every so manieth byte is flipped: enough to hit the head, the middle and the end of each value."""


def test_every_value_in_redis_is_corrupted(rough: Site, tmp_path: Path) -> None:
    """Who had numbers keeps them, a task that starts then reads anew, and Redis is filled with good values again."""
    with readers(rough.data(), READERS) as answers:
        for _ in range(ROUNDS):
            assert _flip_values(rough), "nothing was there to be corrupted"
            time.sleep(1.0)
        with ExitStack() as stack:
            task = begun(stack, tmp_path / "new", rough.settings)
            new = Site(rough.jira, rough.relay, rough.redis, rough.proxy, [task], rough.settings)
            assert set(new.asked().statuses) <= {200, 202}
            new.filled()
            for queue in PROJECTS:
                path = f"/api/queues/{queue}/data"
                for site in (rough, new):
                    site.all_have(path, answers.newest(path) + 0.001)

    answers.none_failed()
    answers.one_content_a_revision()
    answers.none_goes_back()
    assert "Traceback" not in rough.log()
    rough.not_grown()


def test_every_file_is_corrupted(rough: Site, tmp_path: Path) -> None:
    """On a task without Redis; also after it was started anew on what is left there."""
    alone = {name: value for name, value in rough.settings.items() if name != "REDIS_URL"}
    with ExitStack() as stack:
        task = begun(stack, tmp_path, alone)
        site = Site(rough.jira, rough.relay, rough.redis, rough.proxy, [task], alone)
        site.filled()
        for queue in PROJECTS:
            site.all_have(f"/api/queues/{queue}/data", 0.0)  # a worker that never had it would have lost nothing
        with readers(site.data(), READERS) as answers:
            for _ in range(ROUNDS):
                assert _flip_files(tmp_path / "cache"), "nothing was there to be corrupted"
                time.sleep(1.0)
            for queue in PROJECTS:
                path = f"/api/queues/{queue}/data"
                site.all_have(path, answers.newest(path) + 0.001)
        assert "Traceback" not in task.log
    answers.none_failed()
    answers.none_goes_back()

    _flip_files(tmp_path / "cache")
    with ExitStack() as stack:
        task = begun(stack, tmp_path, alone)
        site = Site(rough.jira, rough.relay, rough.redis, rough.proxy, [task], alone)
        first = ask_all(site.data(), 2)
        assert set(first.statuses) <= {200, 202}
        until("everything to be read anew", lambda: set(site.asked().statuses) == {200})
        assert "Traceback" not in task.log


def _flip_values(site: Site) -> int:
    """Corrupt every value in Redis, each staying as long as it would have."""
    flipped = 0
    with site.redis.client() as client:
        for key in client.scan_iter("*"):
            value = client.get(key)
            if isinstance(value, bytes) and value:
                client.set(key, _flipped(value), keepttl=True, xx=True)
                flipped += 1
    return flipped


def _flip_files(folder: Path) -> int:
    """Corrupt every file of a folder and those below it, in place."""
    flipped = 0
    for path in _files(folder):
        try:
            value = path.read_bytes()
            if value:
                path.write_bytes(_flipped(value))
                flipped += 1
        except FileNotFoundError:
            continue  # it was replaced just now
    return flipped


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and "static" not in path.parts)


def _flipped(value: bytes) -> bytes:
    turned = bytearray(value)
    for n in range(0, len(turned), STEP):
        turned[n] ^= 0xFF
    return bytes(turned)
