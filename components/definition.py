"""The (i) beside a title: how its number is calculated, shown on hover and on focus, without a script."""

from typing import Any

from dash import html

from servicelevel.glossary import GLOSSARY


def definition(term: str) -> html.Span:
    """A button that shows what `term` means while the pointer or the keyboard is on it.

    Raises:
        KeyError: the glossary has no such term.
    """
    meaning = GLOSSARY[term]
    facts = "\n".join(f"{label}: {text}" for label, text in meaning.lines)
    spoken: dict[str, Any] = {"aria-label": f"About: {meaning.title}"}
    return html.Span(
        [
            html.Button("i", type="button", className="definition-button", **spoken),
            html.Span(
                [html.Strong(meaning.title), html.Span(f"{meaning.formula}\n{facts}")],
                role="note",
                className="definition-card",
            ),
        ],
        className="definition",
    )
