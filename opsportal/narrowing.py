"""The registry as one may see it: with no other queues than one's own, and names no freer than one's role allows."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from threading import Lock
from typing import Final

from opsportal.identity import Scope
from servicelevel.policy import Note, Policy

REMEMBERED: Final = 256
"""Narrowed registries kept, in a process: more than there are tokens of different scopes."""


def narrowed(policy: Policy, scope: Scope) -> Policy:
    """What a scope lets be seen of a registry; the registry itself where that is all of it."""
    hidden = not scope.names and policy.analyst_names == "names"
    seen = scope.queues
    if seen is None or all(queue.id in seen for queue in policy.queues):
        return replace(policy, analyst_names="pseudonyms") if hidden else policy
    return replace(
        policy,
        queues=tuple(queue for queue in policy.queues if queue.id in seen),
        notes=tuple(mine for note in policy.notes if (mine := _note(note, seen)) is not None),
        analyst_names="pseudonyms" if hidden else policy.analyst_names,
    )


def _note(note: Note, seen: frozenset[str]) -> Note | None:
    """A remark without the queues that are not seen; None when it is about no other."""
    if not note.queues:
        return note
    mine = tuple(queue for queue in note.queues if queue in seen)
    return replace(note, queues=mine) if mine else None


class Narrowing:
    """Narrowed registries by scope, made once for each registry in force."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: OrderedDict[Hashable, tuple[Policy, Policy]] = OrderedDict()

    def of(self, policy: Policy, scope: Scope) -> Policy:
        """What a scope lets be seen; the same object until another registry is in force."""
        key = scope.names, scope.queues
        with self._lock:
            held = self._held.get(key)
            if held is None or held[0] is not policy:
                held = self._held[key] = policy, narrowed(policy, scope)
            self._held.move_to_end(key)
            while len(self._held) > REMEMBERED:
                self._held.popitem(last=False)
            return held[1]
