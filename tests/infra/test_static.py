"""The stack as it is written: formatted, valid, tested by its own tests, looked over, and described."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.fakes.served_portal import ROOT
from tests.infra.conftest import required
from tests.infra.terraform import INFRA, NotHere, Stack, Terraform

EXAMPLES: Final = sorted(path.stem for path in (INFRA / "examples").glob("*.tfvars"))
DIGEST: Final = f"sha256:{'0123456789abcdef' * 4}"
_CHECKOV: Final = ROOT / ".venv-infra" / "bin" / "checkov"


@pytest.fixture(scope="module")
def stack(tool: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """A copy that is ready to be asked."""
    copy = tool.stack(tmp_path_factory.mktemp("static"))
    copy.init()
    return copy


def test_every_file_is_formatted(stack: Stack) -> None:
    """As `terraform fmt` writes it, examples and tests too."""
    stack.run("fmt", "-check", "-diff", "-recursive")


def test_types_and_references_are_valid(stack: Stack) -> None:
    """Against the schema of the provider, without a question to AWS."""
    stack.validate()


def test_variables_shape_the_stack_as_its_own_tests_say(stack: Stack) -> None:
    """By default, in each shape, and refused where they do not go together."""
    told = stack.test()

    assert re.search(r"Success! \d+ passed, 0 failed\.", told)


def test_there_is_an_example_of_each_kind() -> None:
    """The ones that the table of costs speaks of."""
    assert EXAMPLES == ["default", "private", "smallest"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_accepted_as_it_is(stack: Stack, name: str) -> None:
    """With what no example may hold: the digest of an image and, where people sign in, the secret of the client."""
    example = (INFRA / "examples" / f"{name}.tfvars").read_text(encoding="utf-8")
    assert "secret" not in re.sub(r"#.*", "", example)
    secret = ("-var=oidc_client_secret=of-a-test",) if re.search(r"^oidc ", example, re.MULTILINE) else ()

    told = stack.test(
        "-test-directory=examples", f"-var-file=examples/{name}.tfvars", f"-var=image_digest={DIGEST}", *secret
    )

    assert "Success! 1 passed, 0 failed." in told


def test_nothing_is_passed_over_that_need_not_be(tmp_path: Path) -> None:
    """What checkov finds is exactly what the baseline lists, each with its reason; a fixed one leaves the list."""
    checkov = required(_CHECKOV if _CHECKOV.exists() else NotHere("checkov is missing; `make test-infra` gets it"))
    baseline = INFRA / ".checkov.yaml"
    listed = dict(re.findall(r"^  - (CKV2?_\w+) +# (.+)$", baseline.read_text(encoding="utf-8"), re.MULTILINE))
    for source in INFRA.glob("*.tf"):
        (tmp_path / source.name).write_bytes(source.read_bytes())

    ended = subprocess.run(
        [
            *(_CHECKOV.with_name("python"), checkov),  # a first line that names its Python may hold no space
            *("--config-file", baseline, "--directory", tmp_path, "--skip-check", "NONE", "--output", "json"),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR"},  # noqa: TID251 - a program of others, with its own variables
    )

    told: Any = json.loads(ended.stdout)
    found = {each["check_id"] for each in told["results"]["failed_checks"]}
    assert told["summary"]["parsing_errors"] == 0
    assert told["summary"]["passed"] > 250
    assert found == set(listed)


@pytest.fixture(scope="module")
def documents() -> Mapping[str, str]:
    """The configuration's files by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in INFRA.glob("*.tf")}


@pytest.mark.parametrize(("kind", "file"), [("variable", "variables.tf"), ("output", "outputs.tf")])
def test_what_is_asked_and_told_is_described_where_people_look(
    documents: Mapping[str, str], kind: str, file: str
) -> None:
    """Each variable has a type, each has a description, and the page about the stack has a line for each."""
    blocks = re.findall(rf'^{kind} "(\w+)" {{\n(.*?)^}}', documents[file], re.MULTILINE | re.DOTALL)
    page = (INFRA / "README.md").read_text(encoding="utf-8")

    assert sum(text.count(f'\n{kind} "') + text.startswith(f'{kind} "') for text in documents.values()) == len(blocks)
    for name, block in blocks:
        assert re.search(r'^  description = ".{10,}"$', block, re.MULTILINE), name
        assert kind == "output" or re.search(r"^  type +=", block, re.MULTILINE), name
        assert f"\n| `{name}` |" in page, name


def test_state_is_kept_and_locked_by_whoever_sets_the_stack_up(documents: Mapping[str, str]) -> None:
    """Bucket and key come with `init`: no name of anybody's is written here."""
    (backend,) = re.findall(r'backend "s3" {(.*?)}', documents["versions.tf"], re.DOTALL)

    assert dict(re.findall(r"(\w+) += (\w+)", backend)) == {"encrypt": "true", "use_lockfile": "true"}
