"""The shape of `opsportal report --json`, key by key: types, nulls with their reasons, order of lists."""

import copy
from typing import Any

import pytest

from tests.integration.conftest import ReportOf
from tests.oracle.shape import Day, Instant, Or, Rows, departures, optional, reasoned, word

QUEUES = (
    "service-desk", "billing", "platform-ops", "network", "people", "field-support", "internal-tools", "website"
)  # fmt: skip
DIMENSIONS = ("responsiveness", "resolution", "backlog", "flow", "quality", "capacity")
PRIORITIES = ("Highest", "High", "Medium", "Low", "Lowest", None)
LEVELS = ("1bd", "3bd", "7bd", "window")
DUE_STATES = ("overdue", "lt_1h", "lt_4h", "today", "next_day", "later", "paused")
REASON = optional(str)
RATIO = float

ENVELOPE = {
    "as_of": Instant(),
    "age_s": float,
    "state": word("fresh", "stale", "partial", "failed"),
    "state_reason": Or(str, lambda beside: beside["state"] == "fresh"),
    "revision": str,
    "definition_hash": str,
    "window": {
        "from": Instant(),
        "to": Instant(),
        "days": float,
        "first_date": Day(),
        "last_date": Day(),
        "time_zone": str,
    },
    "filters": {"priority": Rows(str), "type": Rows(str), "analyst": Rows(str)},
    "lens": word("decided", "completed_only", "jsm_goals"),
}
QUEUE = {"id": str, "name": str, "team": str, "project": Rows(str), "jira_url": str}
LENS = {"met": int, "breached": int, "attainment": Or(RATIO, lambda lens: lens["met"] + lens["breached"] == 0)}
SLA = {
    "source": word("jsm", "computed"),
    "policy": word("first", "last", "each"),
    "target": RATIO,
    "attainment": reasoned(RATIO, "reason"),
    "reason": REASON,
    "interval": reasoned((RATIO, RATIO), "reason"),
    "verdict": word("met", "missed", "not_proven", "no_data"),
    **dict.fromkeys(("met", "breached", "breached_closed", "breached_open", "undecided", "n"), int),
    "excluded": dict.fromkeys(("no_goal", "no_start", "excluded_resolution", "unreadable"), int),
    **dict.fromkeys(("p50_h", "p85_h", "p90_h"), reasoned(float, "percentiles_reason")),
    "percentiles_n": int,
    "censored": int,
    "percentiles_reason": Or(word("not_reached", "no_data"), lambda sla: sla["p90_h"] is not None),
    "mean_h": Or(float, lambda sla: sla["percentiles_n"] == sla["censored"]),
    "lenses": {"completed_only": LENS, "jsm_goals": LENS},
    "by_priority": Rows(
        {
            "priority": optional(str),
            "met": int,
            "breached": int,
            "attainment": RATIO,
            "n": int,
            "interval": (RATIO, RATIO),
        },
        by=lambda row: PRIORITIES.index(row["priority"]),
    ),
    "by_day": Rows({"day": Day(), "met": int, "breached": int, "partial": bool}, by=lambda row: row["day"]),
    "trailing_90d": {"met": int, "n": int},
}
FIRST_RESPONSE = {**SLA, "no_response": Or(int, lambda sla: sla["source"] == "jsm")}
RESOLUTION = {**SLA, "no_response": Or(int, lambda _sla: True)}
FLOW = {
    **dict.fromkeys(("created", "resolved", "open", "reopened"), int),
    "net_flow": Or(RATIO, lambda flow: flow["created"] == 0),
    "reopen_rate": reasoned(RATIO, "reopen_reason"),
    "reopen": {"resolutions": int, "reopened": int, "from": Instant(), "to": Instant()},
    "by_day": Rows(
        {"day": Day(), "created": int, "resolved": int, "open": int, "partial": bool}, by=lambda row: row["day"]
    ),
}
BACKLOG = {
    **dict.fromkeys(("open", "unassigned", "resolved_28d", "stale"), int),
    "backlog_days": reasoned(float, "backlog_reason"),
    "backlog_reason": Or(word("nothing_resolved"), lambda backlog: backlog["backlog_days"] is not None),
    "business_days_28d": float,
    "ageing_share": reasoned(RATIO, "own_p85_reason"),
    "older": reasoned(int, "own_p85_reason"),
    "age_buckets": Rows(
        {"label": str, "from_bd": float, "to_bd": Or(float, lambda row: row["from_bd"] == 30), "tickets": int},
        by=lambda row: row["from_bd"],
    ),
    "own_p85_h": reasoned(float, "own_p85_reason"),
    "own_p85_reason": Or(word("not_reached", "no_data"), lambda backlog: backlog["own_p85_h"] is not None),
    "business_day_h": float,
}
BY_SLA = {"first_response": int, "resolution": int}
ANALYST = {
    "id": REASON,
    "name": Or(str, lambda row: row["id"] is None),
    "active": Or(bool, lambda row: row["id"] is None),
    **dict.fromkeys(("open", "resolved", "breached_held"), int),
    "met": BY_SLA,
    "breached": BY_SLA,
    "p50_resolution_h": optional(float),
    "hours": float,
}
HOURS = {
    **dict.fromkeys(("total_h", "billable_h", "orphan_h"), reasoned(float, "state_reason")),
    "per_resolved_h": Or(float, lambda hours: hours["coverage"] is None),
    "coverage": Or(RATIO, lambda hours: hours["per_resolved_h"] is None),
    "by_analyst": Rows({"id": str, "name": str, "hours": float, "billable_h": float}, by=lambda row: -row["hours"]),
    "by_type": Rows({"type": str, "hours": float}, by=lambda row: -row["hours"]),
    **dict.fromkeys(("utilisation", "team_h", "scheduled_h"), reasoned(float, "utilisation_reason")),
    "state": word("ok", "not_configured", "failed"),
    "state_reason": Or(str, lambda hours: hours["state"] == "ok"),
    "utilisation_reason": Or(
        word("no_team", "no_schedule", "low_coverage", "not_configured", "failed"),
        lambda hours: hours["utilisation"] is not None,
    ),
}
DIMENSION = {
    "name": word(*DIMENSIONS),
    "weight": float,
    "input": Or(float, lambda row: row["name"] == "backlog" or row["reason"] is not None),
    "raw": Or(float, lambda row: row["name"] == "backlog" or row["reason"] is not None),
    "prior": Or(float, lambda row: not row["low_sample"]),
    "unit": str,
    "target": Or(float, lambda row: row["name"] == "backlog"),
    "anchors": Or({"at_0": float, "at_80": float, "at_100": float}, lambda row: row["name"] == "backlog"),
    "utility": reasoned(float, "reason"),
    "contribution": reasoned(float, "reason"),
    "n": Or(int, lambda row: row["reason"] is not None),
    "low_sample": bool,
    "reason": Or(str, lambda row: row["utility"] is not None),
}
POINTS = dict.fromkeys(
    ("rate_effect", "mix_effect", "prior_effect", "raw_rate_effect", "raw_mix_effect"),
    Or(float, lambda row: row["name"] not in {"responsiveness", "resolution"}),
)
HEALTH = {
    "score": Or(float, lambda health: health["band"] == "insufficient"),
    "band": word("healthy", "watch", "at_risk", "insufficient"),
    "coverage": RATIO,
    "weights_sum": float,
    "dimensions": Rows(DIMENSION, by=lambda row: DIMENSIONS.index(row["name"])),
    "previous": reasoned(
        {
            "score": optional(float),
            "as_of": Instant(),
            "source": word("live", "snapshot", "replay"),
        },
        "movement_reason",
    ),
    "movement": reasoned(
        Rows(
            {
                "name": word(*DIMENSIONS, "coverage"),
                "delta": float,
                **POINTS,
                "came": Rows(str, by=DIMENSIONS.index),
                "gone": Rows(str, by=DIMENSIONS.index),
            },
            by=lambda row: (*DIMENSIONS, "coverage").index(row["name"]),
        ),
        "movement_reason",
    ),
    "movement_reason": Or(str, lambda health: health["movement"] is not None),
}
DUE = {
    **dict.fromkeys(("key", "url", "summary", "type", "status"), str),
    "priority": REASON,
    "analyst": REASON,
    "sla": word("first_response", "resolution"),
    **dict.fromkeys(("goal_s", "elapsed_s", "remaining_s"), float),
    "due": Or(Instant(), lambda row: row["state"] == "paused"),
    "state": word(*DUE_STATES),
    "ticking": bool,
}
BURN = {
    "level": word(*LEVELS),
    "business_days": float,
    "rate": Or(float, lambda row: row["decided"] == 0),
    "threshold": float,
    "breaches": int,
    "decided": int,
    "tail": Or(RATIO, lambda row: row["decided"] == 0),
    "firing": bool,
    "urgency": word("urgent", "today", "week", "policy"),
}
BUDGET = {
    "target": RATIO,
    "window": {"from": Instant(), "to": Instant()},
    "decided": int,
    "allowed": float,
    "used": int,
    "remaining": float,
    "remaining_share": reasoned(float, "reason"),
    "reason": REASON,
    "recent": {
        "business_days": float,
        "decided": int,
        "breaches": int,
        "rate": Or(RATIO, lambda recent: recent["decided"] == 0),
    },
    "exhausted_on": reasoned(Instant(), "exhausted_reason"),
    "exhausted_band": (optional(Instant()), optional(Instant())),
    "exhausted_reason": Or(
        word("exhausted", "not_burning", "no_data"), lambda budget: budget["exhausted_on"] is not None
    ),
    "burn": Rows(BURN, by=lambda row: LEVELS.index(row["level"])),
}
FORECAST = {
    "state": word("shown", "not_calibrated", "no_data"),
    **dict.fromkeys(
        ("business_hours", "expected_breaches", "brier"), Or(float, lambda forecast: forecast["state"] != "shown")
    ),
    "n": int,
    "by_ticket": Rows({"key": str, "probability": RATIO, "basis": word("queue_priority", "queue", "fleet")}),
}
QUALITY = {
    "rule": str,
    "tickets": reasoned(int, "reason"),
    "share": reasoned(RATIO, "reason"),
    "keys": Rows(str),
    "effect": str,
}
RULES = (
    "no_goal",
    "no_start",
    "unassigned",
    "unmapped_status",
    "done_without_resolution",
    "open_with_resolution",
    "clock_anomaly",
    "no_response",
    "worklog_without_ticket",
)


def _due_order(row: dict[str, Any]) -> tuple[int, str, str]:
    # The instants of one report have one offset but for a clock change, so their texts sort like themselves.
    return {"overdue": 0, "paused": 2}.get(row["state"], 1), row["due"] or "", row["key"]


REPORT = {
    **ENVELOPE,
    "queue": QUEUE,
    "sla": {"first_response": FIRST_RESPONSE, "resolution": RESOLUTION},
    "flow": FLOW,
    "backlog": BACKLOG,
    "analysts": Rows(ANALYST, by=lambda row: -row["open"]),
    "hours": HOURS,
    "health": HEALTH,
    "due": Rows(DUE, by=_due_order),
    "budget": {"first_response": BUDGET, "resolution": BUDGET},
    "forecast": {"first_response": FORECAST, "resolution": FORECAST},
    "quality": Rows(QUALITY),
}


@pytest.mark.parametrize("queue", QUEUES)
def test_a_report_has_the_shape_that_others_build_on(queue: str, report_of: ReportOf) -> None:
    """Every key is there with its type, null has its reason beside it, and lists are in order."""
    report = report_of(queue)

    assert list(departures(report, REPORT)) == []
    assert {row["rule"] for row in report["quality"]} >= set(RULES)
    assert all(len(row["keys"]) <= 100 for row in report["quality"])


@pytest.mark.parametrize("options", [("--days", "7"), ("--priority", "Highest"), ("--analyst", "unassigned")])
def test_a_report_of_little_has_the_same_shape(options: tuple[str, ...], report_of: ReportOf) -> None:
    """Where almost nothing was decided, unknown is null with a reason and never a missing key."""
    assert list(departures(report_of("people", *options), REPORT)) == []


def test_the_contributions_and_movements_add_up_as_shown(report_of: ReportOf) -> None:
    """Contributions add up to the shown score, movements to the difference of two, effects to their row."""
    for queue in QUEUES:
        health = report_of(queue)["health"]
        movement = health["movement"] or []
        parts = [row["contribution"] for row in health["dimensions"] if row["contribution"] is not None]
        effects = [[row["rate_effect"], row["mix_effect"], row["prior_effect"]] for row in movement]

        assert round(sum(parts), 6) == health["score"]
        if movement:
            gained = health["score"] - health["previous"]["score"]
            assert round(sum(row["delta"] for row in movement), 6) == round(gained, 6)
        for row, shown in zip(movement, effects, strict=True):
            assert shown[0] is None or round(sum(shown), 6) == row["delta"]


def test_another_shape_is_seen(report_of: ReportOf) -> None:
    """A key that is gone, a number as a text, a null without a reason and rows out of order are departures."""
    sound = report_of("service-desk")
    report = copy.deepcopy(sound)
    del report["revision"]
    report["flow"]["created"] = str(report["flow"]["created"])
    report["sla"]["resolution"]["attainment"] = None
    report["due"].reverse()

    seen = set(departures(report, REPORT)) - set(departures(sound, REPORT))
    places = {line.partition(":")[0] for line in seen}

    assert places == {".revision", ".flow.created", ".sla.resolution.attainment", ".due"}
