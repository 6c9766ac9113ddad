"""What stands behind the cache and the leases, by the settings and by what the machine allows."""

from pathlib import Path

import pytest

from dashboard.cache import FileCache
from dashboard.leases import FileLeases
from dashboard.memory_store import MemoryCache, MemoryLeases
from dashboard.shared_store import shared_store
from opsportal.settings import load

NOWHERE = {"REDIS_URL": "redis://:s3cret@127.0.0.1:1"}


def test_files_serve_when_there_is_no_redis(tmp_path: Path) -> None:
    """All workers of the machine share them."""
    store = shared_store(load({}, env_file=None), tmp_path)

    assert (store.place, store.problem) == ("files", None)
    assert isinstance(store.cache, FileCache)
    assert isinstance(store.leases, FileLeases)


def test_redis_serves_when_it_is_set_and_files_behind_it(tmp_path: Path) -> None:
    """Nothing is asked of it before somebody asks: workers may still be forked. Then it turns out to be gone."""
    settings = load(NOWHERE, env_file=None)
    store = shared_store(settings, tmp_path)
    assert (store.place, store.problem) == ("redis", None)
    assert store.link is not None

    with store.link.client:
        store.cache.set("a", b"value", timeout_s=60)
        assert store.cache.get("a") == b"value"
        assert store.leases.take("read", 60) is not None
    assert store.place == "files"
    assert store.problem is not None
    assert "s3cret" not in store.problem
    assert "s3cret" not in repr(store)
    assert "s3cret" not in repr(settings)
    assert FileCache(tmp_path / "shared").get("a") == b"value"
    assert FileLeases(tmp_path / "leases").take("read", 60) is None


def test_memory_serves_when_nothing_can_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The portal starts all the same and says so once."""
    (tmp_path / "file").touch()
    store = shared_store(load({}, env_file=None), tmp_path / "file")

    assert store.place == "memory"
    assert isinstance(store.cache, MemoryCache)
    assert isinstance(store.leases, MemoryLeases)
    (record,) = caplog.records
    assert "CACHE_DIR" in record.getMessage()


def test_memory_serves_behind_redis_too(tmp_path: Path) -> None:
    """As in a container that may write nowhere, while its Redis is gone."""
    (tmp_path / "file").touch()
    store = shared_store(load(NOWHERE, env_file=None), tmp_path / "file")
    assert store.link is not None

    with store.link.client:
        store.cache.set("a", b"value", timeout_s=60)
        assert store.cache.get("a") == b"value"
    assert store.place == "memory"
