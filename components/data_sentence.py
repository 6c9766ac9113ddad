"""How far the data can be trusted right now, in one sentence: what was read, what fails, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from components import words
from components.sentence import Clause


@dataclass(frozen=True, slots=True)
class DataStanding:
    """Names of the queues by how they stand, and how much is missing."""

    fresh: Sequence[str]
    stale: Sequence[str]
    failed: Sequence[str]
    reading: Sequence[str]
    left_out: int
    no_hours: Sequence[str]
    registry_problems: int
    gaps: int
    history_fails: bool = False
    not_kept: Sequence[str] = ()


def data_sentence(found: DataStanding) -> list[Clause]:
    """Count first, then what is wrong, the worst first."""
    every = len(found.fresh) + len(found.stale) + len(found.failed) + len(found.reading)
    if len(found.fresh) == every:
        head = "The queue is up to date." if every == 1 else f"All {every} queues are up to date."
    else:
        head = f"{len(found.fresh)} of {words.plural(every, 'queue')} {_is(found.fresh)} up to date."
    clauses = [Clause(head, strong=True)]
    wrong = [
        *_about(found.failed, "cannot be read", "cannot be read"),
        *_about(found.stale, "is old", "are old"),
        *_about(found.reading, "is being read for the first time", "are being read for the first time"),
    ]
    if found.left_out:
        wrong.append(f"{words.plural(found.left_out, 'ticket')} {'is' if found.left_out == 1 else 'are'} in no number")
    if found.registry_problems:
        wrong.append("the newest registry is not in force")
    if found.history_fails:
        wrong.append("the history cannot be used")
    wrong += _about(found.not_kept, "lacks its last day in the history", "lack their last day in the history")
    if wrong:
        clauses.append(Clause(_sentence(wrong), strong=True))
    rest = _about(found.no_hours, "has no hours", "have no hours")
    if found.gaps:
        rest.append(f"{words.plural(found.gaps, 'gap')} in the history")
    if rest:
        clauses.append(Clause(_sentence(rest)))
    return clauses


def _about(names: Sequence[str], is_so: str, are_so: str) -> list[str]:
    if not names:
        return []
    said = words.listed(names) if len(names) <= 3 else words.plural(len(names), "queue")
    return [f"{said} {is_so if len(names) == 1 else are_so}"]


def _sentence(parts: Sequence[str]) -> str:
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
