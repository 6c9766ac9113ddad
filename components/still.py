"""Markup that no callback looks into, as one component whatever its size.

The renderer asks every component on the page, after each of its own steps, whether it has changed. A table of forty
rows is two hundred components to it, although nothing in there ever changes by itself. As a `Still` it is one, and the
browser makes the same elements of it (`assets/still.js`).
"""

from collections.abc import Mapping, Sequence
from copy import copy
from itertools import groupby
from typing import Any, Final

from dash.development.base_component import Component

_HTML: Final = "dash_html_components"
_OWN_NAMES: Final = frozenset({"ObjectEl", "MapEl"})
"""Elements whose component has another name than the tag."""
_AS_ELEMENTS: Final = {
    ("dash_core_components", "Link"): "a",  # frame.js follows every link of the portal
    ("dash_bootstrap_components", "Input"): "input",
}


class Still(Component):
    """Elements without an id: `content` is `[tag, attributes, *children]`, a child either text or such a list again."""

    _children_props: Final = []  # type: ignore[misc]
    _namespace = "portal_parts"
    _type = "Still"

    def __init__(self, content: list[Any]) -> None:
        self._prop_names = ["content"]
        self._valid_wildcard_attributes: list[str] = []
        self.available_properties = ["content"]
        self.available_wildcard_properties: list[str] = []
        super().__init__(content=content)  # type: ignore[no-untyped-call]  # dash declares no types here


class _Element(list[Any]):
    """An element as `Still` holds it."""


def still(value: Any) -> Any:
    """The value of a callback's output with everything in it that can be still. What is no component stays as it is."""
    if isinstance(value, Component):
        return _whole(_made(value))
    if isinstance(value, list | tuple) and any(isinstance(item, Component) for item in value):
        grouped = _grouped([_made(item) for item in value])
        return grouped[0] if len(grouped) == 1 else grouped
    return value


def _made(node: Any) -> Any:
    """An element for a component without an id that holds nothing but such; else the component, its children made."""
    if isinstance(node, list | tuple):
        return _one([_made(child) for child in node])
    if not isinstance(node, Component):
        return node
    held = getattr(node, "children", None)
    children = [_made(child) for child in (held if isinstance(held, list | tuple) else [held])]
    said = node.to_plotly_json()  # type: ignore[no-untyped-call]
    tag = _tag(said["namespace"], said["type"])
    if tag is not None and "id" not in said["props"] and not any(_moving(child) for child in children):
        attributes = {name: value for name, value in said["props"].items() if name != "children"}
        if tag == "input":
            attributes = _of_field(attributes)
        return _Element([tag, attributes, *(child for child in children if child is not None)])
    if held is None:
        return node
    kept = copy(node)
    kept.children = _grouped(children) if isinstance(held, list | tuple) else _whole(children[0])
    return kept


def _moving(made: Any) -> bool:
    """A component, or a list with components in it."""
    return isinstance(made, Component) or (isinstance(made, list) and not isinstance(made, _Element))


def _one(children: list[Any]) -> Any:
    """A list among children: elements without an element around them, or a list as before."""
    if any(isinstance(child, Component) for child in children):
        return _grouped(children)
    return _Element(["", {}, *(child for child in children if child is not None)])


def _tag(package: str, name: str) -> str | None:
    """The element that a component is, where it is nothing more than that."""
    if package == _HTML:
        return None if name in _OWN_NAMES else name.lower()
    return _AS_ELEMENTS.get((package, name))


def _of_field(given: Mapping[str, Any]) -> dict[str, Any]:
    """Whoever reads the page may write into the field; another value to begin with is another field."""
    names = {"class_name": "className", "value": "defaultValue"}
    return {**{names.get(name, name): value for name, value in given.items()}, "key": given.get("value")}


def _whole(made: Any) -> Any:
    return Still(list(made)) if isinstance(made, _Element) else made


def _grouped(children: Sequence[Any]) -> list[Any]:
    """Neighbours that are elements or text, joined; components stay between them."""
    found: list[Any] = []
    for moving, run in groupby(children, key=_moving):
        items = [child for child in run if child is not None]
        if moving:
            found += items
        elif any(isinstance(item, _Element) for item in items):
            found.append(Still(list(items[0]) if len(items) == 1 else ["", {}, *items]))
        else:
            found += items
    return found
