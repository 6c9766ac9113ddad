"""The heading of a list: every mark of a report has one, and it says what is listed."""

import pytest

from components.mark_words import mark_words
from servicelevel import marks
from servicelevel.due import DUE_STATES
from servicelevel.policy import SLA_NAMES
from tests.unit.components.made_reports import busy

MADE = busy(size=40)
NAMES = {"ana": "Ana"}
DAY = MADE.now.flow.by_day[3].day


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (marks.sla_mark("resolution", "breached_open"), "Resolution breached and still open"),
        (marks.sla_mark("first_response", "met", priority="1"), "First response met, priority Highest"),
        (marks.sla_mark("first_response", "met", priority=marks.NO_PRIORITY), "First response met, no priority"),
        (marks.sla_mark("resolution", "excluded", reason="no_goal"), "Resolution excluded, no goal"),
        (marks.flow_mark("created", DAY), f"Created, Tue {DAY.day} Oct"),
        (marks.flow_mark("reopened"), "Reopened"),
        (marks.reopens_mark("reopened"), "Resolutions that came back within 14 days"),
        (marks.open_mark("older"), "Open, older than the queue’s own p85"),
        (marks.age_mark(MADE.now.backlog.buckets[1]), "Open for 1–3 business days"),
        (marks.age_mark(MADE.now.backlog.buckets[4], priority="3"), "Open for 30+ business days, priority Medium"),
        (marks.analyst_mark("ana", "open"), "Ana: open"),
        (marks.analyst_mark("somebody", "met", sla="resolution"), "Analyst: promises met, resolution"),
        (marks.analyst_mark(None, "breached_held"), "Unassigned: held past the goal"),
        (marks.due_mark("lt_1h"), "Clocks with under 1 h left"),
        (marks.due_mark(sla="resolution"), "Running or paused clocks, resolution"),
        (marks.quality_mark("clock_anomaly"), "Data quality: clock anomaly"),
        (marks.ticket_mark("SD-1"), "Ticket SD-1"),
    ],
)
def test_marks_in_words(mark: str, said: str) -> None:
    """What is counted, then what narrows it."""
    assert mark_words(MADE, mark, NAMES.get) == said


def test_every_part_has_words() -> None:
    """No part of a promise and no state of a clock is without a heading."""
    parts: tuple[marks.SlaPart, ...] = (
        "decided", "met", "breached", "breached_closed", "breached_open", "undecided", "excluded", "no_response",
        "completed_only", "completed_only_met", "jsm_goals", "jsm_goals_met",
    )  # fmt: skip
    said = {mark_words(MADE, marks.sla_mark(name, part), NAMES.get) for name in SLA_NAMES for part in parts}
    said |= {mark_words(MADE, marks.due_mark(state), NAMES.get) for state in DUE_STATES}

    assert len(said) == 2 * len(parts) + len(DUE_STATES)
