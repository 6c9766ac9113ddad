"""What SQLite says went wrong, as errors of history with what to do."""

import errno
import sqlite3
from pathlib import Path

from datasource.history.errors import HistoryFailed

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_WRITABLE = "Make the file and its folder writable for the portal, or set HISTORY_URL to another file."
_FREE_ROOM = "Make room on the disk and try again; what was kept before stands."
_PUT_BACK = (
    "It was left as it is. Put a copy of it back, or move it away: a new one begins by itself, and "
    "`opsportal backfill` rebuilds days from Jira. If HISTORY_URL names the wrong file, mend that."
)


def history_error(file: Path, error: Exception, waited_s: float) -> HistoryFailed:
    """The error of the history in a file. `waited_s` is how long a lock of somebody else was waited for."""
    found, advice = _found(file, error, waited_s)
    return HistoryFailed(f"History in {file} cannot be used: {found}. {advice}")


def _found(file: Path, error: Exception, waited_s: float) -> tuple[str, str]:
    if file.is_dir():
        return "it is a folder", f"Set HISTORY_URL to a file in it, such as sqlite:///{file / 'history.db'}."
    if isinstance(error, OSError):
        no_room = error.errno in _NO_ROOM
        return (error.strerror or "the disk does not answer").lower(), _FREE_ROOM if no_room else _WRITABLE
    # The lower byte is the kind of failure, the rest says more about it.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return f"it is damaged or no database ({error})", _PUT_BACK
    if code == sqlite3.SQLITE_FULL:
        return f"there is no room left ({error})", _FREE_ROOM
    if code == sqlite3.SQLITE_IOERR:
        return f"the disk is full or fails ({error})", _FREE_ROOM
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return f"another program has held it for {waited_s:g} s ({error})", "End that program, then try again."
    return str(error), _WRITABLE
