"""The counts under the picture of ageing: one link a bucket, standing under its stretch of the axis."""

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.figures.ageing import FROM_BD, LEFT_PX, RIGHT_PX, along, to_bd
from components.links import LinkTo
from servicelevel import marks
from servicelevel.ageing import Ageing
from servicelevel.backlog import Backlog


def age_buckets(stock: Backlog, found: Ageing, link: LinkTo) -> Component:
    """The buckets of open work by age in business days, on the axis of the picture above."""
    cells = []
    for bucket in stock.buckets:
        start = along(max(bucket.from_bd, FROM_BD), found)
        end = along(to_bd(found) if bucket.to_bd is None else bucket.to_bd, found)
        name = f"<{bucket.to_bd}" if bucket.from_bd == 0 else f">{bucket.from_bd}" if bucket.to_bd is None else (
            f"{bucket.from_bd}–{bucket.to_bd}"
        )  # fmt: skip
        cells.append(
            dcc.Link(
                [html.Span(name), html.B(words.count(bucket.tickets))],
                href=link(marks.age_mark(bucket)),
                className="age-bucket",
                style={"left": f"{100 * start:.1f}%", "width": f"{100 * (end - start):.1f}%"},
                title=f"{words.plural(bucket.tickets, 'ticket')} of {name} business days",
            )
        )
    return html.Div(cells, className="age-buckets", style={"marginLeft": LEFT_PX, "marginRight": RIGHT_PX})


def ageing_words(stock: Backlog, target: float, link: LinkTo) -> list[Component | str]:
    """How much of the open work is older than the queue's own pace, against its target."""
    if stock.open == 0:
        return ["Nothing is open."]
    if stock.older is None:
        why = "nothing was resolved yet" if stock.own_p85_reason == "not_reached" else "nothing to compare with"
        return [f"Its own p85 is not known: {why}."]
    share = stock.ageing_share or 0.0
    tone = "ok" if share <= target else "watch"
    shape = "●" if share <= target else "▲"
    found = f"{shape} {words.count(stock.older)} of {words.count(stock.open)} ({words.percent(share)})"
    return [
        dcc.Link(html.B(found), href=link(marks.open_mark("older")), className=f"tone-{tone}"),
        f" older than its own p85, target {words.target(target)}",
    ]
