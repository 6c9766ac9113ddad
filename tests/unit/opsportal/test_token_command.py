"""Usage of `opsportal token create` that makes no sense is told before anything is read."""

import pytest
from click.testing import CliRunner

from opsportal.cli import commands

_HOST = "https://intranet.example.com"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--purpose", "embed", "--for", "1m"), "--origin names the site"),
        (("--purpose", "api", "--for", "1m", "--origin", _HOST), "--origin names the site"),
        (("--purpose", "embed", "--for", "6m", "--origin", _HOST), "lives 5m at most"),
        (("--purpose", "embed", "--for", "1h", "--origin", _HOST), "lives 5m at most"),
        (("--purpose", "api", "--for", "367d"), "lives 366d at most"),
        (("--purpose", "kiosk", "--for", "999999d"), "lives 366d at most"),
        (("--purpose", "api", "--for", "1y"), "write it as 5m, 8h or 90d"),
        (("--purpose", "api", "--for", "0d"), "write it as 5m, 8h or 90d"),
        (("--purpose", "api", "--for", "-5m"), "write it as 5m, 8h or 90d"),
        (("--purpose", "embed", "--for", "1m", "--origin", "http://intranet.example.com"), "is no origin"),
        (("--purpose", "embed", "--for", "1m", "--origin", f"{_HOST}/"), "is no origin"),
        (("--purpose", "api", "--for", "1d", "--view", "admin"), "'admin' is not one of"),
        (("--purpose", "admin", "--for", "1d"), "'admin' is not one of"),
        (("--purpose", "api"), "Missing option '--for'"),
        (("--for", "1d"), "Missing option '--purpose'"),
    ],
)
def test_what_is_not_made_is_told(words: tuple[str, ...], said: str) -> None:
    """With what to write in its place, and nothing on standard output."""
    done = CliRunner().invoke(commands, ["token", "create", *words])

    assert (done.exit_code, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.split())
