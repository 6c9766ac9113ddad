"""The image of the portal, built without an engine: buildah on a small Debian that mmdebstrap has made.

Packages are fetched before, by this machine's own pip and with its own configuration, so that the build itself asks
nobody for them and knows nothing of where they came from. It needs root.
"""

import json
import mmap
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from packaging.requirements import Requirement

from tests.fakes.served_portal import ROOT

SUITE: Final = "bookworm"
_TOOLS: Final = ("buildah", "mmdebstrap", "unshare", "chroot")
_LOCKS: Final = ("requirements/image.txt", "requirements/build.txt", "requirements/sbom.txt")
_CONTEXT: Final = ("Dockerfile", ".dockerignore", "LICENSE", "README.md", "pyproject.toml", "requirements", "scripts")
_PACKAGES: Final = ("components", "dashboard", "datasource", "demo", "opsportal", "servicelevel")
_LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "*.pyc")
_BASE, _NAME = "localhost/base:test", "localhost/opsportal:test"


class BuildFailed(Exception):
    """A step of the build ended with an error; the message holds its last words."""


@dataclass(frozen=True, slots=True)
class Image:
    """A built image: the file system of its containers, what an engine would read about it, and its layers as files."""

    root: Path
    config: Mapping[str, Any]
    layers: tuple[Path, ...]

    @property
    def environment(self) -> dict[str, str]:
        """The variables that its containers start with."""
        return dict(entry.split("=", 1) for entry in self.config["Env"])

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        files = (path.lstat() for path in self.root.rglob("*") if path.is_symlink() or path.is_file())
        return sum(each.st_size for each in files)


def lacking() -> str | None:
    """Why an image cannot be built here, in a sentence; None when it can."""
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        return f"{' and '.join(missing)} not on the PATH; scripts/image_tools.sh says how to get them"
    return None if os.geteuid() == 0 else "the image is built and started by root alone"


def context_of(folder: Path) -> Path:
    """A copy of what an engine would be given of the checkout, so that a test may put something beside it."""
    folder.mkdir()
    for name in (*_CONTEXT, *_PACKAGES):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=_LEFT_OUT)
        else:
            shutil.copy2(source, folder / name)
    return folder


@contextmanager
def built(folder: Path, context: Path, environment: Mapping[str, str] | None = None) -> Iterator[Image]:
    """The image of a context, there while the block runs. `environment` is added to that of the build.

    Raises:
        BuildFailed: a step ended with an error.
    """
    folder.mkdir()
    try:
        yield _built(folder, context, {**os.environ, **(environment or {})})  # noqa: TID251 - PATH, and pip's own
    finally:
        shutil.rmtree(folder)


def _built(folder: Path, context: Path, environment: Mapping[str, str]) -> Image:
    base, wheels = folder / "base", folder / "root" / "wheels"
    base.mkdir()
    wheels.mkdir(parents=True)
    with ThreadPoolExecutor(2) as pool:
        fetched = pool.submit(_fetch_wheels, wheels)
        _run(["mmdebstrap", *_debian(), SUITE, str(base / "base.tar"), *_sources()], environment)
        fetched.result()
    _check_python(base / "base.tar")
    pip = folder / "root" / ".config" / "pip"
    pip.mkdir(parents=True)
    (pip / "pip.conf").write_text("[global]\nno-index = true\nfind-links = /root/wheels\n", encoding="utf-8")
    (base / "Dockerfile").write_text("FROM scratch\nADD base.tar /\n", encoding="utf-8")
    (folder / "policy.json").write_text('{"default": [{"type": "insecureAcceptAnything"}]}', encoding="utf-8")

    store = ["--root", str(folder / "store"), "--runroot", str(folder / "run"), "--storage-driver", "vfs"]
    buildah = ["buildah", *store]
    trusting = ["--signature-policy", str(folder / "policy.json")]
    build = [*buildah, "bud", *trusting, "--isolation", "chroot", "--format", "docker"]
    _run([*build, "-t", _BASE, str(base)], environment)
    (base / "base.tar").unlink()
    alone = ["--network", "host", "--pull-never", "--volume", f"{folder / 'root'}:/root"]
    _run([*build, *alone, "--build-arg", f"BASE_IMAGE={_BASE}", "-t", _NAME, str(context)], environment)

    told = json.loads(_run([*buildah, "inspect", "--type", "image", _NAME], environment))
    pushed = folder / "pushed"
    _run([*buildah, "push", *trusting, "--disable-compression", _NAME, f"dir:{pushed}"], environment)
    manifest = json.loads((pushed / "manifest.json").read_bytes())
    blobs = tuple(pushed / each["digest"].partition(":")[2] for each in (*manifest["layers"], manifest["config"]))
    container = _run([*buildah, "from", *trusting, "--pull-never", _NAME], environment).strip()
    root = Path(_run([*buildah, "mount", container], environment).strip())
    return Image(root, cast(Mapping[str, Any], told["Docker"]["config"]), blobs)


def libraries() -> set[str]:
    """What the lock of the image pins for the Python of the base: names and versions."""
    lock = (ROOT / "requirements/image.txt").read_text(encoding="utf-8")
    return {" ".join(pin.partition(" ")[0].split("==")) for pin in _pinned(lock)}


def holding(blob: Path, needle: bytes) -> bool:
    """Whether a layer, or what an engine reads about the image, holds these bytes in a file or a name."""
    with blob.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(needle) >= 0


def _debian() -> list[str]:
    unread = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "info", "locale", "man")]
    quick = "--dpkgopt=force-unsafe-io"  # nothing of it has to outlive a power cut
    return ["--quiet", "--variant=minbase", "--include=ca-certificates,python3,python3-venv", quick, *unread]


def _sources() -> list[str]:
    """The package sources of this machine, if it is such a Debian itself; else mmdebstrap's own."""
    found = [*sorted(Path("/etc/apt").glob("sources.list.d/*.sources")), Path("/etc/apt/sources.list")]
    ours = [path for path in found if path.is_file() and f" {SUITE}" in path.read_text(encoding="utf-8")]
    return [str(path) for path in ours]


def _fetch_wheels(folder: Path) -> None:
    """What the locks name for the Python of the base, into a folder."""
    wanted = folder / "wanted.txt"
    lines = [line for lock in _LOCKS for line in _pinned((ROOT / lock).read_text(encoding="utf-8"))]
    wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
    download = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-input", "--no-deps"]
    download += ["--require-hashes", "--only-binary=:all:", "--python-version", PYTHON, "--dest", str(folder)]
    _run([*download, "-r", str(wanted)], None)


PYTHON: Final = "3.11.2"
"""Of Debian's bookworm, for whose sake markers are judged here and not by the pip that downloads."""


def _pinned(lock: str) -> Iterator[str]:
    for entry in re.split(r"(?<!\\)\n", re.sub(r"(?m)^#.*\n", "", lock)):
        pin, _, hashes = entry.partition(" \\\n")
        if pin and _applies(Requirement(pin)):
            yield f"{pin.partition(' ;')[0]} \\\n{hashes}"


def _applies(requirement: Requirement) -> bool:
    python = {"python_full_version": PYTHON, "python_version": PYTHON.rpartition(".")[0]}
    return requirement.marker is None or requirement.marker.evaluate(python)


def _check_python(base: Path) -> None:
    with tarfile.open(base) as archive:
        status = archive.extractfile("./var/lib/dpkg/status")
        installed = b"" if status is None else status.read()
    if f"\nVersion: {PYTHON}-".encode() not in installed.partition(b"\nPackage: python3\n")[2].partition(b"\n\n")[0]:
        raise BuildFailed(f"the base holds another Python than {PYTHON}: change the constant")


def _run(command: Sequence[str], environment: Mapping[str, str] | None) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
        raise BuildFailed(f"{' '.join(command[:6])} … ended with {done.returncode}:\n{last}")
    return done.stdout
