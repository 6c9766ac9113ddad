"""Verdicts: which cycles kept their promise as of an instant, and when that was decided."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from servicelevel.calendars import BusinessCalendar
from servicelevel.clock import Runs, goals_ms, runs
from servicelevel.columns import CycleColumns, TicketColumns, codes_of
from servicelevel.instants import LATEST_MS, MISSING, Codes, Mask, Millis
from servicelevel.membership import departed
from servicelevel.policy import JudgedCycle, Queue, SlaName
from servicelevel.standing import Standing


class Verdict(IntEnum):
    """What became of a promise. `EXCLUDED` cycles are judged by nobody and counted under their reason."""

    UNDECIDED = 0
    MET = 1
    BREACHED = 2
    EXCLUDED = 3


EXCLUSIONS = ("", "no_start", "no_goal", "unreadable", "excluded_resolution")
"""Why a ticket's clock is not judged, by code; 0 is judged."""

_EXCLUDED_RESOLUTION = EXCLUSIONS.index("excluded_resolution")


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """One row a readable cycle started by `as_of`, of one SLA; `exclusion` has one row a ticket.

    `stop` is MISSING while a cycle runs at as_of. `due` is the instant the goal runs out given the pauses so far:
    MISSING for stopped cycles and while paused within the goal. `judged` marks the cycles the SLA's policy looks at.
    `kept_goal` and `goal_passed_at` hold for every cycle, whatever policy and exclusions say: other reports count so.
    `anomaly` marks cycles whose source contradicts itself, `unanswered` computed first responses that ended with the
    resolution. Durations are business milliseconds at as_of.
    """

    row: Codes
    start: Millis
    stop: Millis
    goal_ms: Millis
    elapsed_ms: Millis
    verdict: Codes
    decided_at: Millis
    due: Millis
    paused: Mask
    kept_goal: Mask
    goal_passed_at: Millis
    judged: Mask
    anomaly: Mask
    unanswered: Mask
    exclusion: Codes

    @property
    def running(self) -> Mask:
        """Cycles not stopped by as_of, paused ones included."""
        return np.equal(self.stop, MISSING)

    @property
    def met(self) -> Mask:
        """Judged cycles that kept the promise."""
        return self.judged & (np.equal(self.verdict, Verdict.MET))

    @property
    def breached(self) -> Mask:
        """Judged cycles that broke it, stopped or still running."""
        return self.judged & (np.equal(self.verdict, Verdict.BREACHED))

    @property
    def undecided(self) -> Mask:
        """Judged cycles still running or paused within the goal."""
        return self.judged & (np.equal(self.verdict, Verdict.UNDECIDED))


def verdicts(columns: TicketColumns, name: SlaName, queue: Queue, stood: Standing) -> Verdicts:
    """Judge every cycle of one SLA as of `stood.as_of`, whoever runs its clock.

    Of tickets that were moved away since, Jira shows the clocks of the project they are in now: where the queue has
    goals of its own, theirs are computed.
    """
    sla = queue.sla(name)
    if sla.computed:
        return _computed(columns, name, queue, stood)
    told = _as_jira_says(columns, name, queue, stood)
    away = departed(columns) & stood.exists
    return _either(away, _computed(columns, name, queue, stood), told) if sla.goals and away.any() else told


def _either(rows: Mask, here: Verdicts, elsewhere: Verdicts) -> Verdicts:
    """Of the flagged tickets what the first says, of the others what the second says."""
    mine, other = rows[here.row], ~rows[elsewhere.row]
    row = np.concatenate((here.row[mine], elsewhere.row[other]))
    order = np.lexsort((np.concatenate((here.start[mine], elsewhere.start[other])), row))
    parts = {
        name: np.concatenate((getattr(here, name)[mine], getattr(elsewhere, name)[other]))[order]
        for name in Verdicts.__slots__
        if name != "exclusion"
    }
    return Verdicts(**parts, exclusion=np.where(rows, here.exclusion, elsewhere.exclusion))


def _as_jira_says(columns: TicketColumns, name: SlaName, queue: Queue, stood: Standing) -> Verdicts:
    """A source that runs the clock itself is believed.

    The flag of a stopped cycle is final and `breach_at` is the instant of the breach. A running cycle is judged again
    at as_of, whatever it said when it was read.
    """
    all_cycles, as_of = columns.cycles[name], stood.as_of
    cycles = _only(all_cycles, (all_cycles.defect == 0) & (all_cycles.start <= as_of) & stood.exists[all_cycles.row])
    calendar = queue.calendar
    stopped = (cycles.stop != MISSING) & (cycles.stop <= as_of)
    paused = cycles.paused & (cycles.stop == MISSING)
    breach_at = _breach_instants(cycles, calendar)
    # Most cycles have stopped: what only matters for the others is reckoned for them alone.
    going = ~stopped
    past_breach = np.zeros(len(cycles.row), bool)
    past_breach[going] = calendar.elapsed(breach_at[going], np.full(int(going.sum()), as_of)) > 0
    said_so = cycles.breached & (cycles.read_at <= as_of) & (cycles.stop == MISSING)
    breached = np.where(stopped, cycles.breached, (past_breach & (~paused | cycles.breached)) | said_so)

    excluded = _excluded_rows(columns, queue, stood)[cycles.row]
    verdict = np.where(breached, Verdict.BREACHED, np.where(stopped, Verdict.MET, Verdict.UNDECIDED))
    decided_at = np.where(breached, breach_at, np.where(stopped, cycles.stop, MISSING))
    elapsed = cycles.elapsed_ms.copy()
    elapsed[going] = _elapsed(_only(cycles, going), calendar, as_of, paused[going], said_so[going])
    due = np.where(breached, breach_at, cycles.breach_at)
    unsaid = going & ~breached & (cycles.breach_at == MISSING)
    due[unsaid] = calendar.due(np.full(int(unsaid.sum()), as_of), (cycles.goal_ms - elapsed)[unsaid])
    return Verdicts(
        row=cycles.row,
        start=cycles.start,
        stop=np.where(stopped, cycles.stop, MISSING),
        goal_ms=cycles.goal_ms,
        elapsed_ms=elapsed,
        verdict=np.where(excluded, Verdict.EXCLUDED, verdict).astype(np.int32),
        decided_at=np.where(excluded, MISSING, decided_at),
        due=np.where(stopped | (paused & ~breached), MISSING, due),
        paused=paused & ~stopped,
        kept_goal=~breached,
        goal_passed_at=np.where(breached, breach_at, MISSING),
        judged=_judged(cycles.row, queue.sla(name).judged) & ~excluded,
        anomaly=_anomalies(cycles, breached),
        unanswered=np.zeros(len(cycles.row), bool),
        exclusion=_exclusions(columns, name, queue, stood, cycles.row),
    )


def _computed(columns: TicketColumns, name: SlaName, queue: Queue, stood: Standing) -> Verdicts:
    """Clocks of our own: the business time of each run's unpaused stretches up to as_of against the goal in force."""
    all_runs, as_of, calendar = runs(columns, queue, name, stood), stood.as_of, queue.calendar
    began = (all_runs.start <= as_of) & stood.exists[all_runs.row]
    goal = goals_ms(columns, queue, queue.sla(name), all_runs.row, all_runs.start, stood)
    kept = began & (goal != MISSING)
    stop = np.where((all_runs.stop != MISSING) & (all_runs.stop <= as_of), all_runs.stop, MISSING)
    elapsed, due, paused = _progress(all_runs, calendar, goal, stop, as_of)
    row, start, stop, goal, elapsed, due, paused, unanswered = (
        part[kept] for part in (all_runs.row, all_runs.start, stop, goal, elapsed, due, paused, all_runs.unanswered)
    )
    stopped, breached = stop != MISSING, elapsed > goal
    excluded = _excluded_rows(columns, queue, stood)[row]
    verdict = np.where(breached, Verdict.BREACHED, np.where(stopped, Verdict.MET, Verdict.UNDECIDED))
    decided_at = np.where(breached, due, np.where(stopped, stop, MISSING))
    return Verdicts(
        row=row,
        start=start,
        stop=stop,
        goal_ms=goal,
        elapsed_ms=elapsed,
        verdict=np.where(excluded, Verdict.EXCLUDED, verdict).astype(np.int32),
        decided_at=np.where(excluded, MISSING, decided_at),
        due=np.where(stopped | (paused & ~breached), MISSING, due),
        paused=paused & ~stopped,
        kept_goal=~breached,
        goal_passed_at=np.where(breached, due, MISSING),
        judged=_judged(row, queue.sla(name).judged) & ~excluded,
        anomaly=np.zeros(len(row), bool),
        unanswered=unanswered & stopped,
        exclusion=_computed_exclusions(columns, queue, stood, all_runs.row[began], row),
    )


def _progress(
    all_runs: Runs, calendar: BusinessCalendar, goal: Millis, stop: Millis, as_of: int
) -> tuple[Millis, Millis, Mask]:
    """Of each run at as_of: business time used, the instant its goal runs out given the pauses so far, and paused."""
    run = all_runs.span_run
    known = all_runs.span_start <= as_of
    run, begin, end = run[known], all_runs.span_start[known], all_runs.span_end[known]
    n = len(all_runs.row)
    goes_on = (end > as_of) & (stop[run] == MISSING)
    used_until = calendar.elapsed(begin, np.minimum(end, as_of))
    elapsed = np.bincount(run, used_until, minlength=n).astype(np.int64)
    paused = (stop == MISSING) & (np.bincount(run, goes_on, minlength=n) == 0)
    # Business time laid end to end over all stretches, the one that goes on without its end: where a goal runs out is
    # one binary search.
    whole = np.where(goes_on, calendar.elapsed(begin, np.full(len(end), LATEST_MS)), used_until)
    reached = np.cumsum(whole)
    first_span = np.searchsorted(run, np.arange(n), side="left")
    base = np.concatenate(([0], reached))[first_span]
    wanted = base + np.where(goal == MISSING, 0, goal)
    place = np.searchsorted(reached, wanted, side="left")
    inside = np.minimum(place, max(len(run) - 1, 0))
    if len(run) == 0:
        return elapsed, np.full(n, MISSING), paused
    found = (place < len(run)) & (run[inside] == np.arange(n)) & (goal != MISSING)
    into_span = wanted - (reached[inside] - whole[inside])
    return elapsed, np.where(found, calendar.due(begin[inside], into_span), MISSING), paused


def _computed_exclusions(
    columns: TicketColumns, queue: Queue, stood: Standing, began: Codes, judged_rows: Codes
) -> Codes:
    """One reason a ticket: an excluded resolution, else that its clock never started or that no goal is in force."""
    reason = np.full(len(columns), EXCLUSIONS.index("no_start"), np.int32)
    reason[began] = EXCLUSIONS.index("no_goal")
    reason[judged_rows] = 0
    reason[_excluded_rows(columns, queue, stood)] = _EXCLUDED_RESOLUTION
    return reason


def _elapsed(cycles: CycleColumns, calendar: BusinessCalendar, as_of: int, paused: Mask, said_so: Mask) -> Millis:
    """Business time used as of an instant by each of these cycles, none of which had stopped by then."""
    now = np.full(len(cycles.row), as_of)
    since_reading = cycles.elapsed_ms + calendar.elapsed(_or(cycles.stop, cycles.read_at), now)
    to_breach = cycles.goal_ms - calendar.elapsed(now, _or(cycles.breach_at, now))
    running = np.where((cycles.breach_at != MISSING) & ~said_so, to_breach, since_reading)
    # Of a paused clock looked back at, no more is known than that it had not run longer than it existed.
    most = calendar.elapsed(cycles.start, now)
    return np.where(paused, np.minimum(cycles.elapsed_ms, most), np.maximum(running, 0))


def _breach_instants(cycles: CycleColumns, calendar: BusinessCalendar) -> Millis:
    """When each cycle breaks its goal: as its source says; a broken one else at start + goal, at most its stop.

    The reading that said so stands in for the stop of a running cycle, and one that runs within its goal without saying
    when goes on as it was read. Nothing here moves with as_of.
    """
    unknown = (cycles.breach_at == MISSING) | (cycles.breached & (cycles.breach_at > _or(cycles.stop, cycles.read_at)))
    instants = cycles.breach_at.copy()
    instants[unknown] = _reckoned_breach(_only(cycles, unknown), calendar)
    return instants


def _reckoned_breach(cycles: CycleColumns, calendar: BusinessCalendar) -> Millis:
    """When each of these cycles breaks its goal, of which their source says nothing that can be."""
    latest = _or(cycles.stop, cycles.read_at)
    computed = calendar.due(cycles.start, cycles.goal_ms)
    broken = np.where(computed == MISSING, latest, np.minimum(computed, latest))
    going_on = calendar.due(cycles.read_at, np.maximum(cycles.goal_ms - cycles.elapsed_ms, 0))
    return np.where(cycles.breached, broken, np.where(going_on == MISSING, LATEST_MS, going_on))


def _anomalies(cycles: CycleColumns, breached: Mask) -> Mask:
    """Cycles whose source contradicts itself; they are judged all the same, as their source says."""
    stopped = cycles.stop != MISSING
    unplaced = breached & (cycles.breach_at == MISSING)
    late = stopped & cycles.breached & (cycles.breach_at > cycles.stop)
    disagrees = stopped & np.not_equal(cycles.breached, cycles.elapsed_ms > cycles.goal_ms)
    backwards = stopped & (cycles.stop < cycles.start)
    anomalous: Mask = unplaced | late | disagrees | backwards
    return anomalous


def _judged(row: Codes, policy: JudgedCycle) -> Mask:
    """The cycles a policy looks at; rows come ordered by ticket and start."""
    border = np.ones(len(row) + 1, bool)
    border[1:-1] = row[1:] != row[:-1]
    if policy == "first":
        return border[:-1]
    return border[1:] if policy == "last" else np.ones(len(row), bool)


def _excluded_rows(columns: TicketColumns, queue: Queue, stood: Standing) -> Mask:
    """Tickets closed with a resolution that the queue does not count. An open ticket has not earned one yet."""
    codes = codes_of(columns.resolutions, queue.exclude_resolutions)
    return stood.done & np.isin(stood.resolution, np.fromiter(codes, np.int32, len(codes)))


def _exclusions(columns: TicketColumns, name: SlaName, queue: Queue, stood: Standing, readable: Codes) -> Codes:
    """One reason a ticket: an excluded resolution, else why it has no readable cycle, else 0."""
    cycles = columns.cycles[name]
    reason = np.full(len(columns), EXCLUSIONS.index("no_goal"), np.int32)
    late = cycles.start > stood.as_of
    reason[cycles.row[late]] = EXCLUSIONS.index("no_start")
    defective = cycles.defect > 0
    reason[cycles.row[defective]] = cycles.defect[defective]
    reason[readable] = 0
    reason[_excluded_rows(columns, queue, stood)] = _EXCLUDED_RESOLUTION
    return reason


def _or(values: Millis, otherwise: Millis) -> Millis:
    return np.where(values == MISSING, otherwise, values)


def _only(cycles: CycleColumns, keep: Mask) -> CycleColumns:
    return CycleColumns(*(getattr(cycles, name)[keep] for name in CycleColumns.__slots__))
