"""Where the workers of one portal count together.

```
PortalError
└── NoPlaceToCount    there can be no such folder
```
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from prometheus_client import values

from opsportal.settings import Settings
from servicelevel.errors import PortalError

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - below it a folder that is ours alone is made
_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"


class NoPlaceToCount(PortalError):
    """There can be no folder for the counts."""

    def __init__(self, place: Path | None) -> None:
        where = "a temporary folder" if place is None else str(place)
        super().__init__(
            f"Workers cannot count in {where}. Set PROMETHEUS_MULTIPROC_DIR to a folder they may write to."
        )


def prepare(settings: Settings) -> Path:
    """An empty folder for the counts, known to prometheus-client. Call it before counts and forks.

    Counts are files that are written like memory: a full disk would end the writer, so the default lies in memory where
    the machine offers that.

    Raises:
        NoPlaceToCount: there can be no such folder.
    """
    try:
        folder = _emptied(settings.prometheus_multiproc_dir)
    except OSError:
        raise NoPlaceToCount(settings.prometheus_multiproc_dir) from None
    os.environ[_VARIABLE] = str(folder)  # noqa: TID251 - the library takes it from nowhere else
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]  # looked too early
    return folder


def _emptied(chosen: Path | None) -> Path:
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
        for left_over in chosen.glob("*.db"):
            left_over.unlink(missing_ok=True)
        return chosen
    folder = Path(tempfile.mkdtemp(prefix="opsportal-metrics-", dir=memory()))
    atexit.register(_remove, folder, os.getpid())
    return folder


def memory() -> str | None:
    """A folder in memory that may be written to; None where there is none."""
    return str(_MEMORY) if os.access(_MEMORY, os.W_OK | os.X_OK) else None


def _remove(folder: Path, made_by: int) -> None:
    # A forked worker inherits this and must leave the folder to the others.
    if os.getpid() == made_by:
        shutil.rmtree(folder, ignore_errors=True)
