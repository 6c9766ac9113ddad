"""Write the lock files, or check without a network that they are in step with pyproject.toml.

`python scripts/lock.py write` resolves each dependency set for every platform and every Python from 3.11 on, and
needs uv and the package index. `python scripts/lock.py check` reads files only.
"""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"

# Lock file -> (does it hold the project's own dependencies?, the group it adds). Order matters: what an earlier file
# pins, a later one repeats, so that one version of a library serves everywhere.
LOCKS: dict[str, tuple[bool, str | None]] = {
    "bench.txt": (True, "bench"),
    "dev.txt": (True, "dev"),
    "image.txt": (True, "lambda"),
    "runtime.txt": (True, None),
    "build.txt": (False, "build"),
    "node.txt": (False, "node"),
    "lock.txt": (False, "lock"),
    "sbom.txt": (False, "sbom"),
    "infra.txt": (False, "infra"),
    "aws.txt": (False, "aws"),
}
_APART = frozenset({"infra.txt", "aws.txt"})
"""Never in one environment with the others, and so free to choose other versions."""
_STAMP = "# made from pyproject.toml with the dependencies "
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)")


def _pyproject() -> dict[str, Any]:
    """The project file as plain data."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _group(pyproject: dict[str, Any], name: str) -> Iterator[str]:
    """The requirements of a dependency group, those of the groups it includes first."""
    for entry in pyproject["dependency-groups"][name]:
        if isinstance(entry, dict):
            yield from _group(pyproject, entry["include-group"])
        else:
            yield entry


def _wanted(pyproject: dict[str, Any], lock: str) -> list[str]:
    """The direct requirements that a lock file answers."""
    own, group = LOCKS[lock]
    wanted = list(pyproject["project"]["dependencies"]) if own else []
    return wanted + (list(_group(pyproject, group)) if group else [])


def _fingerprint(pyproject: dict[str, Any], lock: str) -> str:
    """A digest that changes when the direct requirements or the supported Pythons do."""
    facts = [pyproject["project"]["requires-python"], sorted(_wanted(pyproject, lock))]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def write() -> list[str]:
    """Resolve every lock file anew; returns nothing to complain about, and raises when the resolver fails."""
    pyproject = _pyproject()
    python = pyproject["project"]["requires-python"].removeprefix(">=")
    pins = ""
    for lock in LOCKS:
        command = [sys.executable, "-m", "uv", "pip", "compile", "-", "--no-config", "--universal", "--quiet"]
        command += ["--python-version", python, "--generate-hashes", "--no-annotate", "--no-header"]
        command += ["--no-emit-index-url", "--no-emit-find-links"]
        constraints = FOLDER / ".constraints.txt"
        constraints.write_text("" if lock in _APART else pins, encoding="utf-8")
        try:
            answer = subprocess.run(
                [*command, "--constraint", str(constraints)],
                input="\n".join(_wanted(pyproject, lock)),
                capture_output=True,
                check=False,
                text=True,
            )
        finally:
            constraints.unlink()
        if answer.returncode != 0:
            return [f"requirements/{lock} could not be resolved:\n{answer.stderr.strip()}"]
        head = f"# Written by `make lock`; do not edit.\n{_STAMP}{_fingerprint(pyproject, lock)}\n"
        (FOLDER / lock).write_text(head + answer.stdout, encoding="utf-8")
        pins = pins or re.sub(r" \\\n( +--hash=\S+( \\)?\n?)+", "\n", answer.stdout)
    return []


def _complaints(pyproject: dict[str, Any], lock: str) -> Iterator[str]:
    """What is wrong with one lock file, one sentence each."""
    path = FOLDER / lock
    if not path.exists():
        yield f"requirements/{lock} is missing"
        return
    text = path.read_text(encoding="utf-8")
    if _STAMP + _fingerprint(pyproject, lock) not in text.splitlines():
        yield f"requirements/{lock} was made from other dependencies than pyproject.toml names now"
    pinned: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=\S)", text):
        pin = _PIN.match(entry)
        if pin:
            pinned.setdefault(canonicalize_name(pin["name"]), []).append(pin["version"])
            if "--hash=sha256:" not in entry:
                yield f"requirements/{lock} holds {pin['name']} without a hash"
        elif entry and not entry.startswith("#"):
            yield f"requirements/{lock} holds a line that pins nothing: {entry.splitlines()[0]}"
    for text_wanted in _wanted(pyproject, lock):
        wanted = Requirement(text_wanted)
        versions = pinned.get(canonicalize_name(wanted.name), [])
        if not versions or not all(wanted.specifier.contains(version, prereleases=True) for version in versions):
            yield f"requirements/{lock} pins {wanted.name} at {versions or 'nothing'}, wanted is {text_wanted}"


def check() -> list[str]:
    """Every disagreement between the lock files and pyproject.toml, as sentences; empty when they are in step."""
    pyproject = _pyproject()
    return [complaint for lock in LOCKS for complaint in _complaints(pyproject, lock)]


def main(arguments: list[str]) -> int:
    """Exit code 0 done or in step, 1 not, 2 wrong usage."""
    if arguments not in (["write"], ["check"]):
        print("usage: python scripts/lock.py write|check", file=sys.stderr)
        return 2
    complaints = write() if arguments == ["write"] else check()
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    if complaints and arguments == ["check"]:
        print("`make lock` writes the lock files anew.", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
