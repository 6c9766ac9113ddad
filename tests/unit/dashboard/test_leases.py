"""Leases in files: one owner at a time, until the deadline, its own word, or its end."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.leases import FileLeases, LeaseFailed

ROOT = Path(__file__).resolve().parents[3]

TAKE_AND_WAIT = """
import sys, time
from pathlib import Path
from dashboard.leases import FileLeases
print(FileLeases(Path(sys.argv[1])).take("read", 600.0) is not None, flush=True)
sys.stdin.read()
"""


class Clock:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.at_s = 1_000.0

    def __call__(self) -> float:
        """Seconds on the clock."""
        return self.at_s


def test_one_owner_at_a_time(tmp_path: Path) -> None:
    """Others get nothing until it is given back; another name is another lease."""
    first, second = FileLeases(tmp_path), FileLeases(tmp_path)
    lease = first.take("read", 60)

    assert lease is not None
    assert second.take("read", 60) is None
    assert first.take("read", 60) is None
    assert second.take("write", 60) is not None

    lease.release()
    assert not lease.held()
    assert second.take("read", 60) is not None


def test_of_many_that_take_one_succeeds(tmp_path: Path) -> None:
    """However close together they come."""
    many = [FileLeases(tmp_path) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda leases: leases.take("read", 60), many))

    assert sum(lease is not None for lease in taken) == 1


def test_a_lease_ends_at_its_deadline(tmp_path: Path) -> None:
    """And its late owner can neither extend it nor give away what is somebody else's."""
    clock = Clock()
    leases = FileLeases(tmp_path, clock)
    late = leases.take("read", 60)
    assert late is not None

    clock.at_s += 59
    assert late.held()
    clock.at_s += 2
    assert not late.held()
    assert not late.extend(60)

    new = leases.take("read", 60)
    assert new is not None
    late.release()
    assert new.held()


def test_a_lease_is_extended(tmp_path: Path) -> None:
    """The deadline counts from then on."""
    clock = Clock()
    leases = FileLeases(tmp_path, clock)
    lease = leases.take("read", 60)
    assert lease is not None

    clock.at_s += 50
    assert lease.extend(60)
    clock.at_s += 50

    assert lease.held()
    assert leases.take("read", 60) is None


def test_a_lease_ends_with_its_killed_owner(tmp_path: Path) -> None:
    """Long before its deadline."""
    command = [sys.executable, "-c", TAKE_AND_WAIT, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "True\n"
        assert FileLeases(tmp_path).take("read", 60) is None

        os.kill(owner.pid, signal.SIGKILL)
        owner.wait()

    assert FileLeases(tmp_path).take("read", 60) is not None


def test_another_process_of_the_same_number_is_not_the_owner(tmp_path: Path) -> None:
    """Numbers come again, in a container that is started anew at once."""
    assert FileLeases(tmp_path).take("read", 600) is not None
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text().replace('"born":"', '"born":"1'))

    assert FileLeases(tmp_path).take("read", 60) is not None


def test_an_owner_on_another_machine_is_believed_until_its_deadline(tmp_path: Path) -> None:
    """Its process cannot be looked at from here."""
    clock = Clock()
    assert FileLeases(tmp_path, clock).take("read", 60) is not None
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text().replace('"host":"', '"host":"other-').replace('"born":"', '"born":"1'))

    assert FileLeases(tmp_path, clock).take("read", 60) is None
    clock.at_s += 61
    assert FileLeases(tmp_path, clock).take("read", 60) is not None


def test_a_deadline_from_before_the_machine_started_anew_counts_for_nothing(tmp_path: Path) -> None:
    """The clock begins at nought again, and yesterday's deadline would lie far ahead."""
    clock = Clock()
    assert FileLeases(tmp_path, clock).take("read", 60) is not None

    clock.at_s = 3.0
    assert FileLeases(tmp_path, clock).take("read", 60) is not None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"token":"a"}'])
def test_a_file_that_says_nothing_is_free(tmp_path: Path, content: bytes) -> None:
    """As an owner leaves it that dies while it writes."""
    assert FileLeases(tmp_path).take("read", 600) is not None
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)

    assert FileLeases(tmp_path).take("read", 60) is not None


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "file").touch()

    with pytest.raises(LeaseFailed, match="CACHE_DIR"):
        FileLeases(tmp_path / "file")


def test_a_lease_whose_folder_is_gone_is_nobodys(tmp_path: Path) -> None:
    """Its owner finds out, and nobody can take it."""
    leases = FileLeases(tmp_path / "new")
    lease = leases.take("read", 60)
    assert lease is not None
    for file in (tmp_path / "new").iterdir():
        file.unlink()
    (tmp_path / "new").rmdir()

    assert not lease.held()
    assert not lease.extend(60)
    with pytest.raises(LeaseFailed):
        leases.take("read", 60)


def test_a_lease_needs_no_room_once_it_has_been_taken(tmp_path: Path) -> None:
    """Its file keeps its size, so that a full disk, which would not give it back, stops nobody."""
    leases = FileLeases(tmp_path)
    sizes = set()
    for _ in range(3):
        lease = leases.take("read", 60)
        assert lease is not None
        (file,) = tmp_path.iterdir()
        sizes.add(file.stat().st_size)
        assert lease.extend(600)
        sizes.add(file.stat().st_size)
        lease.release()
        sizes.add(file.stat().st_size)

    assert len(sizes) == 1
    assert sizes != {0}
