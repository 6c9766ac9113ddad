"""A queue's report, and all queues at a glance, as text for a terminal."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from opsportal.naming import Naming
from opsportal.reports import Overview
from opsportal.words import (
    BANDS,
    DIMENSION_NAMES,
    PROOFS,
    SLA_WORDS,
    STATES,
    business_time,
    count,
    number,
    percent,
    points,
    signed,
)
from servicelevel.attainment import Attainment
from servicelevel.budget import Budget
from servicelevel.due import DUE_STATES, DueRow
from servicelevel.errors import PortalError
from servicelevel.health import Dimension
from servicelevel.instants import to_datetime
from servicelevel.policy import SLA_NAMES, Queue, SlaName
from servicelevel.report import QueueReport

DUE_SHOWN = 10
ANALYSTS_SHOWN = 12


def queue_report(made: QueueReport, naming: Naming) -> RenderableType:
    """Everything of a report that fits a screen or two."""
    return Group(
        _head(made),
        "",
        _promises(made),
        "",
        _health(made),
        "",
        _work(made),
        "",
        _budgets(made),
        "",
        _due(made.due, naming, made.queue),
        "",
        _analysts(made, naming),
        "",
        _ledger(made),
    )


def overview(seen: Overview) -> RenderableType:
    """One line a queue, worst first, then what all of them add up to and what breaks next."""
    table = _table("Queue", "Score", "First response", "Resolution", "Open", "Overdue", "Next due", title="Overview")
    made = [report for report in seen.reports.values() if isinstance(report, QueueReport)]
    for report in sorted(made, key=_worst_first):
        table.add_row(*_overview_row(report))
    for queue_id, failure in seen.reports.items():
        if isinstance(failure, PortalError):
            table.add_row(queue_id, Text("could not be read", "red"), Text(str(failure)), "", "", "", "")
    total = seen.consolidated
    lines: list[RenderableType] = [table, ""]
    if total.score is not None and total.worst is not None:
        unscored = f", {total.unscored} without a score" if total.unscored else ""
        lines.append(
            f"All queues: {points(total.score)} {BANDS[total.band]}; "
            f"worst {total.worst[0]} at {points(total.worst[1])}{unscored}."
        )
    for name in SLA_NAMES:
        kept = total.sla[name].kept
        lines.append(f"{SLA_WORDS[name]}: {percent(kept.rate)} of {count(kept.n, 'promise')} kept.")
    return Group(*lines)


def _worst_first(report: QueueReport) -> tuple[float, str]:
    score = report.now.health.score
    return (101.0 if score is None else score), report.queue.id


def _overview_row(report: QueueReport) -> Sequence[RenderableType]:
    overdue = sum(row.state == "overdue" for row in report.due)
    coming = next((row for row in report.due if row.due is not None and row.state != "overdue"), None)
    return (
        report.queue.name,
        _scored(report),
        *(_kept_cell(report.now.sla[name]) for name in SLA_NAMES),
        number(report.now.backlog.open),
        Text(number(overdue), "bold red" if overdue else ""),
        f"{coming.key} {_local(coming.due, report.queue)}" if coming else "-",
    )


def _kept_cell(reached: Attainment) -> Text:
    return Text.assemble(percent(reached.kept.rate), " ", (PROOFS[reached.proof], _proof_style(reached.proof)))


def _scored(report: QueueReport) -> Text:
    health = report.now.health
    text = Text(f"{points(health.score)} {BANDS[health.band]}")
    previous = report.previous
    if health.score is not None and previous is not None and previous.health.score is not None:
        text.append(f" ({signed(health.score - previous.health.score)})", "dim")
    return text


def _head(made: QueueReport) -> RenderableType:
    queue, span = made.queue, made.now.window
    lines = [
        Text.assemble((queue.name, "bold"), f"  {queue.team} · {', '.join(queue.projects)}"),
        Text(
            f"As of {_local(made.as_of, queue)} {queue.calendar.time_zone}, "
            f"{number(span.days)} days from {_local(span.start, queue)}; {count(len(made.columns), 'ticket')} read"
        ),
    ]
    if made.partial:
        left_out = len(made.columns.missing) + len(made.columns.unreadable)
        lines.append(Text(f"Partial: {count(left_out, 'ticket')} left out, see the ledger below.", "bold yellow"))
    chosen = made.filters.priority + made.filters.type + made.filters.analyst
    if chosen:
        lines.append(Text(f"Only: {', '.join(chosen)}"))
    return Group(*lines)


def _promises(made: QueueReport) -> RenderableType:
    table = _table(
        "Promise", "Kept", "95 % interval", "Target", "", "Met", "Breached", "Open of them", "Undecided", "p50", "p90",
        title="Promises decided in the period",
    )  # fmt: skip
    for name in SLA_NAMES:
        reached = made.now.sla[name]
        interval = reached.kept.interval
        p50, _, p90 = reached.percentiles.values_ms
        table.add_row(
            SLA_WORDS[name],
            percent(reached.kept.rate),
            f"{percent(interval[0])} – {percent(interval[1])}" if interval else "-",
            percent(reached.target),
            Text(PROOFS[reached.proof], _proof_style(reached.proof)),
            number(reached.kept.met),
            number(reached.kept.breached),
            number(reached.breached_open),
            number(reached.undecided),
            business_time(p50),
            business_time(p90),
        )
    notes = (
        [_unanswered(made)]
        + [_excluded(made, name) for name in SLA_NAMES]
        + [_by_priority(made, name) for name in SLA_NAMES]
    )
    return Group(table, *(note for note in notes if note))


def _unanswered(made: QueueReport) -> str:
    n = made.now.sla["first_response"].no_response
    return f"First response counts {count(n, 'ticket')} resolved without an answer." if n else ""


def _excluded(made: QueueReport, name: SlaName) -> str:
    excluded = [(reason, n) for reason, n in made.now.sla[name].excluded.items() if n]
    if not excluded:
        return ""
    listed = ", ".join(f"{n} {reason.replace('_', ' ')}" for reason, n in excluded)
    return f"{SLA_WORDS[name]} leaves out {listed}."


def _by_priority(made: QueueReport, name: SlaName) -> str:
    parts = [
        f"{made.columns.priorities[code].name if code >= 0 else 'no priority'} {percent(kept.rate)} of {kept.n}"
        for code, kept in made.now.sla[name].by_priority.items()
    ]
    return f"{SLA_WORDS[name]} by priority: {', '.join(parts)}." if parts else ""


def _health(made: QueueReport) -> RenderableType:
    health = made.now.health
    table = _table("Dimension", "Weight", "Input", "Utility", "Points", "Moved", "", title="Health")
    moved = {row.name: row for row in made.movement or ()}
    for d in health.dimensions:
        row = moved.get(d.name)
        table.add_row(
            DIMENSION_NAMES[d.name],
            number(health.weights[d.name]),
            _input(d),
            "-" if d.utility is None else points(d.utility),
            points(health.contributions.get(d.name)),
            "-" if row is None else signed(row.shown),
            _remark(d),
        )
    if "coverage" in moved:
        row = moved["coverage"]
        changes = [*(f"{n} came" for n in row.came), *(f"{n} went" for n in row.gone)]
        table.add_row("coverage", "", "", "", "", signed(row.shown), ", ".join(changes))
    table.add_section()
    table.add_row("Score", "", "", "", points(health.score), _moved_in_all(made), BANDS[health.band])
    return table


def _moved_in_all(made: QueueReport) -> str:
    if made.previous is None or made.previous.health.score is None or made.now.health.score is None:
        return "-"
    return signed(made.now.health.score - made.previous.health.score)


def _input(d: Dimension) -> str:
    if d.parts:
        days, share = d.parts
        return f"{'none resolved' if days.input is None else number(days.input) + ' d'}, {percent(share.input)} old"
    return percent(d.input)


def _remark(d: Dimension) -> str:
    if d.reason:
        return f"left out: {d.reason.replace('_', ' ')} (n {d.n})"
    return f"low sample: n {d.n}, raw {percent(d.raw)}" if d.low_sample else ""


def _work(made: QueueReport) -> RenderableType:
    moved, stock, spent = made.now.flow, made.now.backlog, made.now.hours
    again = moved.reopens
    table = Table.grid(padding=(0, 2))
    table.add_row("Flow", f"{moved.created} created, {moved.resolved} resolved, net {percent(moved.net_flow)}")
    days = f"{number(stock.days)} business days" if stock.days is not None else "no pace: none resolved in 28 days"
    table.add_row(
        "Backlog",
        f"{stock.open} open ({stock.unassigned} unassigned, {stock.stale} stale), {days}; "
        f"{percent(stock.ageing_share)} older than the queue's own p85 of {business_time(stock.own_p85_ms)}",
    )
    table.add_row("Age", ", ".join(f"{bucket.label}: {bucket.tickets}" for bucket in stock.buckets))
    table.add_row(
        "Reopened",
        f"{moved.reopened} in the period; {percent(again.rate)} of {again.resolutions} resolutions "
        "14 days earlier came back within 14 days",
    )
    if spent.state == "ok":
        load = (
            f"team load {percent(spent.utilisation)}"
            if spent.utilisation is not None
            else (f"team load unknown ({(spent.utilisation_reason or '').replace('_', ' ')})")
        )
        total = (spent.total_s or 0) / 3600
        table.add_row(
            "Hours", f"{number(total)} h booked, {percent(spent.coverage)} of resolved tickets carry hours, {load}"
        )
    else:
        table.add_row("Hours", Text(spent.state_reason or spent.state, "yellow"))
    return table


def _budgets(made: QueueReport) -> RenderableType:
    table = _table("Error budget", "Decided", "Allowed", "Used", "Left", "Burn", "Runs out", title=None)
    for name in SLA_NAMES:
        spent = made.budgets[name]
        firing = [level for level in spent.burn if level.firing]
        burn = ", ".join(f"{level.level} {number(level.rate)}x ({level.urgency})" for level in firing)
        table.add_row(
            SLA_WORDS[name],
            number(spent.kept.n),
            number(spent.allowed),
            number(spent.kept.breached),
            Text(number(spent.remaining), "bold red" if spent.remaining < 0 else ""),
            Text(burn or "quiet", "bold red" if burn else "dim"),
            _runs_out(spent, made.queue),
        )
    return table


def _runs_out(spent: Budget, queue: Queue) -> str:
    if spent.exhausted_at is not None:
        return _local(spent.exhausted_at, queue)
    return (spent.exhaustion.reason or "-").replace("_", " ")


def _due(rows: Sequence[DueRow], naming: Naming, queue: Queue) -> RenderableType:
    totals = {state: sum(row.state == state for row in rows) for state in DUE_STATES}
    summary = ", ".join(f"{n} {STATES[state]}" for state, n in totals.items() if n) or "no clock is running"
    table = _table(
        "Ticket", "Promise", "State", "Left", "Due", "Priority", "Analyst", "Summary", title=f"At risk: {summary}"
    )
    overdue = [row for row in rows if row.state == "overdue"]
    coming = [row for row in rows if row.state not in ("overdue", "paused")]
    # Old breaches must not hide the next one: half of the list is for what can still be kept.
    shown = overdue[: max(DUE_SHOWN // 2, DUE_SHOWN - len(coming))]
    for row in [*shown, *coming[: DUE_SHOWN - len(shown)]]:
        table.add_row(
            row.key,
            SLA_WORDS[row.sla],
            Text(STATES[row.state], "bold red" if row.state == "overdue" else ""),
            business_time(row.remaining_ms),
            _local(row.due, queue),
            row.priority or "-",
            naming.name(row.analyst) or Text("unassigned" if row.analyst is None else "-", "italic dim"),
            Text(row.summary[:60], no_wrap=True, overflow="ellipsis"),
        )
    return table


def _analysts(made: QueueReport, naming: Naming) -> RenderableType:
    if not naming.shows_people:
        return "Analysts are not shown here (privacy rule of the registry)."
    table = _table("Analyst", "Open", "Breached held", "Resolved", "Median", "Hours", title="By analyst")
    for row in made.analysts[:ANALYSTS_SHOWN]:
        table.add_row(
            naming.name(row.person) or Text("unassigned", "italic dim"),
            number(row.open),
            number(row.breached_held),
            number(row.resolved),
            business_time(row.p50_resolution_ms),
            "-" if row.booked_s is None else number(row.booked_s / 3600),
        )
    hidden = len(made.analysts) - ANALYSTS_SHOWN
    return Group(table, f"and {hidden} more with less open work") if hidden > 0 else table


def _ledger(made: QueueReport) -> RenderableType:
    found = [row for row in made.quality if row.tickets]
    if not found:
        return "Nothing odd in the data."
    table = _table("Data quality", "Tickets", "For example", "What it does", title=None)
    for row in found:
        table.add_row(row.rule.replace("_", " "), number(row.tickets), ", ".join(row.keys[:3]), row.effect)
    return table


def _proof_style(proof: str) -> str:
    return {"met": "green", "missed": "bold red"}.get(proof, "dim")


def _local(at: int | None, queue: Queue) -> str:
    if at is None:
        return "-"
    local: datetime = to_datetime(at).astimezone(queue.calendar.zone)
    return f"{local:%a %d %b %H:%M}"


def _table(*columns: str, title: str | None) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, header_style="dim")
    return table
