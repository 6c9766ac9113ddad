"""Markup as one component: what becomes still, and what stays a component."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html, no_update

from components.attributes import aria
from components.still import Still, still


def _content(made: Any) -> Any:
    assert isinstance(made, Still)
    return vars(made)["content"]


def test_markup_becomes_one_component() -> None:
    """With its elements, attributes and texts in their order; what is nothing is left out."""
    table = html.Table(
        [html.Tr([html.Td("a", className="num", colSpan=2), None, html.Td([html.B(1), " of 2"])])],
        **aria(label="T"),
    )

    row = ["tr", {}, ["td", {"className": "num", "colSpan": 2}, "a"], ["td", {}, ["b", {}, 1], " of 2"]]
    assert _content(still(table)) == ["table", {"aria-label": "T"}, row]


def test_what_a_callback_may_name_stays_a_component() -> None:
    """Whatever has an id, and all around it; what lies beside it and in it becomes still."""
    made = still(html.Div([html.P("before"), html.P("too"), html.Div(html.B("inside"), id="slot"), "after"]))

    before, slot, after = made.children
    assert _content(before) == ["", {}, ["p", {}, "before"], ["p", {}, "too"]]
    assert slot.id == "slot"
    assert _content(slot.children) == ["b", {}, "inside"]
    assert after == "after"


def test_components_with_a_life_of_their_own_stay() -> None:
    """A chart, a store: they are more than an element."""
    made = still([html.P("text"), dcc.Store("one", data=1), [html.P("nested"), dcc.Store("two", data=2)]])

    assert _content(made[0]) == ["p", {}, "text"]
    assert isinstance(made[1], dcc.Store)
    assert _content(made[2][0]) == ["p", {}, "nested"]


def test_the_tree_given_is_left_as_it_was() -> None:
    """It may be shared by all who look."""
    tree = html.Div([html.P("a"), dcc.Store("one", data=1)])

    still(tree)

    assert isinstance(tree.children[0], html.P)


def test_a_link_is_a_link() -> None:
    """Followed without loading the page, as every link is."""
    assert _content(still(dcc.Link("All", href="/data"))) == ["a", {"href": "/data"}, "All"]


def test_a_field_begins_with_its_value() -> None:
    """And is another field when that is another value, so that what is shown is never an old one."""
    made = still(dbc.Input(type="date", value="2026-11-23", class_name="field"))

    given = {"type": "date", "defaultValue": "2026-11-23", "className": "field", "key": "2026-11-23"}
    assert _content(made) == ["input", given]


def test_other_values_of_a_callback_stay_what_they_are() -> None:
    """Texts, rows, figures, and that nothing is to change."""
    values: tuple[Any, ...] = ("text", None, no_update, [{"id": 1}], {"data": []}, ["a", "b"])

    for value in values:
        assert still(value) is value


def test_jiras_text_is_never_markup() -> None:
    """A list where a text is expected cannot come from a text."""
    assert _content(still(html.P("<script>alert(1)</script>"))) == ["p", {}, "<script>alert(1)</script>"]
