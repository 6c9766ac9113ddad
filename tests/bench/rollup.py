"""A 30-day rollup of 25,000 tickets with a filter against pandas, and a report of 25,000 against one of 2,500."""

from collections.abc import Iterator

import pandas as pd

from servicelevel.attainment import Attainment, attainment
from servicelevel.columns import TicketColumns
from servicelevel.measures import Filters
from servicelevel.policy import Queue
from servicelevel.report import report
from servicelevel.standing import standing
from servicelevel.verdicts import EXCLUSIONS, Verdict, verdicts
from servicelevel.window import Window, last_days
from servicelevel.worklogs import no_worklogs
from tests.bench.measuring import Line, best_of
from tests.bench.sources import AS_OF, demo_jira

LARGE, SMALL = 25_000, 2_500


def lines() -> Iterator[Line]:
    """Rollup ÷ pandas, and how the whole report grows."""
    with demo_jira(LARGE) as jira:
        queue, large = jira.queue, jira.read()
    with demo_jira(SMALL) as jira:
        small = jira.read()
    yield _against_pandas(queue, large)
    window, none = last_days(AS_OF, 30), no_worklogs("not_configured", "")
    large_s, small_s = best_of(
        lambda: report(queue, large, none, window), lambda: report(queue, small, none, window), rounds=5
    )
    detail = f"{len(large):,} in {large_s * 1e3:.0f} ms, {len(small):,} in {small_s * 1e3:.0f} ms"
    yield Line("whole report, 25,000 ÷ 2,500 tickets", large_s / small_s, 12, False, "x", detail)


def _against_pandas(queue: Queue, columns: TicketColumns) -> Line:
    stood = standing(columns, AS_OF)
    judged = verdicts(columns, "resolution", queue, stood)
    window, target = last_days(AS_OF, 30), queue.resolution.target
    filters = Filters(priority=("High", "Medium"))
    tickets, cycles = _frames(columns, queue)

    def ours() -> Attainment:
        rows = filters.rows(columns, stood)
        return attainment(columns, judged, stood, window, queue.calendar, target, rows)

    def theirs() -> dict[str, object]:
        return _in_pandas(tickets, cycles, window, queue)

    _equal(columns, ours(), theirs())
    ours_s, theirs_s = best_of(ours, theirs, rounds=7, times=20)
    detail = f"{len(columns):,} tickets: {ours_s * 1e3:.2f} ms against {theirs_s * 1e3:.1f} ms, equal cell by cell"
    return Line("30-day rollup with a filter ÷ pandas", ours_s / theirs_s, 1 / 8, False, "", detail)


def _frames(columns: TicketColumns, queue: Queue) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same facts as frames: categories for labels, plain integers for instants."""
    stood = standing(columns, AS_OF)
    judged = verdicts(columns, "resolution", queue, stood)
    names = [item.name for item in columns.priorities]
    priority = pd.Categorical.from_codes(stood.priority, names)
    tickets = pd.DataFrame({"created": columns.created, "priority": priority, "exclusion": judged.exclusion})
    cycles = pd.DataFrame(
        {
            "priority": priority[judged.row],
            "start": judged.start,
            "stop": judged.stop,
            "running": judged.running,
            "elapsed_ms": judged.elapsed_ms,
            "verdict": judged.verdict,
            "decided_at": judged.decided_at,
            "judged": judged.judged,
            "kept_goal": judged.kept_goal,
            "goal_passed_at": judged.goal_passed_at,
        }
    )
    return tickets, cycles


def _in_pandas(tickets: pd.DataFrame, cycles: pd.DataFrame, window: Window, queue: Queue) -> dict[str, object]:
    """The rollup as one would write it with pandas."""
    chosen = ["High", "Medium"]
    tickets, cycles = tickets[tickets["priority"].isin(chosen)], cycles[cycles["priority"].isin(chosen)]

    def within(values: "pd.Series[int]", start: int = window.start) -> "pd.Series[bool]":
        return (values > start) & (values <= window.end)

    judged = cycles[cycles["judged"]]
    decided = judged[within(judged["decided_at"]) & judged["verdict"].isin([Verdict.MET, Verdict.BREACHED])]
    met = decided["verdict"] == Verdict.MET
    local = pd.to_datetime(decided["decided_at"], unit="ms", utc=True).dt.tz_convert(queue.calendar.time_zone)
    stopped = cycles[within(cycles["stop"])]
    overrun = cycles[cycles["running"] & ~cycles["kept_goal"] & within(cycles["goal_passed_at"])]
    long = judged[within(judged["decided_at"], window.end - 90 * 86_400_000)]
    long = long[long["verdict"].isin([Verdict.MET, Verdict.BREACHED])]
    began = judged[within(judged["start"])]
    return {
        "met": int(met.sum()),
        "n": len(decided),
        "breached_open": int((~met & decided["running"]).sum()),
        "undecided": int((judged["verdict"] == Verdict.UNDECIDED).sum()),
        "by_priority": met.groupby(decided["priority"], observed=True).agg(["sum", "count"]),
        "by_day": met.groupby(local.dt.date).agg(["sum", "count"]),
        "excluded": tickets[within(tickets["created"])].groupby("exclusion").size(),
        "completed_only": (int(stopped["kept_goal"].sum()), len(stopped)),
        "jsm_goals": (int(stopped["kept_goal"].sum()), len(stopped) + len(overrun)),
        "trailing": (int((long["verdict"] == Verdict.MET).sum()), len(long)),
        "percentiles": _kaplan_meier(began),
    }


def _kaplan_meier(began: pd.DataFrame) -> list[int | None]:
    table = began.groupby("elapsed_ms")["running"].agg(["size", "sum"])
    at_risk = table["size"][::-1].cumsum()[::-1]
    survival = (1 - (table["size"] - table["sum"]) / at_risk).cumprod()
    ended = survival[table["size"] > table["sum"]]
    reached = [ended[ended <= 1 - q + 1e-10] for q in (0.5, 0.85, 0.9)]
    return [int(times.index[0]) if len(times) else None for times in reached]


def _equal(columns: TicketColumns, ours: Attainment, theirs: dict[str, object]) -> None:
    by_priority = {name: (int(row["sum"]), int(row["count"])) for name, row in _rows(theirs["by_priority"])}
    by_day = {day: (int(row["sum"]), int(row["count"])) for day, row in _rows(theirs["by_day"])}
    excluded = theirs["excluded"]
    cells = {
        "met": ours.kept.met,
        "n": ours.kept.n,
        "breached_open": ours.breached_open,
        "undecided": ours.undecided,
        "completed_only": (ours.completed_only.met, ours.completed_only.n),
        "jsm_goals": (ours.jsm_goals.met, ours.jsm_goals.n),
        "trailing": (ours.trailing_90d.met, ours.trailing_90d.n),
        "percentiles": list(ours.percentiles.values_ms),
    }
    same = all(theirs[name] == value for name, value in cells.items())
    same &= by_priority == {columns.priorities[c].name: (k.met, k.n) for c, k in ours.by_priority.items()}
    same &= by_day == {d.day: (d.met, d.met + d.breached) for d in ours.by_day if d.met + d.breached}
    same &= all(int(excluded.get(EXCLUSIONS.index(name), 0)) == n for name, n in ours.excluded.items())  # type: ignore[attr-defined]
    if not same:
        raise RuntimeError("pandas and the rollup disagree")


def _rows(frame: object) -> list[tuple[object, "pd.Series[int]"]]:
    return list(frame.iterrows()) if isinstance(frame, pd.DataFrame) else []
