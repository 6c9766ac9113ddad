"""The answer on top of the trends: who moved most since when, how the others stand, and what is missing."""

from collections.abc import Sequence
from datetime import date

from components import words
from components.figures.trend import Line
from components.sentence import Clause
from servicelevel.health import HEALTHY_FROM

_STEADY_POINTS = 3.0


def trend_clauses(lines: Sequence[Line], subject: Line | None, a: date | None, today: date) -> list[Clause]:
    """The clauses of the sentence, by the scores of the first and last day that each queue has, `subject` first."""
    ends = {line.trend.queue: _ends(line) for line in lines}
    moved = [line for line in lines if (known := ends[line.trend.queue]) is not None and known[0] != known[1]]
    if not moved or subject is None:
        return [
            Clause("There is no history yet:", strong=True),
            Clause("a line begins with the second day that is kept."),
        ]
    clauses = [Clause(_mover(subject, a, today), strong=True)]
    others = [line for line in moved if line is not subject]
    steady = [line for line in others if abs(_delta(line)) < _STEADY_POINTS]
    rest = [_group([line for line in steady if _last(line) >= HEALTHY_FROM], "steady above target")]
    rest.append(_group([line for line in steady if _last(line) < HEALTHY_FROM], "steady below target"))
    rest += [_single(line) for line in others if line not in steady]
    told = [text for text in rest if text]
    if told:
        clauses.append(Clause("; ".join(told) + "."))
    gaps = [gap for line in lines for gap in line.trend.gaps]
    if gaps:
        n = len({day for gap in gaps for day in range(gap.first.toordinal(), gap.last.toordinal() + 1)})
        widest = max(gaps, key=lambda gap: gap.days)
        when = words.day_range(widest.first, widest.last, today)
        which = f"({when})" if widest.days == n else f"(the longest {when})"
        verb = "has no snapshot and is" if n == 1 else "have no snapshot and are"
        clauses.append(Clause(f"{words.plural(n, 'day')} {which} {verb} left open.", wide=True))
    return clauses


def _mover(line: Line, a: date | None, today: date) -> str:
    ends = _ends(line)
    if ends is None:
        return f"{line.name} has no score in these days;"
    (first, _), (_, last) = ends
    delta = _delta(line)
    at = None if a is None or a == first else line.trend.on(a)
    since = 0.0 if at is None or at.score is None else round(last - at.score, 1)
    if abs(delta) < _STEADY_POINTS and abs(since) < _STEADY_POINTS:
        return f"{line.name} is within {_STEADY_POINTS:.0f} points of where it was on {words.day(first, today)};"
    text = f"{line.name} has {_verb(delta)} {words.decimal(abs(delta))} points since {words.day(first, today)}"
    if a is None or not since:
        return text + ";"
    size, then = words.decimal(abs(since)), words.day(a, today)
    if (since < 0) == (delta < 0) and abs(since) <= abs(delta):
        return f"{text}, {size} of them since {then};"
    return f"{text}, {'and' if (since < 0) == (delta < 0) else 'but'} {_verb(since)} {size} since {then};"


def _verb(delta: float) -> str:
    return "lost" if delta < 0 else "gained"


def _single(line: Line) -> str:
    verb = "rose" if _delta(line) > 0 else "fell"
    return f"{line.name} {verb} {words.decimal(abs(_delta(line)))} to {words.decimal(_last(line))}"


def _group(lines: Sequence[Line], how: str) -> str:
    if not lines:
        return ""
    return f"{words.listed([line.name for line in lines])} {'is' if len(lines) == 1 else 'are'} {how}"


def _ends(line: Line) -> tuple[tuple[date, float], tuple[date, float]] | None:
    known = [(point.day, point.score) for point in line.trend.points if point.score is not None]
    return (known[0], known[-1]) if known else None


def _delta(line: Line) -> float:
    ends = _ends(line)
    return 0.0 if ends is None else round(ends[1][1] - ends[0][1], 1)


def _last(line: Line) -> float:
    ends = _ends(line)
    return 0.0 if ends is None else ends[1][1]
