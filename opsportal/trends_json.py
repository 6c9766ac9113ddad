"""History in the shape that others build on: points by day, gaps, and signals in words."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from opsportal.envelope_json import age_s, filters, fleet_definition, window
from opsportal.json_units import instant
from opsportal.shapes.history import (
    ChangeJson,
    DayOfPromiseJson,
    Measure,
    PointJson,
    QueueTrendJson,
    SignalJson,
    TrendsJson,
)
from servicelevel.measures import Filters
from servicelevel.policy import Queue, SlaName
from servicelevel.redefinition import Redefinition, ScoresUnder
from servicelevel.signals import Signal
from servicelevel.trend import Gap, Trend, TrendPoint, days_between
from servicelevel.window import local_dates


def trends(
    queues: Sequence[Queue],
    series: Mapping[str, Trend],
    dates: tuple[date, date],
    measures: Sequence[Measure],
    *,
    scores: ScoresUnder,
    as_of: int,
    revision: str,
    now: int,
) -> TrendsJson:
    """The days of these queues, of which there is at least one, from a first to a last date, both included.

    `as_of` is the end of the last day that could be there (epoch ms).
    """
    shown = [(queue, series[queue.id]) for queue in queues if queue.id in series]
    missing = [text for queue, trend in shown if (text := _missing(queue, trend)) is not None]
    calendar = queues[0].calendar
    return {
        "as_of": instant(as_of, calendar),
        "age_s": age_s(as_of, now),
        "state": "partial" if missing else "fresh",
        "state_reason": " ".join(missing) or None,
        "revision": revision,
        "definition_hash": fleet_definition(queues),
        "window": window(local_dates(calendar, *dates), calendar),
        "filters": filters(Filters()),
        "lens": "decided",
        "measures": list(measures),
        "scores": scores,
        "queues": [_queue(queue, trend, measures) for queue, trend in shown],
    }


def _missing(queue: Queue, trend: Trend) -> str | None:
    if trend.begins is None:
        return f"{queue.id}: no day is kept yet."
    gone = sum(gap.days for gap in trend.gaps)
    incomplete = sum(not point.complete for point in trend.points)
    parts = [
        f"{n} {'day' if n == 1 else 'days'} {what}" for n, what in ((gone, "missing"), (incomplete, "incomplete")) if n
    ]
    return f"{queue.id}: {', '.join(parts)}." if parts else None


def _queue(queue: Queue, trend: Trend, measures: Collection[Measure]) -> QueueTrendJson:
    found = [signal for signal in trend.signals if signal.measure in measures]
    return {
        "queue": queue.id,
        "begins": None if trend.begins is None else trend.begins.isoformat(),
        "points": [_point(point, measures) for point in trend.points],
        "gaps": [day.isoformat() for gap in trend.gaps for day in _days(gap)],
        "changes": [_change(change) for change in trend.changes],
        "signals": [_signal(signal) for signal in found],
        "notes": [{"day": note.day.isoformat(), "text": note.text} for note in trend.notes],
    }


def _days(gap: Gap) -> tuple[date, ...]:
    return days_between(gap.first, gap.last)


def _point(point: TrendPoint, measures: Collection[Measure]) -> PointJson:
    shaped: PointJson = {
        "day": point.day.isoformat(),
        "source": point.source,
        "complete": point.complete,
        "lacks": list(point.lacks),
        "redrawn": point.redrawn,
        "definition_hash": point.definition_hash,
        "engine_version": point.engine_version,
    }
    if "score" in measures:
        shaped["score"] = point.score
        shaped["contributions"] = dict(point.contributions)
    if "first_response" in measures:
        shaped["first_response"] = _promise(point, "first_response")
    if "resolution" in measures:
        shaped["resolution"] = _promise(point, "resolution")
    if "open" in measures:
        shaped["open"] = None if point.counts is None else point.counts.flow.open
    if "created" in measures:
        shaped["created"] = None if point.counts is None else point.counts.flow.created
    if "resolved" in measures:
        shaped["resolved"] = None if point.counts is None else point.counts.flow.resolved
    if "backlog_days" in measures:
        shaped["backlog_days"] = point.value("backlog_days")
    if "net_flow" in measures:
        shaped["net_flow"] = point.value("net_flow")
    if "reopen_rate" in measures:
        shaped["reopen_rate"] = point.value("reopen_rate")
    return shaped


def _promise(point: TrendPoint, name: SlaName) -> DayOfPromiseJson:
    if point.counts is None:
        return {"met": None, "breached": None, "attainment": None}
    counts = point.counts.sla[name]
    return {"met": counts.met, "breached": counts.breached, "attainment": counts.kept.rate}


def _change(change: Redefinition) -> ChangeJson:
    return {
        "day": change.day.isoformat(),
        "before": change.before.isoformat(),
        "what": list(change.what),
        "text": change.words,
    }


def _signal(signal: Signal) -> SignalJson:
    return {
        "day": signal.first.isoformat(),
        "last_day": signal.last.isoformat(),
        "measure": signal.measure,
        "rule": signal.rule,
        "side": signal.side,
        "good": signal.good,
        "text": signal.text,
    }
