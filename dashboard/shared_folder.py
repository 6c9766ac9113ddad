"""The folder that all workers of one portal share."""

import atexit
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from opsportal.settings import Settings

_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it
_SIGN: Final = "usable"

_log = logging.getLogger(__name__)


def shared_folder(settings: Settings) -> Path:
    """Where cache and leases live: below CACHE_DIR, else in a folder of its own that ends with this process.

    It has been made, or there can be none and `usable` says why.
    Call it before workers are forked: each would get another folder.
    """
    if settings.cache_dir is None:
        return _own_folder() or Path.cwd() / "portal"
    folder = settings.cache_dir / "portal"
    problem = usable(folder)
    own = None if problem is None else _own_folder()
    if own is None:
        return folder
    _log.warning(
        "%s cannot be written: %s. What is read is kept in %s until this process ends. Make CACHE_DIR writable, or set "
        "it to another folder.",
        folder,
        problem,
        own,
    )
    return own


def usable(folder: Path) -> str | None:
    """Why a folder cannot be written, in the system's words; None when it can. It is made if it is not there.

    The one file that is written is there from then on, so that a full disk makes no difference to it: what was kept
    before is still worth having.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(folder / _SIGN, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(b"The portal keeps what it has read here.\n")
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def _own_folder() -> Path | None:
    for place in (None, _IN_MEMORY):  # the first is wherever the system has its temporary files
        try:
            folder = Path(tempfile.mkdtemp(prefix="opsportal-", dir=place))
        except OSError:
            continue
        atexit.register(_remove, folder, os.getpid())
        return folder
    return None


def _remove(folder: Path, made_by: int) -> None:
    # A forked worker inherits this and must leave the folder to the others.
    if os.getpid() == made_by:
        shutil.rmtree(folder, ignore_errors=True)
