"""The comparison in words: who keeps both promises, who is clearly last, and what the intervals leave open."""

from collections.abc import Mapping, Sequence

from components import words
from components.overview_sentence import SLA_WORDS, both
from components.sentence import Clause, named_or_counted
from servicelevel.attainment import Kept
from servicelevel.evidence import MIN_SAMPLE
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.ranking import Rank, ranks
from servicelevel.report import QueueReport


def compare_sentence(reports: Sequence[QueueReport]) -> list[Clause]:
    """Three clauses at most; nobody is called first or last while intervals overlap."""
    if not reports:
        return [Clause("No queue can be compared.", strong=True)]
    names = {made.queue.id: made.queue.name for made in reports}
    kept = {sla: {made.queue.id: made.now.sla[sla].kept for made in reports} for sla in SLA_NAMES}
    places = {sla: ranks(kept[sla]) for sla in SLA_NAMES}
    clauses = [Clause(_first(reports, places), strong=True), Clause(_last(names, kept, places))]
    unranked = [made.queue.name for made in reports if any(places[sla][made.queue.id] is None for sla in SLA_NAMES)]
    if unranked:
        verb = "is not ranked" if len(unranked) == 1 else "are not ranked"
        clauses.append(Clause(f"{named_or_counted(unranked)} {verb}: too few decided tickets.", wide=True))
    return clauses


def _first(reports: Sequence[QueueReport], places: Mapping[SlaName, Mapping[str, Rank | None]]) -> str:
    keeping = [made.queue for made in reports if both(made) == "kept"]
    if not keeping:
        return "No queue is proven to keep both promises."
    named = words.listed([queue.name for queue in keeping]) if len(keeping) <= 4 else f"{len(keeping)} queues"
    if len(keeping) == 1:
        return f"{named} keeps both promises."
    certain = all(
        (rank := places[sla][queue.id]) is not None and rank.certain for sla in SLA_NAMES for queue in keeping
    )
    return f"{named} keep both promises{'.' if certain else '; their order is not certain.'}"


def _last(
    names: Mapping[str, str],
    kept: Mapping[SlaName, Mapping[str, Kept]],
    places: Mapping[SlaName, Mapping[str, Rank | None]],
) -> str:
    last = {sla: queue for sla in SLA_NAMES if (queue := _clearly_last(places[sla])) is not None}
    if not last:
        return "Nobody is clearly last: the intervals overlap."
    if len(last) == len(SLA_NAMES):
        if len(set(last.values())) == 1:
            return f"{names[last['resolution']]} is clearly last on both promises."
        return f"Clearly last: {words.listed([f'{names[last[sla]]} on {SLA_WORDS[sla]}' for sla in SLA_NAMES])}."
    sla, queue = next(iter(last.items()))
    other = next(sla for sla in SLA_NAMES if sla not in last)
    beside = [names[key] for key in _overlapping(kept[other], queue)]
    still = f"; on {SLA_WORDS[other]} it still overlaps {named_or_counted(beside)}" if beside else ""
    return f"{names[queue]} is clearly last on {SLA_WORDS[sla]}{still}."


def _clearly_last(places: Mapping[str, Rank | None]) -> str | None:
    known = {key: rank for key, rank in places.items() if rank is not None}
    return next((key for key, rank in known.items() if rank.certain and rank.worst == len(known) > 1), None)


def _overlapping(kept: Mapping[str, Kept], queue: str) -> list[str]:
    own = kept[queue].interval
    if own is None or kept[queue].n < MIN_SAMPLE:
        return []
    others = [(key, value.interval) for key, value in kept.items() if key != queue and value.n >= MIN_SAMPLE]
    return [key for key, span in others if span is not None and span[0] <= own[1] and own[0] <= span[1]]
