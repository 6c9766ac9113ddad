"""The folder that all workers of one portal share."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from opsportal.settings import Settings


def shared_folder(settings: Settings) -> Path:
    """Where cache and leases live: below CACHE_DIR, else in a folder of its own that ends with this process.

    Call it before workers are forked: each would get another folder.
    """
    if settings.cache_dir is not None:
        return settings.cache_dir / "portal"
    folder = Path(tempfile.mkdtemp(prefix="opsportal-"))
    atexit.register(_remove, folder, os.getpid())
    return folder


def _remove(folder: Path, made_by: int) -> None:
    # A forked worker inherits this and must leave the folder to the others.
    if os.getpid() == made_by:
        shutil.rmtree(folder, ignore_errors=True)
