"""What breaks by when, in words that hold for all that is counted."""

from zoneinfo import ZoneInfo

import pytest

from components import words
from components.breaking import breaks_words
from servicelevel.instants import HOUR_MS, MINUTE_MS
from servicelevel.next_break import NextBreak
from tests.factories import AS_OF, ms

NOON = ms(AS_OF)
UTC = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("overdue", "breaking", "until", "said"),
    [
        (13, 2, NOON + 30 * MINUTE_MS, "13 clocks are overdue and 2 more break before 12:30."),
        (0, 1, NOON + 30 * MINUTE_MS, "Nothing is overdue and 1 breaks before 12:30."),
        (1, 1, NOON + 20 * HOUR_MS, "1 clock is overdue and 1 more breaks before Tue 08:00."),
        (0, 1, NOON - 64 * HOUR_MS, "Nothing is overdue and 1 breaks any moment."),
        (0, 1, None, "Nothing is overdue and 1 breaks."),
        (0, 0, None, "Nothing is overdue and no other clock is running."),
    ],
)
def test_the_instant_is_one_to_come(overdue: int, breaking: int, until: int | None, said: str) -> None:
    """Today by the time of day, another day with its name, and never a time that has gone by."""
    told = breaks_words(NextBreak(NOON, overdue, breaking, until, None), UTC)

    assert told.replace(words.SPACE, " ") == said
