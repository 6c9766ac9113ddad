import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RULE = PROJECT["tool"]["importlinter"]

# Sees every attempt to import, so that one guarded by try/except is noticed where the library is not installed.
WATCH_FOR_WEB_AND_FRAMES = """
import sys

class Watch:
    tried = set()
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"dash", "flask", "pandas", "plotly"}:
            self.tried.add(name)

sys.meta_path.insert(0, Watch())
import opsportal.cli
print(*sorted(Watch.tried))
"""

# What importing a whole package adds to the interpreter, by first name, the standard library left out.
LOAD_EVERYTHING = """
import importlib, pkgutil, sys

before = set(sys.modules)
package = importlib.import_module(sys.argv[1])
for part in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not part.name.endswith(".__main__"):
        importlib.import_module(part.name)
names = {name.partition(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names
print(*sorted(name for name in names if not name.startswith("_sysconfigdata")))  # the interpreter's own, by platform
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter in the checkout; the answer holds its exit code and what it printed."""
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False, text=True)


def loaded_with(package: str) -> set[str]:
    """The first names, beyond the standard library, that a new interpreter holds after importing all of a package."""
    answer = run("-c", LOAD_EVERYTHING, package)

    assert answer.returncode == 0, answer.stderr

    return set(answer.stdout.split())


def test_every_import_keeps_the_dependency_rule() -> None:
    """All contracts of pyproject.toml hold for the code as it is."""
    answer = run("-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache", "--no-logo")

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"Contracts: {len(RULE['contracts'])} kept, 0 broken." in answer.stdout


def test_every_package_has_its_place_in_the_rule() -> None:
    """A package added to the project and forgotten in the rule would be free to import anything."""
    packages = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    layers = next(contract["layers"] for contract in RULE["contracts"] if contract["type"] == "layers")
    layered = {name.strip() for layer in layers for name in layer.split("|")}

    assert set(RULE["root_packages"]) == packages
    assert layered == packages - {"demo"}


def test_the_commands_load_no_web_framework_and_no_frames() -> None:
    """The daily job starts small: the command line does not even try to import Dash, Flask, Plotly or pandas."""
    answer = run("-c", WATCH_FOR_WEB_AND_FRAMES)

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == []


@pytest.mark.parametrize(
    ("package", "libraries"),
    [("servicelevel", {"numpy"}), ("demo", {"dateutil", "holidays", "six"})],
)
def test_a_package_that_stands_alone_loads_only_its_libraries(package: str, libraries: set[str]) -> None:
    """The rules know NumPy; the demo knows the holidays (and what that library brings); both know nothing of ours."""
    assert loaded_with(package) <= libraries | {package}
