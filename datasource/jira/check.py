"""Does what the registry says exist in Jira? Each thing that does not is one line for a person to mend."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from datasource.deadline import Deadline
from datasource.errors import SourceRejected
from datasource.jira.reads import Site
from servicelevel.policy import SLA_NAMES, Policy
from servicelevel.ticket import Label, Status


def registry_problems(jira: Site, policy: Policy, deadline: Deadline) -> list[str]:
    """What the registry names and Jira does not know: projects, SLA fields, statuses, resolutions, priorities.

    Raises:
        SourceError: Jira could not be asked.
    """
    problems = []
    for key in dict.fromkeys(key for queue in policy.queues for key in queue.projects):
        try:
            jira.project(key, deadline)
        except SourceRejected:
            named_by = ", ".join(queue.id for queue in policy.queues if key in queue.projects)
            problems.append(f"project {key!r} (queue {named_by}) does not exist, or this account may not see it")
    fields = jira.sla_fields(deadline)
    statuses, resolutions = jira.statuses(deadline), jira.resolutions(deadline)
    priorities = jira.priorities(deadline)
    for queue in policy.queues:
        for name in SLA_NAMES:
            field = queue.sla(name).field
            if queue.sla(name).computed:
                continue
            if field is None:
                problems.append(f"queue {queue.id!r}: sla.{name}.field is not set; {_offer(fields)}")
            elif field not in fields:
                problems.append(f"queue {queue.id!r}: sla.{name}.field {field!r} is no SLA field; {_offer(fields)}")
        goals = (goal for name in SLA_NAMES for goal in queue.sla(name).goals)
        problems += _unknown(queue.id, "pause status", queue.pause_statuses, statuses)
        problems += _unknown(queue.id, "resolution", queue.exclude_resolutions, resolutions)
        problems += _unknown(queue.id, "priority", (goal.priority for goal in goals if goal.priority), priorities)
    return problems


def _unknown(queue: str, kind: str, written: Iterable[str], known: Sequence[Label | Status]) -> list[str]:
    names = {text.casefold() for item in known for text in (item.id, item.name)}
    lines = []
    for text in dict.fromkeys(written):
        if text.casefold() not in names:
            close = get_close_matches(text, [item.name for item in known], n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            lines.append(f"queue {queue!r}: {kind} {text!r} is unknown to Jira{hint}")
    return lines


def _offer(fields: dict[str, str]) -> str:
    if not fields:
        return "this account sees no SLA field at all"
    return "Jira has " + ", ".join(f"{id_} ({name})" for id_, name in sorted(fields.items())[:8])
