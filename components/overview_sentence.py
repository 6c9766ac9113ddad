"""The overview in one sentence: how many keep their promises, who is worst and why, and what breaks next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from components import words
from components.breaking import breaks_words
from components.cause import NOTEWORTHY, cause, moved
from components.interval import Outcome, outcome
from components.sentence import Clause, named_or_counted
from servicelevel.next_break import NextBreak
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.report import QueueReport

SLA_WORDS: Final[Mapping[SlaName, str]] = {"first_response": "first response", "resolution": "resolution"}
UNSCORED: Final = 101.0
"""Where a queue without a score stands when the worst come first."""


@dataclass(frozen=True, slots=True)
class Standings:
    """The queues that can be judged, and the names of those that cannot: not read, or not in this period."""

    reports: Sequence[QueueReport]
    unread: Sequence[str] = ()
    reading: Sequence[str] = ()
    unanswered: Sequence[str] = ()

    def __len__(self) -> int:
        return sum(map(len, (self.reports, self.unread, self.reading, self.unanswered)))

    def worst_first(self) -> list[QueueReport]:
        """By score, those without one last; the registry's order decides ties."""
        return sorted(self.reports, key=_score)

    def having(self, wanted: Outcome, but: QueueReport | None = None) -> list[str]:
        """Names of the queues of that outcome, the worst first."""
        return [made.queue.name for made in self.worst_first() if made is not but and both(made) == wanted]


def both(made: QueueReport) -> Outcome:
    """A queue's two promises as one word: missed if one is, too few if one has too few, kept only if both are."""
    found = [outcome(made.now.sla[name].kept, made.now.sla[name].target) for name in SLA_NAMES]
    ladder: tuple[Outcome, ...] = ("missed", "few", "unproven", "kept")
    return next(word for word in ladder if word in found)


def overview_sentence(standings: Standings, breaks: NextBreak, zone: ZoneInfo) -> list[Clause]:
    """Count first, then the worst by name with its movement and cause, then what breaks by which time of day."""
    order = standings.worst_first()
    worst = order[0] if order and order[0].now.health.score is not None else None
    clauses = [Clause(_kept(standings), strong=True)]
    rest = _rest(standings, worst)
    if worst is not None:
        clauses.append(Clause(_worst(worst) + "."))
    if rest:
        clauses.append(Clause("; ".join(rest) + ".", wide=True))
    clauses.append(Clause(breaks_words(breaks, zone), strong=True))
    return clauses


def _kept(standings: Standings) -> str:
    total, kept = len(standings), len(standings.having("kept"))
    if total and kept == total:
        return "The queue keeps both promises." if total == 1 else f"All {total} queues keep both promises."
    if total == 1:
        return "The queue is not proven to keep both promises."
    if kept == 0 and not standings.having("missed"):
        return f"None of {total} queues is proven to keep both promises, and none is proven to miss one."
    if kept == 0:
        return f"None of {total} queues is proven to keep both promises."
    return f"{kept} of {total} queues {'keeps' if kept == 1 else 'keep'} both promises."


def _worst(made: QueueReport) -> str:
    name = made.queue.name
    found = {sla: outcome(made.now.sla[sla].kept, made.now.sla[sla].target) for sla in SLA_NAMES}
    missed = [SLA_WORDS[sla] for sla in SLA_NAMES if found[sla] == "missed"]
    if missed:
        first = f"{name} misses {'both' if len(missed) == len(SLA_NAMES) else missed[0]}"
    else:
        first = f"{name} is lowest at {words.decimal(made.now.health.score)}"
    return f"{first} and {_moved(made)}"


def _moved(made: QueueReport) -> str:
    points = moved(made)
    if points is None:
        return "cannot be compared with an earlier date"
    if abs(points) < NOTEWORTHY:
        return "hardly moved"
    why = cause(made)
    way = f"{'rose' if points > 0 else 'fell'} {words.decimal(abs(points))} points"
    return way if why is None else f"{way}, {why}"


def _rest(standings: Standings, worst: QueueReport | None) -> list[str]:
    clauses = []
    if missed := standings.having("missed", worst):
        clauses.append(f"{named_or_counted(missed)} {'misses' if len(missed) == 1 else 'miss'} a promise")
    if unproven := standings.having("unproven", worst):
        clauses.append(f"{named_or_counted(unproven)} {'is' if len(unproven) == 1 else 'are'} not proven")
    if few := standings.having("few", worst):
        verb = "has" if len(few) == 1 else "have"
        clauses.append(f"{named_or_counted(few)} {verb} too few tickets to judge")
    for names, is_so, are_so in (
        (standings.unread, "could not be read", "could not be read"),
        (standings.reading, "is being read for the first time", "are being read for the first time"),
        (standings.unanswered, "has no numbers for this period", "have no numbers for this period"),
    ):
        if names:
            clauses.append(f"{named_or_counted(names)} {is_so if len(names) == 1 else are_so}")
    return clauses


def _score(made: QueueReport) -> float:
    score = made.now.health.score
    return UNSCORED if score is None else score
