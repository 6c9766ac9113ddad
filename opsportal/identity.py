"""Who asks, and what they may see. Whatever lets somebody in makes one of these; nothing else says who somebody is."""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

Role: TypeAlias = Literal["viewer", "lead", "admin"]
"""What one may see: a `viewer` no analyst's name, a `lead` what the registry lets be seen, an `admin` the portal's own
matters too."""
Kind: TypeAlias = Literal["anyone", "person", "api", "embed", "kiosk"]
"""How one came in: unasked, by signing in, or with a signed token for one of three purposes."""

_RANK: Final[dict[Role, int]] = {"viewer": 0, "lead": 1, "admin": 2}


class Scope(NamedTuple):
    """What answers depend on besides what is asked: whoever has the same scope is told the same.

    `names` says whether analysts' names may be seen, `admin` whether the portal's own matters may; `queues` and `views`
    are as an identity has them.
    """

    names: bool = True
    admin: bool = True
    queues: frozenset[str] | None = None
    views: frozenset[str] | None = None

    def sees_view(self, page: str) -> bool:
        """Whether a page may be seen."""
        return self.views is None or page in self.views


EVERYTHING: Final = Scope()
"""Nothing is kept from whoever has it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who asks. `name` is whom the log names: a person's subject, or a token's id.

    `queues` and `views` (names of pages) are what a token was made for, None for all of them. `origin` is the site that
    may frame what an embed token shows. `until_ms` is when it ends, in epoch milliseconds, None when nothing here does.
    """

    kind: Kind
    name: str
    role: Role
    queues: frozenset[str] | None = None
    views: frozenset[str] | None = None
    origin: str | None = None
    until_ms: int | None = None

    def has(self, role: Role) -> bool:
        """Whether one is that or more."""
        return _RANK[self.role] >= _RANK[role]

    def sees_queue(self, queue_id: str) -> bool:
        """Whether one may see anything of a queue."""
        return self.queues is None or queue_id in self.queues

    def sees_view(self, page: str) -> bool:
        """Whether one may open a page."""
        return self.views is None or page in self.views

    @property
    def sees_names(self) -> bool:
        """Whether analysts may be called by their names, where the registry allows it at all."""
        return self.has("lead") and self.kind in ("anyone", "person")

    @property
    def scope(self) -> Scope:
        """What answers to it depend on; part of every key under which an answer is remembered."""
        return Scope(self.sees_names, self.has("admin"), self.queues, self.views)


ANYONE: Final = Identity("anyone", "anyone", "admin")
"""Everybody, where nobody signs in."""
