"""What an issue carries in lists: one history, one comment, one worklog, in the words of a dialect."""

from __future__ import annotations

from collections.abc import Sequence

from demo.dialect import Dialect
from demo.people import TEMPO_APP
from demo.ticket import Comment, History, Ticket, Worklog
from demo.workflow import SITE, compact


def history_id(ticket: Ticket, index: int) -> int:
    """The id of a ticket's history by its position."""
    return ticket.id * 128 + index


def history_json(
    dialect: Dialect,
    ticket: Ticket,
    index: int,
    *,
    fields: frozenset[str] | None = None,
    numeric: bool = False,
) -> str:
    """The history at a position; `fields` keeps only those items, `numeric` writes its instant as milliseconds."""
    history: History = ticket.histories[index]
    items: Sequence[str] = [dialect.item(item) for item in history.items if fields is None or item.field_id in fields]
    author = "" if history.author is None else f'"author":{dialect.shown(history.author)},'
    created = str(history.at_ms) if numeric else f'"{dialect.stamp(history.at_ms)}"'
    return f'{{"id":"{history_id(ticket, index)}",{author}"created":{created},"items":[{",".join(items)}]}}'


def comment_json(dialect: Dialect, ticket: Ticket, index: int, at_ms: int, *, in_desk: bool) -> str:
    """The comment at a position; Data Center says whether it is public only in service projects."""
    comment: Comment = ticket.comments[index]
    id_, author = ticket.id * 128 + index, dialect.shown(comment.author)
    edited = comment.edited_ms is not None and comment.edited_ms <= at_ms
    updated_ms = comment.edited_ms if edited and comment.edited_ms is not None else comment.at_ms
    shown = (
        f'{{"self":"{SITE}{dialect.api}/issue/{ticket.id}/comment/{id_}","id":"{id_}","author":{author}'
        f',"body":{dialect.text(comment.text)},"updateAuthor":{author},"created":"{dialect.stamp(comment.at_ms)}"'
        f',"updated":"{dialect.stamp(updated_ms)}"'
    )
    if comment.only_for is not None:
        kind, name = comment.only_for
        circle = {"type": kind, "value": name} | ({"identifier": name} if dialect.is_cloud else {})
        shown += f',"visibility":{compact(circle)}'
    if dialect.is_cloud or in_desk:
        shown += f',"jsdPublic":{"true" if comment.public else "false"}'
    return shown + "}"


def worklog_json(dialect: Dialect, worklog: Worklog) -> str:
    """A worklog as Jira has it: on Cloud a copy that Tempo made, and all of one app account."""
    hours, minutes = divmod(worklog.seconds // 60, 60)
    spent = " ".join([f"{hours}h"] * bool(hours) + [f"{minutes}m"] * bool(minutes))
    author = dialect.shown(TEMPO_APP if dialect.is_cloud else worklog.author)
    stamp, started = (
        dialect.stamp(worklog.created_ms),
        dialect.stamp(worklog.created_ms - worklog.seconds * 1000),
    )
    return (
        f'{{"self":"{SITE}{dialect.api}/issue/{worklog.issue_id}/worklog/{worklog.id}","author":{author}'
        f',"updateAuthor":{author},"comment":{dialect.text(worklog.text)},"created":"{stamp}","updated":"{stamp}"'
        f',"started":"{started}","timeSpent":"{spent}","timeSpentSeconds":{worklog.seconds},"id":"{worklog.id}"'
        f',"issueId":"{worklog.issue_id}"}}'
    )
