"""How every ticket stood at an instant: its status, assignee, priority and resolution, and when it was resolved."""

from dataclasses import dataclass

import numpy as np

from servicelevel.columns import ChangeColumns, TicketColumns
from servicelevel.instants import MISSING, Codes, Mask, Millis
from servicelevel.ticket import ChangedField


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """One row a ticket, as of `as_of`. Tickets created later do not `exist` and count nowhere.

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
    exists = columns.created <= as_of
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
    changes = columns.changes.of("status")
    before, after = _is_done(columns, changes.before), _is_done(columns, changes.after)
    return _only(changes, ~before & after), _only(changes, before & ~after)


def open_spans(columns: TicketColumns, rows: Mask) -> tuple[Codes, Millis, Millis]:
    """When the chosen tickets were open: ticket row, start (in it) and end (not in it; far future while open)."""
    changes = columns.changes.of("status")
    first = np.ones(len(changes.row), bool)
    first[1:] = changes.row[1:] != changes.row[:-1]
    last = np.append(first[1:], True)[: len(first)]
    # A span ends with a change, and that change says which status it was; the last span is the status of today.
    start = np.where(first, columns.created[changes.row], np.append(0, changes.at)[:-1])
    still = np.arange(len(columns), dtype=np.int32)
    since = columns.created.copy()
    since[changes.row[last]] = changes.at[last]
    row = np.concatenate((changes.row, still))
    starts = np.maximum(np.concatenate((start, since)), columns.created[row])
    ends = np.concatenate((changes.at, np.full(len(columns), np.iinfo(np.int64).max)))
    open_ = ~_is_done(columns, np.concatenate((changes.before, columns.status)))
    keep = open_ & rows[row] & (ends > starts)
    return row[keep], starts[keep], ends[keep]


def _only(changes: ChangeColumns, keep: Mask) -> ChangeColumns:
    return ChangeColumns(
        changes.row[keep], changes.at[keep], changes.field[keep], changes.before[keep], changes.after[keep]
    )


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
