import importlib
import pkgutil
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def test_the_project_names_every_package_folder() -> None:
    """A folder with an __init__.py at the first level is one of the packages that pyproject.toml lists."""
    folders = sorted(init.parent.name for init in ROOT.glob("*/__init__.py") if init.parent.name != "tests")

    assert folders == sorted(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_imported_from_the_checkout(package: str) -> None:
    """The import name and the folder of the checkout are the same thing, whatever else is installed."""
    module = importlib.import_module(package)

    assert module.__file__ is not None
    assert Path(module.__file__).resolve() == ROOT / package / "__init__.py"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_installed_distribution_claims_a_package_name(package: str) -> None:
    """Generic names are safe only while nothing in the environment installs a package of the same name."""
    claimants = set(metadata.packages_distributions().get(package, []))

    assert claimants <= {PROJECT["project"]["name"]}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_of_a_package_imports(package: str) -> None:
    """No module is left behind that an import would break on."""
    module = importlib.import_module(package)
    found = [part.name for part in pkgutil.walk_packages(module.__path__, f"{package}.")]

    imported = [importlib.import_module(name).__name__ for name in found if not name.endswith(".__main__")]

    assert imported == [name for name in found if not name.endswith(".__main__")]


def test_every_source_file_lies_in_a_package_that_an_import_can_reach() -> None:
    """A subfolder without __init__.py would be skipped in silence by the import test and by the dependency rule."""
    folders = {source.parent for package in PACKAGES for source in (ROOT / package).rglob("*.py")}

    assert sorted(folder for folder in folders if not (folder / "__init__.py").exists()) == []


def test_the_version_installed_is_the_version_stated() -> None:
    """The environment was made from this checkout's pyproject.toml and not from an older one."""
    assert metadata.version("opsportal") == PROJECT["project"]["version"]


def test_the_project_cannot_be_published() -> None:
    """The classifier that makes package indexes refuse an upload is in place."""
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]
