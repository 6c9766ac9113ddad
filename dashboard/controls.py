"""The controls at the right of a page's head. All are links: what they choose is in the address."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, TypeAlias

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components import words
from components.attributes import aria, data
from components.icons import icon, leads
from dashboard import urls
from dashboard.portal import Portal
from dashboard.urls import View
from opsportal.reports import Period

FilterName: TypeAlias = Literal["priority", "type", "analyst"]
Options: TypeAlias = Mapping[FilterName, Sequence[tuple[str, str]]]
"""For each filter the values there are, as (value in the address, name)."""

_FILTER_WORDS: Final[Mapping[FilterName, str]] = {"priority": "Priority", "type": "Type", "analyst": "Analyst"}
_MOST_ROWS: Final = 40


def menu(
    label: Any, rows: Sequence[Component | None], *, name: str, button: str = "", class_name: str = ""
) -> html.Details:
    """A button that opens a card of links; works by keyboard, and without a script."""
    return html.Details(
        [
            html.Summary(
                label, className=f"button {button}".rstrip(), title=name, **(aria(label=name) if button else {})
            ),
            html.Div(list(rows), className="menu-card"),
        ],
        className=f"menu {class_name}".rstrip(),
    )


def row(label: Any, href: str, *, chosen: bool = False, beside: str = "") -> html.A:
    """One link of a menu."""
    return html.A(
        [label, html.Span(beside, className="muted")] if beside else label,
        href=href,
        className="menu-row" + (f" menu-on {leads('kept')}" if chosen else ""),
        **(aria(current="true") if chosen else {}),
    )


def period_menu(
    view: View, portal: Portal, first: date, last: date, *, days: Sequence[int] = (7, 14, 30, 90)
) -> html.Details:
    """The period with its dates, `first` to `last` both included; offers other lengths and two dates of one's own."""
    dates = words.day_range(first, last)
    if view.period.days is None:
        label: list[Any] = [f"{dates} ", html.Span(words.plural((last - first).days + 1, "day"), className="muted")]
    else:
        label = [f"Last {view.period.days} days ", html.Span(dates, className="muted not-phone")]
    rows: list[Component | None] = [
        row(
            f"Last {n} days",
            portal.href(view.with_(period=Period(n))),
            chosen=view.period == Period(n),
        )
        for n in days
    ]
    form = html.Div(
        [
            html.Label(["From", _date_field("from", first)]),
            html.Label(["To", _date_field("to", last)]),
            html.Button("Show these dates", type="button", className="button", **data(range="true")),
        ],
        className="menu-form",
    )
    return menu([*label, icon("chevron")], [*rows, html.Div("Dates", className="menu-title"), form], name="Period")


def _date_field(name: str, value: date) -> dbc.Input:
    # A plain date field: the browser brings its own calendar, in the reader's language and for the keyboard.
    return dbc.Input(type="date", value=str(value), class_name=f"field range-{name}")


def filters_menu(view: View, portal: Portal, options: Options) -> html.Details:
    """Priority, type and analyst; each row switches one value on or off."""
    chosen: dict[FilterName, tuple[str, ...]] = {
        "priority": view.priority,
        "type": view.type,
        "analyst": view.analyst,
    }
    count = sum(len(values) for values in chosen.values())
    rows: list[tuple[str, str, bool]] = []
    for name, word in _FILTER_WORDS.items():
        entries = list(options.get(name, ()))
        if not entries:
            continue
        rows.append((word, "", False))
        for value, label in entries[:_MOST_ROWS]:
            others = tuple(v for v in chosen[name] if v.casefold() not in {value.casefold(), label.casefold()})
            on = len(others) < len(chosen[name])
            target = view.with_(**{name: others if on else (*others, value)})
            rows.append((label, portal.href(target), on))
    cleared = view.with_(priority=(), type=(), analyst=())
    clear = html.A("Clear all filters", href=portal.href(cleared), className="menu-row menu-on") if count else None
    label_text: list[object] = [icon("filter"), "Filters", html.B(words.count(count)) if count else None]
    return menu(label_text, [_many(rows), clear], name="Filters", button="button-on" if count else "")


def _many(rows: Sequence[tuple[str, str, bool]]) -> html.Div:
    """Rows as (words, address, whether chosen) that are made when the menu opens; without an address it is a title.

    There may be dozens, and a page is drawn the slower the more components it has, seen or not.
    """
    return html.Div(className="menu-many", **data(rows=json.dumps(rows, separators=(",", ":"))))


def compare_menu(view: View, portal: Portal, against: date) -> html.Details:
    """The earlier period that numbers are compared with; `against` is the day on which it ends."""
    rows = [
        row(
            f"{n} days earlier",
            portal.href(view.with_(compared_days=n)),
            chosen=view.compared_days == n,
        )
        for n in urls.COMPARED_DAYS
    ]
    label = ["Compare to ", html.Span(words.day(against), className="muted"), icon("chevron")]
    return menu(label, rows, name="Compare to", class_name="menu-compare")


def export_menu(tables: Sequence[tuple[str, str]]) -> html.Details:
    """What can be taken away: `tables` as (name, address of the CSV), the charts as pictures, and the address."""
    files = [html.A(name, href=href, className="menu-row", download="") for name, href in tables]
    return menu(
        icon("download"),
        [
            html.Div("Tables", className="menu-title") if files else None,
            *files,
            html.Div("This view", className="menu-title"),
            html.Button("Copy the link", type="button", className="menu-row", **data(copy_link="true")),
            html.Button("Charts as PNG", type="button", className="menu-row", **data(charts="png")),
            html.Button("Charts as SVG", type="button", className="menu-row", **data(charts="svg")),
            html.Button("Print", type="button", className="menu-row", **data(print="true")),
        ],
        name="Export",
        button="button-icon",
        class_name="menu-export",
    )


def theme_menu() -> html.Details:
    """Light, dark, or as the system says."""
    choices = (("light", "Light"), ("dark", "Dark"), ("system", "As the system"))
    rows = [
        html.Button(word, type="button", className="menu-row", **data(theme_choice=choice)) for choice, word in choices
    ]
    return menu([icon("moon", "theme-light"), icon("sun", "theme-dark")], rows, name="Theme", button="button-icon")
