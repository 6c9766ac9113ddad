"""The registry as one may see it."""

from dataclasses import replace
from datetime import date

import pytest

from opsportal.identity import ANYONE, EVERYTHING, Identity, Kind, Role, Scope
from opsportal.naming import Rule
from opsportal.narrowing import REMEMBERED, Narrowing, narrowed
from servicelevel.policy import Note, Policy
from tests.factories import queue
from tests.fakes.desk_world import Registry, World

NOTES = (
    Note(date(2026, 11, 1), "For all"),
    Note(date(2026, 11, 2), "Both", ("desk", "billing")),
    Note(date(2026, 11, 3), "One", ("billing",)),
)
POLICY = Policy((queue("desk"), queue("billing"), queue("network")), NOTES)
SOME = frozenset({"desk", "network", "gone"})


def test_who_sees_everything_sees_the_registry_itself() -> None:
    """Nothing is copied: neither for anyone, nor for whoever may see all queues and names."""
    assert ANYONE.scope == EVERYTHING
    assert narrowed(POLICY, EVERYTHING) is POLICY
    assert narrowed(POLICY, Scope(queues=frozenset({"desk", "billing", "network", "more"}))) is POLICY
    assert narrowed(replace(POLICY, analyst_names="none"), Scope(names=False)).analyst_names == "none"


def test_queues_and_what_is_noted_of_them_are_those_that_are_seen() -> None:
    """In the registry's order; a note keeps the queues that are seen, and goes with the last of them."""
    seen = narrowed(POLICY, Scope(queues=SOME))

    assert [known.id for known in seen.queues] == ["desk", "network"]
    assert [(note.text, note.queues) for note in seen.notes] == [("For all", ()), ("Both", ("desk",))]
    assert seen.analyst_names == "names"


@pytest.mark.parametrize(
    ("role", "kind", "rule"),
    [
        ("viewer", "person", "pseudonyms"),
        ("lead", "person", "names"),
        ("admin", "person", "names"),
        ("viewer", "api", "pseudonyms"),
        ("viewer", "embed", "pseudonyms"),
        ("viewer", "kiosk", "pseudonyms"),
    ],
)
def test_names_are_for_leads_and_never_freer_than_the_registry(role: Role, kind: Kind, rule: Rule) -> None:
    """A viewer and every token see pseudonyms at most; `pseudonyms` and `none` stay what they are for every role."""
    scope = Identity(kind, "somebody", role).scope

    assert narrowed(POLICY, scope).analyst_names == rule
    stricter: tuple[Rule, ...] = ("pseudonyms", "none")
    for each in stricter:
        assert narrowed(replace(POLICY, analyst_names=each), scope).analyst_names == each


def test_what_was_narrowed_is_remembered_until_the_registry_is_another() -> None:
    """The same object for the same scope, and of so many scopes no more than are kept."""
    narrowing, scope = Narrowing(), Scope(names=False, queues=SOME)
    first = narrowing.of(POLICY, scope)

    assert narrowing.of(POLICY, scope) is first
    assert narrowing.of(POLICY, scope._replace(views=frozenset({"trends"}), admin=False)) is first
    other = replace(POLICY, notes=())
    assert narrowing.of(other, scope).notes == ()
    for number in range(REMEMBERED):
        narrowing.of(POLICY, Scope(queues=frozenset({f"queue-{number}"})))
    assert narrowing.of(POLICY, scope) is not first


def test_reports_are_made_once_for_all_who_see_them() -> None:
    """Who sees fewer queues is given the very reports that are there, and what a small sample takes from the fleet."""
    whole = World(Registry(POLICY)).read()
    some = whole.seen(lambda policy: narrowed(policy, Scope(queues=SOME)))
    everything, seen = whole.overview(), some.overview()

    assert list(seen.served) == ["desk", "network"]
    assert all(seen.served[each].report is everything.served[each].report for each in seen.served)
    assert some.queue("desk").report is whole.queue("desk").report
    assert seen.consolidated.scored + seen.consolidated.unscored == 2
    assert [pool.queues for pool in seen.teams] == [("desk", "network")]
    assert {known.id for known, _ in seen.due} == {"desk", "network"}
    assert whole.overview().consolidated is everything.consolidated
    assert some.overview().consolidated is seen.consolidated
