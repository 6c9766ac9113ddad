"""The folder that workers share: the one that is set, else one that lives as long as the process that made it."""

import subprocess
import sys
from pathlib import Path

from dashboard.shared_folder import shared_folder
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
    """And is not made before something is kept in it."""
    folder = shared_folder(load({"CACHE_DIR": str(tmp_path)}, env_file=None))

    assert folder.parent == tmp_path
    assert not folder.exists()


def test_one_of_its_own_ends_with_its_process_and_not_with_a_worker() -> None:
    """A worker that ends leaves it to the others."""
    ended = subprocess.run(
        [sys.executable, "-c", MAKE_AND_FORK], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    folder, there = ended.stdout.split()

    assert there == "True"
    assert not Path(folder).exists()
