"""No picture of the memory is left behind by a process that breaks down."""

import subprocess
import sys

LIMIT = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
INHERITED = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {LIMIT!r}], check=True)"


def _said(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_no_core_file_is_left_by_a_process_and_those_it_starts() -> None:
    """Not even where the system hands core files to a program; saying so twice does no harm."""
    code = f"from opsportal import cores; cores.leave_none(); cores.leave_none(); {INHERITED}"

    assert _said(code) == "(1, 1)"


def test_a_stricter_limit_stays() -> None:
    """Whoever runs the portal has said so."""
    strict = "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))"

    assert _said(f"{strict}; from opsportal import cores; cores.leave_none(); {LIMIT}") == "(0, 0)"


def test_commands_leave_none() -> None:
    """From their first moment on."""
    code = f"from opsportal import cli; cli.commands = lambda **_: exec({LIMIT!r}); cli.main()"

    assert _said(code) == "(1, 1)"
