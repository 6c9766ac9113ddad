"""A promise in full: figure, interval, verdict, rows by priority, the bar with its key, and the lenses."""

from collections.abc import Mapping

import pytest

from components.sla_bar import excluded, parts, sla_bar
from components.sla_panel import Lens, SlaView, axis_low, sla_note, sla_panel
from servicelevel.marks import split_queue
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.report import QueueReport
from servicelevel.selection import tickets
from tests.factories import DONE, DUPLICATE, P1, queue, running, stopped, ticket
from tests.unit.components.drawn import having, hrefs, text
from tests.unit.components.made_reports import SEEDS, busy, link, small

KEPT = stopped("2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00")
BROKEN = stopped("2026-11-20T12:00:00+00:00", "2026-11-20T18:00:00+00:00")
LENSES: Mapping[Lens, str] = {"decided": "/d", "completed_only": "/c", "jsm_goals": "/j"}


def view(made: QueueReport, name: SlaName = "resolution") -> SlaView:
    """What a panel is drawn from."""
    before = None if made.previous is None else made.previous.sla[name]
    return SlaView(name, made.now.sla[name], before, "26 Oct", made.columns, axis_low(*made.now.sla.values()))


def mark_of(href: str) -> str:
    """The mark that a test's address ends with."""
    return split_queue(href.removeprefix("/here?tickets="))[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_part_of_the_bar_leads_to_as_many_tickets_as_it_says(seed: int) -> None:
    """Bar and key say the same counts, and each list is as long."""
    made = busy(seed)
    for name in SLA_NAMES:
        reached = made.now.sla[name]
        for part in parts(reached):
            assert len(tickets(made, f"sla:{name}:{part.part}")) == part.n
        assert sum(part.n for part in parts(reached)) == reached.kept.n + reached.undecided
        bar, key = sla_bar(reached, name, link)
        assert hrefs(bar) == hrefs(key) == [link(f"sla:{name}:{part.part}") for part in parts(reached) if part.n]


def test_counts_stand_inside_where_they_fit() -> None:
    """A wide part has its count with a word, a narrow one nothing; the key always has it."""
    many = [ticket(n, resolve=[KEPT]) for n in range(1, 100)]
    made = small(*many, ticket(100, resolve=[BROKEN]))
    bar, key = sla_bar(made.now.sla["resolution"], "resolution", link)

    assert text(bar) == "99 met"
    assert text(key) == "99 met1 breached, closed"


def test_the_panel_says_figure_interval_verdict_and_gap() -> None:
    """As the report has them."""
    made = small(*(ticket(n, resolve=[KEPT if n > 10 else BROKEN]) for n in range(1, 101)))
    said = text(sla_panel(view(made), link, LENSES))

    assert sla_note(made.now.sla["resolution"]).replace("\N{NO-BREAK SPACE}", " ") == "target 90 % · n 100"
    assert "90.0 %82.6–94.5 % (95 % interval)Not proven0.0 pt to target" in said
    assert "90 met10 breached, closednone excluded" in said


def test_too_few_are_counted_not_rated() -> None:
    """Under five decided there is no percentage anywhere."""
    made = small(*(ticket(n, resolve=[KEPT if n > 1 else BROKEN]) for n in range(1, 4)))
    said = text(sla_panel(view(made), link, LENSES)[0])

    assert "2 of 3" in said
    assert "Too few" in said
    assert "%" not in said


def test_nothing_decided_is_no_rate() -> None:
    """A dash, never 0 or 100 %."""
    made = small(ticket(1, resolve=[running("2026-11-23T11:00:00+00:00")]))
    said = text(sla_panel(view(made), link, LENSES)[0])

    assert said.startswith("—nothing decided in this period")
    assert "%" not in said


def test_a_queue_without_tickets_has_an_empty_bar() -> None:
    """It says so instead of drawing nothing."""
    assert text(sla_bar(small().now.sla["resolution"], "resolution", link)) == "no promise was made to these tickets"


def test_priorities_lead_to_their_tickets() -> None:
    """A row a priority with decided promises; its mark lists exactly those."""
    made = busy()
    rows = having(sla_panel(view(made), link, LENSES), "sla-priorities")
    marks = [mark_of(href) for href in hrefs(rows)]

    reached = made.now.sla["resolution"].by_priority
    assert [len(tickets(made, mark)) for mark in marks] == [kept.n for kept in reached.values()]


def test_exclusions_are_said_in_words() -> None:
    """The count, then each reason with its own."""
    made = small(
        ticket(1, status=DONE, resolution=DUPLICATE, resolve=[KEPT]),
        ticket(2),
        ticket(3, priority=P1),
        desk=queue("desk", exclude_resolutions=("Duplicate",)),
    )
    said = excluded(made.now.sla["resolution"], "resolution", link)

    assert text(said) == "3 excluded: 2 no goal, 1 excluded resolution"
    assert len(tickets(made, mark_of(hrefs(said)[0]))) == 3


@pytest.mark.parametrize("lens", ["completed_only", "jsm_goals"])
def test_other_lenses_are_labelled_as_reconciliation(lens: Lens) -> None:
    """Their figure is the report's own, and the promise stands beside it."""
    made = busy()
    shown = sla_panel(view(made), link, LENSES, lens)
    kept = getattr(made.now.sla["resolution"], lens)
    said = text(shown)

    assert said.startswith("For reconciliation only: ")
    assert f"{100 * kept.rate:.1f} %" in said
    assert f"{kept.met} clocks met out of {kept.n}" in said
    assert (
        f"The promise itself, decided in the period: {100 * (made.now.sla['resolution'].kept.rate or 0):.1f} %" in said
    )
    assert len(tickets(made, mark_of(hrefs(shown)[0]))) == kept.met
    assert "/d" in hrefs(shown)


def test_the_axis_begins_lower_where_a_rate_lies_lower() -> None:
    """Half is the usual left end, a quarter or nothing for worse."""
    good = small(*(ticket(n, resolve=[KEPT]) for n in range(1, 11)))
    bad = small(*(ticket(n, resolve=[KEPT if n < 4 else BROKEN]) for n in range(1, 11)))

    assert axis_low(good.now.sla["resolution"]) == 0.5
    assert axis_low(bad.now.sla["resolution"]) == 0.25
