"""The sentences of the overview and the comparison: true, short, and never a better word than the numbers allow."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from components import words
from components.breaking import breaks_words
from components.cause import cause, moved
from components.compare_sentence import compare_sentence
from components.overview_sentence import Standings, both, overview_sentence
from components.sentence import Clause, named_or_counted
from servicelevel.attainment import Kept
from servicelevel.instants import HOUR_MS, MINUTE_MS
from servicelevel.movement import Movement
from servicelevel.next_break import next_break
from servicelevel.policy import SLA_NAMES
from servicelevel.report import QueueReport
from tests.factories import AS_OF, ms, running, ticket
from tests.unit.components.made_reports import SEEDS, busy, small

UTC = ZoneInfo("UTC")
NOON = ms(AS_OF)
QUIET = next_break((), NOON)


def _made(name: str, first: Kept, second: Kept, score: float | None = 80.0, was: float | None = None) -> QueueReport:
    """A report whose promises and scores a test decides."""
    made = busy()
    queue = replace(made.queue, id=name.lower(), name=name)
    sla = {
        key: replace(made.now.sla[key], kept=kept, target=0.9)
        for key, kept in zip(SLA_NAMES, (first, second), strict=True)
    }
    now = replace(made.now, sla=sla, health=replace(made.now.health, score=score, exact=score))
    assert made.previous is not None
    then = replace(made.previous, health=replace(made.previous.health, score=was, exact=was))
    return replace(made, queue=queue, now=now, previous=then, movement=() if was is not None else None)


KEPT, MISSED, OPEN, FEW = Kept(990, 1000), Kept(50, 100), Kept(9, 10), Kept(2, 3)


def _text(clauses: list[Clause]) -> str:
    return " ".join(clause.text for clause in clauses)


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [(KEPT, KEPT, "kept"), (KEPT, OPEN, "unproven"), (KEPT, FEW, "few"), (FEW, MISSED, "missed"), (OPEN, FEW, "few")],
)
def test_two_promises_are_one_word_and_only_kept_when_both_are(first: Kept, second: Kept, word: str) -> None:
    """The weaker of the two decides."""
    assert both(_made("Desk", first, second)) == word


def test_it_counts_first_names_the_worst_and_ends_with_what_breaks() -> None:
    """The answer, then the reason, then the next danger."""
    reports = [
        _made("Desk", KEPT, KEPT, 90.0, 89.5),
        _made("Billing", MISSED, MISSED, 56.2, 65.2),
        _made("Network", OPEN, KEPT, 74.0, 76.6),
        _made("Databases", FEW, FEW, None),
    ]

    said = _text(overview_sentence(Standings(reports, unread=["Web"]), QUIET, UTC))

    assert said == (
        "1 of 5 queues keeps both promises. Billing misses both and fell 9.0 points. "
        "Network is not proven; Databases has too few tickets to judge; Web could not be read. "
        "Nothing is overdue and no other clock is running."
    )


def test_nobody_is_praised_without_proof() -> None:
    """Queues whose intervals hold the target keep nothing for certain."""
    standings = Standings([_made("Desk", OPEN, OPEN, 85.0), _made("Web", KEPT, OPEN, 86.0)])

    said = _text(overview_sentence(standings, QUIET, UTC))

    assert said.startswith("None of 2 queues is proven to keep both promises, and none is proven to miss one.")


def test_all_kept_is_said_as_such() -> None:
    """Good news in one clause; the lowest is still named."""
    reports = [_made("Desk", KEPT, KEPT, 90.0, 90.4), _made("Web", KEPT, KEPT, 88.0, 88.0)]

    said = _text(overview_sentence(Standings(reports), QUIET, UTC))

    assert said.startswith("All 2 queues keep both promises. Web is lowest at 88.0 and hardly moved.")


def test_what_breaks_is_counted_up_to_a_time_of_day() -> None:
    """One overdue and one due at 12:30, said at noon; later ones are named by when they break."""
    late = ticket(1, resolve=[running("2026-11-23T06:00:00+00:00", HOUR_MS)])
    soon = ticket(2, resolve=[running("2026-11-23T11:00:00+00:00", 90 * MINUTE_MS)])
    later = ticket(3, resolve=[running("2026-11-23T11:00:00+00:00", 30 * HOUR_MS)])

    said = breaks_words(next_break(small(late, soon).due, NOON), UTC)
    assert said.replace(words.SPACE, " ") == ("1 clock is overdue and 1 more breaks before 12:31.")
    assert breaks_words(next_break(small(later).due, NOON), UTC) == "Nothing is overdue; the next breaks Tue 17:00."


def test_a_cause_is_the_largest_part_in_the_direction_of_the_movement() -> None:
    """The score fell: a gain elsewhere is no cause, and the largest loss is."""
    made = replace(
        _made("Desk", KEPT, KEPT, 70.0, 80.0),
        movement=(Movement("flow", -6.0, -6.0), Movement("quality", -7.0, -7.0), Movement("backlog", 3.0, 3.0)),
    )

    assert str(cause(made)) == "mostly because more tickets came back"
    assert str(cause(replace(made, movement=(Movement("flow", -4.0, -4.0), Movement("quality", -3.0, -3.0))))) == (
        "partly because less was resolved of what came in"
    )


def test_a_movement_too_small_has_no_cause() -> None:
    """Under a point nothing is explained, and without an earlier score nothing moved."""
    assert cause(_made("Desk", KEPT, KEPT, 80.0, 80.9)) is None
    assert moved(_made("Desk", KEPT, KEPT, 80.0, None)) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cause_goes_the_way_of_the_score(seed: int) -> None:
    """Of any queue: its points have the sign of the whole movement."""
    made = busy(seed)
    why, points = cause(made), moved(made)

    assert why is None or (points is not None and why.points * points > 0)


def test_names_are_given_up_to_two_and_counted_beyond() -> None:
    """A sentence of ten names is no sentence."""
    assert named_or_counted(["A"]) == "A"
    assert named_or_counted(["A", "B"]) == "A and B"
    assert named_or_counted(["A", "B", "C"]) == "3 more"


def test_the_comparison_calls_nobody_last_while_intervals_overlap() -> None:
    """Only a queue clearly below all others is last, and those with too few are not ranked."""
    unclear = [_made("Desk", OPEN, OPEN), _made("Web", OPEN, OPEN)]
    clear = [_made("Desk", KEPT, KEPT), _made("Web", Kept(985, 1000), KEPT), _made("Billing", MISSED, MISSED)]

    assert "Nobody is clearly last" in _text(compare_sentence(unclear))
    assert _text(compare_sentence([*clear, _made("New", FEW, FEW)])) == (
        "Desk and Web keep both promises; their order is not certain. Billing is clearly last on both promises. "
        "New is not ranked: too few decided tickets."
    )


def test_the_comparison_tells_last_on_one_promise_from_overlapping_on_the_other() -> None:
    """Last on resolution, not told apart on first response."""
    reports = [_made("Desk", OPEN, KEPT), _made("Billing", OPEN, MISSED)]

    assert "Billing is clearly last on resolution; on first response it still overlaps Desk." in _text(
        compare_sentence(reports)
    )
