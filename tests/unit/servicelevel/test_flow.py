from datetime import date, timedelta

import numpy as np
import pytest

from servicelevel.calendars import BusinessCalendar
from servicelevel.flow import Flow, flow
from servicelevel.instants import DAY_MS, to_datetime
from servicelevel.standing import standing
from servicelevel.window import Window, last_days, local_dates
from tests.factories import (
    AS_OF,
    CLOSED,
    DOING,
    DONE,
    always,
    columns,
    crowd,
    every,
    moved,
    ms,
    resolved,
    sao_paulo,
    ticket,
)


def ago(days: float, *, ms_later: int = 0) -> str:
    """An instant so many days before AS_OF."""
    return to_datetime(ms(AS_OF) - round(days * DAY_MS) + ms_later).isoformat()


def flowed(*steps: tuple[str, str], covers_from: str = "2025-01-01T00:00:00+00:00") -> Flow:
    """One ticket that went into Done and out of it at these instants, over 30 days."""
    history = [moved(at, DONE if way == "out" else DOING, DOING if way == "out" else DONE) for way, at in steps]
    status = DONE if steps and steps[-1][0] == "into" else DOING
    table = columns(ticket(1, ago(100), status=status), changes={1: history}, covers_from=covers_from)
    return flow(table, standing(table, ms(AS_OF)), last_days(ms(AS_OF), 30), always(), every(table))


def test_created_resolved_and_open_are_counted_at_the_borders_of_the_window() -> None:
    """The first instant is out, the last is in, and net flow is resolved over created."""
    table = columns(
        ticket(1, ago(30)),
        ticket(2, ago(30, ms_later=1)),
        ticket(3, ago(0)),
        resolved(4, ago(60), ago(30)),
        resolved(5, ago(60), ago(30, ms_later=1)),
        ticket(6, ago(-1)),
    )
    found = flow(table, standing(table, ms(AS_OF)), last_days(ms(AS_OF), 30), always(), every(table))

    assert (found.created, found.resolved, found.open, found.net_flow) == (2, 1, 3, 0.5)


def test_nothing_created_has_no_net_flow() -> None:
    """A quotient by none is none."""
    assert flowed().net_flow is None


@pytest.mark.parametrize(
    ("out_after", "counted"), [(14 * DAY_MS, 1), (14 * DAY_MS + 1, 0), (1, 1)], ids=["14 d", "14 d + 1 ms", "1 ms"]
)
def test_a_reopen_counts_within_fourteen_days(out_after: int, counted: int) -> None:
    """Exactly fourteen times 24 hours still count."""
    into = ms(ago(20))
    found = flowed(("into", ago(20)), ("out", to_datetime(into + out_after).isoformat())).reopens

    assert (found.resolutions, found.reopened) == (1, counted)


def test_every_change_into_done_of_the_moved_window_counts_by_itself() -> None:
    """Twice resolved and once reopened in between is one of two."""
    found = flowed(("into", ago(30)), ("out", ago(29)), ("into", ago(28))).reopens

    assert (found.resolutions, found.reopened, found.rate) == (2, 1, 0.5)


def test_the_moved_window_has_the_same_borders() -> None:
    """From 44 days ago, not in it, to 14 days ago, in it."""
    counts = [
        flowed(("into", at)).reopens.resolutions for at in (ago(44), ago(44, ms_later=1), ago(14), ago(14, ms_later=1))
    ]

    assert counts == [0, 1, 1, 0]


def test_a_closure_after_done_is_no_resolution_of_its_own() -> None:
    """Done to Done is neither into nor out of it."""
    table = columns(
        ticket(1, ago(100), status=CLOSED),
        changes={1: [moved(ago(30), DOING, DONE), moved(ago(25), DONE, CLOSED)]},
    )
    found = flow(table, standing(table, ms(AS_OF)), last_days(ms(AS_OF), 30), always(), every(table))

    assert (found.reopens.resolutions, found.reopened) == (1, 0)


def test_reopened_counts_tickets_not_changes() -> None:
    """A ticket that came back twice in the window is one ticket; one before it is none."""
    assert flowed(("into", ago(20)), ("out", ago(19)), ("into", ago(9)), ("out", ago(8))).reopened == 1
    assert flowed(("into", ago(35)), ("out", ago(30)), ("into", ago(9))).reopened == 0


def test_a_reopen_rate_that_reaches_too_far_back_is_none() -> None:
    """Before every change is known some resolutions would be left out."""
    short = flowed(("into", ago(20)), covers_from=ago(43)).reopens
    enough = flowed(("into", ago(20)), covers_from=ago(44)).reopens

    assert (short.covered, short.rate) == (False, None)
    assert (enough.covered, enough.rate) == (True, 0.0)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Australia/Lord_Howe", "Europe/Berlin"])
def test_open_by_day_is_how_the_tickets_stood_at_each_days_end(seed: int, zone: str) -> None:
    """Every row agrees with a standing of its own instant, and the counts add up to those of the window."""
    tickets, changes = crowd(seed)
    calendar = BusinessCalendar("local", zone)
    table = columns(*tickets, changes=changes)
    window = last_days(ms(AS_OF), 60)
    stood = standing(table, window.end)

    found = flow(table, stood, window, calendar, every(table))

    for day in found.by_day:
        end = min(calendar.midnight(day.day + timedelta(days=1)) - 1, window.end)
        assert day.open == int(standing(table, end).open.sum())
    assert sum(day.created for day in found.by_day) == found.created
    assert sum(day.resolved for day in found.by_day) == found.resolved
    assert found.by_day[-1].open == found.open


def test_days_cut_by_the_window_are_marked() -> None:
    """Thirty days as of noon touch 31 dates, the first and last in part; whole local dates are whole."""
    table = columns(ticket(1, ago(100)))
    stood = standing(table, ms(AS_OF))
    cut = flow(table, stood, last_days(ms(AS_OF), 30), sao_paulo(), every(table)).by_day
    whole = local_dates(sao_paulo(), date(2026, 11, 1), date(2026, 11, 3))
    days = flow(table, standing(table, whole.end), whole, sao_paulo(), every(table)).by_day

    assert [day.partial for day in cut] == [True, *[False] * 29, True]
    assert [(day.day, day.partial) for day in days] == [(date(2026, 11, i), False) for i in (1, 2, 3)]


def test_a_window_within_one_day_is_one_part_day() -> None:
    """An hour is a part of its date."""
    table = columns(ticket(1, ago(0.01)))
    window = Window(ms(AS_OF) - DAY_MS // 24, ms(AS_OF))

    days = flow(table, standing(table, window.end), window, always(), every(table)).by_day

    assert [(day.day, day.created, day.partial) for day in days] == [(date(2026, 11, 23), 1, True)]


def test_only_chosen_tickets_flow() -> None:
    """Rows that are not chosen are in no count."""
    table = columns(ticket(1, ago(5)), resolved(2, ago(5), ago(4)))
    chosen = np.array([True, False])

    found = flow(table, standing(table, ms(AS_OF)), last_days(ms(AS_OF), 30), always(), chosen)

    assert (found.created, found.resolved, found.open) == (1, 0, 1)
    assert max(day.open for day in found.by_day) == 1
