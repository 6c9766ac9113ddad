"""A queue in one sentence: which promises it keeps with their numbers, then how its score moved and why."""

from collections.abc import Mapping
from typing import Final

from components import words
from components.breaking import breaks_words
from components.cause import NOTEWORTHY, cause, moved
from components.interval import outcome
from components.sentence import Clause
from servicelevel.attainment import Attainment
from servicelevel.health import Band
from servicelevel.next_break import next_break
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.report import QueueReport

_WORDS: Final[Mapping[SlaName, str]] = {"first_response": "first response", "resolution": "resolution"}
_BANDS: Final[Mapping[Band, str]] = {
    "healthy": "healthy",
    "watch": "to watch",
    "at_risk": "at risk",
    "insufficient": "not known",
}
_SURE: Final = (("missed", "misses"), ("kept", "keeps"))
_UNSURE: Final = (("unproven", "is not proven"), ("few", "has too few to judge"))


def queue_sentence(made: QueueReport) -> list[Clause]:
    """The clauses: promises first, then the score's movement with its largest cause, then what is overdue."""
    return [*_promises(made), *_score(made), *_overdue(made)]


def embed_sentence(made: QueueReport) -> list[Clause]:
    """The shorter sentence of an embedded view: the promises, and how many came too late."""
    late = [
        f"{words.count(made.now.sla[name].kept.breached)} of {words.count(made.now.sla[name].kept.n)} {_WORDS[name]}s"
        for name in SLA_NAMES
    ]
    return [Clause(f"{_answer(made)}.", strong=True), Clause(f"{words.listed(late)} came too late.")]


def _promises(made: QueueReport) -> list[Clause]:
    figures = [_figure(made.now.sla[name], name) for name in SLA_NAMES]
    known = [figure for figure in figures if figure]
    if not known:
        return [Clause(f"{_answer(made)}.", strong=True)]
    return [Clause(_answer(made), strong=True), Clause(f"— {', '.join(known)}.")]


def _answer(made: QueueReport) -> str:
    """Which promises are kept, missed, or neither."""
    found = {name: outcome(made.now.sla[name].kept, made.now.sla[name].target) for name in SLA_NAMES}
    name = made.queue.name
    if set(found.values()) == {"missed"}:
        return f"{name} misses both promises"
    if set(found.values()) == {"kept"}:
        return f"{name} keeps both promises"
    if set(found.values()) == {"few"}:
        return f"{name} has too few decided promises to judge"
    if set(found.values()) == {"unproven"}:
        return f"{name} is proven neither to keep its promises nor to miss them"
    sure = [f"{verb} {_WORDS[sla]}" for word, verb in _SURE for sla in SLA_NAMES if found[sla] == word]
    unsure = [f"{_WORDS[sla]} {verb}" for word, verb in _UNSURE for sla in SLA_NAMES if found[sla] == word]
    if not sure:
        return f"{name}: {words.listed(unsure)}"
    return "; ".join([f"{name} {' and '.join(sure)}", *unsure])


def _figure(reached: Attainment, name: SlaName) -> str:
    if reached.kept.rate is None:
        return f"no {_WORDS[name]} decided"
    if outcome(reached.kept, reached.target) == "few":
        return f"{_WORDS[name]} {reached.kept.met} of {reached.kept.n}"
    return f"{_WORDS[name]} {words.percent(reached.kept.rate)} of {words.target(reached.target)}"


def _score(made: QueueReport) -> list[Clause]:
    score, points = made.now.health.score, moved(made)
    if score is None:
        return [Clause("There is not enough data for a score.")]
    if points is None:
        return [
            Clause(f"Its score is {words.decimal(score)}, {_BANDS[made.now.health.band]}; there is no earlier one.")
        ]
    if abs(points) < NOTEWORTHY:
        return [Clause(f"Its score hardly moved, to {words.decimal(score)}.", strong=True)]
    way = "rose" if points > 0 else "fell"
    why = cause(made)
    head = f"Its score {way} {words.decimal(abs(points))} points to {words.decimal(score)}"
    if why is None:
        return [Clause(f"{head}.", strong=True)]
    return [
        Clause(head, strong=True),
        Clause(f"{why} ({words.signed(why.points)})."),
    ]


def _overdue(made: QueueReport) -> list[Clause]:
    breaks = next_break(made.due, made.as_of)
    if not breaks.overdue and not breaks.breaking:
        return []
    return [Clause(breaks_words(breaks, made.queue.calendar.zone), wide=True)]
