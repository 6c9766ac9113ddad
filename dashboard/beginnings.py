"""The callbacks with which pages begin, so that `assets/early.js` can ask for their answers before the renderer does.

They are read from the application, in the form in which it tells the renderer of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, get_args

from dash import Dash

from dashboard import ids
from dashboard.urls import PageName

Beginning: TypeAlias = tuple[PageName | None, str, Sequence[str], Sequence[str]]
"""The page that begins with a callback, None for all of them; the callback's output as Dash writes it; the names of its
inputs and of its state, each `id.property`."""


def beginnings(app: Dash) -> list[Beginning]:
    """What is asked for when a page is opened, the page's own first. Call it when every callback is registered."""
    found = [
        (_page(each["output"]), each["output"], _names(each["inputs"]), _names(each["state"]))
        for each in app._callback_list  # noqa: SLF001 - which Dash answers as `_dash-dependencies`
        if not each["prevent_initial_call"] and each["clientside_function"] is None
    ]
    return sorted(found, key=lambda beginning: beginning[0] is None)


def _page(output: str) -> PageName | None:
    pages: tuple[PageName, ...] = get_args(PageName)
    return next((page for page in pages if output.startswith(f"..{ids.head_title(page)}.")), None)


def _names(properties: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{each['id']}.{each['property']}" for each in properties]
