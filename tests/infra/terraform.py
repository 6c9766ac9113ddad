"""Terraform as a program: the binary and the AWS provider as this machine has them, and one stack in a temporary copy.

Neither is where anybody says it is: the binary lies on the PATH, and the provider in a directory laid out as
`terraform providers mirror` lays it out. Without such a directory `terraform init` fetches the provider itself.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from tests.fakes.served_portal import ROOT

INFRA: Final = ROOT / "infra"
_PROVIDER: Final = "*/hashicorp/aws/*/*/terraform-provider-aws_*"
_USUAL_PARENTS: Final = ("/opt", "/usr/local/share/terraform", "/usr/share/terraform", "/var/lib/terraform")
_COPIED: Final = ("*.tf", "tests/*", "examples/*", "errors/*")
_BACKEND: Final = 'terraform {\n  backend "local" {}\n}\n'
_REQUIRED: Final = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.100" }
  }
}
"""
_INIT_S: Final = 600
_RUN_S: Final = 900
_LANES: Final = "-parallelism=20"
"""Most of the time is spent waiting."""

Variables: TypeAlias = Mapping[str, Any]


class TerraformFailed(Exception):
    """A run of terraform ended with an error; the message holds everything that it printed."""


@dataclass(frozen=True, slots=True)
class NotHere:
    """What a machine lacks for these tests."""

    reason: str


@dataclass(frozen=True, slots=True)
class Terraform:
    """A binary and the directory that holds the provider; `environment` is what each run is given."""

    binary: Path
    mirror: Path
    environment: Mapping[str, str]

    def stack(
        self, folder: Path, *, source: Path = INFRA, environment: Mapping[str, str] = MappingProxyType({})
    ) -> "Stack":
        """A copy of a root module in an empty folder, whose state is a file beside it.

        Args:
            folder: made when it is missing; the copy, its state and its provider links stay in it.
            source: the root module.
            environment: more variables of the environment for its runs, such as endpoints.
        """
        for pattern in _COPIED:
            for path in sorted(source.glob(pattern)):
                copy = folder / path.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
        (folder / "backend_override.tf").write_text(_BACKEND, encoding="utf-8")
        return Stack(self, folder, {**self.environment, **environment})


@dataclass(frozen=True, slots=True)
class Stack:
    """A root module that runs go over; `run.log` in its folder keeps what they print."""

    tool: Terraform
    folder: Path
    environment: Mapping[str, str]

    @property
    def log(self) -> str:
        """Everything that its runs have printed so far."""
        return (self.folder / "run.log").read_text(encoding="utf-8")

    @property
    def state(self) -> str:
        """The state file as it stands, secrets and all."""
        return (self.folder / "terraform.tfstate").read_text(encoding="utf-8")

    def init(self) -> None:
        """Make it ready for every other run.

        Raises:
            TerraformFailed: a constraint on versions is not met, or a file cannot be read.
        """
        self.run("init", f"-plugin-dir={self.tool.mirror}", timeout_s=_INIT_S)

    def validate(self) -> None:
        """Check its types and references.

        Raises:
            TerraformFailed: with what is wrong.
        """
        self.run("validate")

    def test(self, *options: str) -> str:
        """Run its own tests; what they printed.

        Raises:
            TerraformFailed: a test failed.
        """
        return self.run("test", *options)

    def plan(self, variables: Variables, *, refresh: bool = True) -> dict[str, Any]:
        """What an apply would do, in terraform's own JSON; without `refresh` only the state is compared.

        Raises:
            TerraformFailed: a validation refuses the variables, or a service the questions.
        """
        self.run("plan", f"-refresh={str(refresh).lower()}", "-out=plan.out", *self._given(variables))
        return dict(json.loads(self.run("show", "-json", "plan.out", quiet=True)))

    def apply(self, variables: Variables, *options: str) -> None:
        """Make what it describes.

        Raises:
            TerraformFailed: something could not be made; what was made is in the state.
        """
        self.run("apply", "-auto-approve", _LANES, *options, *self._given(variables))

    def refresh(self, variables: Variables, address: str) -> None:
        """Bring into the state how one resource is now.

        Raises:
            TerraformFailed: it could not be asked.
        """
        self.apply(variables, "-refresh-only", f"-target={address}")

    def destroy(self, variables: Variables) -> None:
        """Take away what its state holds.

        Raises:
            TerraformFailed: something stays.
        """
        self.run("destroy", "-auto-approve", "-refresh=false", _LANES, *self._given(variables))

    def outputs(self) -> dict[str, Any]:
        """The values of its outputs by their names."""
        told = json.loads(self.run("output", "-json", quiet=True))
        return {name: output["value"] for name, output in told.items()}

    def resources(self) -> dict[str, dict[str, Any]]:
        """Every managed resource of the state by its address: the attributes with which it was made."""
        return {
            f"{resource['type']}.{resource['name']}{_index(instance)}": instance["attributes"]
            for resource in json.loads(self.state)["resources"]
            if resource["mode"] == "managed"
            for instance in resource["instances"]
        }

    def run(self, command: str, *options: str, timeout_s: float = _RUN_S, quiet: bool = False) -> str:
        """Run one command to its end; what it printed, which a `quiet` run keeps out of the log.

        Raises:
            TerraformFailed: it ended with another code than 0.
        """
        words = [str(self.tool.binary), command, *options, *(() if quiet or command == "fmt" else ("-no-color",))]
        ended = subprocess.run(
            words,
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=timeout_s,
            check=False,
        )
        if not quiet:
            with (self.folder / "run.log").open("a", encoding="utf-8") as log:
                log.write(ended.stdout)
        if ended.returncode:
            raise TerraformFailed(f"terraform {command} ended with {ended.returncode}:\n{ended.stdout}")
        return ended.stdout

    def _given(self, variables: Variables) -> tuple[str, ...]:
        path = self.folder / "given.tfvars.json"
        path.write_text(json.dumps(variables), encoding="utf-8")
        return (f"-var-file={path.name}",)


def terraform(folder: Path, environment: Mapping[str, str] | None = None) -> Terraform | NotHere:
    """The binary and a directory with the AWS provider, or what is missing.

    `TF_PLUGIN_DIR` names the directory, else it is looked for where such directories usually are; where there is none,
    the provider is fetched into `folder`, which fails within seconds when nothing can be reached.

    Args:
        folder: an empty one, which stays as long as the result is used.
        environment: the environment to look in; this process's own by default.
    """
    given = dict(os.environ if environment is None else environment)  # noqa: TID251 - where tools lie is no setting of ours
    binary = shutil.which("terraform", path=given.get("PATH", os.defpath))
    if binary is None:
        return NotHere("there is no terraform on the PATH")
    own = _environment(given, folder)
    if named := given.get("TF_PLUGIN_DIR"):
        if not _holds_the_provider(Path(named)):
            return NotHere(f"TF_PLUGIN_DIR names {named}, which holds no {_PROVIDER}")
        return Terraform(Path(binary), Path(named).resolve(), own)
    mirror = next(filter(_holds_the_provider, _usual_roots(given)), None)
    return Terraform(Path(binary), mirror.resolve(), own) if mirror else _fetched(Path(binary), folder, own)


def _index(instance: Mapping[str, Any]) -> str:
    return f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""


def _usual_roots(given: Mapping[str, str]) -> Iterable[Path]:
    home = Path(given.get("HOME") or "/nonexistent")
    data = Path(given.get("XDG_DATA_HOME") or home / ".local" / "share")
    for parent in (home / ".terraform.d", data / "terraform", *map(Path, _USUAL_PARENTS)):
        if parent.is_dir():
            yield from filter(_can_be_listed, sorted(parent.iterdir()))


def _can_be_listed(path: Path) -> bool:
    return path.is_dir() and os.access(path, os.R_OK | os.X_OK)


def _holds_the_provider(root: Path) -> bool:
    return any(root.glob(_PROVIDER))


def _fetched(binary: Path, folder: Path, environment: Mapping[str, str]) -> Terraform | NotHere:
    (folder / "main.tf").write_text(_REQUIRED, encoding="utf-8")
    fetching = Stack(Terraform(binary, folder, environment), folder, environment)
    try:
        fetching.run("init", timeout_s=_INIT_S)
    except TerraformFailed as failed:
        return NotHere(f"no directory holds the AWS provider (TF_PLUGIN_DIR may name one), and {failed}")
    return Terraform(binary, folder / ".terraform" / "providers", environment)


def _environment(given: Mapping[str, str], folder: Path) -> dict[str, str]:
    """What a run is given: nobody's credentials, variables or options, and no file of settings that does not exist."""
    kept = {name: value for name, value in given.items() if not name.startswith(("AWS_", "TF_"))}
    settings = given.get("TF_CLI_CONFIG_FILE")
    if settings and Path(settings).is_file():
        kept["TF_CLI_CONFIG_FILE"] = settings
    return kept | {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1", "TMPDIR": str(folder)}
