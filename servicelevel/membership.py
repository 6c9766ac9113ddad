"""Whose a ticket was at an instant: one that was moved between projects belongs, until then, to the one it left."""

import numpy as np

from servicelevel.columns import TicketColumns
from servicelevel.instants import Mask


def members(columns: TicketColumns, as_of: int) -> Mask:
    """Which tickets were in a project of the queue at `as_of`, by their changes of project; others never moved."""
    return _held(columns, as_of)


def departed(columns: TicketColumns) -> Mask:
    """Which tickets are in a project of another queue, or of none, by now."""
    return ~_held(columns, None)


def came_from(columns: TicketColumns) -> dict[int, frozenset[str]]:
    """The ids of the projects that each moved ticket was ever moved out of, by ticket id."""
    moves = columns.changes.of("project")
    left: dict[int, set[str]] = {}
    for row, code in zip(moves.row.tolist(), moves.before.tolist(), strict=True):
        if code >= 0:
            left.setdefault(int(columns.id[row]), set()).add(columns.projects[code].id)
    return {ticket: frozenset(projects) for ticket, projects in left.items()}


def moved_after(columns: TicketColumns, instant: int) -> frozenset[int]:
    """The ids of the tickets that were moved from one project to another after an instant."""
    moves = columns.changes.of("project")
    return frozenset(columns.id[moves.row[moves.at > instant]].tolist())


def own_ids(columns: TicketColumns) -> frozenset[str]:
    """The ids of the queue's projects."""
    return frozenset(project.id for project, own in zip(columns.projects, columns.own, strict=True) if own)


def _held(columns: TicketColumns, as_of: int | None) -> Mask:
    held = np.ones(len(columns), bool)
    if not columns.projects:  # nothing was ever moved, which costs nothing to know
        return held
    moves = columns.changes.of("project")
    if len(moves.row) == 0:
        return held
    own = np.append(columns.own, False)  # NONE_CODE picks the last: nobody's
    last = np.append(moves.row[1:] != moves.row[:-1], True)
    held[moves.row[last]] = own[moves.after[last]]
    if as_of is not None:
        later = moves.at > as_of
        rows, first = np.unique(moves.row[later], return_index=True)
        held[rows] = own[moves.before[later][first]]
    return held
