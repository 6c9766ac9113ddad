"""Ids of tickets: every project has a lane of its own, so that ids count up inside a project and never meet."""

from __future__ import annotations

FIRST_ID = 10_000
"""The issue id before a project's first ticket."""

_LANES = 8
_SHARED = 6


def issue_id(lane: int, number: int) -> int:
    """The id of the ticket with that number in the project with that lane.

    Lanes 0 to 7 are eight numbers apart; 6 and 14 share what the others leave, sixteen apart.
    """
    return FIRST_ID + number * _step(lane) + lane


def place_of(id_: int) -> tuple[int, int]:
    """Lane and number of the ticket with that id, as they were when it was created."""
    offset = id_ - FIRST_ID
    number, lane = divmod(offset, _step(offset))
    return lane, number


def _step(offset: int) -> int:
    return 2 * _LANES if offset % _LANES == _SHARED else _LANES
