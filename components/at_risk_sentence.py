"""What is overdue and what breaks next, in one sentence: the count, where, by when, how much of it is most urgent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from components.breaking import breaking_words, overdue_words
from components.sentence import Clause
from servicelevel.next_break import NextBreak, broken_by


@dataclass(frozen=True, slots=True)
class Pressing:
    """One clock that is overdue or has under an hour of working time left; `top` marks the highest priority."""

    queue: str
    overdue: bool
    due: int | None
    priority: str | None
    top: bool
    assigned: bool


def at_risk_sentence(pressing: Sequence[Pressing], queues: int, as_of: int, zone: ZoneInfo) -> list[Clause]:
    """The sentence over the clocks of so many queues."""
    late = [clock for clock in pressing if clock.overdue]
    soon = [clock for clock in pressing if not clock.overdue]
    if not pressing:
        return [Clause("Nothing is overdue, and no clock has under an hour of working time left.", strong=True)]
    clauses = [Clause(f"{_late(late, queues)}; {_soon(soon, len(late), as_of, zone)}.", strong=True)]
    without = sum(not clock.assigned for clock in pressing)
    if without:
        of = "It has" if len(pressing) == 1 else f"{without} of the {len(pressing)} {_has(without)}"
        clauses.append(Clause(f"{of} no analyst yet."))
    return clauses


def _late(late: Sequence[Pressing], queues: int) -> str:
    text = overdue_words(len(late))
    if not late or queues == 1:
        return text
    name, most = Counter(clock.queue for clock in late).most_common(1)[0]
    if most == len(late):
        return f"{text}, {'in' if most == 1 else 'all of them in'} {name}"
    return f"{text}, {most} of them in {name}"


def _soon(soon: Sequence[Pressing], overdue: int, as_of: int, zone: ZoneInfo) -> str:
    if not soon:
        return "no other has under an hour left"
    n = len(soon)
    until = broken_by(clock.due for clock in soon if clock.due is not None)
    text = breaking_words(NextBreak(as_of, overdue, n, until, None), zone)
    top = [clock for clock in soon if clock.top]
    if not top:
        return text
    return f"{text}, {f'{len(top)} of those' if n > 1 else 'a'} {top[0].priority}"


def _has(n: int) -> str:
    return "has" if n == 1 else "have"
