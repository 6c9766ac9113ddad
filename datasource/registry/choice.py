"""Which SLA field is the first response and which the resolution: by what the clocks do, the names being a hint.

Evidence in full counts 1: a clock that starts on as many tickets as the busiest one. So does a first response that
always stops before the resolution. Starting with the ticket, and stopping or not with its resolution, counts half
as much; a name that fits (or misleads) a little less, so that names decide only between clocks that behave alike.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from datasource.registry.evidence import FieldEvidence, Order, SampledTicket, order
from servicelevel.policy import SLA_NAMES, SlaName

_NAME_COUNTS = 0.4
_BEHAVIOUR_COUNTS = 0.5
_FEWEST_TO_COMPARE = 5
"""An order seen on fewer tickets than these counts less."""

_CLEARLY = 0.2
"""Share of tickets by which one order must outweigh the other."""

_HINTS: Mapping[SlaName, str] = {
    "first_response": "first response answer reply primeir primer premier erst antwort repons respost respuest reakt "
    "risposta ответ перв 최초 응답 初回 応答 首次 响应",
    "resolution": "resol done solution soluc losung erledig fertig abschluss risoluz решен 해결 완료 解決 解决 完了",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The field of each promise, None where no clock is alive for it; `because` explains every field, line by line."""

    first_response: str | None
    resolution: str | None
    because: tuple[str, ...]

    def of(self, name: SlaName) -> str | None:
        """The field of a promise."""
        return self.first_response if name == "first_response" else self.resolution


def choose(fields: Sequence[FieldEvidence], tickets: Sequence[SampledTicket]) -> Choice:
    """The fields that a sample speaks for."""
    if not tickets:
        return Choice(None, None, ("no ticket shows which SLA fields are alive, so both clocks are computed",))
    alive = [field for field in fields if field.alive]
    busiest = max((field.started for field in alive), default=1)
    orders = {(a.field, b.field): order(a.field, b.field, tickets) for a, b in permutations(alive, 2)}
    pairs = [
        (_score(a, b, orders[a.field, b.field], busiest), a, b)
        for a, b in permutations(alive, 2)
        if _may_be_pair(a, b, orders[a.field, b.field])
    ]
    if pairs:
        _, first, last = max(pairs, key=lambda pair: pair[0])
        chosen: dict[SlaName, FieldEvidence] = {"first_response": first, "resolution": last}
    else:
        best = max(alive, key=lambda field: field.started, default=None)
        chosen = {} if best is None else {_lone_role(best): best}
    lines = [*_taken(chosen, orders), *_rejected(fields, chosen)]
    ids = {name: field.field for name, field in chosen.items()}
    return Choice(ids.get("first_response"), ids.get("resolution"), tuple(lines))


def hint(name: str) -> SlaName | None:
    """The promise that a field's name points at; None when it points at neither or both."""
    folded = _folded(name)
    fits = [sla for sla in SLA_NAMES if any(_folded(word) in folded for word in _HINTS[sla].split())]
    return fits[0] if len(fits) == 1 else None


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"\s+", " ", "".join(c for c in plain if not unicodedata.combining(c)))


def _may_be_pair(first: FieldEvidence, last: FieldEvidence, seen: Order) -> bool:
    # Two clocks that stop together are two clocks of one promise, unless their names say otherwise.
    if abs(seen.before - seen.after) > seen.both * _CLEARLY:
        return seen.before > seen.after
    return hint(first.name) == "first_response" != hint(last.name)


def _score(first: FieldEvidence, last: FieldEvidence, seen: Order, busiest: int) -> float:
    used = (first.started + last.started) / busiest
    with_ticket = first.with_ticket / first.started + last.with_ticket / last.started
    with_resolution = _ends(last) - _ends(first)
    names = _fit(first, "first_response") + _fit(last, "resolution")
    ahead = (seen.before - seen.after) / max(seen.both, _FEWEST_TO_COMPARE)
    return used + ahead + _BEHAVIOUR_COUNTS * (with_ticket + with_resolution) + _NAME_COUNTS * names


def _ends(field: FieldEvidence) -> float:
    return field.with_resolution / field.stopped if field.stopped else 0.0


def _fit(field: FieldEvidence, name: SlaName) -> int:
    pointed = hint(field.name)
    return 0 if pointed is None else 1 if pointed == name else -1


def _lone_role(field: FieldEvidence) -> SlaName:
    pointed = hint(field.name)
    return pointed or ("resolution" if _ends(field) >= _BEHAVIOUR_COUNTS else "first_response")


def _taken(chosen: Mapping[SlaName, FieldEvidence], orders: Mapping[tuple[str, str], Order]) -> list[str]:
    lines = []
    for name in SLA_NAMES:
        field = chosen.get(name)
        if field is None:
            lines.append(f"{name}: no field is left whose clock is alive, so the clock is computed")
            continue
        why = [str(field)]
        why.append(f"{field.with_ticket} clocks start with the ticket, {field.with_resolution} stop as it is resolved")
        if name == "first_response" and "resolution" in chosen:
            last = chosen["resolution"]
            seen = orders[field.field, last.field]
            why.append(
                f"of {seen.both} tickets on which both stopped, it stopped before {last.field} on {seen.before} "
                f"and after it on {seen.after}"
            )
        why.append({1: "the name fits", 0: "the name says nothing", -1: "the name misleads"}[_fit(field, name)])
        lines.append(f"{name}: {_called(field)}: {'; '.join(why)}")
    return lines


def _rejected(fields: Sequence[FieldEvidence], chosen: Mapping[SlaName, FieldEvidence]) -> list[str]:
    taken = {field.field for field in chosen.values()}
    lines = []
    for field in fields:
        if field.field not in taken:
            why = "its clock is alive, but others fit better" if field.alive else "its clock is dead here"
            lines.append(f"not taken: {_called(field)}: {why}: {field}")
    return lines


def _called(field: FieldEvidence) -> str:
    return f'{field.field} "{field.name}"'
