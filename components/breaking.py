"""What is overdue and what breaks by when, in the same words on every page."""

from zoneinfo import ZoneInfo

from components import words
from servicelevel.next_break import NextBreak


def breaks_words(breaks: NextBreak, zone: ZoneInfo) -> str:
    """What is overdue and what breaks next, by a time of day, or on which day where it is not today."""
    late = overdue_words(breaks.overdue)
    if breaks.breaking:
        return f"{late} and {breaking_words(breaks, zone)}."
    if breaks.first is None or breaks.first.due is None:
        return f"{late} and no other clock is running."
    return f"{late}; the next breaks {words.instant(breaks.first.due, breaks.as_of, zone)}."


def overdue_words(overdue: int) -> str:
    """`3 clocks are overdue`, or `Nothing is overdue`."""
    if not overdue:
        return "Nothing is overdue"
    return f"{words.plural(overdue, 'clock')} {'is' if overdue == 1 else 'are'} overdue"


def breaking_words(breaks: NextBreak, zone: ZoneInfo) -> str:
    """`2 more break before 09:30`: how many have under an hour left, and by when the last of them runs out."""
    more = "more " if breaks.overdue else ""
    verb = "breaks" if breaks.breaking == 1 else "break"
    return f"{words.count(breaks.breaking)} {more}{verb}{before_words(breaks, zone)}"


def before_words(breaks: NextBreak, zone: ZoneInfo) -> str:
    """` before 09:30`, with the space in front; nothing where no instant is known.

    A goal used up exactly at closing time breaks with the next moment of work: there is no instant to name.
    """
    if breaks.until is None:
        return ""
    if breaks.until <= breaks.as_of:
        return " any moment"
    return f" before {words.instant(breaks.until, breaks.as_of, zone)}"
