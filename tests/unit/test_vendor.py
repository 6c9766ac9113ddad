"""Scripts of others that are fetched: which ones, and that nothing else is ever put in their place."""

import hashlib
import io
import re
import sys
import tarfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import plotly
import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTENT = b"of somebody else"


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with an empty folder in place of the checkout."""
    spec = spec_from_file_location("vendor", ROOT / "scripts" / "vendor.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "vendor", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


def _npm(folder: Path, content: bytes) -> list[str]:
    """A command that packs one file, whatever it is asked for."""
    packed = folder / "packed.tgz"
    with tarfile.open(packed, "w:gz") as archive:
        member = tarfile.TarInfo("package/thing.js")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    copy = f"import shutil, sys; shutil.copy({str(packed)!r}, sys.argv[-1] + '/thing.tgz')"
    return [sys.executable, "-c", copy]


def test_the_small_plotly_is_of_the_release_that_charts_are_made_for(vendor: ModuleType) -> None:
    """The one inside the Python package that is installed."""
    full = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    version = re.search(r"plotly\.js v([0-9.]+)", full.read_text(encoding="utf-8")[:300])

    assert version is not None
    assert {wanted.package: wanted.version for wanted in vendor.FILES}["plotly.js-basic-dist-min"] == version[1]


def test_a_file_is_put_in_place_when_it_is_the_pinned_one(vendor: ModuleType, tmp_path: Path) -> None:
    """And is whole from then on."""
    digest = hashlib.sha256(CONTENT).hexdigest()
    wanted = vendor.Vendored("thing", "1.0", "package/thing.js", "deep/thing.js", digest, "MIT", "it is missed")
    assert not vendor.whole(wanted)

    assert vendor.fetch(_npm(tmp_path, CONTENT), wanted) is None

    assert (tmp_path / "deep" / "thing.js").read_bytes() == CONTENT
    assert vendor.whole(wanted)


def test_another_content_is_refused(vendor: ModuleType, tmp_path: Path) -> None:
    """Whoever changed it; nothing is written."""
    wanted = vendor.Vendored("thing", "1.0", "package/thing.js", "thing.js", "0" * 64, "MIT", "it is missed")

    assert "another package/thing.js than the pinned one" in vendor.fetch(_npm(tmp_path, CONTENT), wanted)
    assert not (tmp_path / "thing.js").exists()


def test_without_npm_it_says_what_is_missed(
    vendor: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And stands in nobody's way."""
    monkeypatch.setattr(vendor, "npm", list)

    assert vendor.main() == 0
    assert "there is no npm here. Without it pages load the full plotly.js" in capsys.readouterr().err


def test_an_npm_that_fails_is_quoted(vendor: ModuleType) -> None:
    """So that it can be mended."""
    failing = [sys.executable, "-c", "import sys; sys.exit('registry out of reach')"]

    assert "registry out of reach" in vendor.fetch(failing, vendor.FILES[0])


def test_what_is_fetched_is_never_committed(vendor: ModuleType) -> None:
    """Its folders are ignored."""
    assert "vendor/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert all("/vendor/" in wanted.target for wanted in vendor.FILES)


def test_the_files_of_one_folder_can_be_had_without_the_others(
    vendor: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What only tests load is nothing for an image."""
    monkeypatch.setattr(vendor, "npm", list)

    assert vendor.main("dashboard") == 0
    assert [line.partition(" ")[0] for line in capsys.readouterr().err.splitlines()] == [
        "dashboard/assets/vendor/plotly-basic.min.js"
    ]
