"""Work by analyst: who holds what, who resolved what, and whose hours they are."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from servicelevel.attainment import decided_in
from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.instants import Mask
from servicelevel.policy import SlaName
from servicelevel.standing import Standing
from servicelevel.survival import percentiles
from servicelevel.ticket import Person
from servicelevel.verdicts import Verdict, Verdicts
from servicelevel.window import Window


@dataclass(frozen=True, slots=True)
class AnalystRow:
    """One assignee (None: unassigned) at as_of, or somebody who only booked hours.

    `breached_held` are open tickets with a running cycle past its goal. Durations are business milliseconds,
    `booked_s` seconds, None when there are no hours to read.
    """

    person: Person | None
    open: int
    resolved: int
    met: Mapping[SlaName, int]
    breached: Mapping[SlaName, int]
    breached_held: int
    p50_resolution_ms: int | None
    booked_s: int | None


def by_analyst(
    columns: TicketColumns,
    judged: Mapping[SlaName, Verdicts],
    stood: Standing,
    window: Window,
    rows: Mask,
    booked: Mapping[str, int] | None,
) -> tuple[AnalystRow, ...]:
    """One row per assignee or author with anything to show, most open tickets first, then by name and id.

    `booked` maps account ids to seconds booked in the window; None when hours are unknown.
    """
    size = len(columns.people) + 1
    assignee = stood.assignee

    def count(tickets: Mask) -> list[int]:
        return [int(n) for n in np.bincount(assignee[tickets] + 1, minlength=size)]

    open_, resolved = count(rows & stood.open), count(rows & window.holds(stood.resolved_at))
    met: dict[SlaName, list[int]] = {}
    breached: dict[SlaName, list[int]] = {}
    held = np.zeros(len(columns), bool)
    for name, verdicts in judged.items():
        kept, broken = decided_in(verdicts, window, rows)
        met[name] = [int(n) for n in np.bincount(assignee[verdicts.row[kept]] + 1, minlength=size)]
        breached[name] = [int(n) for n in np.bincount(assignee[verdicts.row[broken]] + 1, minlength=size)]
        held[verdicts.row[verdicts.running & verdicts.judged & (verdicts.verdict == Verdict.BREACHED)]] = True
    holding = count(rows & stood.open & held)

    resolution = judged["resolution"]
    began = resolution.judged & rows[resolution.row] & window.holds(resolution.start)
    worked_by = assignee[resolution.row]
    result = []
    for code in range(NONE_CODE, len(columns.people)):
        i = code + 1
        person = None if code == NONE_CODE else columns.people[code]
        seconds = None if booked is None else (booked.get(person.id, 0) if person else 0)
        counts = [open_[i], resolved[i], holding[i], *(m[i] for m in met.values()), *(b[i] for b in breached.values())]
        own = began & (worked_by == code)
        if not any(counts) and not seconds and not own.any():
            continue
        p50 = percentiles(resolution.elapsed_ms[own], ~resolution.running[own], (0.5,)).values_ms[0]
        result.append(
            AnalystRow(
                person=person,
                open=open_[i],
                resolved=resolved[i],
                met={name: counts_[i] for name, counts_ in met.items()},
                breached={name: counts_[i] for name, counts_ in breached.items()},
                breached_held=holding[i],
                p50_resolution_ms=p50,
                booked_s=seconds,
            )
        )
    return tuple(sorted(result, key=_order))


def hours_only(person: Person, booked_s: int) -> AnalystRow:
    """A row for somebody who booked hours on the queue's tickets and holds none of them."""
    none: dict[SlaName, int] = {"first_response": 0, "resolution": 0}
    return AnalystRow(person, 0, 0, none, none, 0, None, booked_s)


def _order(row: AnalystRow) -> tuple[int, str, str]:
    name, id_ = (row.person.name.casefold(), row.person.id) if row.person else ("", "")
    return -row.open, name, id_
