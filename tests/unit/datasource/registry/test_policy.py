"""A registry that is right, as the rules get it."""

import json
from datetime import date

import pytest

from datasource.registry.parse import parse
from servicelevel.calendars import ALWAYS_OPEN, AROUND_THE_CLOCK
from servicelevel.instants import HOUR_MS, MINUTE_MS
from servicelevel.policy import DEFAULT_WEIGHTS, Anchors, Goal, Note, Sla
from tests.unit.datasource.registry.examples import ABSENT, changed, parsed, registry


def test_a_queue_is_read_with_everything_that_was_written_for_it() -> None:
    """Names, projects, promises, pauses and Tempo team arrive as written."""
    queue = parsed(registry()).queues[0]
    assert (queue.id, queue.name, queue.team, queue.projects) == ("service-desk", "Service Desk", "IT Support", ("SD",))
    assert queue.first_response == Sla("first_response", 0.95, "customfield_10030", "auto", "first")
    assert queue.resolution == Sla(
        "resolution",
        0.9,
        "customfield_10031",
        "auto",
        "last",
        (Goal(4 * HOUR_MS, "Highest"), Goal(24 * HOUR_MS, None, None, date(2026, 1, 1))),
    )
    assert queue.pause_statuses == ("Waiting for customer",)
    assert queue.exclude_resolutions == ("Duplicate",)
    assert (queue.tempo_team, queue.budget_window, queue.share, queue.jql) == (12, "rolling_28d", None, None)


def test_what_holds_for_all_queues_is_read() -> None:
    """Notes, privacy and revoked tokens stand beside the queues."""
    policy = parsed(changed("revoked_tokens", to=["t-1"]))
    assert policy.notes == (Note(date(2026, 3, 2), "New shift plan", ("service-desk",)),)
    assert (policy.analyst_names, policy.revoked_tokens) == ("pseudonyms", ("t-1",))


def test_a_calendar_has_its_hours_holidays_and_exceptions() -> None:
    """Weekly hours are minutes of the local day; own and public holidays are one set."""
    calendar = parsed(registry()).queues[0].calendar
    workday = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
    assert calendar.weekly == (workday,) * 5 + ((), ())
    assert calendar.exceptions == {date(2026, 2, 18): ((13 * 60, 18 * 60),)}
    assert {date(2026, 12, 24), date(2026, 12, 25), date(2026, 7, 9)} <= calendar.holidays
    assert date(2026, 12, 23) not in calendar.holidays
    assert {day.year for day in calendar.holidays} == set(range(1990, 2060))
    assert calendar.business_day_ms == 8 * HOUR_MS


def test_a_calendar_without_hours_is_always_open() -> None:
    """It keeps its own zone."""
    calendar = parsed(registry()).queues[1].calendar
    assert (calendar.weekly, calendar.time_zone) == ((AROUND_THE_CLOCK,) * 7, "Europe/Berlin")


def test_a_queue_without_any_calendar_is_always_open() -> None:
    """No calendar is named by the first queue once the defaults name none."""
    assert parsed(changed("defaults", "calendar", to=ABSENT)).queues[0].calendar is ALWAYS_OPEN


@pytest.mark.parametrize(
    ("key", "open_days"),
    [("wed", {2}), ("mon-fri", {0, 1, 2, 3, 4}), ("sat,sun", {5, 6}), ("mon-tue,thu", {0, 1, 3})],
)
def test_weekdays_are_single_ranges_or_lists(key: str, open_days: set[int]) -> None:
    """Days that no key names are closed."""
    hours = {key: ["10:00-24:00"]}
    weekly = parsed(changed("calendars", "business", "hours", to=hours)).queues[0].calendar.weekly
    assert {day for day, intervals in enumerate(weekly) if intervals == ((600, 1440),)} == open_days
    assert {day for day, intervals in enumerate(weekly) if not intervals} == set(range(7)) - open_days


@pytest.mark.parametrize(
    ("goal", "goal_ms"),
    [("90m", 90 * MINUTE_MS), ("4h", 4 * HOUR_MS), ("1h30m", 90 * MINUTE_MS), ("0h05m", 5 * MINUTE_MS)],
)
def test_goals_are_hours_and_minutes(goal: str, goal_ms: int) -> None:
    """They arrive in milliseconds of business time."""
    queue = parsed(changed("queues", 0, "goals", to={"first_response": [{"goal": goal}]})).queues[0]
    assert queue.first_response.goals == (Goal(goal_ms),)


def test_a_queue_replaces_defaults_piece_by_piece() -> None:
    """Targets and weights one by one, anchors by measure, goals by promise, lists as a whole."""
    whole = registry()
    whole["defaults"] |= {
        "weights": {"flow": 5, "capacity": 7},
        "anchors": {
            "first_response": {"at_0": -20, "at_100": 3},
            "reopen_rate": {"at_0": 0.2, "at_80": 0.1, "at_100": 0.05},
        },
        "goals": {"first_response": [{"goal": "1h"}], "resolution": [{"goal": "8h"}]},
        "pause_statuses": ["Waiting for vendor"],
        "exclude_resolutions": ["Spam"],
    }
    whole["queues"][0] |= {
        "targets": {"resolution": 0.8},
        "anchors": {"first_response": {"at_0": -10, "at_100": 2}},
        "exclude_resolutions": [],
    }
    first, second = parsed(whole).queues
    assert (first.first_response.target, first.resolution.target) == (0.95, 0.8)
    assert dict(first.weights) == dict(DEFAULT_WEIGHTS) | {"flow": 5, "capacity": 0}
    assert dict(second.weights) == dict(DEFAULT_WEIGHTS) | {"flow": 5, "capacity": 7}
    rate = Anchors(0.2, 0.1, 0.05)
    assert dict(first.anchors) == {"first_response": Anchors(-10, 0, 2), "reopen_rate": rate}
    assert dict(second.anchors) == {"first_response": Anchors(-20, 0, 3), "reopen_rate": rate}
    assert first.first_response.goals == (Goal(HOUR_MS),)
    assert (len(first.resolution.goals), second.resolution.goals) == (2, (Goal(8 * HOUR_MS),))
    assert (first.pause_statuses, first.exclude_resolutions) == (("Waiting for customer",), ())
    assert (second.pause_statuses, second.exclude_resolutions) == (("Waiting for vendor",), ("Spam",))


def test_the_shape_of_a_queue_may_be_chosen() -> None:
    """Judged cycle, clock, budget window, analysts, filter and share."""
    whole = registry()
    for queue in whole["queues"]:
        queue["share"] = 2
    whole["queues"][0] |= {
        "budget_window": "month",
        "analysts": ["5b10a2844c20165700ede21g"],
        "jql": " labels = onsite ",
    }
    whole["queues"][0]["sla"]["resolution"] = {"clock": "computed", "judged": "each"}
    queue = parsed(whole).queues[0]
    assert (queue.budget_window, queue.share, queue.jql) == ("calendar_month", 2, "labels = onsite")
    assert (queue.analysts, queue.resolution.clock, queue.resolution.judged) == (
        ("5b10a2844c20165700ede21g",),
        "computed",
        "each",
    )


def test_a_schema_line_and_a_byte_order_mark_are_welcome() -> None:
    """Editors write both."""
    text = json.dumps({"$schema": "docs/queue_registry.schema.json"} | registry())
    assert parse(b"\xef\xbb\xbf" + text.encode(), "registry.json") == parsed(registry())


def test_holidays_known_for_part_of_the_years_only_are_no_warning() -> None:
    """India's movable feasts are known for some years; the rest of its holidays stand."""
    calendar = parsed(changed("calendars", "business", "holidays", to={"country": "IN"})).queues[0].calendar
    assert {date(1990, 1, 26), date(2059, 1, 26)} <= calendar.holidays
