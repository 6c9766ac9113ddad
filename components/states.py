"""What a panel shows when there is no number, or not a good one: cause, since when, and what happens next."""

from collections.abc import Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from components import words
from components.attributes import aria
from components.icons import IconName, icon
from servicelevel.instants import SECOND_MS

PHASES: Final[Sequence[tuple[str, str]]] = (
    ("ids", "Ticket list"),
    ("tickets", "Tickets, their changes and comments"),
    ("hours", "Hours from Tempo"),
)
"""The steps of a first read, in their order, by the phase's name and in words."""


def skeleton(lines: int = 5, *, figure: bool = True) -> html.Div:
    """The panel's own shape before anything has come."""
    widths = (100, 57, 80, 55, 92, 64)
    bones: list[Component] = [html.Div(className="bone bone-figure")] if figure else []
    bones += [html.Div(className="bone", style={"width": f"{widths[i % len(widths)]}%"}) for i in range(lines)]
    return html.Div([*bones, html.Span("Loading", className="visually-hidden")], className="skeleton")


def empty(title: str, why: str, action: str | None = None, href: str | None = None) -> html.Div:
    """The question has no answer here; says how to get one."""
    return html.Div(
        [
            html.Span(icon("search"), className="state-mark"),
            html.Strong(title),
            html.P(why, className="small"),
            html.A(action, href=href, className="button button-link") if action and href else None,
        ],
        className="state-empty",
    )


def insufficient(n: int, needed: int, action: str | None = None, href: str | None = None) -> html.Div:
    """Too few to judge: the count there is and the count that would be enough."""
    text = f"A rate needs {words.plural(needed, 'decided clock')}, this window has {n}."
    way_out = [" ", html.A(action, href=href)] if action and href else []
    return note([text, *way_out], shape="insufficient", tone="")


def stale(age_ms: int, at: str, what_next: str) -> html.Div:
    """The last good numbers are old; `what_next` says when they are read again."""
    return note([html.B(f"{words.age(age_ms)} old ({at}). "), what_next])


def partial(missing: str, beside: str = "") -> html.Div:
    """Something of this reading is missing; `missing` names it."""
    return note([html.B(missing), f" {beside}" if beside else None])


def note(children: Any, *, shape: IconName = "watch", tone: str = "state-note-watch") -> html.Div:
    """A line on a tint at a panel's foot."""
    return html.Div([icon(shape), html.Div(children)], className=f"state-note {tone}".rstrip())


def failed(
    title: str, why: str, facts: Sequence[tuple[str, str]], action: str | None = None, href: str | None = None
) -> html.Div:
    """There is no last good number: cause, since when and what is being done, never a figure."""
    return html.Div(
        [
            html.Div([icon("risk"), html.Div([html.Strong(title), html.P(why)])], className="state-failed-head"),
            html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts], className="state-facts"),
            html.Div(html.A(action, href=href, className="button button-link")) if action and href else None,
        ],
        className="state-failed",
    )


def first_read(phase: str, done: int, of: int | None, elapsed_ms: int) -> html.Div:
    """A first read under way: its step, how much is done of about how much, how long it took and may still take.

    `phase` is `waiting`, the name of a step, or anything else for what comes after the last.
    """
    names = [name for name, _ in PHASES]
    step = names.index(phase) if phase in names else -1 if phase == "waiting" else len(names) - 1
    share = min(done / of, 1.0) if of else 0.0
    left = elapsed_ms * (1 - share) / share if share > 0 else None
    time = "" if step < 0 else words.age(elapsed_ms)
    if left is not None and left >= SECOND_MS:
        time += f" · about {words.age(int(left))} left"
    steps = [
        html.Li(
            [icon("kept") if place < step else icon("healthy") if place == step else None, word],
            className="progress-past" if place < step else "progress-now" if place == step else None,
        )
        for place, (_, word) in enumerate(PHASES)
    ]
    counted = f"{words.count(done)} of about {words.count(of)}" if of else words.count(done) if done else ""
    lead = (
        html.Strong("Waiting for its turn to be read")
        if step < 0
        else html.Span([html.Strong(f"Reading: {PHASES[step][1].lower()}"), f", step {step + 1} of {len(PHASES)}"])
    )
    return html.Div(
        [
            html.P(lead),
            html.Div(
                html.Div(className="progress-done", style={"width": f"{share:.0%}"}),
                className="progress-rail",
                role="progressbar",
                **aria(label="First read", valuenow=f"{share:.0%}".removesuffix("%"), valuemax="100"),
            ),
            html.Div([html.Span(counted), html.Span(time)], className="progress-line"),
            html.Ul(steps, className="progress-steps"),
        ],
        className="skeleton",
        role="status",
    )


def banner(lead: str, text: str, action: str | None = None, href: str | None = None) -> html.Div:
    """The one banner at the top of every page, when a source is down for all queues."""
    return html.Div(
        [icon("watch"), html.Div([html.B(f"{lead} "), text]), html.A(action, href=href) if action and href else None],
        className="banner",
        role="status",
    )
