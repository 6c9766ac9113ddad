"""Whom a history means: Data Center knows accounts by key, and entries of old releases may say the login name."""

from collections.abc import Iterable

from datasource.jira import wire
from servicelevel.ticket import Change


class Accounts:
    """Keys of the accounts that one read has met. Safe to feed from several threads.

    A change that names somebody not met yet is held back until all are met, so that the order in which pages arrive
    makes no difference.
    """

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._by_name: dict[str, str] = {}
        self._held: list[tuple[int, Change]] = []

    def meet(self, ref: wire.UserRef | None) -> None:
        """Take note of an account; those of Cloud have no key, and their ids never change."""
        if ref is None or ref.key is None:
            return
        self._keys.add(ref.key)
        if ref.name is not None and ref.name != ref.key:
            self._by_name[ref.name] = ref.key

    def certain(self, ticket_id: int, changes: Iterable[Change]) -> tuple[Change, ...]:
        """The changes whose people are known by key; the others are held back."""
        sure = []
        for change in changes:
            if change.field != "assignee" or (self._known(change.from_id) and self._known(change.to_id)):
                sure.append(change)
            else:
                self._held.append((ticket_id, change))
        return tuple(sure)

    def held_back(self) -> list[wire.IssueHistories]:
        """The changes held back so far, each once, with keys in the place of names."""
        held, self._held = self._held, []
        return [
            wire.IssueHistories(ticket_id, [wire.History(change.history_id, change.at, [self._item(change)])])
            for ticket_id, change in held
        ]

    def _known(self, id_: str | None) -> bool:
        return not id_ or id_ in self._keys

    def _item(self, change: Change) -> wire.Item:
        before, after = (self._key(id_) for id_ in (change.from_id, change.to_id))
        return wire.Item(change.field, change.field, "jira", before, change.from_name, after, change.to_name)

    def _key(self, id_: str | None) -> str | None:
        return id_ if not id_ or id_ in self._keys else self._by_name.get(id_, id_)
