"""What the trends page says in words: its sentence, and the remarks beside the charts."""

from dataclasses import replace
from datetime import date

import pytest

from components.figures.trend import Line
from components.sentence import sentence
from components.trend_sentence import trend_clauses
from components.trend_signals import MOST_SHOWN, pins_of, remarks
from servicelevel.policy import Note
from tests.unit.dashboard.trends.shown import TODAY, of_scores, text
from tests.unit.servicelevel.days import days_ago


def said(*lines: Line, subject: Line, a: date | None = None) -> str:
    """The sentence as text."""
    return text(sentence(trend_clauses(lines, subject, a, TODAY)))


def test_the_sentence_tells_the_loss_and_since_when() -> None:
    """Who moved most, how much of it since date A, how the others stand, and what is missing."""
    billing = of_scores("Billing", [72.3, *[70.0] * 20, 65.2, None, None, 60.0, 56.2], 1)
    desk = of_scores("Desk", [83.0, *[83.5] * 23, None, 84.0])
    told = said(desk, billing, subject=billing, a=days_ago(4))

    assert told.startswith("Billing has lost 16.1 points since 28 Oct, 9.0 of them since 18 Nov;")
    assert "Desk is steady above target." in told
    assert "3\N{NO-BREAK SPACE}days (the longest 19–20 Nov) have no snapshot and are left open." in told


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([60.0, 80.0, 70.0], "has gained 10.0 points since 20 Nov, but lost 10.0 since 21 Nov;"),
        ([80.0, 85.0, 70.0], "has lost 10.0 points since 20 Nov, and lost 15.0 since 21 Nov;"),
        ([70.0, 70.5, 71.0], "is within 3 points of where it was on 20 Nov;"),
        ([80.0, 70.0, 70.0], "has lost 10.0 points since 20 Nov;"),
    ],
)
def test_the_sentence_says_both_directions(values: list[float | None], words: str) -> None:
    """A loss after a gain is a "but", and a movement that is all old is not told twice."""
    desk = of_scores("Desk", values)

    assert words in said(desk, subject=desk, a=days_ago(1))


def test_signals_of_one_measure_that_touch_are_one_remark() -> None:
    """The strongest rule speaks for days on which several fired; notes come with them, all in order of days."""
    quiet = [80.0 if at % 2 else 82.0 for at in range(40)]
    line = of_scores("Desk", [*quiet, 60.0, 59.0, 58.0])
    noted = replace(line, trend=replace(line.trend, notes=(Note(days_ago(20), "Mail outage"),)))
    chosen, in_all = remarks([noted])

    assert [(remark.word, remark.tone) for remark in chosen] == [("Note", "none"), ("Out of band", "risk")]
    assert len({signal.rule for signal in noted.trend.signals}) > 1
    assert in_all == 2
    assert [pin.number for pin in pins_of(chosen)] == [1, 2]


def test_only_the_latest_signals_are_listed_and_all_are_counted() -> None:
    """A long list is cut, and says so."""
    steps = [80.0, 82.0] * 15 + [40.0, *[81.0] * 9] * 9
    lines = [of_scores(name, steps, place) for place, name in enumerate(("Desk", "Billing"))]
    chosen, in_all = remarks(lines)

    assert len(chosen) == MOST_SHOWN
    assert in_all > MOST_SHOWN
    assert min(remark.last for remark in chosen) >= days_ago(30)
