"""Write what an installation is made of: a software bill of materials, CycloneDX 1.6 as JSON, on standard output.

    python -m scripts.sbom --packages FOLDER --lock requirements/image.txt [--without setuptools] [--beside pip]

The libraries are those that really lie in the folder of packages. They have to be the pinned ones, no more and no less:
where they are not, each difference is said and nothing is written. `--without` names what is pinned and was taken away
again, `--beside` what is there and belongs to nobody. The same installation gives the same bytes.
"""

import argparse
import hashlib
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.licences import NoLicence, licence_of, licence_of_text
from scripts.pins import ROOT, NoLock, Pin, pins_of
from scripts.vendor import FILES, whole

_OF_THE_BROWSER = re.compile(r"(?P<name>[a-z-]+)@(?P<version>\d+(\.\d+)+)(\.min)?\.js")
_BROUGHT = {"polyfill": "@babel/polyfill", "prop-types": "prop-types", "react": "react", "react-dom": "react-dom"}
"""Scripts of others that Dash brings in files of their own: the package of npm that each is. All are under MIT."""


class NoBill(Exception):
    """The installation is not what was pinned, or says too little of itself; one sentence each in `problems`."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def bill(
    packages: Path,
    locks: Iterable[Path],
    *,
    without: frozenset[str] = frozenset(),
    beside: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """The bill of materials of the libraries in a folder, of the scripts in them, and of those that we serve beside.

    Raises:
        NoBill: the folder does not hold what is pinned, or a library does not say by which licence it comes.
        NoLock: a lock file is not there or is damaged.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = distributions(path=[str(packages)])
    installed: dict[str, Distribution] = {canonicalize_name(each.name): each for each in found}
    pinned = {pin.name: pin for lock in locks for pin in pins_of(lock) if pin.is_for_us and pin.name not in without}
    ours = {name: each for name, each in installed.items() if name not in beside | {project["name"]}}
    problems = [*_differences(ours, pinned)]
    if problems:
        raise NoBill(problems)

    components = {}
    for name, each in sorted(ours.items()):
        try:
            components[name] = _library(name, each, pinned[name])
        except NoLicence as error:
            problems.append(str(error))
    if problems:
        raise NoBill(problems)
    made = Bom(components=[*components.values(), *_scripts(packages), *_vendored()])
    made.metadata.component = portal = Component(
        type=ComponentType.APPLICATION,
        name=project["name"],
        version=project["version"],
        bom_ref=project["name"],
        description=project["description"],
        licenses=[licence_of_text(project["license"])],
    )
    asked = [Requirement(text) for text in project["dependencies"]]
    for component, wanted in _relations(portal, asked, components, ours):
        made.register_dependency(component, wanted)
    return _steady(json.loads(make_outputter(made, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string()))


def _differences(installed: Mapping[str, Distribution], pinned: Mapping[str, Pin]) -> Iterator[str]:
    for name in sorted(installed.keys() | pinned.keys()):
        if name not in pinned:
            yield f"{name} {installed[name].version} is installed and not pinned"
        elif name not in installed:
            yield f"{name} {pinned[name].version} is pinned and not installed"
        elif installed[name].version != pinned[name].version:
            yield f"{name} is installed as {installed[name].version} and pinned as {pinned[name].version}"


def _library(name: str, installed: Distribution, pin: Pin) -> Component:
    purl = PackageURL("pypi", name=name, version=pin.version)
    # Which of the files of a version was installed depends on the machine: the hashes are those that may be.
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(purl.to_string()),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in pin.hashes],
    )
    return Component(
        name=name,
        version=pin.version,
        bom_ref=purl.to_string(),
        purl=purl,
        description=installed.metadata["Summary"],
        licenses=licence_of(installed),
        external_references=[files],
    )


def _scripts(packages: Path) -> Iterator[Component]:
    """What Dash brings along for the browser in files of its own.

    Raises:
        NoBill: there is one that we do not know.
    """
    for path in sorted(packages.glob("dash/deps/*.js")):
        told = _OF_THE_BROWSER.fullmatch(path.name)
        if told is None or told["name"] not in _BROUGHT:
            raise NoBill([f"dash/deps/{path.name} is a script that scripts/sbom.py does not know"])
        yield _script(_BROUGHT[told["name"]], told["version"], str(path.relative_to(packages)), path, "MIT")


def _vendored() -> Iterator[Component]:
    """What scripts/vendor.py has fetched for the pages; where it could not, a library's own build serves."""
    for wanted in FILES:
        if wanted.target.startswith("dashboard/") and whole(wanted):
            yield _script(wanted.package, wanted.version, wanted.target, ROOT / wanted.target, wanted.licence)


def _script(package: str, version: str, place: str, path: Path, licence: str) -> Component:
    namespace, _, name = package.rpartition("/")
    purl = PackageURL("npm", namespace=namespace or None, name=name, version=version)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Component(
        name=package,
        version=version,
        bom_ref=f"{purl.to_string()}#{place}",
        purl=purl,
        description=f"script for the browser, {place}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        licenses=[licence_of_text(licence)],
    )


def _relations(
    portal: Component,
    asked: Iterable[Requirement],
    components: Mapping[str, Component],
    installed: Mapping[str, Distribution],
) -> Iterator[tuple[Component, list[Component]]]:
    """Who needs whom, as far as it is installed; an extra counts when anybody asks for it."""
    direct = [each for each in asked if canonicalize_name(each.name) in components]
    needs = {name: [Requirement(text) for text in each.requires or ()] for name, each in installed.items()}
    extras: dict[str, set[str]] = {}
    for each in (*direct, *(wanted for wants in needs.values() for wanted in wants)):
        extras.setdefault(canonicalize_name(each.name), {""}).update(each.extras)
    yield portal, [components[canonicalize_name(each.name)] for each in direct]
    for name, wants in needs.items():
        wanted = {
            canonicalize_name(each.name)
            for each in wants
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras.get(name, {""}))
        }
        yield components[name], [components[other] for other in sorted(wanted & components.keys())]


def _steady(written: dict[str, Any]) -> dict[str, Any]:
    """The same without the time of writing, under a number that is made of the content."""
    del written["serialNumber"], written["metadata"]["timestamp"]
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(written, sort_keys=True))
    return {**written, "serialNumber": number.urn}


def main(arguments: list[str]) -> int:
    """Exit code 0 written, 1 not, with the reasons on standard error; argparse ends with 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m scripts.sbom", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--packages", type=Path, required=True, help="folder of installed packages")
    parser.add_argument("--lock", type=Path, action="append", required=True, help="lock file it was made from")
    parser.add_argument("--without", action="append", default=[], help="pinned and taken away again")
    parser.add_argument("--beside", action="append", default=[], help="there and belonging to nobody")
    told = parser.parse_args(arguments)
    try:
        made = bill(told.packages, told.lock, without=frozenset(told.without), beside=frozenset(told.beside))
    except (NoBill, NoLock) as error:
        print(f"No bill of materials is written:\n{error}", file=sys.stderr)
        return 1
    print(json.dumps(made, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
