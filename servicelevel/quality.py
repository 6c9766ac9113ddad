"""The data-quality ledger: what is odd about the tickets read, how many they are, and what it does to the numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.instants import Mask
from servicelevel.policy import SlaName
from servicelevel.standing import Standing
from servicelevel.verdicts import EXCLUSIONS, Verdicts

LISTED_KEYS = 100

EFFECTS: Mapping[str, str] = {
    "no_goal": "No goal applied to the ticket, so it counts neither as kept nor as broken.",
    "no_start": "The clock has no start, so the ticket is not judged.",
    "unreadable": "The clock's field could not be read, so that promise is not judged.",
    "left_out": "The ticket as a whole could not be read; it is in no number, and the report is partial.",
    "unassigned": "Open without an assignee: nobody is working on it, and no analyst counts it.",
    "unmapped_status": "Its history names a status that Jira no longer lists; the ticket counts as open while in it.",
    "done_without_resolution": "Counts as resolved at its last change into Done.",
    "open_with_resolution": "Counts as open: the resolution is left over.",
    "clock_anomaly": "The clock contradicts itself; it is judged as Jira says.",
    "no_response": "Resolved without an answer; counted, and judged by the time of resolution.",
    "worklog_without_ticket": "Hours on tickets that Jira no longer shows are not in the totals.",
    "missing": "Jira named the ticket and did not deliver it; the report is partial.",
}


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One rule: how many tickets it touches (None: the rule does not apply here, see `reason`) and the first keys."""

    rule: str
    tickets: int | None
    share: float | None
    keys: tuple[str, ...]
    effect: str
    reason: str | None = None


def ledger(
    columns: TicketColumns,
    judged: Mapping[SlaName, Verdicts],
    stood: Standing,
    rows: Mask,
    orphan_tickets: tuple[int, ...] | None,
    *,
    own_clock: bool,
) -> tuple[QualityRow, ...]:
    """Every rule of the ledger over the chosen tickets, in a fixed order, rules that found nothing included.

    `orphan_tickets` are ids that carry hours and are gone from Jira; None when hours are unknown. `own_clock` says
    that first response is computed here: only then it is known which one ended without an answer.
    """
    here = rows & stood.exists
    n = int(here.sum())
    found = flags(columns, judged, stood, rows)
    result = [_row(rule, _keys(columns, found[rule]), n) for rule in found if rule != "no_response"]
    result.append(_row("left_out", list(columns.unreadable), n + len(columns.unreadable)))
    result.append(_row("missing", [str(ticket) for ticket in columns.missing], n + len(columns.missing)))
    if own_clock:
        result.append(_row("no_response", _keys(columns, found["no_response"]), n))
    else:
        reason = "Jira stops its own clocks and does not say why"
        result.append(QualityRow("no_response", None, None, (), EFFECTS["no_response"], reason))
    if orphan_tickets is None:
        rule = "worklog_without_ticket"
        result.append(QualityRow(rule, None, None, (), EFFECTS[rule], "hours are not known"))
    else:
        result.append(_row("worklog_without_ticket", [str(ticket) for ticket in orphan_tickets], None))
    return tuple(result)


def flags(columns: TicketColumns, judged: Mapping[SlaName, Verdicts], stood: Standing, rows: Mask) -> dict[str, Mask]:
    """Which of the chosen tickets each rule touches, for the rules that look at tickets read: one flag a ticket."""
    here = rows & stood.exists
    resolution = stood.resolution != NONE_CODE
    odd = np.zeros(len(columns), bool)
    for name, verdicts in judged.items():
        odd[verdicts.row[verdicts.anomaly]] = True
        cycles = columns.cycles[name]
        defective = np.zeros(len(columns), bool)
        defective[cycles.row[cycles.defect > 0]] = True
        odd |= defective & (verdicts.exclusion == 0)
    responses = judged["first_response"]
    unanswered = np.zeros(len(columns), bool)
    unanswered[responses.row[responses.unanswered]] = True
    return {
        "no_goal": here & _excluded(columns, judged, "no_goal"),
        "no_start": here & _excluded(columns, judged, "no_start"),
        "unreadable": here & _excluded(columns, judged, "unreadable"),
        "unassigned": here & stood.open & (stood.assignee == NONE_CODE),
        "unmapped_status": here & _unmapped(columns),
        "done_without_resolution": here & stood.done & ~resolution,
        "open_with_resolution": here & stood.open & resolution,
        "clock_anomaly": here & odd,
        "no_response": here & unanswered,
    }


def _excluded(columns: TicketColumns, judged: Mapping[SlaName, Verdicts], reason: str) -> Mask:
    code = EXCLUSIONS.index(reason)
    result = np.zeros(len(columns), bool)
    for verdicts in judged.values():
        result |= np.equal(verdicts.exclusion, code)
    return result


def _unmapped(columns: TicketColumns) -> Mask:
    changes = columns.changes.of("status")
    listed = np.append(columns.unmapped, False)
    result: Mask = columns.unmapped[columns.status] if len(columns) else np.zeros(0, bool)
    result[changes.row[listed[changes.before] | listed[changes.after]]] = True
    return result


def _keys(columns: TicketColumns, flagged: Mask) -> list[str]:
    return [columns.key[i] for i in np.flatnonzero(flagged)]


def _row(rule: str, keys: list[str], n: int | None) -> QualityRow:
    share = len(keys) / n if n else None
    reason = None if share is not None else "no ticket was read" if n == 0 else "these tickets are not among those read"
    return QualityRow(rule, len(keys), share, tuple(keys[:LISTED_KEYS]), EFFECTS[rule], reason)
