"""The stack as it would be made: a plan's own words about what is known before anything is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.fakes.aws_servers import moto_server, settings_of_aws
from tests.infra.terraform import Terraform

NAME: Final = "portal-x"
REGION: Final = "eu-west-1"

_VARIABLES: Final[Mapping[str, Any]] = {
    "name": NAME,
    "region": REGION,
    "image_digest": f"sha256:{'5c' * 32}",
    "enable_waf": True,
    "allowed_cidrs": ["203.0.113.0/24"],
    "alarm_emails": ["ops@example.com", "night@example.com"],
}


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan says of resources, by their addresses.

    Attributes:
        known: attributes with their values, as far as they are known before anything is made.
        unknown: the same attributes, with true for what is known afterwards only.
        written: what the configuration says of each, by the address without an index.
    """

    known: Mapping[str, Mapping[str, Any]]
    unknown: Mapping[str, Mapping[str, Any]]
    written: Mapping[str, Mapping[str, Any]]

    def of(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """What is known of resources of a kind, by what comes behind it in their addresses."""
        return {
            address.removeprefix(f"{kind}."): values
            for address, values in self.known.items()
            if address.startswith(f"{kind}.")
        }

    def refers_to(self, address: str, attribute: str) -> set[str]:
        """The attributes of other resources that one of a resource's is made of."""
        references = self.written[address.partition("[")[0]][attribute].get("references", ())
        return {reference for reference in references if any(reference.startswith(f"{other}.") for other in references)}


def planned(tool: Terraform, folder: Path) -> Mapping[str, Planned]:
    """What would be made, by what takes the snapshots: `lambda` or `ecs`."""
    with moto_server() as aws:
        environment = {**settings_of_aws(folder), "AWS_ENDPOINT_URL": aws, "AWS_MAX_ATTEMPTS": "2"}
        stack = tool.stack(folder / "stack", environment=environment)
        stack.init()
        return {runner: _read(stack.plan({**_VARIABLES, "snapshot_runner": runner})) for runner in ("lambda", "ecs")}


def _read(plan: Mapping[str, Any]) -> Planned:
    changes = [change for change in plan["resource_changes"] if change["mode"] == "managed"]
    written = plan["configuration"]["root_module"]["resources"]
    return Planned(
        {change["address"]: change["change"]["after"] for change in changes},
        {change["address"]: change["change"]["after_unknown"] for change in changes},
        {resource["address"]: resource.get("expressions", {}) for resource in written},
    )
