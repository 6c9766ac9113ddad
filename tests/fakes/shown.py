"""What a page shows, taken apart: its components and its words."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def parts(*shown: Any) -> Iterator[Any]:
    """Every component in what is shown, the outermost first."""
    for each in shown:
        if isinstance(each, list | tuple):
            yield from parts(*each)
        elif isinstance(each, Component):
            yield each
            yield from parts(getattr(each, "children", None))


def text_of(shown: Any) -> str:
    """Every word in what is shown, in order."""
    if isinstance(shown, list | tuple):
        return "".join(map(text_of, shown))
    if isinstance(shown, Component):
        return text_of(getattr(shown, "children", None))
    return "" if shown is None else str(shown)
