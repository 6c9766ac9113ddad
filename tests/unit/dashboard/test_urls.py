"""Addresses: each view has one, each one a view, and what cannot be used is said."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.compare_grid import DIRECTIONS, SORTABLE
from dashboard import urls
from dashboard.urls import COMPARED_DAYS, LENSES, MOST_DAYS, PERIOD_DAYS, SCORES, PageName, View, href, parse
from opsportal.reports import Period
from servicelevel.due import DUE_STATES
from servicelevel.policy import SLA_NAMES, Policy
from tests.factories import queue

POLICY = Policy((queue("desk"), queue("billing", team="apps"), queue("über-ops")))
QUEUES = [known.id for known in POLICY.queues]
PAGES: list[PageName] = ["overview", "queue", "compare", "trends", "at-risk", "data"]

days = st.dates(date(1990, 1, 2), date(2059, 12, 30))
texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=40)
values = st.lists(texts.filter(str.isprintable), max_size=3, unique=True).map(tuple)
periods = st.sampled_from(PERIOD_DAYS).map(Period) | st.tuples(days, st.integers(0, MOST_DAYS - 1)).map(
    lambda d: Period(None, max(d[0] - timedelta(days=d[1]), date(1990, 1, 2)), d[0])
)


@st.composite
def views(draw: st.DrawFn) -> View:
    """Any view that a page can show."""
    page = draw(st.sampled_from(PAGES))
    return View(
        page=page,
        queue=draw(st.sampled_from(QUEUES)) if page == "queue" else None,
        period=draw(periods),
        priority=draw(values),
        type=draw(values),
        analyst=draw(values),
        queues=tuple(draw(st.lists(st.sampled_from(QUEUES), unique=True))),
        team=draw(st.sampled_from([None, "support", "apps"])),
        compared_days=draw(st.sampled_from(COMPARED_DAYS)),
        smooth=draw(st.booleans()),
        scores=draw(st.sampled_from(SCORES)),
        lens=draw(st.sampled_from(LENSES)),
        due=tuple(draw(st.lists(st.sampled_from(DUE_STATES), unique=True))),
        promise=draw(st.sampled_from([None, *SLA_NAMES])),
        a=draw(st.none() | days),
        b=draw(st.none() | days),
        sort=draw(st.tuples(st.sampled_from(SORTABLE), st.sampled_from(DIRECTIONS))),
        embed=draw(st.booleans()),
        kiosk=draw(st.booleans()),
        tickets=draw(st.sampled_from([None, "desk/sla:resolution:met", "desk/age:1-3:priority=10001", "a b&c=d#e?%+"])),
        ticket=draw(st.sampled_from([None, "SD-1", "A_B2-99"])),
    )


@given(view=views(), prefix=st.sampled_from(["/", "/portal/", "/a/b/"]))
def test_every_view_comes_back_from_its_address(view: View, prefix: str) -> None:
    """Under any prefix, with nothing left to note."""
    path, _, query = href(view, prefix).partition("?")

    back = parse(path, f"?{query}" if query else "", POLICY, prefix)

    assert back == view
    assert back.notes == ()


@given(path=st.text(max_size=40), query=st.text(max_size=80))
def test_no_address_is_too_strange(path: str, query: str) -> None:
    """Whatever somebody types is a view, and that view has an address of its own."""
    view = parse(f"/{path}", f"?{query}", POLICY)

    assert href(view).startswith("/")
    assert len(view.notes) <= 500


@pytest.mark.parametrize("page", PAGES)
def test_defaults_are_left_out_of_the_address(page: PageName) -> None:
    """A page as it is opened first has no query at all."""
    path, queue_id = ("/queue/desk", "desk") if page == "queue" else (f"/{page}".replace("/overview", "/"), None)
    assert href(View(page, queue_id, period=urls.default_period(page))) == path


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/nope", "not-found"),
        ("/queue", "not-found"),
        ("/queue/unknown", "not-found"),
        ("/queue/desk/more", "not-found"),
        ("/at-risk/", "at-risk"),
        ("/queue/%C3%BCber-ops", "queue"),
    ],
)
def test_a_path_leads_to_one_page_or_to_none(path: str, page: str) -> None:
    """A queue is known by its id, however it was written in the address."""
    assert parse(path, "", POLICY).page == page


def test_addresses_outside_of_the_prefix_lead_nowhere() -> None:
    """The portal lives below its prefix only."""
    assert parse("/trends", "", POLICY, "/portal/").page == "not-found"
    assert parse("/portal", "", POLICY, "/portal/").page == "overview"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=31", "period=31"),
        ("period=2026-02-30..2026-03-01", "period"),
        ("period=2026-03-02..2026-03-01", "period"),
        ("compare=5", "compare=5"),
        ("queue=desk&queue=gone", "queue=gone"),
        ("due=someday", "due=someday"),
        ("promise=all", "promise=all"),
        ("ticket=not a key", "ticket=not a key"),
        ("smooth=yes", "smooth=yes"),
        ("a=yesterday", "a=yesterday"),
        ("sort=spark-asc", "sort=spark-asc"),
        ("sort=open", "sort=open"),
        ("priority=" + "x" * 300, "priority=xxx"),
    ],
)
def test_what_cannot_be_used_falls_back_and_is_said(query: str, said: str) -> None:
    """One note for each bad value, short enough to be shown."""
    view = parse("/", f"?{query}", POLICY)

    assert len(view.notes) == 1
    assert view.notes[0].startswith(said)
    assert len(view.notes[0]) < 100
    assert replace(view, notes=(), queues=()) == View()


@pytest.mark.parametrize("page", PAGES)
def test_a_period_has_400_days_at_most(page: PageName) -> None:
    """On each page, and so in each table that it takes away; one day more is said to be too much."""
    path = "/queue/desk" if page == "queue" else f"/{page}".replace("/overview", "/")

    assert parse(path, "?period=2025-01-01..2026-02-04", POLICY).period.first == date(2025, 1, 1)
    for dates in ("2025-01-01..2026-02-05", "1990-01-02..2059-12-30"):
        view = parse(path, f"?period={dates}", POLICY)
        assert view.period == urls.default_period(page)
        assert view.notes == (f"period={dates} has more than 400 days and was left out.",)


@pytest.mark.parametrize("query", ["a=&" * 333_000, "priority=" + "x" * 1_000_000, "&" * 200, "=" * 8_001])
def test_a_query_has_an_end(query: str) -> None:
    """Of one that is too long for an address nothing is read, and that is said once."""
    view = parse("/compare", f"?{query}", POLICY)

    assert view == View("compare")
    assert view.notes == ("The address is too long and was left out from its ? on.",)


def test_unknown_keys_are_nobodys_business() -> None:
    """Links carry what others put there."""
    view = parse("/", "?utm_source=mail&fbclid=1", POLICY)

    assert view == View()
    assert view.notes == ()


def test_another_page_keeps_the_choice_and_leaves_the_rest() -> None:
    """Period, filters and comparison go along; lists, drawers and dates to compare stay behind."""
    view = View(
        "queue", "desk", Period(7), ("High",), compared_days=7, tickets="desk/due:overdue", ticket="SD-1",
        a=date(2026, 1, 1), due=("overdue",),
    )  # fmt: skip

    assert view.to("compare") == View("compare", None, Period(7), ("High",), compared_days=7)
    assert view.to("trends").period == urls.TRENDS_PERIOD


def test_other_numbers_close_the_list_of_tickets() -> None:
    """A list belongs to the numbers it was opened from, unless it is named."""
    view = View(tickets="desk/due:overdue", ticket="SD-1")

    assert view.with_(period=Period(7)) == View(period=Period(7))
    assert view.with_(ticket=None) == View(tickets="desk/due:overdue")


def test_the_test_of_round_trips_knows_every_field() -> None:
    """A new field of the view has to take part in it."""
    assert {field.name for field in fields(View)} == {
        "page", "queue", "period", "priority", "type", "analyst", "queues", "team", "compared_days", "smooth", "lens",
        "due", "promise", "a", "b", "embed", "kiosk", "tickets", "ticket", "notes", "sort",
            "scores",
    }  # fmt: skip
