"""What became of a promise's tickets as one stacked bar with its key: each part leads to its tickets."""

from dataclasses import dataclass
from typing import Final

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.links import LinkTo
from servicelevel import marks
from servicelevel.attainment import Attainment
from servicelevel.policy import SlaName

_FITS_WORD: Final = 0.16
_FITS_COUNT: Final = 0.055
"""Shares of the bar from which a part has room for its count with its word, and for the count alone."""


@dataclass(frozen=True, slots=True)
class BarPart:
    """One part: what it is called, how many promises, and the part of the mark that lists them."""

    word: str
    n: int
    part: marks.SlaPart

    @property
    def look(self) -> str:
        """The name of its pattern in the style sheet."""
        return self.part.replace("_", "-")


def parts(reached: Attainment) -> list[BarPart]:
    """Met, breached and closed, breached and open, undecided: all that the promise was made for."""
    return [
        BarPart("met", reached.kept.met, "met"),
        BarPart("breached, closed", reached.kept.breached - reached.breached_open, "breached_closed"),
        BarPart("breached, open", reached.breached_open, "breached_open"),
        BarPart("undecided", reached.undecided, "undecided"),
    ]


def sla_bar(reached: Attainment, name: SlaName, link: LinkTo) -> list[Component]:
    """The bar, the keyed line under it, and what is excluded in words."""
    shown = [part for part in parts(reached) if part.n]
    total = sum(part.n for part in shown)
    return [
        html.Div([_piece(part, total, name, link) for part in shown], className="sla-bar")
        if shown
        else html.Div("no promise was made to these tickets", className="sla-bar sla-bar-empty"),
        html.Div([_key(part, name, link) for part in shown], className="sla-key"),
    ]


def excluded(reached: Attainment, name: SlaName, link: LinkTo) -> Component:
    """What is not judged, under its reasons: `8 excluded: 6 excluded resolution, 2 no goal`."""
    reasons = [(reason.replace("_", " "), n) for reason, n in reached.excluded.items() if n]
    total = sum(n for _, n in reasons)
    if not total:
        return html.Span("none excluded")
    listed = ", ".join(f"{words.count(n)} {reason}" for reason, n in reasons)
    return dcc.Link(
        f"{words.count(total)} excluded: {listed}",
        href=link(marks.sla_mark(name, "excluded")),
        className="quiet-link",
    )


def _piece(part: BarPart, total: int, name: SlaName, link: LinkTo) -> Component:
    share = part.n / total
    inside = "" if part.part != "met" and part.part != "breached_closed" else words.count(part.n)
    if inside and share >= _FITS_WORD and part.part == "met":
        inside = f"{inside} met"
    return dcc.Link(
        inside if share >= _FITS_COUNT else "",
        href=link(marks.sla_mark(name, part.part)),
        className=f"sla-piece sla-{part.look}",
        style={"flexGrow": part.n},
        title=f"{words.count(part.n)} {part.word}",
    )


def _key(part: BarPart, name: SlaName, link: LinkTo) -> Component:
    return dcc.Link(
        [html.B(words.count(part.n)), f" {part.word}"],
        href=link(marks.sla_mark(name, part.part)),
        className=f"sla-key-part sla-{part.look}",
    )
