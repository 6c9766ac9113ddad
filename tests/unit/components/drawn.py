"""Components as a test reads them: every part, and the text of all of them."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def parts(shown: Any) -> Iterator[Component]:
    """Every component in what is shown, from the outside in."""
    if isinstance(shown, list | tuple):
        for each in shown:
            yield from parts(each)
    elif isinstance(shown, Component):
        yield shown
        yield from parts(getattr(shown, "children", None))


def text(shown: Any) -> str:
    """All words in order, as a reader sees them."""
    if isinstance(shown, list | tuple):
        return "".join(map(text, shown))
    if isinstance(shown, Component):
        return text(getattr(shown, "children", None))
    return "" if shown is None else str(shown).replace("\N{NO-BREAK SPACE}", " ")


def having(shown: Any, class_name: str) -> list[Component]:
    """The parts that carry a class."""
    return [part for part in parts(shown) if class_name in str(getattr(part, "className", "") or "").split()]


def hrefs(shown: Any) -> list[str]:
    """Where the parts lead, in order."""
    found = (getattr(part, "href", None) for part in parts(shown))
    return [str(href) for href in found if href]
