"""The overview's parts: cards, what breaks next, budgets, and the wall."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from components.budget_table import BudgetLine, budget_table, hidden_words, least_left_first, runs_out
from components.due_next import DueLine, choose, due_next
from components.queue_card import CardLinks, Scales, count_due, queue_card
from components.wall import WallCard, wall_cards
from servicelevel.attainment import Kept
from servicelevel.budget import Budget
from servicelevel.instants import HOUR_MS
from servicelevel.policy import SLA_NAMES
from tests.factories import AS_OF, ms, paused, running, ticket
from tests.unit.components.drawn import having, hrefs, text
from tests.unit.components.made_reports import busy, small

UTC = ZoneInfo("UTC")
NOON = ms(AS_OF)
SCALES = Scales(0.7, 40, 100)
LINKS = CardLinks("/queue/desk", "/?tickets=desk/open:all", "/?tickets=desk/due:overdue", "/at-risk?due=lt_1h")


def _lines(late: int, coming: int) -> list[DueLine]:
    """So many clocks past their goal and so many before it, in the order of the due list."""
    past = [ticket(n, resolve=[running(f"2026-11-2{n % 3}T01:00:00+00:00", HOUR_MS)]) for n in range(1, late + 1)]
    ahead = [
        ticket(100 + n, resolve=[running("2026-11-23T11:00:00+00:00", (n + 2) * HOUR_MS)], assignee=None)
        for n in range(coming)
    ]
    still = ticket(200, resolve=[paused("2026-11-23T06:00:00+00:00")])
    made = small(*past, *ahead, still)
    return [
        DueLine(made.queue, row, None if row.analyst is None else row.analyst.name, 1, f"/?ticket={row.key}")
        for row in made.due
    ]


@pytest.mark.parametrize(
    ("late", "coming", "shown", "more"), [(9, 9, (3, 4), 6), (9, 1, (6, 1), 3), (1, 9, (1, 6), 0), (0, 0, (0, 0), 0)]
)
def test_old_breaches_never_hide_the_next_one(late: int, coming: int, shown: tuple[int, int], more: int) -> None:
    """Three and four of each; where one kind is short the other takes its room, and paused clocks take none."""
    chosen = choose(_lines(late, coming))

    assert (len(chosen.overdue), len(chosen.coming)) == shown
    assert chosen.more_overdue == more
    assert all(line.row.due is not None for line in chosen.coming)


def test_every_line_leads_to_its_ticket() -> None:
    """And what is not shown leads to all that is overdue; whoever holds a ticket is named, or nobody is."""
    chosen = choose(_lines(9, 9))

    shown = due_next(chosen, NOON, UTC, overdue_href="/at-risk?due=overdue")

    assert hrefs(shown) == [
        *(line.href for line in chosen.overdue),
        "/at-risk?due=overdue",
        *(line.href for line in chosen.coming),
    ]
    assert "6 more overdue" in text(shown)
    assert text(shown).count("Unassigned") == 4


def test_an_empty_list_says_that_nothing_runs() -> None:
    """No table head over nothing."""
    assert "No clock is running" in text(due_next(choose(_lines(0, 0)), NOON, UTC, overdue_href="/"))


def test_a_card_shows_what_the_report_says() -> None:
    """Score, both shares and the three counts, each count with its link."""
    made = busy()
    card = queue_card(made, LINKS, (), SCALES, against="26 Oct", age="09:00")
    said = text(card)

    assert f"{made.now.health.score:.1f}" in said
    for name in SLA_NAMES:
        assert f"{100 * (made.now.sla[name].kept.rate or 0):.1f} %" in said
    assert f"{made.now.backlog.open} open" in said
    assert f"{count_due(made, 'overdue')} overdue" in said
    assert hrefs(card) == [LINKS.queue, LINKS.open, LINKS.overdue, LINKS.due_4h]


def test_a_card_with_too_few_tickets_gives_counts_and_no_percentage() -> None:
    """Nothing decided is no 0 % and no 100 %, and the card says how many it needs."""
    card = queue_card(small(ticket(1)), LINKS, (), SCALES, against="26 Oct", age="")

    assert "%" not in text(card)
    assert "Not enough data" in text(card)
    assert "0 and 0 decided, needs 5" in text(card)
    assert text(card).count("Too few") == 2


def _budget(kept: Kept) -> BudgetLine:
    made = busy()
    known: Budget = replace(made.budgets["resolution"], kept=kept, target=0.9)
    return BudgetLine(made.queue, "resolution", known, "/queue/desk")


def test_budgets_stand_least_left_first_and_those_that_say_nothing_last() -> None:
    """By the share left, so that a small queue far over its budget stands before a large one just over it."""
    over, slightly, nearly, much, few = (
        _budget(kept) for kept in (Kept(5, 10), Kept(880, 1000), Kept(92, 100), Kept(99, 100), Kept(1, 4))
    )

    order = least_left_first([much, few, slightly, nearly, over])

    assert order == [over, slightly, nearly, much, few]
    assert [line.state for line in order] == ["spent", "spent", "nearly", "within", "few"]


def test_what_is_left_out_is_never_called_within_when_it_is_not() -> None:
    """The words under the table count what is spent among the rows it leaves out."""
    spent, nearly, within, few = (_budget(kept) for kept in (Kept(5, 10), Kept(92, 100), Kept(99, 100), Kept(1, 4)))

    assert hidden_words([spent, nearly, within]) == "3 more, 1 spent and 1 nearly spent"
    assert hidden_words([within, within]) == "2 more, all within budget"
    assert hidden_words([within, few]) == "2 more, all within budget or too few to judge"
    assert hidden_words([few]) == "1 more, all too few to judge"


def test_only_a_firing_level_is_marked() -> None:
    """As many marked cells as levels that fire, and tickets stand before percentages."""
    line = BudgetLine((made := busy()).queue, "resolution", made.budgets["resolution"], "/queue/desk")
    quiet = replace(line.budget, burn=tuple(replace(level, firing=False) for level in line.budget.burn))
    loud = replace(line.budget, burn=tuple(replace(level, firing=True) for level in line.budget.burn))

    assert having(budget_table([replace(line, budget=quiet)], NOON), "firing") == []
    assert len(having(budget_table([replace(line, budget=loud)], NOON), "firing")) == len(loud.burn)


def test_running_out_is_said_with_its_earliest_day() -> None:
    """About one date, at the earliest another; or why there is none."""
    line = _budget(Kept(95, 100))
    known = replace(
        line.budget,
        exhausted_at=ms("2026-11-27T12:00:00+00:00"),
        exhausted_band_at=(ms("2026-11-24T12:00:00+00:00"), None),
    )
    spent = replace(known, exhausted_at=None, exhaustion=replace(known.exhaustion, reason="exhausted"))

    assert runs_out(replace(line, budget=known), NOON) == "about 27 Nov, earliest 24 Nov"
    assert runs_out(replace(line, budget=spent), NOON) == "already spent"
    assert runs_out(_budget(Kept(2, 4)), NOON) == "too few to say"


def test_a_queue_without_numbers_keeps_its_place_on_the_wall() -> None:
    """Its name and the reason, and no figure; nothing on the wall is a link."""
    made = busy()

    wall = wall_cards([WallCard(made.queue, made, "", ""), WallCard(made.queue, None, "Jira is down", "43 min old")])

    assert "Jira is down" in text(wall)
    assert "43 min old" in text(wall)
    assert len(having(wall, "wall-score")) == 1
    assert hrefs(wall) == []
