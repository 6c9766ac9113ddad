"""Signals, notes and gaps of a period as numbered lists beside the charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias, get_args

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.figures.trend import Line, Pin, Plotted
from components.icons import IconName, icon
from servicelevel.signals import Rule, Signal
from servicelevel.trend import Gap

Tone: TypeAlias = Literal["none", "ok", "watch", "risk"]

MOST_SHOWN: Final = 5
_MOST_NOTES: Final = 2
_STRENGTH: Final[Sequence[Rule]] = ("beyond", "run", "two_of_three")
_WORDS: Final[dict[Rule, str]] = {"beyond": "Out of band", "run": "Shift", "two_of_three": "Edge"}
_ICONS: Final[dict[Tone, IconName]] = {"none": "insufficient", "ok": "healthy", "watch": "watch", "risk": "risk"}


@dataclass(frozen=True, slots=True)
class Remark:
    """One entry of the list: a note of the registry, or signals of one measure that belong together."""

    queue: str
    name: str
    day: date
    last: date
    measure: Plotted
    tone: Tone
    word: str
    text: str
    link: str


def remarks(lines: Sequence[Line]) -> tuple[list[Remark], int]:
    """The notes and signals worth reading, in order of their days, and how many there are in all."""
    noted = [remark for line in lines for remark in _notes(line, lines)]
    signalled = [remark for line in lines for remark in _signals(line)]
    notes = sorted({(r.day, r.text): r for r in noted}.values(), key=lambda r: r.day)
    latest = sorted(signalled, key=lambda r: (r.last, r.tone in ("risk", "watch"), r.day))
    kept_notes = notes[-_MOST_NOTES:]
    chosen = [*kept_notes, *latest[-(MOST_SHOWN - len(kept_notes)) :]]
    return sorted(chosen, key=lambda r: (r.day, r.name, r.measure)), len(notes) + len(signalled)


def pins_of(chosen: Sequence[Remark]) -> list[Pin]:
    """The remarks as numbered marks on the charts."""
    return [Pin(at, r.queue, r.day, r.measure, f"{r.name}: {r.text}", r.link) for at, r in enumerate(chosen, 1)]


def _notes(line: Line, lines: Sequence[Line]) -> list[Remark]:
    made = []
    for note in line.trend.notes:
        if line.trend.begins is None or note.day < line.trend.begins:
            continue  # there is no line yet that it could be about
        name = line.name if note.queues and len(note.queues) < len(lines) else "All queues"
        made.append(
            Remark(line.trend.queue, name, note.day, note.day, "score", "none", "Note", note.text, line.link(note.day))
        )
    return made


def _signals(line: Line) -> list[Remark]:
    """Signals of one measure and side whose days touch are one remark, told by the strongest rule."""
    made: list[Remark] = []
    plotted = [signal for signal in line.trend.signals if signal.measure in get_args(Plotted)]
    for group in _together(plotted):
        told = min(group, key=lambda signal: (_STRENGTH.index(signal.rule), signal.first))
        tone: Tone = "ok" if told.good else "risk" if told.rule == "beyond" else "watch"
        last = max(signal.last for signal in group)
        measure: Plotted = told.measure if told.measure != "open" else "score"
        made.append(
            Remark(
                line.trend.queue,
                line.name,
                max(told.first, line.trend.first),
                last,
                measure,
                tone,
                _WORDS[told.rule],
                told.text,
                line.link(told.last),
            )
        )
    return made


def _together(signals: Sequence[Signal]) -> list[list[Signal]]:
    groups: list[list[Signal]] = []
    for signal in sorted(signals, key=lambda s: (s.measure, s.side, s.first)):
        last = groups[-1] if groups else None
        if (
            last
            and (last[0].measure, last[0].side) == (signal.measure, signal.side)
            and signal.first <= max(s.last for s in last) + timedelta(days=1)
        ):
            last.append(signal)
        else:
            groups.append([signal])
    return groups


def signal_list(chosen: Sequence[Remark], today: date, prefix: str) -> Component:
    """The numbered remarks; each leads to its queue as of that day, on a portal below `prefix`."""
    if not chosen:
        return html.P("No day of this period was unlike the 56 days before it.", className="muted small")
    return html.Ol(
        [
            html.Li(
                [
                    html.Span(str(at), className="trend-number"),
                    html.Div(
                        [
                            html.Div(
                                [
                                    dcc.Link(
                                        html.B(remark.name),
                                        href=prefix + remark.link.removeprefix("/"),
                                        className="trend-name",
                                    ),
                                    html.Span(words.day(remark.day, today), className="muted small"),
                                    html.Span(
                                        [icon(_ICONS[remark.tone]), remark.word],
                                        className=f"trend-word tone-{remark.tone}",
                                    ),
                                ],
                                className="trend-remark-head",
                            ),
                            html.P(remark.text, className="muted"),
                        ]
                    ),
                ]
            )
            for at, remark in enumerate(chosen, 1)
        ],
        className="trend-remarks",
    )


def gap_list(lines: Sequence[Line], today: date, data_href: str) -> Component:
    """Gaps by their days, each with the queues that have it."""
    by_gap: dict[Gap, list[str]] = {}
    for line in lines:
        for gap in line.trend.gaps:
            by_gap.setdefault(gap, []).append(line.name)
    if not by_gap:
        return html.P("None since the first day that was kept.", className="muted")
    rows = sorted(by_gap.items(), key=lambda item: item[0].first)

    def line_of(gap: Gap, names: Sequence[str]) -> Component:
        who = "all of these queues" if len(names) == len(lines) else words.listed(names)
        why = f"the kept day cannot be read ({gap.reason})" if gap.reason else "no snapshot was taken"
        return html.Li(f"{words.day_range(gap.first, gap.last, today)}, {who}: {why}.")

    shown = [line_of(gap, names) for gap, names in rows[-3:]]
    more = [html.Li(f"and {words.plural(len(rows) - 3, 'earlier gap')}")] if len(rows) > 3 else []
    return html.Div(
        [html.Ul([*shown, *more], className="muted"), dcc.Link("History on the Data page", href=data_href)],
        className="trend-gaps",
    )


def gap_days(lines: Sequence[Line]) -> int:
    """How many days of the period lack any of the queues."""
    missing = {gap.first + timedelta(days=n) for line in lines for gap in line.trend.gaps for n in range(gap.days)}
    return len(missing)
