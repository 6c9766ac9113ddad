"""The bill of materials: all that is installed and pinned, and nothing written where the two differ."""

import hashlib
import json
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from scripts.pins import FOLDER, ROOT, pins_of
from scripts.sbom import bill, main
from scripts.vendor import FILES, whole

PACKAGES = Path(sysconfig.get_path("purelib"))
LOCK = FOLDER / "dev.txt"
Bill = Mapping[str, Any]


@pytest.fixture(scope="module")
def made() -> Bill:
    """That of the environment which runs the tests."""
    return bill(PACKAGES, [LOCK], beside=frozenset({"pip"}))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder of two packages, one of which needs the other, and their lock."""
    _install(tmp_path, "click", "1.0", "License-Expression: MIT\nRequires-Dist: Rich>=2")
    _install(tmp_path, "rich", "2.0", "Classifier: License :: OSI Approved :: BSD License")
    _lock(tmp_path, click="1.0", rich="2.0")
    return tmp_path


def _install(folder: Path, name: str, version: str, more: str) -> None:
    info = folder / "packages" / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    text = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nSummary: of that name\n{more}\n"
    (info / "METADATA").write_text(text, encoding="utf-8")


def _lock(folder: Path, **pins: str) -> None:
    lines = (f"{name}=={version} \\\n    --hash=sha256:{'a' * 64}\n" for name, version in pins.items())
    (folder / "lock.txt").write_text("".join(lines), encoding="utf-8")


def _run(folder: Path, *words: str) -> int:
    return main(["--packages", str(folder / "packages"), "--lock", str(folder / "lock.txt"), *words])


def _of(made: Bill, kind: str) -> list[Mapping[str, Any]]:
    return [each for each in made["components"] if each["purl"].startswith(f"pkg:{kind}/")]


def test_its_libraries_are_those_of_the_lock(made: Bill) -> None:
    """Each once, in the pinned version and with the pinned hashes."""
    pinned = {(pin.name, pin.version): set(pin.hashes) for pin in pins_of(LOCK) if pin.is_for_us}
    libraries = _of(made, "pypi")

    assert len(pinned) > 100
    assert {(each["name"], each["version"]) for each in libraries} == pinned.keys()
    assert len(libraries) == len(pinned)
    for each in libraries:
        (files,) = each["externalReferences"]
        assert {told["content"] for told in files["hashes"]} == pinned[each["name"], each["version"]]


def test_every_component_can_be_told_from_others_and_has_a_licence(made: Bill) -> None:
    """By name, version and address; what is no library by its hash too."""
    for each in made["components"]:
        assert each["version"]
        assert each["purl"].rpartition("@")[2] == each["version"]
        assert each["licenses"]
    assert all(each["hashes"] for each in _of(made, "npm"))


def test_scripts_for_the_browser_are_in_it_with_their_hashes(made: Bill) -> None:
    """Those that are fetched as they are pinned, and those that Dash brings as they lie there."""
    scripts = {(each["name"], each["description"].rpartition(", ")[2]): each for each in _of(made, "npm")}
    (ours,) = [each for each in FILES if each.target.startswith("dashboard/")]
    react = PACKAGES / "dash" / "deps" / "react@18.3.1.min.js"

    assert whole(ours), "scripts/vendor.py has not fetched the small plotly.js"
    assert scripts[ours.package, ours.target]["hashes"] == [{"alg": "SHA-256", "content": ours.sha256}]
    digest = hashlib.sha256(react.read_bytes()).hexdigest()
    assert scripts["react", f"dash/deps/{react.name}"]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert ("@babel/polyfill", "dash/deps/polyfill@7.12.1.min.js") in scripts
    assert not [name for name, _ in scripts if name == "axe-core"]


def test_it_says_what_it_is_the_bill_of(made: Bill) -> None:
    """The portal, what that needs itself, and what each of those needs; an extra counts as its library's."""
    needs = {each["ref"]: each.get("dependsOn", []) for each in made["dependencies"]}

    assert made["metadata"]["component"]["name"] == "opsportal"
    assert {"pkg:pypi/dash", "pkg:pypi/redis"} <= {each.partition("@")[0] for each in needs["opsportal"]}
    (jwt,) = [ref for ref in needs if ref.startswith("pkg:pypi/pyjwt@")]
    assert [each.partition("@")[0] for each in needs[jwt]] == ["pkg:pypi/cryptography"]


def test_it_is_what_readers_of_such_bills_expect(made: Bill) -> None:
    """Nothing of the published schema is hurt."""
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(made)) is None


def test_the_same_installation_has_the_same_bill(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Byte for byte, whenever it is written; and another one another number."""
    assert _run(small) == 0
    first = capsys.readouterr().out
    assert _run(small) == 0
    assert capsys.readouterr().out == first

    (small / "packages" / "rich-2.0.dist-info").rename(small / "packages" / "rich-2.1.dist-info")
    metadata = small / "packages" / "rich-2.1.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text(encoding="utf-8").replace("2.0", "2.1"), encoding="utf-8")
    _lock(small, click="1.0", rich="2.1")
    assert _run(small) == 0
    assert json.loads(capsys.readouterr().out)["serialNumber"] != json.loads(first)["serialNumber"]


def test_licences_are_taken_from_wherever_they_are_told(small: Path) -> None:
    """As an identifier where there is one, else by the name that is given."""
    _install(small, "three", "3.0", "License: Apache-2.0")
    _install(small, "four", "4.0", "License: see below\nClassifier: License :: OSI Approved :: MIT License")
    _install(small, "five", "5.0", "License: as we like it")
    _lock(small, click="1.0", rich="2.0", three="3.0", four="4.0", five="5.0")

    made = bill(small / "packages", [small / "lock.txt"])

    assert {each["name"]: each["licenses"] for each in _of(made, "pypi")} == {
        "click": [{"license": {"id": "MIT"}}],
        "rich": [{"license": {"name": "BSD License"}}],
        "three": [{"license": {"id": "Apache-2.0"}}],
        "four": [{"license": {"id": "MIT"}}],
        "five": [{"license": {"name": "as we like it"}}],
    }


@pytest.mark.parametrize(
    ("pins", "said"),
    [
        ({"click": "1.0"}, "rich 2.0 is installed and not pinned"),
        ({"click": "1.0", "rich": "2.0", "six": "6"}, "six 6 is pinned and not installed"),
        ({"click": "1.1", "rich": "2.0"}, "click is installed as 1.0 and pinned as 1.1"),
    ],
)
def test_what_differs_from_the_lock_is_said_and_nothing_written(
    pins: dict[str, str], said: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that a build ends there."""
    _lock(small, **pins)

    assert _run(small) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"No bill of materials is written:\n{said}\n")


def test_what_was_taken_away_or_belongs_to_nobody_is_named_to_it(small: Path) -> None:
    """The installer, and what was installed and removed."""
    _lock(small, click="1.0", six="6")

    assert _run(small, "--without", "six", "--beside", "rich") == 0


def test_a_library_without_a_licence_is_said(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its name."""
    _install(small, "six", "6", "License: ")
    _lock(small, click="1.0", rich="2.0", six="6")

    assert _run(small) == 1
    assert "six 6 does not say by which licence it comes" in capsys.readouterr().err


def test_a_script_of_dash_that_nobody_knows_is_said(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A release with another one waits until somebody has looked at it."""
    (small / "packages" / "dash" / "deps").mkdir(parents=True)
    (small / "packages" / "dash" / "deps" / "thing@1.0.min.js").write_text("", encoding="utf-8")

    assert _run(small) == 1
    assert "dash/deps/thing@1.0.min.js is a script that scripts/sbom.py does not know" in capsys.readouterr().err


def test_what_the_build_needs_for_it_is_sent_to_whoever_builds() -> None:
    """All else is kept from the builder."""
    sent = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    for name in ("requirements/sbom.txt", "scripts/sbom.py", "scripts/licences.py", "scripts/pins.py"):
        assert f"!{name}" in sent
