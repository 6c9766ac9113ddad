"""The sentence on top of the page of what is at risk."""

from zoneinfo import ZoneInfo

from components import words
from components.at_risk_sentence import Pressing, at_risk_sentence
from tests.factories import ms

AS_OF = ms("2026-11-24T09:41:00-03:00")
ZONE = ZoneInfo("America/Sao_Paulo")


def _late(queue: str = "Billing", *, assigned: bool = True) -> Pressing:
    return Pressing(queue, True, AS_OF - 1, "P1", top=True, assigned=assigned)


def _soon(time: str, *, top: bool = False) -> Pressing:
    return Pressing("Desk", False, ms(f"2026-11-24T{time}:00-03:00"), "P1" if top else "P3", top=top, assigned=True)


def _said(*pressing: Pressing, queues: int = 6) -> str:
    clauses = at_risk_sentence(pressing, queues, AS_OF, ZONE)
    return " ".join(clause.text for clause in clauses).replace(words.SPACE, " ")


def test_it_counts_names_the_worst_and_says_by_when() -> None:
    """Overdue first with the queue that has most of it, then what breaks before which time, then who has nobody."""
    late = [_late(), _late(assigned=False), _late("Desk")]

    assert _said(*late, _soon("10:36", top=True), _soon("10:10")) == (
        "3 clocks are overdue, 2 of them in Billing; 2 more break before 10:37, 1 of those P1. "
        "1 of the 5 has no analyst yet."
    )


def test_one_of_each_is_said_in_the_singular() -> None:
    """As people would say it."""
    assert _said(_late(), _soon("10:00")) == "1 clock is overdue, in Billing; 1 more breaks before 10:01."


def test_nothing_overdue_is_said_first() -> None:
    """And what breaks next all the same."""
    assert _said(_soon("10:00", top=True)) == "Nothing is overdue; 1 breaks before 10:01, a P1."


def test_nothing_at_all_is_good_news_without_a_number() -> None:
    """No count of nothing."""
    assert _said() == "Nothing is overdue, and no clock has under an hour of working time left."


def test_a_single_queue_is_not_named() -> None:
    """The reader knows which one it is."""
    assert _said(_late(), _late(), queues=1) == "2 clocks are overdue; no other has under an hour left."
