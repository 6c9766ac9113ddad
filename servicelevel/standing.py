"""How every ticket stood at an instant: its status, assignee, priority and resolution, and when it was resolved."""

from dataclasses import dataclass

import numpy as np

from servicelevel.columns import ChangeColumns, TicketColumns
from servicelevel.instants import LATEST_MS, MISSING, Codes, Mask, Millis
from servicelevel.membership import members
from servicelevel.ticket import CHANGED_FIELDS, ChangedField


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """One row a ticket, as of `as_of`. Tickets created later, or then in another queue's project, do not `exist`.

    Those count nowhere.

    `resolved_at` is MISSING unless the ticket is resolved: Done, with a resolution date or a change into Done.
    """

    as_of: int
    exists: Mask
    done: Mask
    status: Codes
    assignee: Codes
    priority: Codes
    resolution: Codes
    resolved_at: Millis

    @property
    def open(self) -> Mask:
        """Tickets that exist and whose status category is not Done."""
        return self.exists & ~self.done


def standing(columns: TicketColumns, as_of: int) -> Standing:
    """How the tickets stood at `as_of`, told back from today by the changes since."""
    exists = (columns.created <= as_of) & members(columns, as_of)
    status = _value_at(columns, "status", columns.status, as_of)
    done = _is_done(columns, status)
    last_into_done = np.full(len(columns), MISSING)
    into, _ = done_changes(columns)
    past = into.at <= as_of
    last_into_done[into.row[past]] = into.at[past]  # in order of time, so the last one stays
    dated = (columns.resolved_on != MISSING) & (columns.resolved_on <= as_of)
    resolved_at = np.where(dated, columns.resolved_on, last_into_done)
    return Standing(
        as_of=as_of,
        exists=exists,
        done=exists & done,
        status=status,
        assignee=_value_at(columns, "assignee", columns.assignee, as_of),
        priority=_value_at(columns, "priority", columns.priority, as_of),
        resolution=_value_at(columns, "resolution", columns.resolution, as_of),
        resolved_at=np.where(exists & done, resolved_at, MISSING),
    )


def done_changes(columns: TicketColumns) -> tuple[ChangeColumns, ChangeColumns]:
    """Changes from not Done into Done, and out of Done, each in order of ticket and time.

    A change from one Done status to another (a later closure, a migration of workflows) is neither.
    """
    changes = columns.changes
    places = np.flatnonzero(np.equal(changes.field, CHANGED_FIELDS.index("status")))
    before, after = _is_done(columns, changes.before[places]), _is_done(columns, changes.after[places])
    return changes.at_places(places[~before & after]), changes.at_places(places[before & ~after])


def status_spans(columns: TicketColumns) -> tuple[Codes, Millis, Millis, Codes]:
    """Every stretch of every ticket in one status: ticket row, start (in it), end (not in it), status.

    Ordered by ticket and start; the stretch that goes on ends far in the future.
    """
    changes = columns.changes.of("status")
    first = np.ones(len(changes.row), bool)
    first[1:] = changes.row[1:] != changes.row[:-1]
    last = np.append(first[1:], True)[: len(first)]
    # A stretch ends with a change, and that change says which status it was; the last one is the status of today.
    start = np.where(first, columns.created[changes.row], np.append(0, changes.at)[:-1])
    since = columns.created.copy()
    since[changes.row[last]] = changes.at[last]
    row = np.concatenate((changes.row, np.arange(len(columns), dtype=np.int32)))
    starts = np.maximum(np.concatenate((start, since)), columns.created[row])
    ends = np.concatenate((changes.at, np.full(len(columns), LATEST_MS)))
    status = np.concatenate((changes.before, columns.status))
    # Both parts are in order, and the stretch that goes on comes behind the others of its ticket: no need to sort.
    tickets = np.arange(len(columns))
    behind = np.searchsorted(changes.row, tickets, side="right")
    order = np.empty(len(row), np.intp)
    order[np.concatenate((np.arange(len(changes.row)) + changes.row, behind + tickets))] = np.arange(len(row))
    order = order[ends[order] > starts[order]]
    return row[order], starts[order], ends[order], status[order]


def open_spans(columns: TicketColumns, rows: Mask) -> tuple[Codes, Millis, Millis]:
    """When the chosen tickets were open: ticket row, start (in it) and end (not in it; far future while open)."""
    row, starts, ends, status = status_spans(columns)
    keep = ~_is_done(columns, status) & rows[row]
    return row[keep], starts[keep], ends[keep]


def _is_done(columns: TicketColumns, status: Codes) -> Mask:
    return np.append(columns.done, False)[status]  # NONE_CODE picks the last: not Done


def _value_at(columns: TicketColumns, name: ChangedField, current: Codes, as_of: int) -> Codes:
    """The value a field had: what the first later change says it was before, else what it is now."""
    changes = columns.changes.of(name)
    later = changes.at > as_of
    rows, first = np.unique(changes.row[later], return_index=True)
    value = current.copy()
    value[rows] = changes.before[later][first]
    return value
