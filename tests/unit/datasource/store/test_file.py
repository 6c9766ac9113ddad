"""Bytes in files: a write is whole or not there at all."""

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from datasource.store.file import FileStore, StoreFailed

ROOT = Path(__file__).resolve().parents[4]


def test_a_value_is_read_back_and_replaced(tmp_path: Path) -> None:
    """In a folder that need not be there yet, by any store of the same folder."""
    store = FileStore(tmp_path / "deep" / "cache")
    assert store.get("a") is None

    store.put("a", b"one")
    store.put("b", b"")
    store.put("a", b"two")

    assert (FileStore(tmp_path / "deep" / "cache").get("a"), store.get("b")) == (b"two", b"")


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "", "ü" * 500, "a\0b"])
def test_a_key_never_leaves_the_folder(key: str, tmp_path: Path) -> None:
    """Whatever it is made of."""
    store = FileStore(tmp_path / "cache")

    store.put(key, b"kept")

    assert store.get(key) == b"kept"
    assert len(list((tmp_path / "cache").iterdir())) == len(list(tmp_path.rglob("*"))) - 1 == 1


def test_what_is_kept_is_for_our_eyes_only(tmp_path: Path) -> None:
    """Tickets and names lie in it."""
    store = FileStore(tmp_path / "cache")
    store.put("a", b"one")

    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "cache", *(tmp_path / "cache").iterdir())]
    assert modes == [0o700, 0o600]


_WRITER = """
import os, sys
from pathlib import Path
from datasource.store.file import FileStore

def stop(*_):
    os.kill(os.getpid(), 9)

setattr({victim}, {name!r}, stop)
FileStore(Path(sys.argv[1])).put("a", b"new" * 100_000)
"""


@pytest.mark.parametrize(("victim", "name"), [("Path", "replace"), ("os", "fsync"), ("os", "fdopen")])
def test_a_writer_killed_before_the_end_leaves_the_old_value(victim: str, name: str, tmp_path: Path) -> None:
    """Between opening, writing and renaming: nobody ever reads half of a value."""
    store = FileStore(tmp_path)
    store.put("a", b"old")

    done = subprocess.run(
        [sys.executable, "-c", _WRITER.format(victim=victim, name=name), str(tmp_path)],
        cwd=ROOT,
        check=False,
        timeout=60,
    )

    assert done.returncode == -signal.SIGKILL
    assert store.get("a") == b"old"
    store.put("a", b"newer")
    assert store.get("a") == b"newer"


def test_a_write_that_fails_leaves_the_old_value_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk costs the new value only."""
    store = FileStore(tmp_path)
    store.put("a", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("datasource.store.file.os.fsync", full)
    with pytest.raises(StoreFailed, match=r"No space left on device.*CACHE_DIR"):
        store.put("a", b"new")

    assert store.get("a") == b"old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("folder", ["taken", "taken/below", "/proc/opsportal"])
def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(folder: str, tmp_path: Path) -> None:
    """Where a file lies in its place, or the system lets nobody write."""
    (tmp_path / "taken").write_bytes(b"")
    store = FileStore(tmp_path / folder)

    with pytest.raises(StoreFailed, match=r"cannot be kept in .*Make the folder writable, set CACHE_DIR"):
        store.put("a", b"one")

    assert store.get("a") is None


def test_a_folder_that_has_become_read_only_still_gives_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says of a write that it failed."""
    store = FileStore(tmp_path)
    store.put("a", b"old")

    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("datasource.store.file.tempfile.mkstemp", refused)
    with pytest.raises(StoreFailed, match="Permission denied"):
        store.put("a", b"new")

    assert store.get("a") == b"old"
