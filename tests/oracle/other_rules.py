"""Another registry for the queues whose clocks are computed: every rule of a clock that theirs does not use."""

import copy
from collections.abc import Iterable

from tests.oracle.upstream import Json


def other_rules(registry: Json, apps: Iterable[str]) -> Json:
    """The registry with other clocks for its queues `internal-tools` and `website`; `apps` become analysts.

    One answers by leaving the new statuses, judges every resolution, has goals by type and pauses in fewer statuses,
    named in another case. The other has goals that began this autumn or that miss a priority, and automation accounts
    among its analysts.
    """
    changed = copy.deepcopy(registry)
    tools, website = (_queue(changed, name) for name in ("internal-tools", "website"))
    tools["sla"]["first_response"]["stops_at"] = "left_new"
    tools["sla"]["resolution"]["judged"] = "each"
    tools["pause_statuses"] = ["waiting for CUSTOMER"]
    tools["goals"]["resolution"] += [
        {"type": "Bug", "goal": "3h"},
        {"type": "bug", "priority": "high", "goal": "5h30m"},
        {"type": "Task", "priority": "Medium", "goal": "1h", "valid_from": "2026-10-01"},
    ]
    website["analysts"] = [*_queue(registry, "internal-tools")["analysts"][:2], *apps]
    website["goals"]["first_response"] = [
        {"priority": "Low", "goal": "90m", "valid_from": "2026-10-15"},
        {"priority": "High", "goal": "10m"},
    ]
    website["goals"]["resolution"] = [{"goal": "6h", "valid_from": "2026-09-01"}]
    # A schema is named by its place beside the file, and this one stands elsewhere.
    changed.pop("$schema")
    return changed


def _queue(registry: Json, name: str) -> Json:
    return next(queue for queue in registry["queues"] if queue["id"] == name)
