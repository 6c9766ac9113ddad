"""The sentence on top of a queue: promises with their numbers first, then the score and why it moved."""

import pytest

from components.queue_sentence import embed_sentence, queue_sentence
from servicelevel.ticket import Ticket
from tests.factories import running, stopped, ticket
from tests.unit.components.made_reports import SEEDS, busy, small

KEPT = stopped("2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00")
BROKEN = stopped("2026-11-20T12:00:00+00:00", "2026-11-20T18:00:00+00:00")


def said(*tickets: Ticket) -> str:
    """The whole sentence of a queue of these tickets."""
    return " ".join(clause.text for clause in queue_sentence(small(*tickets))).replace("\N{NO-BREAK SPACE}", " ")


def these(first: int, second: int, n: int = 200) -> list[Ticket]:
    """Tickets of which so many broke their first response, and their resolution."""
    return [
        ticket(i, first_response=[BROKEN if i <= first else KEPT], resolve=[BROKEN if i <= second else KEPT])
        for i in range(1, n + 1)
    ]


@pytest.mark.parametrize(
    ("first", "second", "beginning"),
    [
        (100, 100, "Desk misses both promises — first response 50.0 % of 95 %, resolution 50.0 % of 90 %."),
        (0, 0, "Desk keeps both promises — first response 100.0 % of 95 %"),
        (10, 20, "Desk is proven neither to keep its promises nor to miss them — "),
        (100, 0, "Desk misses first response and keeps resolution — "),
        (0, 20, "Desk keeps first response; resolution is not proven — "),
    ],
)
def test_promises_come_first_with_their_numbers(first: int, second: int, beginning: str) -> None:
    """Whatever the outcome of the two."""
    assert said(*these(first, second)).startswith(beginning)


def test_a_queue_with_too_few_says_so() -> None:
    """Counts, and no score."""
    found = said(*these(1, 0, n=3))

    assert found.startswith("Desk has too few decided promises to judge — first response 2 of 3, resolution 3 of 3.")
    assert "There is not enough data for a score." in found


def test_a_queue_without_decisions_has_no_rate() -> None:
    """Nothing decided is said for each promise, and what is overdue at the end."""
    found = said(ticket(1, resolve=[running("2026-11-23T11:00:00+00:00")]))

    assert "no first response decided, no resolution decided" in found


def test_what_is_overdue_and_breaks_next_is_counted() -> None:
    """Clocks, not tickets."""
    found = said(
        ticket(1, resolve=[running("2026-11-20T11:00:00+00:00")]),
        ticket(2, resolve=[running("2026-11-23T08:30:00+00:00")]),
    )

    assert found.endswith("1 clock is overdue and 1 more breaks before 12:31.")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_score_in_the_sentence_is_the_report_s(seed: int) -> None:
    """Where there is one it is named, with its movement where that is worth a word."""
    made = busy(seed)
    found = " ".join(clause.text for clause in queue_sentence(made))

    score = made.now.health.score
    assert score is None or f"{score:.1f}" in found


def test_an_embedded_view_counts_what_came_late() -> None:
    """Breaches out of decided, for both promises."""
    found = " ".join(clause.text for clause in embed_sentence(small(*these(4, 20))))

    assert found.endswith("4 of 200 first responses and 20 of 200 resolutions came too late.")
