"""The quality ledger: what is odd about the tickets that were read."""

from typing import Any

from tests.oracle.definitions import SLAS
from tests.oracle.hours import dates
from tests.oracle.queue_facts import QueueFacts


def quality_section(facts: QueueFacts, at_ms: int, days: int) -> list[dict[str, Any]]:
    """The section `quality` of a report; `keys` are all of them, in no order.

    Hours on tickets that are gone are looked for on the same dates as all hours; what is gone is no share of what
    was read.
    """
    existing = facts.existing(at_ms)
    reasons = {ticket.key: {facts.exclusion(ticket, sla, at_ms) for sla in SLAS} for ticket in existing}
    done = [ticket for ticket in existing if ticket.is_done(at_ms)]
    still_open = facts.open(at_ms)
    rules = {
        "no_goal": {key for key, found in reasons.items() if "no_goal" in found},
        "no_start": {key for key, found in reasons.items() if "no_start" in found},
        "unreadable": {key for key, found in reasons.items() if "unreadable" in found},
        "unassigned": {ticket.key for ticket in still_open if ticket.at("assignee", at_ms) is None},
        "unmapped_status": {ticket.key for ticket in existing if ticket.unmapped},
        "done_without_resolution": {ticket.key for ticket in done if ticket.at("resolution", at_ms) is None},
        "open_with_resolution": {ticket.key for ticket in still_open if ticket.at("resolution", at_ms) is not None},
        "clock_anomaly": {
            ticket.key for ticket in existing if any(facts.clock(ticket, sla).is_anomalous for sla in SLAS)
        },
        "left_out": set(facts.unreadable),
        "missing": set(facts.missing),
    }
    besides = {"left_out": len(facts.unreadable), "missing": len(facts.missing)}
    rows = [
        {
            "rule": rule,
            "tickets": len(keys),
            "share": _share(len(keys), len(existing) + besides.get(rule, 0)),
            "keys": keys,
        }
        for rule, keys in rules.items()
    ]
    on = dates(facts, at_ms, days)
    gone = {booking.issue_id for booking in facts.orphans if booking.day in on}
    return [
        *rows,
        {"rule": "worklog_without_ticket", "tickets": len(gone), "share": None, "keys": gone},
        _no_response(facts, at_ms),
    ]


def _no_response(facts: QueueFacts, at_ms: int) -> dict[str, Any]:
    if not facts.is_computed("first_response"):
        return {"rule": "no_response", "tickets": None, "share": None, "keys": set()}
    existing = facts.existing(at_ms)
    keys = {ticket.key for ticket in existing if facts.unanswered(ticket, at_ms)}
    return {"rule": "no_response", "tickets": len(keys), "share": _share(len(keys), len(existing)), "keys": keys}


def _share(tickets: int, read: int) -> float | None:
    return tickets / read if read else None
