"""The answer on top of a page: a few clauses in words, the ones that matter in bold."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components import words


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of the sentence. `wide` clauses are left out where there is little room."""

    text: str
    strong: bool = False
    wide: bool = False


def sentence(clauses: Sequence[Clause]) -> list[Component]:
    """The clauses in order, with one space between them."""
    shown: list[Component] = []
    for at, clause in enumerate(clauses):
        text = clause.text if at + 1 == len(clauses) else f"{clause.text} "
        element = html.Strong if clause.strong else html.Span
        shown.append(element(text, className="wide-only" if clause.wide else None))
    return shown


def named_or_counted(names: Sequence[str], *, most: int = 2) -> str:
    """Up to so many names, else how many there are."""
    return words.listed(names) if len(names) <= most else f"{len(names)} more"
