"""The frame around one idea: its title, how it is defined, its figures in small, and the picture."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from dash import html
from dash.development.base_component import Component

from components.definition import definition

Children: TypeAlias = Component | str | Sequence[Component | str | None] | None


def panel(
    title: str,
    body: Children,
    *,
    info: str | None = None,
    note: Children = None,
    id: str | None = None,  # noqa: A002 - the word that Dash uses
    class_name: str = "",
) -> html.Section:
    """A panel. `info` is a term of the glossary; `note` stands at the right of the title.

    `id` is the id of the body, so that a callback can fill it, and `id` + "-note" that of the note.
    """
    return html.Section(
        [
            html.Div(
                [
                    html.H2(title, className="panel-title"),
                    None if info is None else definition(info),
                    html.Div(note, className="panel-note", **_id(id and f"{id}-note")),
                ],
                className="panel-head",
            ),
            html.Div(body, className="panel-body", **_id(id)),
        ],
        className=f"panel {class_name}".rstrip(),
    )


def _id(value: str | None) -> dict[str, Any]:
    return {} if value is None else {"id": value}
