"""Why a score moved, in a few words: the largest part of the movement in its own direction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from servicelevel.attainment import Kept
from servicelevel.health import Dimension
from servicelevel.measures import DIMENSION_OF, Measures
from servicelevel.policy import DimensionName
from servicelevel.report import QueueReport

NOTEWORTHY: Final = 1.0
"""Points of score below which a movement has no cause worth naming."""

MOSTLY: Final = 0.5
"""Share of the movement from which one part explains most of it."""

_RATE: Final[Mapping[str, tuple[str, str]]] = {
    "responsiveness": ("more first responses came late", "fewer first responses came late"),
    "resolution": ("more work was resolved late", "less work was resolved late"),
}
_WHOLE: Final[Mapping[str, tuple[str, str]]] = {
    **_RATE,
    "flow": ("less was resolved of what came in", "more was resolved of what came in"),
    "quality": ("more tickets came back", "fewer tickets came back"),
    "coverage": ("not the same measures are known", "not the same measures are known"),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """What moved a score most: in words, in points as shown, and whether it explains most of the movement."""

    words: str
    points: float
    mostly: bool

    def __str__(self) -> str:
        return f"{'mostly' if self.mostly else 'partly'} because {self.words}"


def moved(made: QueueReport) -> float | None:
    """Points of score since the earlier date, as shown; None without a score on either side."""
    now, then = made.now.health.score, None if made.previous is None else made.previous.health.score
    return None if now is None or then is None else round(now - then, 1)


def cause(made: QueueReport) -> Cause | None:
    """The largest part of the movement; None where the score hardly moved or cannot be compared."""
    total = moved(made)
    if total is None or made.movement is None or made.previous is None or abs(total) < NOTEWORTHY:
        return None
    better = total > 0
    parts = [part for part in _parts(made, made.previous, better=better) if (part[1] > 0) == better and part[1]]
    if not parts:
        return None
    words, points = max(parts, key=lambda part: abs(part[1]))
    return Cause(words, points, abs(points) >= MOSTLY * abs(total))


def _parts(made: QueueReport, then: Measures, *, better: bool) -> list[tuple[str, float]]:
    """Every part of the movement in words that fit its direction, with its points."""
    parts: list[tuple[str, float]] = []
    for row in made.movement or ():
        name = row.name
        if row.rate_effect is not None and row.mix_effect is not None and row.prior_effect is not None:
            parts += [
                (_RATE[name][better], row.rate_effect),
                (_mix_words(made, then, name, better=better), row.mix_effect),
                ("its few decided tickets lean on what it used to do", row.prior_effect),
            ]
        elif name == "backlog":
            parts.append((_backlog_words(made, then, better=better), row.shown))
        elif name == "capacity":
            parts.append((_capacity_words(made, then), row.shown))
        else:
            parts.append((_WHOLE[name][better], row.shown))
    return parts


def _mix_words(made: QueueReport, then: Measures, dimension: str, *, better: bool) -> str:
    """Which priority's share of the work moved the rate most in that direction."""
    name: DimensionName = DIMENSION_OF["first_response" if dimension == "responsiveness" else "resolution"]
    before, after = then.kept_by_priority(made.columns)[name], made.now.kept_by_priority(made.columns)[name]
    names = {label.id: label.name for label in made.columns.priorities}
    grown = _share_change(before, after)
    overall = sum(after.values(), Kept(0, 0)).rate or 0.0

    def push(priority: str) -> float:
        rate = (after.get(priority, Kept(0, 0)) + before.get(priority, Kept(0, 0))).rate
        effect = grown[priority] * ((overall if rate is None else rate) - overall)
        return effect if better else -effect

    strongest = max(grown, key=push)
    return f"{'more' if grown[strongest] > 0 else 'less'} of its work is {names.get(strongest, 'without a priority')}"


def _share_change(before: Mapping[str, Kept], after: Mapping[str, Kept]) -> dict[str, float]:
    n_before, n_after = sum(k.n for k in before.values()), sum(k.n for k in after.values())
    none = Kept(0, 0)
    return {p: after.get(p, none).n / n_after - before.get(p, none).n / n_before for p in sorted({*before, *after})}


def _backlog_words(made: QueueReport, then: Measures, *, better: bool) -> str:
    def changes(part: str) -> float:
        now, before = (_part(side, part) for side in (made.now, then))
        return 0.0 if now is None or before is None else now - before

    aged = abs(changes("ageing_share")) > abs(changes("backlog_days"))
    if aged:
        return "its open work is younger" if better else "its open work is older"
    return "its backlog is shorter" if better else "its backlog is longer"


def _capacity_words(made: QueueReport, then: Measures) -> str:
    now, before = (_dimension(side, "capacity").input or 0.0 for side in (made.now, then))
    return "its team is busier" if now > before else "its team is less busy"


def _part(side: Measures, name: str) -> float | None:
    return next((part.utility for part in _dimension(side, "backlog").parts if part.name == name), None)


def _dimension(side: Measures, name: DimensionName) -> Dimension:
    return next(d for d in side.health.dimensions if d.name == name)
