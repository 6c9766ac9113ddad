"""The cache in files: bytes in, the same bytes out, for every process, whatever lies in the folder."""

import os
import pickle
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from dashboard.cache import BytesOnly, CacheFailed, FileCache

ROOT = Path(__file__).resolve().parents[3]

WRITE_WITHOUT_ROOM = """
import resource, signal, sys
from pathlib import Path
from dashboard.cache import CacheFailed, FileCache

cache = FileCache(Path(sys.argv[1]))
cache.set("a", b"before", timeout_s=60)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a file that would grow larger is an error like a full disk
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
for write in (cache.set, cache.add):
    try:
        write("a" if write == cache.set else "b", b"x" * 100_000, timeout_s=60)
    except CacheFailed as error:
        print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(cache.get("a"), cache.get("b"), len(list((Path(sys.argv[1]) / "values").iterdir())))
print(cache.add("b", b"x" * 100_000, timeout_s=60))
"""


def _files(folder: Path) -> list[Path]:
    return list((folder / "values").iterdir())


def test_another_process_finds_what_was_kept(tmp_path: Path) -> None:
    """Byte for byte, and until it is deleted."""
    FileCache(tmp_path).set("a", b"\x00\xff one", timeout_s=60)

    other = FileCache(tmp_path)
    assert other.get("a") == b"\x00\xff one"
    assert other.get("b") is None

    other.delete("a")
    other.delete("a")
    assert FileCache(tmp_path).get("a") is None


def test_nothing_in_the_files_can_run_anything(tmp_path: Path) -> None:
    """A pickle laid into a file comes back as the bytes that it is."""
    cache = FileCache(tmp_path)
    cache.set("a", b"value", timeout_s=0)
    (file,) = _files(tmp_path)
    bomb = pickle.dumps(pytest.fail)
    file.write_bytes(file.read_bytes()[:4] + bomb)

    assert cache.get("a") == bomb


@pytest.mark.parametrize("value", ["text", 7, None, {"a": 1}])
def test_only_bytes_are_serialized(value: object) -> None:
    """Anything else is a mistake of ours and said loudly."""
    with pytest.raises(TypeError, match="takes bytes"):
        BytesOnly().dump(value, BytesIO())
    with pytest.raises(TypeError, match="takes bytes"):
        BytesOnly().dumps(value)


@pytest.mark.parametrize("content", [b"", b"\x00\x00"])
def test_a_cut_file_counts_as_nothing(tmp_path: Path, content: bytes) -> None:
    """As a crash of the machine may leave it; the next write mends it."""
    cache = FileCache(tmp_path)
    cache.set("a", b"value", timeout_s=60)
    (file,) = _files(tmp_path)
    file.write_bytes(content)

    assert cache.get("a") is None
    cache.set("a", b"again", timeout_s=60)
    assert cache.get("a") == b"again"


def test_a_value_is_gone_after_its_time(tmp_path: Path) -> None:
    """An instant long ago in the file stands for the time that passed."""
    cache = FileCache(tmp_path)
    cache.set("a", b"value", timeout_s=60)
    (file,) = _files(tmp_path)
    file.write_bytes((1).to_bytes(4, "little") + b"value")

    assert cache.get("a") is None
    assert cache.add("a", b"new", timeout_s=60)
    assert cache.get("a") == b"new"


def test_what_was_added_before_the_clock_was_set_back_is_not_in_the_way(tmp_path: Path) -> None:
    """A value that would last longer than it may stands for one of an hour that is still to come."""
    cache = FileCache(tmp_path)
    cache.set("a", b"value", timeout_s=7_200)

    assert cache.add("a", b"new", timeout_s=60)
    assert not cache.add("a", b"newer", timeout_s=60)
    assert cache.get("a") == b"new"


def test_of_many_that_add_one_succeeds(tmp_path: Path) -> None:
    """Whichever it is, its value stays."""
    caches = [FileCache(tmp_path) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda n: caches[n].add("a", bytes([n]), timeout_s=60), range(8)))

    assert kept.count(True) == 1
    assert caches[0].get("a") == bytes([kept.index(True)])


def test_who_adds_looks_only_when_the_one_before_is_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise both would find nothing, and both would say that theirs was kept."""
    first, second = FileCache(tmp_path), FileCache(tmp_path)
    looking, go_on, looked = threading.Event(), threading.Event(), threading.Event()

    def slowly(key: str) -> None:
        looking.set()
        assert go_on.wait(60)

    def noticed(key: str) -> bytes | None:
        looked.set()
        return FileCache.get(second, key)

    monkeypatch.setattr(first, "get", slowly)
    monkeypatch.setattr(second, "get", noticed)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first.add, "a", b"1", timeout_s=60)
        assert looking.wait(60)
        other = pool.submit(second.add, "a", b"2", timeout_s=60)
        try:
            assert not looked.wait(0.3)
        finally:
            go_on.set()
        assert (one.result(60), other.result(60)) == (True, False)


def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Tickets are nobody else's business."""
    FileCache(tmp_path / "new").set("a", b"value", timeout_s=60)

    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    assert _files(tmp_path / "new")[0].stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "file").touch()

    with pytest.raises(CacheFailed, match="CACHE_DIR"):
        FileCache(tmp_path / "file")


def test_a_value_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """As when the folder was taken away."""
    cache = FileCache(tmp_path / "new")
    (tmp_path / "new" / "values").rmdir()

    with pytest.raises(CacheFailed, match="CACHE_DIR"):
        cache.set("a", b"value", timeout_s=60)


def test_on_a_full_disk_what_was_there_stands(tmp_path: Path) -> None:
    """Nothing half written is left behind to make it fuller, and with room again all is well."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", WRITE_WITHOUT_ROOM, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    failed, again, held, added = ended.stdout.splitlines()

    assert failed == again
    assert "Make room" in failed
    assert held == "b'before' None 1"
    assert added == "True"
    assert ended.stderr == ""


def test_a_file_that_cannot_be_read_counts_as_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """At once and without a word: it is asked for again and again."""
    cache = FileCache(tmp_path)
    cache.set("a", b"value", timeout_s=60)
    cache.set("b", b"value", timeout_s=60)
    a, b = _files(tmp_path)
    for file in (a, b):
        file.unlink()
        file.mkdir()

    assert cache.get_many(("a", "b")) == [None, None]
    cache.delete("a")
    with pytest.raises(CacheFailed):
        cache.set("a", b"value", timeout_s=60)
    assert sorted(_files(tmp_path)) == sorted((a, b))
    assert not caplog.records


def test_what_is_over_is_removed_at_the_start(tmp_path: Path) -> None:
    """And what was cut, and what somebody began to write and died over; but not what is being written just now."""
    cache = FileCache(tmp_path)
    cache.set("kept", b"value", timeout_s=600)
    cache.set("for ever", b"value", timeout_s=0)
    standing = _files(tmp_path)
    values = tmp_path / "values"
    (values / "expired").write_bytes((1).to_bytes(4, "little") + b"value")
    (values / "cut").write_bytes(b"\x00")
    for name in ("died.__wz_cache", "begun.__wz_cache"):
        (values / name).write_bytes(b"")
    long_ago = time.time() - 7_200  # noqa: TID251 - the clock of the files
    os.utime(values / "died.__wz_cache", (long_ago, long_ago))

    FileCache(tmp_path)

    assert sorted(_files(tmp_path)) == sorted([*standing, values / "begun.__wz_cache"])
