"""What only several sections of the registry together show: names that lead nowhere, ids twice, promises left open.

The checks read plain JSON in which WRONG marks what is broken already. So they find what is wrong elsewhere in a
broken file too, and stay silent about a value that has its own problem.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from datasource.registry.findings import WRONG
from datasource.registry.problem import Path, Problem, nearest, path_text, shown
from servicelevel.policy import DEFAULT_WEIGHTS, SLA_NAMES

_Placed: TypeAlias = list[tuple[Path, Any]]


def crosscheck(sound: Any) -> Iterator[Problem]:
    """The problems between the sections of a registry whose sections have the right form or are marked WRONG."""
    queues = _at(sound, "queues")
    by_place: _Placed = [(("queues", i), queue) for i, queue in enumerate(queues)] if isinstance(queues, list) else []
    yield from _calendars(sound, by_place)
    yield from _ids(by_place)
    for path, queue in by_place:
        yield from _promises(sound, path, queue)
    yield from _shares(by_place)
    yield from _notes(sound, by_place)


def _at(value: Any, *keys: str) -> Any:
    """What stands at the end of the keys: a value, WRONG, or None when nothing does."""
    for key in keys:
        if not isinstance(value, Mapping):
            return value
        value = value.get(key)
    return value


def _calendars(sound: Any, queues: _Placed) -> Iterator[Problem]:
    calendars = _at(sound, "calendars")
    if calendars is WRONG:
        return
    known = list(calendars or ())
    places: _Placed = [(("defaults", "calendar"), _at(sound, "defaults", "calendar"))]
    places += [((*path, "calendar"), _at(queue, "calendar")) for path, queue in queues]
    for path, name in places:
        if isinstance(name, str) and name not in known:
            some = ", ".join(shown(calendar) for calendar in known[:20])
            expected = f"a name in `calendars`: {some}" if known else "no name, as there are no `calendars`"
            yield Problem(path_text(path), shown(name), expected, nearest(name, known))


def _ids(queues: _Placed) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for path, queue in queues:
        queue_id = _at(queue, "id")
        if isinstance(queue_id, str) and first.setdefault(queue_id, path) != path:
            expected = f"an id of its own ({path_text(first[queue_id])} has the same)"
            yield Problem(path_text((*path, "id")), shown(queue_id), expected)


def _promises(sound: Any, path: Path, queue: Any) -> Iterator[Problem]:
    def here_or_default(*keys: str) -> Any:
        here = _at(queue, *keys)
        return _at(sound, "defaults", *keys) if here is None else here

    for sla in SLA_NAMES:
        if here_or_default("targets", sla) is None:
            yield Problem(path_text((*path, "targets", sla)), "nothing", "a target here or in `defaults`")
        if _at(queue, "sla", sla, "clock") == "computed" and here_or_default("goals", sla) is None:
            expected = "at least one goal here or in `defaults`, as the clock is computed"
            yield Problem(path_text((*path, "goals", sla)), "nothing", expected)
    weights = [here_or_default("weights", dimension) for dimension in DEFAULT_WEIGHTS]
    if all(weight is not None and weight is not WRONG and weight == 0 for weight in weights):
        yield Problem(path_text((*path, "weights")), "0 for every dimension", "at least one weight above 0")


def _shares(queues: _Placed) -> Iterator[Problem]:
    shares = [_at(queue, "share") for _, queue in queues]
    if any(share is WRONG for share in shares):
        return
    if any(share is not None for share in shares):
        for (path, _), share in zip(queues, shares, strict=True):
            if share is None:
                expected = "a share on every queue or on none, and other queues have one"
                yield Problem(path_text((*path, "share")), "nothing", expected)
        if all(share == 0 for share in shares):
            yield Problem("queues", "a share of 0 on every queue", "at least one share above 0")


def _notes(sound: Any, queues: _Placed) -> Iterator[Problem]:
    notes = _at(sound, "notes")
    known = [queue_id for _, queue in queues if isinstance(queue_id := _at(queue, "id"), str)]
    # A queue whose own id is broken may be the one that is meant.
    if not isinstance(notes, list) or len(known) < len(queues) or not queues:
        return
    for i, note in enumerate(notes):
        names = _at(note, "queues")
        for j, name in enumerate(names if isinstance(names, list) else ()):
            if isinstance(name, str) and name not in known:
                place = path_text(("notes", i, "queues", j))
                yield Problem(place, shown(name), "the id of one of the `queues`", nearest(name, known))
