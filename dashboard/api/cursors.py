"""Cursors: the place in a list of tickets at which to go on, and the revision it was listed under."""

import base64
import binascii
import hashlib
from collections.abc import Hashable
from dataclasses import dataclass

import msgspec

from dashboard.api.problems import BadParameters, Wrong


class _Packed(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    question: str
    revision: str
    after: int


_PACKED = msgspec.json.Decoder(_Packed)
"""Made here, by one thread: several that meet a class for the first time at once end the process."""


@dataclass(frozen=True, slots=True)
class Place:
    """After the ticket of that Jira id, in a list of that revision."""

    revision: str
    after: int


def question(*parts: Hashable) -> str:
    """A short name of what is asked, so that a cursor of another list is not taken for one of this."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()


def written(asked: str, place: Place) -> str:
    """The cursor of a place in the list that a question names."""
    packed = msgspec.json.encode(_Packed(asked, place.revision, place.after))
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def place_of(asked: str, cursor: str) -> Place:
    """The place that a cursor names.

    Raises:
        BadParameters: it is no cursor, or one of another list.
    """
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        packed = _PACKED.decode(raw)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise BadParameters([Wrong("cursor", cursor, "It is no cursor. Take that of the page before.")]) from None
    if packed.question != asked:
        raise BadParameters(
            [Wrong("cursor", cursor, "It belongs to another list. Ask with the filters of the page before.")]
        )
    return Place(packed.revision, packed.after)
