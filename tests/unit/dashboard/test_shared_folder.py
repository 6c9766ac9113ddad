"""The folder that workers share: the one that is set, else one that lives as long as the process that made it."""

import subprocess
import sys
import tempfile
from errno import EROFS
from pathlib import Path
from shutil import rmtree

import pytest

from dashboard.shared_folder import shared_folder, usable
from opsportal.settings import load

ROOT = Path(__file__).resolve().parents[3]

MAKE_AND_FORK = """
import os
from dashboard.shared_folder import shared_folder
from opsportal.settings import load

folder = shared_folder(load({}, env_file=None))
worker = os.fork()
if worker == 0:
    raise SystemExit  # as a worker ends, with everything that runs at exit
os.waitpid(worker, 0)
print(folder, folder.is_dir())
"""


def test_it_lies_below_the_folder_that_is_set(tmp_path: Path) -> None:
    """Made if need be, for its owner alone."""
    folder = shared_folder(load({"CACHE_DIR": str(tmp_path / "new")}, env_file=None))

    assert folder.parent == tmp_path / "new"
    assert usable(folder) is None
    assert folder.stat().st_mode & 0o077 == 0


def test_another_one_serves_when_the_one_that_is_set_cannot_be_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The portal starts all the same, and the log says what to do."""
    (tmp_path / "file").touch()
    folder = shared_folder(load({"CACHE_DIR": str(tmp_path / "file")}, env_file=None))

    assert usable(folder) is None
    assert tmp_path not in folder.parents
    (record,) = caplog.records
    assert "Not a directory" in record.getMessage()
    assert "CACHE_DIR" in record.getMessage()
    rmtree(folder)


@pytest.mark.parametrize("written", [True, False])
def test_without_any_folder_there_is_a_reason(written: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine where nothing can be written at all; nothing is raised."""

    def nowhere(*, prefix: str, dir: Path | None) -> str:  # noqa: A002 - the name it has there
        raise OSError(EROFS, "Read-only file system")

    (tmp_path / "portal").touch()
    monkeypatch.setattr(tempfile, "mkdtemp", nowhere)
    monkeypatch.chdir(tmp_path)
    folder = shared_folder(load({"CACHE_DIR": str(tmp_path)} if written else {}, env_file=None))

    assert usable(folder) == "File exists"


def test_a_folder_with_something_in_it_is_usable_on_a_full_disk(tmp_path: Path) -> None:
    """Its sign is there already and only written again: what was kept is still worth reading."""
    assert usable(tmp_path) is None
    (sign,) = tmp_path.iterdir()
    before = sign.stat()
    assert usable(tmp_path) is None

    assert sign.stat().st_ino == before.st_ino
    assert sign.stat().st_size == before.st_size > 0


def test_one_of_its_own_ends_with_its_process_and_not_with_a_worker() -> None:
    """A worker that ends leaves it to the others."""
    ended = subprocess.run(
        [sys.executable, "-c", MAKE_AND_FORK], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    folder, there = ended.stdout.split()

    assert there == "True"
    assert not Path(folder).exists()
