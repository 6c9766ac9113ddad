"""Error budgets, least left first: in tickets before percentages, with how fast they burn and when they run out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.icons import IconName, leads
from components.queue_card import PROMISES
from servicelevel.budget import Budget, BurnLevel
from servicelevel.evidence import MIN_SAMPLE
from servicelevel.policy import Queue, SlaName

BudgetState: TypeAlias = Literal["spent", "nearly", "within", "few"]
NEARLY_SPENT: Final = 0.25
"""Share of the budget left under which it is called nearly spent."""

STATE_WORDS: Final[dict[BudgetState, tuple[str, IconName, str]]] = {
    "spent": ("Spent", "risk", "risk"),
    "nearly": ("Nearly spent", "watch", "watch"),
    "within": ("Within", "healthy", "ok"),
    "few": ("Too few", "few", "none"),
}
LEVEL_WORDS: Final[dict[str, str]] = {"1bd": "1 bd", "3bd": "3 bd", "7bd": "7 bd", "window": "28 d"}


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One promise of one queue with its budget. `href` leads to the queue, `used_href` to the tickets that broke it."""

    queue: Queue
    sla: SlaName
    budget: Budget
    href: str

    @property
    def state(self) -> BudgetState:
        """How much is left in a word; too few decided say nothing."""
        if self.budget.kept.n < MIN_SAMPLE:
            return "few"
        if self.budget.remaining <= 0:
            return "spent"
        share = self.budget.remaining_share
        return "nearly" if share is not None and share < NEARLY_SPENT else "within"


def least_left_first(lines: Sequence[BudgetLine]) -> list[BudgetLine]:
    """By the share left, those that say nothing last; the given order decides ties."""
    return sorted(lines, key=_left)


def budget_table(lines: Sequence[BudgetLine], now: int) -> Component:
    """The lines as a table, in their order."""
    head = html.Thead(
        html.Tr(
            [
                html.Th("Queue and promise"),
                html.Th(
                    [html.Span("−100 %"), html.Span("0 left"), html.Span("+100 %")],
                    className="budget-axis",
                ),
                html.Th("Left", className="num"),
                html.Th("Used of allowed"),
                *(html.Th(word, className="num") for word in LEVEL_WORDS.values()),
                html.Th("Runs out"),
                html.Th("State"),
            ]
        )
    )
    return html.Table([head, html.Tbody([_row(line, now) for line in lines])], className="table budgets")


def hidden_words(hidden: Sequence[BudgetLine]) -> str:
    """What the lines left out have in common."""
    spent = sum(line.state == "spent" for line in hidden)
    nearly = sum(line.state == "nearly" for line in hidden)
    if spent or nearly:
        told = [f"{spent} spent"] if spent else []
        told += [f"{nearly} nearly spent"] if nearly else []
        return f"{len(hidden)} more, {words.listed(told)}"
    few = sum(line.state == "few" for line in hidden)
    if not few:
        return f"{len(hidden)} more, all within budget"
    return f"{len(hidden)} more, all " + (
        "too few to judge" if few == len(hidden) else "within budget or too few to judge"
    )


def _row(line: BudgetLine, now: int) -> Component:
    spent, state = line.budget, line.state
    word, shape, tone = STATE_WORDS[state]
    levels = {level.level: level for level in spent.burn}
    return html.Tr(
        [
            html.Td([dcc.Link(line.queue.name, href=line.href), f" {PROMISES[line.sla].lower()}"]),
            html.Td(_bar(spent, tone)),
            html.Td(words.decimal(spent.remaining), className=f"num tone-{tone} strong"),
            html.Td(
                f"{words.count(spent.kept.breached)} of {words.decimal(spent.allowed)} · n {words.count(spent.kept.n)}"
            ),
            *(_level(levels.get(name)) for name in LEVEL_WORDS),
            html.Td(runs_out(line, now), className="tone-risk" if state == "spent" else "muted"),
            html.Td(word, className=f"strong tone-{tone} {leads(shape)}"),
        ]
    )


def _bar(spent: Budget, tone: str) -> Component:
    share = spent.remaining_share
    if share is None:
        share = -1.0 if spent.kept.breached else 0.0
    reach = f"{50 * min(abs(share), 1):.1f}%"
    side = "over" if share < 0 else "left"
    return html.Div(
        className=f"budget-bar budget-{side} mark-{tone}",
        style={"--reach": reach},
        role="img",
        title=f"{words.percent(share, 0)} of the budget left",
    )


def _level(level: BurnLevel | None) -> Component:
    if level is None or level.rate is None:
        return html.Td(words.UNKNOWN, className="num muted")
    return html.Td(
        f"{words.decimal(level.rate)}×",
        className="num firing" if level.firing else "num",
        title=f"{level.breaches} of {level.decided} broke" + (f": act, {level.urgency}" if level.firing else ""),
    )


def runs_out(line: BudgetLine, now: int) -> str:
    """When nothing is left if breaches go on as lately, or why that cannot be said."""
    spent, zone = line.budget, line.queue.calendar.zone
    today = words.local_date(now, zone)

    def day(at: int) -> str:
        return words.day(words.local_date(at, zone), today)

    if line.state == "few":
        return "too few to say"
    if spent.exhausted_at is not None:
        earliest = spent.exhausted_band_at[0]
        sooner = "" if earliest is None or day(earliest) == day(spent.exhausted_at) else f", earliest {day(earliest)}"
        return f"about {day(spent.exhausted_at)}{sooner}"
    return {"exhausted": "already spent", "not_burning": "not burning", "no_data": "nothing decided lately"}.get(
        spent.exhaustion.reason or "", "beyond the calendar"
    )


def _left(line: BudgetLine) -> tuple[bool, float]:
    spent, share = line.budget, line.budget.remaining_share
    if share is None:
        share = float("-inf") if spent.kept.breached else 1.0
    return line.state == "few", share
