"""A ticket's strips: one axis of business time, nothing outside it, and words for every state."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.strip_axis import WIDTH_PX, strip_axis
from components.strips import state_of, strips
from components.ticket_words import clock_source, event_words, opening_hours, tone_of, verdict_sentences
from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import HOUR_MS
from servicelevel.report import report
from servicelevel.ticket import Person, Ticket
from servicelevel.timeline import Event, Timeline, timeline
from servicelevel.window import last_days
from tests.factories import ANA, AS_OF, BRUNO, always, columns, ms, paused, queue, running, sao_paulo, stopped, ticket
from tests.unit.components.drawn import having, parts, text
from tests.unit.components.made_reports import NO_HOURS, SEEDS, busy
from tests.unit.servicelevel.bounded import examples

OFFICE = sao_paulo()


def told(item: Ticket, calendar: BusinessCalendar = OFFICE, as_of: str = AS_OF) -> Timeline:
    """The timeline of one ticket."""
    return timeline(report(queue(calendar=calendar), columns(item), NO_HOURS, last_days(ms(as_of), 30)), 0)


def name(person: Person | None) -> str | None:
    """Names as they are."""
    return None if person is None else person.name


@examples(60)
@given(st.integers(0, 24 * 90), st.integers(0, 24 * 60))
def test_the_axis_grows_with_time_and_stays_inside(start_h: int, length_h: int) -> None:
    """Intervals and gaps follow each other from 0 to 1 without overlap, whatever the span."""
    start = ms("2026-08-01T00:00:00+00:00") + start_h * HOUR_MS
    axis = strip_axis(OFFICE, start, start + length_h * HOUR_MS)

    borders = [border for place in axis.places for border in place]
    assert borders == sorted(borders)
    assert borders[0] == 0
    assert borders[-1] <= 1.0001
    assert [axis.at(instant) for interval in axis.intervals for instant in interval][1:] == pytest.approx(borders[1:])
    labels = [tick.at for tick in axis.ticks]
    assert labels == sorted(labels)
    assert all((b - a) * WIDTH_PX >= 39 for a, b in pairwise(labels))


def test_a_night_is_a_gap_of_34_pixels() -> None:
    """Fifteen closed hours take no more room than that, and lunch less."""
    axis = strip_axis(OFFICE, ms("2026-11-23T14:00:00-03:00"), ms("2026-11-24T14:00:00-03:00"))

    assert [(gap.long, round(gap.width * WIDTH_PX)) for gap in axis.gaps] == [(True, 34), (False, 8)]
    assert [(tick.time, tick.day) for tick in axis.ticks if tick.day] == [
        ("14:00", "Mon 23 Nov"),
        ("09:00", "Tue 24 Nov"),
    ]


def test_around_the_clock_there_are_no_gaps() -> None:
    """A calendar that never closes has one interval."""
    axis = strip_axis(always(), ms("2026-11-20T00:00:00+00:00"), ms("2026-11-23T00:00:00+00:00"))

    assert axis.gaps == ()
    assert len(axis.intervals) == 1


def test_a_weekend_alone_has_an_axis_all_the_same() -> None:
    """A ticket made and closed while nobody works draws nothing and breaks nothing."""
    item = ticket(1, resolve=[stopped("2026-11-21T12:00:00+00:00", "2026-11-21T13:00:00+00:00", calendar=OFFICE)])

    assert having(strips(told(item), OFFICE), "strip-running") == []


@pytest.mark.parametrize("seed", SEEDS)
def test_every_piece_lies_inside_its_strip(seed: int) -> None:
    """Of any ticket: from 0 to 100 %, none of negative width."""
    made = busy(seed, 60)
    for row in range(len(made.columns)):
        for piece in having(strips(timeline(made, row), OFFICE), "strip-part"):
            left, width = (float(piece.style[side].rstrip("%")) for side in ("left", "width"))  # type: ignore[attr-defined]
            assert left >= 0
            assert width >= 0
            assert left + width <= 100.1


def test_a_short_clock_on_a_long_axis_is_seen_on_its_side_of_the_goal() -> None:
    """Half an hour answered and kept, then a month of waiting: a part of some width, and the goal's line after it."""
    answered = stopped("2026-10-23T12:00:00+00:00", "2026-10-23T12:30:00+00:00", HOUR_MS, calendar=OFFICE)
    late = stopped("2026-10-23T12:00:00+00:00", "2026-10-23T13:30:00+00:00", HOUR_MS, calendar=OFFICE)
    long = running("2026-10-23T12:00:00+00:00", calendar=OFFICE)
    for clock, kinds in ((answered, ["strip-running"]), (late, ["strip-running", "strip-over"])):
        shown = strips(told(ticket(1, "2026-10-23T12:00:00+00:00", first_response=[clock], resolve=[long])), OFFICE)
        thin = having(having(shown, "strip")[1], "strip-part")
        (goal,) = having(having(shown, "strip")[1], "strip-line-goal")
        edges = [(_share(part, "left"), _share(part, "left") + _share(part, "width")) for part in thin]

        assert [part.className.split()[1] for part in thin] == kinds  # type: ignore[attr-defined]
        assert all((right - left) / 100 * WIDTH_PX >= 3.9 for left, right in edges)
        assert all(second[0] >= first[1] - 0.011 for first, second in pairwise(edges))
        assert _share(goal, "left") >= edges[0][1] - 0.011
        assert len(kinds) == 1 or _share(goal, "left") <= edges[1][0] + 0.011


def _share(part: Any, side: str) -> float:
    return float(part.style[side].rstrip("%"))


def test_a_running_clock_shows_what_is_left_dashed() -> None:
    """With both lines: the present and the goal."""
    item = ticket(
        1,
        "2026-11-23T12:00:00+00:00",
        resolve=[running("2026-11-23T12:00:00+00:00", read_at="2026-11-23T14:00:00+00:00", calendar=OFFICE)],
    )
    shown = strips(told(item, as_of="2026-11-23T14:00:00+00:00"), OFFICE)

    assert [text(part) for part in having(shown, "strip-running")] == ["2h"]
    assert [text(part) for part in having(shown, "strip-line")] == ["goal 14:00", "now 11:00"]
    assert "2h left" in [text(part) for part in having(shown, "strip-left")]
    assert "2h of 4h used · 50 %" in text(shown)


def test_past_the_goal_is_drawn_and_keyed() -> None:
    """A broken clock has a part in red, and the legend says what that is."""
    item = ticket(
        1, first_response=[stopped("2026-11-20T12:00:00+00:00", "2026-11-20T18:00:00+00:00", calendar=OFFICE)]
    )
    shown = strips(told(item), OFFICE)

    assert len(having(shown, "strip-over")) == 1
    assert [text(key) for key in having(shown, "strip-key")] == ["running", "past the goal"]
    assert "5h of 4h · decided Fri 14:00" in text(shown)


RUNNING, SOON, LATE = (running(f"2026-11-23T{at}:00+00:00") for at in ("11:00", "08:30", "07:00"))
WAITING = paused("2026-11-23T11:00:00+00:00", elapsed_ms=HOUR_MS)
KEPT, BROKEN = (stopped("2026-11-20T12:00:00+00:00", f"2026-11-20T{at}:00+00:00") for at in ("14:00", "18:00"))


@pytest.mark.parametrize(
    ("item", "word", "tone", "first"),
    [
        (
            ticket(1, resolve=[RUNNING]),
            "Running",
            "none",
            "Resolution breaks at 15:00 unless it is solved: 3h left of 4h.",
        ),
        (
            ticket(1, resolve=[SOON]),
            "Within 1 h",
            "watch",
            "Resolution breaks at 12:30 unless it is solved: 30m left of 4h.",
        ),
        (ticket(1, resolve=[LATE]), "Overdue", "risk", "Resolution is 1h past its goal of 4h."),
        (ticket(1, resolve=[WAITING]), "Paused", "none", "Resolution is paused with 3h left of 4h."),
        (ticket(1, first_response=[KEPT]), "Kept", "ok", "First response was kept: 2h of 4h."),
        (ticket(1, first_response=[BROKEN]), "Missed", "risk", "First response was missed by 2h: 6h of 4h."),
    ],
)
def test_every_state_has_its_word_and_sentence(item: Ticket, word: str, tone: str, first: str) -> None:
    """The strip, the tint and the sentence agree."""
    found = told(item, always())

    assert state_of(found.strips[0])[2] == word
    assert tone_of(found) == tone
    assert verdict_sentences(found, always())[0].replace("\N{NO-BREAK SPACE}", " ") == first


def test_the_clock_with_least_left_is_named_first() -> None:
    """A first response about to break comes before a resolution of tomorrow."""
    item = ticket(
        1,
        first_response=[running("2026-11-23T08:30:00+00:00")],
        resolve=[running("2026-11-23T08:30:00+00:00", 30 * HOUR_MS)],
    )

    assert [said.split(" breaks")[0] for said in verdict_sentences(told(item, always()), always())] == [
        "First response",
        "Resolution",
    ]


def test_what_is_not_judged_is_said() -> None:
    """A ticket without a goal has no strip but a reason."""
    found = told(ticket(1))

    assert strips(found, OFFICE) == []
    assert verdict_sentences(found, OFFICE) == [
        "First response is not judged: no goal.",
        "Resolution is not judged: no goal.",
    ]
    assert tone_of(found) == "none"


def test_the_source_names_calendar_and_reconstruction() -> None:
    """Hours of the week in words, and an honest line where the retold clock differs."""
    odd = stopped("2026-11-20T12:00:00+00:00", "2026-11-20T18:00:00+00:00", calendar=OFFICE, paused_ms=2 * HOUR_MS)
    source = clock_source(told(ticket(1, resolve=[odd])), OFFICE).replace("\N{NO-BREAK SPACE}", " ")

    assert source.startswith(
        "Clock: Jira Service Management · calendar office (America/Sao_Paulo, Mon–Fri 09:00–12:00, 13:00–18:00)"
    )
    assert "reconstruction from the status history; Jira counts 3h used" in source
    assert opening_hours(always()) == "24/7"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Event(0, "opened", person=ANA, to=BRUNO), ("Opened by Ana, assigned to Bruno", "")),
        (Event(0, "assigned", to=ANA, cost_ms=HOUR_MS), ("Assigned to Ana", "1h unassigned")),
        (Event(0, "handed_over", person=ANA, to=BRUNO, cost_ms=HOUR_MS), ("Ana → Bruno", "1h")),
        (Event(0, "put_back", person=ANA, cost_ms=HOUR_MS), ("Ana → unassigned", "1h")),
        (Event(0, "paused", "Open", "Waiting"), ("Waiting", "clock paused")),
        (Event(0, "resumed", "Waiting", "Open", cost_ms=HOUR_MS), ("Open", "1h paused")),
        (Event(0, "priority", "P2", "P1"), ("Priority P2 → P1", "")),
        (Event(0, "resolved", "Open", "Done"), ("Done", "resolved")),
        (Event(0, "answered"), ("First response", "in time")),
        (Event(0, "answered", cost_ms=HOUR_MS), ("First response", "1h late")),
    ],
)
def test_events_in_words(event: Event, words: tuple[str, str]) -> None:
    """What happened, and what it cost."""
    assert event_words(event, name) == words


def test_people_that_are_not_shown_are_not_named() -> None:
    """Without names the events still tell what happened."""
    kinds = [
        Event(0, "opened", person=ANA),
        Event(0, "assigned", to=ANA, cost_ms=0),
        Event(0, "handed_over", person=ANA, to=BRUNO, cost_ms=0),
    ]

    assert [event_words(event, lambda _: None)[0] for event in kinds] == ["Opened", "Assigned", "Handed over"]


def test_a_long_life_stays_small() -> None:
    """Weeks of work are drawn with a bounded number of parts."""
    item = ticket(1, "2026-08-01T12:00:00+00:00", resolve=[running("2026-08-03T12:00:00+00:00", calendar=OFFICE)])

    assert len(list(parts(strips(told(item), OFFICE)))) < 60
