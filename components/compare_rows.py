"""The comparison's rows: every measure of a queue as a cell with its text, what it sorts by, its tone and its link."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from components import words
from components.cause import moved
from components.chips import STEADY_POINTS, band_tone
from components.figures.contributions import REASONS
from components.icons import IconName
from components.interval import Outcome, outcome
from components.queue_card import TARGET_SCORE, Scales, count_due, rate_words
from components.sparkline import Points, mask
from servicelevel.evidence import MIN_SAMPLE
from servicelevel.health import DEFAULT_ANCHORS, HEALTHY_FROM, WATCH_FROM
from servicelevel.marks import due_mark, open_mark, reopens_mark, sla_mark
from servicelevel.policy import SLA_NAMES, DimensionName, SlaName
from servicelevel.ranking import Rank
from servicelevel.report import QueueReport

SPARK_WIDTH, SPARK_HEIGHT = 84, 24
TONES: Final[Mapping[Outcome, tuple[str, IconName]]] = {
    "kept": ("ok", "kept"),
    "missed": ("risk", "missed"),
    "unproven": ("none", "unproven"),
    "few": ("none", "few"),
}
SHAPES: Final[Mapping[str, IconName]] = {"ok": "healthy", "watch": "watch", "risk": "risk", "none": "insufficient"}


@dataclass(frozen=True, slots=True)
class CompareQueue:
    """One queue of the comparison: its report, its places, its past, where it leads, and its age where that is old."""

    made: QueueReport
    ranks: Mapping[SlaName, Rank | None]
    scores: Points
    href: str
    tickets: Callable[[str], str]
    age: str = ""


def compare_row(one: CompareQueue, scales: Scales) -> dict[str, Any]:
    """All cells of a queue by the name of their column. A cell's `v` is what it sorts by; None sorts last."""
    made = one.made
    return {
        "id": made.queue.id,
        "queue": _cell(
            made.queue.name.casefold(), made.queue.name, href=one.href, beside=_below(made.queue.team, one.age)
        ),
        "score": _score(one),
        "moved": _moved(made),
        "spark": _spark(one.scores, scales),
        **_promises(one),
        "top": _top_priority(one),
        **_work(one),
        "open": _count(made.now.backlog.open, one.tickets(open_mark("all"))),
        "overdue": _count(count_due(made, "overdue"), one.tickets(due_mark("overdue")), hot=True),
    }


def target_row(reports: Sequence[QueueReport]) -> dict[str, Any]:
    """What the measures are held against; a range where the queues differ."""

    def anchor(name: str) -> list[float]:
        return [(made.queue.anchors.get(name) or DEFAULT_ANCHORS[name]).at_80 for made in reports]

    targets = {name: [made.now.sla[name].target for made in reports] for name in SLA_NAMES}
    return {
        "id": "target",
        "queue": _cell(None, "Target"),
        "score": _cell(None, f"{TARGET_SCORE:.0f}"),
        **{name: _cell(None, _range(targets[name], words.target)) for name in SLA_NAMES},
        "top": _cell(None, _range(targets["resolution"], words.target)),
        "backlog": _cell(None, _range(anchor("backlog_days"), words.decimal)),
        "ageing": _cell(None, _range(anchor("ageing_share"), words.target)),
        "flow": _cell(None, _range(anchor("net_flow"), lambda value: words.decimal(value, 2))),
        "reopen": _cell(None, _range(anchor("reopen_rate"), words.target)),
        "utilised": _cell(None, _range(anchor("utilisation"), words.target)),
    }


def points_tone(utility: float | None) -> str:
    """The tone of a dimension's points: on target from 80, watch from 60, at risk below."""
    if utility is None:
        return "none"
    return "ok" if utility >= HEALTHY_FROM else "watch" if utility >= WATCH_FROM else "risk"


def _cell(
    value: float | str | None,
    text: str,
    *,
    tone: str = "",
    shape: str = "",
    href: str = "",
    beside: str = "",
    why: str = "",
) -> dict[str, Any]:
    return {"v": value, "t": text, "k": tone, "m": shape, "h": href, "s": beside, "w": why}


def _below(team: str, age: str) -> str:
    return f"{team} · {age}" if age else team


def _score(one: CompareQueue) -> dict[str, Any]:
    health = one.made.now.health
    tone = band_tone(health.band)
    return _cell(health.score, words.decimal(health.score), tone=tone, shape=SHAPES[tone], href=one.href)


def _moved(made: QueueReport) -> dict[str, Any]:
    points = moved(made)
    if points is None:
        return _cell(None, words.UNKNOWN, why="There is no score on both dates")
    tone = "none" if abs(points) < STEADY_POINTS else "ok" if points > 0 else "risk"
    shape = "up" if points > 0 else "down" if points < 0 else "same"
    return _cell(points, words.decimal(abs(points)), tone=tone, shape=shape)


def _spark(scores: Points, scales: Scales) -> dict[str, Any]:
    if not any(score is not None for _, score in scores):
        return _cell(None, "no history")
    drawn = mask(scores, TARGET_SCORE, SPARK_WIDTH, SPARK_HEIGHT, scales.low, scales.high)
    return {**_cell(None, ""), "mask": drawn}


def _promises(one: CompareQueue) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for name in SLA_NAMES:
        reached, rank = one.made.now.sla[name], one.ranks[name]
        kept = reached.kept
        what = outcome(kept, reached.target)
        tone, shape = TONES[what]
        value = None if what == "few" else kept.rate
        href = one.tickets(sla_mark(name, "decided"))
        cells[name] = _cell(value, rate_words(kept.met, kept.n), tone=tone, shape=shape, href=href)
        cells[f"{name}_rank"] = _cell(
            None if rank is None else rank.best + rank.worst,
            words.UNKNOWN if rank is None else str(rank),
            why="" if rank else f"Not ranked: under {MIN_SAMPLE} were decided",
        )
    return cells


def _top_priority(one: CompareQueue) -> dict[str, Any]:
    """Resolution of the most urgent priority that Jira lists."""
    kept = one.made.now.sla["resolution"].by_priority.get(0)
    if kept is None or not one.made.columns.priorities:
        return _cell(None, words.UNKNOWN, why="None of this priority was decided")
    label = one.made.columns.priorities[0]
    href = one.tickets(sla_mark("resolution", "decided", priority=label.id))
    few = outcome(kept, 1) == "few"
    text = rate_words(kept.met, kept.n) if few else words.percent(kept.rate, 0)
    return _cell(None if few else kept.rate, text, href=href, beside="" if few else f"n {kept.n}")


def _work(one: CompareQueue) -> dict[str, Any]:
    made, now, to = one.made, one.made.now, one.tickets
    parts = {part.name: part.utility for d in now.health.dimensions if d.name == "backlog" for part in d.parts}
    flow, reopens, spent = now.flow.net_flow, now.flow.reopens.rate, now.hours

    def of(name: DimensionName) -> float | None:
        return next(d.utility for d in made.now.health.dimensions if d.name == name)

    used = words.percent(spent.utilisation, 0)
    if spent.utilisation is None:
        used = "no hours" if spent.state != "ok" else words.UNKNOWN
    cells = {
        "backlog": (now.backlog.days, words.decimal(now.backlog.days), parts.get("backlog_days"), to(open_mark("all"))),
        "ageing": (
            now.backlog.ageing_share,
            words.percent(now.backlog.ageing_share, 0),
            parts.get("ageing_share"),
            to(open_mark("older")),
        ),
        "flow": (flow, words.decimal(flow, 2), of("flow"), one.href),
        "reopen": (reopens, words.percent(reopens), of("quality"), to(reopens_mark("reopened"))),
        "utilised": (spent.utilisation, used, of("capacity"), one.href),
    }
    made_cells = {}
    for name, (value, text, utility, href) in cells.items():
        tone = points_tone(utility)
        # What is not known has no tickets behind it: the queue's own page says why.
        leads = one.href if value is None else href
        why = REASONS[spent.utilisation_reason] if name == "utilised" and spent.utilisation_reason else ""
        made_cells[name] = _cell(value, text, tone=tone, shape=SHAPES[tone], href=leads, why=why)
    return made_cells


def _count(n: int, href: str, *, hot: bool = False) -> dict[str, Any]:
    return _cell(n, words.count(n), tone="hot" if hot and n else "", href=href)


def _range(values: Sequence[float], said: Callable[[float], str]) -> str:
    if not values:
        return words.UNKNOWN
    low, high = said(min(values)), said(max(values))
    return low if low == high else f"{low}–{high}".replace(f"{words.SPACE}%–", "–")
