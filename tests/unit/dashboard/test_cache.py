"""The cache in files: bytes in, the same bytes out, for every process, whatever lies in the folder."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from dashboard.cache import BytesOnly, CacheFailed, FileCache


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


def test_of_many_that_add_one_succeeds(tmp_path: Path) -> None:
    """Whichever it is, its value stays."""
    caches = [FileCache(tmp_path) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda n: caches[n].add("a", bytes([n]), timeout_s=60), range(8)))

    assert kept.count(True) == 1
    assert caches[0].get("a") == bytes([kept.index(True)])


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
