"""A page's one callback: fill the panels for an address, and again each minute only when there is something newer."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from components.still import still
from dashboard import ids, urls
from dashboard.portal import Portal, portal
from dashboard.urls import PageName, View
from opsportal.trends import read_once


@dataclass(frozen=True, slots=True)
class Head:
    """What a page puts into its head: the title, the age badge, the controls at the right, and the answer sentence."""

    title: Any
    age: Component | None
    controls: Sequence[Component]
    sentence: Any


@dataclass(frozen=True, slots=True)
class Filled:
    """A page's head and the values of its own outputs, in the order they were registered."""

    head: Head
    panels: tuple[Any, ...]


def register(
    app: Dash,
    page: PageName,
    outputs: Sequence[Output],
    *,
    revision: Callable[[View, Portal], str],
    fill: Callable[[View, Portal], Filled],
) -> None:
    """Connect a page. `revision` is cheap and changes whenever `fill` would answer something else for the same view.

    The page is filled when the address asks for other numbers or the revision is another than the one shown. A tick
    without news, or a list or ticket opened over the page, leaves zoom, sort, selection, scroll and focus as they are.
    """
    count = 5 + len(outputs)

    @app.callback(
        Output(ids.head_title(page), "children"),
        Output(ids.head_age(page), "children"),
        Output(ids.head_controls(page), "children"),
        Output(ids.sentence(page), "children"),
        Output(ids.revision(page), "data"),
        *outputs,
        Input(ids.URL, "search"),
        Input(ids.TICK, "n_intervals"),
        State(ids.URL, "pathname"),
        State(ids.revision(page), "data"),
    )
    def show(search: str | None, _: int | None, pathname: str | None, shown: str | None) -> list[Any]:
        services = portal()
        services.need(page)
        view = services.view(pathname, search)
        if view.page != page:
            raise PreventUpdate  # the address has moved on while this page was still there
        with read_once():
            newest = _short(revision(view, services), urls.href(view.with_(ticket=None, tickets=None)))
            if newest == shown:
                return [no_update] * count
            filled = fill(view, services)
        head = filled.head
        slots = (head.title, head.age, list(head.controls), head.sentence, newest, *filled.panels)
        return [still(value) for value in slots]


def _short(*parts: str) -> str:
    """A name that tells nothing: what a page depends on may hold more than is shown on it."""
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()
