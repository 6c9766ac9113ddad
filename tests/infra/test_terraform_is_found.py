"""Terraform and its provider are found by their layout, and what is missing is said."""

from pathlib import Path

import pytest

from tests.infra.conftest import required
from tests.infra.terraform import NotHere, Terraform, TerraformFailed, terraform

_LAID_OUT = "registry.example.org/hashicorp/aws/5.100.0/linux_amd64/terraform-provider-aws_v5.100.0_x5"


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine with a terraform that cannot reach anything."""
    binary = tmp_path / "bin" / "terraform"
    binary.parent.mkdir()
    binary.write_text("#!/bin/sh\necho cannot reach the registry\nexit 1\n", encoding="utf-8")
    binary.chmod(0o755)
    return {"PATH": f"{binary.parent}:/usr/bin:/bin", "HOME": str(tmp_path), "AWS_PROFILE": "somebody"}


def _provider_in(root: Path) -> Path:
    provider = root / _LAID_OUT
    provider.parent.mkdir(parents=True)
    provider.touch()
    return root


def test_a_named_directory_is_taken_whatever_the_host_of_its_registry(machine: dict[str, str], tmp_path: Path) -> None:
    """TF_PLUGIN_DIR names the directory; the name of the registry's host in it does not matter."""
    mirror = _provider_in(tmp_path / "anywhere")

    found = terraform(tmp_path, {**machine, "TF_PLUGIN_DIR": str(mirror)})

    assert isinstance(found, Terraform)
    assert found.mirror == mirror


def test_a_named_directory_without_the_provider_is_told(machine: dict[str, str], tmp_path: Path) -> None:
    """Nothing else is tried behind the back of whoever named it."""
    _provider_in(tmp_path / ".terraform.d" / "plugins")

    found = terraform(tmp_path, {**machine, "TF_PLUGIN_DIR": str(tmp_path / "empty")})

    assert isinstance(found, NotHere)
    assert f"{tmp_path / 'empty'}, which holds no" in found.reason


@pytest.mark.parametrize("place", [".terraform.d/plugins", ".local/share/terraform/plugins"])
def test_the_usual_places_are_looked_at(machine: dict[str, str], tmp_path: Path, place: str) -> None:
    """Terraform's own places of a person come first."""
    mirror = _provider_in(tmp_path / place)

    found = terraform(tmp_path, machine)

    assert isinstance(found, Terraform)
    assert found.mirror == mirror


def test_a_machine_without_the_binary_is_told(tmp_path: Path) -> None:
    """The reason names the program."""
    assert terraform(tmp_path, {"PATH": str(tmp_path)}) == NotHere("there is no terraform on the PATH")


def test_a_provider_that_cannot_be_fetched_is_told(
    machine: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no directory holds it, terraform's own answer to fetching it is the reason."""
    monkeypatch.setattr("tests.infra.terraform._USUAL_PARENTS", ())
    folder = tmp_path / "fetched"
    folder.mkdir()

    found = terraform(folder, machine)

    assert isinstance(found, NotHere)
    assert "cannot reach the registry" in found.reason


def test_runs_get_nobodys_credentials_and_no_missing_file(machine: dict[str, str], tmp_path: Path) -> None:
    """A person's profile and variables stay out, and so does a file of settings that is not there."""
    machine |= {"TF_PLUGIN_DIR": str(_provider_in(tmp_path / "mirror")), "TF_VAR_name": "other"}
    missing, there = tmp_path / "missing.rc", tmp_path / "there.rc"
    there.touch()

    without = terraform(tmp_path, {**machine, "TF_CLI_CONFIG_FILE": str(missing)})
    having = terraform(tmp_path, {**machine, "TF_CLI_CONFIG_FILE": str(there)})

    assert isinstance(without, Terraform)
    assert isinstance(having, Terraform)
    assert not {"AWS_PROFILE", "TF_VAR_name", "TF_CLI_CONFIG_FILE"} & set(without.environment)
    assert having.environment["TF_CLI_CONFIG_FILE"] == str(there)


def test_what_is_missing_fails_on_a_build_server_and_skips_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """With CI set nothing passes for want of a tool."""
    missing = NotHere("there is no terraform on the PATH")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no terraform on the PATH; CI is set"):
        required(missing)
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no terraform on the PATH"):
        required(missing)


def test_a_stack_is_a_copy_whose_state_lies_beside_it(tool: Terraform, tmp_path: Path) -> None:
    """The copy is initialised with a state in a file; the folder it comes from stays as it was."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "main.tf").write_text(
        'terraform {\n  backend "s3" {}\n}\noutput "told" {\n  value = "so"\n}\n', encoding="utf-8"
    )

    stack = tool.stack(tmp_path / "copy", source=source)
    stack.init()
    stack.apply({})

    assert stack.outputs() == {"told": "so"}
    assert '"told"' in stack.state
    assert [path.name for path in source.iterdir()] == ["main.tf"]
    assert 'told = "so"' in stack.log


def test_a_run_that_fails_says_what_terraform_said(tool: Terraform, tmp_path: Path) -> None:
    """The whole output is in the error."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "main.tf").write_text('output "told" {\n  value = var.missing\n}\n', encoding="utf-8")
    stack = tool.stack(tmp_path / "copy", source=source)
    stack.init()

    with pytest.raises(TerraformFailed, match="Reference to undeclared input variable"):
        stack.validate()
