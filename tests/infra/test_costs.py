"""The table of costs: its sums are sums, and it counts what the examples of the stack have."""

import re
from collections.abc import Mapping
from typing import Final

import pytest

from tests.fakes.served_portal import ROOT
from tests.infra.terraform import INFRA

EXAMPLES: Final = ("smallest", "default", "private")
PAGE: Final = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")
VARIABLES: Final = (INFRA / "variables.tf").read_text(encoding="utf-8")
ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    cells[0]: tuple(cells[1:])
    for cells in (re.split(r" *\| *", line.strip("| ")) for line in PAGE.splitlines() if line.startswith("|"))
    if len(cells) == 2 + len(EXAMPLES)
}
"""Price and numbers, by what they are of."""


def _value(example: str, name: str) -> str:
    """What an example gives a variable, else its default."""
    written = (INFRA / "examples" / f"{example}.tfvars").read_text(encoding="utf-8")
    given = re.search(rf"^{name} += (.+)$", written, re.MULTILINE)
    if given is not None:
        return given[1].strip('"')
    _, _, block = VARIABLES.partition(f'variable "{name}" {{\n')
    default = re.search(r"^  default +=[ ]*(.+)$", block.partition("\n}\n")[0], re.MULTILINE)
    assert default is not None, name
    return default[1].strip('"')


def _number(row: str, example: str) -> int:
    return int(ROWS[row][1 + EXAMPLES.index(example)])


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_sum_is_the_sum_of_its_column(example: str) -> None:
    """To the cent."""
    column = 1 + EXAMPLES.index(example)
    priced = [cells for name, cells in ROWS.items() if re.fullmatch(r"\d+\.\d\d", cells[0])]

    assert len(priced) == 12
    total = sum(round(float(cells[0]) * 100) * int(cells[column]) for cells in priced)
    assert ROWS["**Sum**"][column] == f"**{total / 100:.2f}**"


@pytest.mark.parametrize("example", EXAMPLES)
def test_numbers_are_those_of_the_example(example: str) -> None:
    """Tasks and their addresses, gateway, cache, firewall, and the alarms that go with who takes the snapshots."""
    nat, firewall = (_value(example, name) for name in ("egress_mode", "enable_waf"))
    tasks = int(_value(example, "desired_count"))
    alarms = re.findall(
        r'^resource "aws_cloudwatch_metric_alarm"', (INFRA / "monitoring.tf").read_text("utf-8"), re.MULTILINE
    )
    task = "Task of 0.5 vCPU and 1 GB, ARM64"

    assert [_value(example, name) for name in ("cpu", "memory", "cpu_architecture")] == ["512", "1024", "ARM64"]
    assert _value(example, "edge_mode") == "vpc_origin"
    assert _number(task, example) == tasks
    assert _number("NAT gateway", example) == (nat == "nat")
    assert _number("Public IPv4 address, of a task or of the NAT gateway", example) == (1 if nat == "nat" else tasks)
    assert _number("Valkey, one cache.t4g.micro", example) == (_value(example, "cache_backend") == "valkey_node")
    assert _number("Firewall", example) == (firewall == "true")
    assert _number("Rule of the firewall", example) == (3 if firewall == "true" else 0)
    assert _number("Alarm", example) == len(alarms) - (_value(example, "snapshot_runner") == "ecs")


def test_the_price_of_a_task_follows_from_its_parts() -> None:
    """730 hours of half a processor and a GB, on either of them."""
    arm, gb, x86, gb_x86 = (
        float(each)
        for each in re.findall(r"0\.0\d+", next(line for line in PAGE.splitlines() if line.startswith("| vCPU hour")))
    )

    assert ROWS["Task of 0.5 vCPU and 1 GB, ARM64"][0] == f"{730 * (arm / 2 + gb):.2f}"
    assert f"is {730 * (x86 / 2 + gb_x86):.2f}." in PAGE
