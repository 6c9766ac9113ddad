"""Which SLA field is chosen for which promise."""

from collections.abc import Mapping, Sequence

import pytest

from datasource.registry.choice import Choice, choose, hint
from datasource.registry.evidence import SampledTicket, evidence
from tests.unit.datasource.registry.sampled import ANSWER, CLOSURE, ODD, RESOLUTION, RUNNING, ticket


def _chosen(names: Mapping[str, str], tickets: Sequence[SampledTicket]) -> Choice:
    return choose(evidence(names, tickets), tickets)


def _ids(choice: Choice) -> tuple[str | None, str | None]:
    return choice.first_response, choice.resolution


def test_the_field_that_is_alive_wins_over_the_one_with_the_better_name() -> None:
    """Four fields are named for a resolution, and three of them are dead."""
    names = {
        "customfield_1": "Time to resolution",
        "customfield_2": "Resolution (old)",
        "customfield_3": "Resolution 2",
        "customfield_4": "Ende",
        "customfield_5": "Erste Antwort",
    }
    choice = _chosen(names, [ticket({"customfield_4": RESOLUTION, "customfield_5": ANSWER})] * 20)

    assert _ids(choice) == ("customfield_5", "customfield_4")


def test_a_field_that_lives_on_one_ticket_only_loses_to_one_that_lives_on_all() -> None:
    """Left-overs of an old set-up."""
    names = {"customfield_1": "Time to resolution", "customfield_2": "SLA B", "customfield_3": "First response"}
    tickets = [ticket({"customfield_2": RESOLUTION, "customfield_3": ANSWER})] * 19
    tickets.append(ticket({"customfield_1": RESOLUTION, "customfield_2": RESOLUTION, "customfield_3": ANSWER}))

    assert _ids(_chosen(names, tickets)) == ("customfield_3", "customfield_2")


def test_without_any_hint_the_clock_that_stops_first_is_the_first_response() -> None:
    """Names in no language that is known."""
    names = {"customfield_1": "Alpha", "customfield_2": "Beta"}

    assert _ids(_chosen(names, [ticket({"customfield_1": RESOLUTION, "customfield_2": ANSWER})] * 9)) == (
        "customfield_2",
        "customfield_1",
    )


def test_names_that_contradict_what_the_clocks_do_are_not_believed() -> None:
    """Somebody swapped them."""
    names = {"customfield_1": "First response", "customfield_2": "Resolution"}
    choice = _chosen(names, [ticket({"customfield_1": RESOLUTION, "customfield_2": ANSWER})] * 9)

    assert _ids(choice) == ("customfield_2", "customfield_1")
    assert sum("the name misleads" in line for line in choice.because) == 2


def test_a_clock_that_starts_at_the_resolution_is_no_resolution() -> None:
    """`Time to close after resolution` has the word in its name and stops last of all."""
    names = {
        "customfield_1": "Time to close after resolution",
        "customfield_2": "Time to resolution",
        "customfield_3": "Time to first response",
    }
    clocks = {"customfield_1": CLOSURE, "customfield_2": RESOLUTION, "customfield_3": ANSWER}

    assert _ids(_chosen(names, [ticket(clocks)] * 9)) == ("customfield_3", "customfield_2")


def test_two_clocks_that_stop_together_are_not_taken_for_two_promises() -> None:
    """One is the resolution, and the first response is computed."""
    names = {"customfield_1": "Time to resolution", "customfield_2": "Time to done"}
    choice = _chosen(names, [ticket({"customfield_1": RESOLUTION, "customfield_2": RESOLUTION})] * 9)

    assert _ids(choice) == (None, "customfield_1")
    assert any("first_response: no field is left" in line for line in choice.because)


@pytest.mark.parametrize(
    ("name", "clock", "expected"),
    [
        ("Alpha", RESOLUTION, (None, "customfield_1")),
        ("Alpha", ANSWER, ("customfield_1", None)),
        ("Time to first response", RUNNING, ("customfield_1", None)),
        ("Time to resolution", RUNNING, (None, "customfield_1")),
    ],
)
def test_a_lone_clock_is_taken_for_what_its_name_or_else_its_end_says(
    name: str, clock: tuple[object, ...], expected: tuple[str | None, str | None]
) -> None:
    """A clock that stops as tickets are resolved is the resolution."""
    assert _ids(_chosen({"customfield_1": name}, [ticket({"customfield_1": clock})] * 9)) == expected  # type: ignore[dict-item]


def test_values_whose_clock_never_started_are_dead() -> None:
    """As are values of another kind."""
    names = {"customfield_1": "Time to first response", "customfield_2": "Time to resolution"}
    choice = _chosen(names, [ticket({"customfield_1": (), "customfield_2": ODD})] * 3)

    assert _ids(choice) == (None, None)


def test_every_field_is_explained_with_its_counts() -> None:
    """Chosen or not."""
    names = {f"customfield_{i}": name for i, name in enumerate(("First response", "Resolution", "Old", "Odd"), 1)}
    tickets = [ticket({"customfield_1": ANSWER, "customfield_2": RESOLUTION})] * 3
    tickets += [ticket({"customfield_1": RUNNING, "customfield_4": ODD}, done=False)]
    first, last, *others = _chosen(names, tickets).because

    assert first.startswith('first_response: customfield_1 "First response": a value on 4 of 4 tickets (null on 0)')
    assert "started on 4, 3 cycles completed, 1 running" in first
    assert "of 3 tickets on which both stopped, it stopped before customfield_2 on 3 and after it on 0" in first
    assert "a value on 3 of 4 tickets (null on 1)" in last
    assert "3 clocks start with the ticket, 3 stop as it is resolved" in last
    odd_counts = "a value on 1 of 4 tickets (null on 3, 1 unreadable), started on 0, 0 cycles completed, 0 running"
    assert others == [
        'not taken: customfield_3 "Old": its clock is dead here: null on all 4 tickets',
        f'not taken: customfield_4 "Odd": its clock is dead here: {odd_counts}',
    ]


def test_no_ticket_is_no_evidence() -> None:
    """Fields are then neither chosen nor called dead."""
    choice = _chosen({"customfield_1": "Time to resolution"}, [])

    assert _ids(choice) == (None, None)
    assert "dead" not in " ".join(choice.because)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Time to first response", "first_response"),
        ("Tiempo hasta primera respuesta", "first_response"),
        ("최초 응답 SLA", "first_response"),
        ("TEMPO DE RESOLUÇÃO", "resolution"),
        ("Zeit bis zur Lösung", "resolution"),
        ("해결 시간 SLA", "resolution"),
        ("Time to first resolution", None),
        ("SLA 3", None),
    ],
)
def test_names_are_read_in_several_languages(name: str, expected: str | None) -> None:
    """Whatever their accents and capitals; a name that points both ways points nowhere."""
    assert hint(name) == expected
