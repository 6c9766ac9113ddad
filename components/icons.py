"""Icons as masks of the text colour, drawn in `assets/icons.css`: they follow the theme and cost one element."""

from typing import Final, Literal, TypeAlias, get_args

from dash import html

from components.attributes import aria

IconName: TypeAlias = Literal[
    "healthy", "watch", "risk", "insufficient",
    "kept", "missed", "unproven", "few",
    "up", "down", "same",
    "overview", "queues", "compare", "trends", "at-risk", "data", "help",
    "clock", "chevron", "filter", "download", "sun", "moon", "system", "close", "search", "external", "menu",
]  # fmt: skip
ICONS: Final[tuple[IconName, ...]] = get_args(IconName)


def leads(name: IconName) -> str:
    """Class names that draw an icon in front of an element's own words: what is repeated often saves an element."""
    return f"lead i-{name}"


def icon(name: IconName, class_name: str = "") -> html.Span:
    """An icon beside a word that says the same; screen readers pass over it."""
    return html.Span(className=f"i i-{name} {class_name}".rstrip(), **aria(hidden="true"))
