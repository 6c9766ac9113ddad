"""A ticket of a project without service levels: who wants what, and the rest of its life."""

from __future__ import annotations

from functools import lru_cache

from demo.bookings import book
from demo.effort import Desk
from demo.fleet import QueuePlan
from demo.life import Life
from demo.numbering import issue_id
from demo.people import AUTOMATION, Person, customer
from demo.software_lives import SoftwareStory
from demo.streams import Stream, Weighted
from demo.ticket import Ticket, noise
from demo.wording import NOTED, REVIEWED, summary
from demo.workflow import (
    BACKLOG,
    BUG,
    IN_PROGRESS,
    PRIORITIES,
    SUB_TASK,
    TO_DO,
    IssueType,
    Priority,
    Status,
)
from demo.zones import HOUR_MS

_FIRST_STATUSES = (TO_DO, BACKLOG, IN_PROGRESS)
_FIRST_STATUS = Weighted(72, 20, 8)


def software_birth(desk: Desk, stream: Stream, number: int, created_ms: int, burst: bool) -> Ticket:
    """The ticket with that number; `burst` tells that something is broken."""
    plan = desk.plan
    kind, priority = _kind(plan, stream, burst)
    reporter, creator = _people(desk, stream, created_ms)
    first_status: Status = _FIRST_STATUSES[_FIRST_STATUS.index(stream.uniform())]
    assigned = desk.analyst(stream, created_ms) if stream.chance(0.15) else None
    title, text = summary(stream, plan.project), "Seen this morning. " + stream.pick(NOTED)
    labels = (stream.pick(plan.labels),) if stream.chance(0.5) else ()
    life = Life(priority, assigned, first_status)
    story = SoftwareStory(desk, stream, life, number, (reporter, creator))
    story.write(created_ms)
    _add_noise(desk, stream, life, created_ms, story.worked_ms[0][1])
    ticket_id = issue_id(plan.lane, number)
    return Ticket(
        id=ticket_id,
        key=f"{plan.project}-{number}",
        number=number,
        lane=plan.lane,
        created_ms=created_ms,
        type=kind,
        first_status=first_status,
        first_priority=priority,
        first_assignee=assigned,
        reporter=reporter,
        creator=creator,
        summary=title,
        text=text,
        labels=labels,
        parent=f"{plan.project}-{number - 1}" if kind is SUB_TASK and number > 1 else None,
        histories=life.histories_kept(stream),
        comments=life.comments_kept(),
        worklogs=book(desk, stream, ticket_id, story.worked_ms, life),
        deleted_ms=desk.deleted_ms(stream, created_ms),
        odd=None,
    )


def _kind(plan: QueuePlan, stream: Stream, burst: bool) -> tuple[IssueType, Priority]:
    types, priorities = _tables(plan)
    kind, rank = plan.types[types.index(stream.uniform())][0], priorities.index(stream.uniform())
    if burst:
        return BUG, PRIORITIES[0 if stream.chance(0.6) else 1]
    return SUB_TASK if stream.chance(0.02) else kind, PRIORITIES[rank]


@lru_cache(maxsize=16)
def _tables(plan: QueuePlan) -> tuple[Weighted, Weighted]:
    return Weighted(*(weight for _, weight in plan.types)), Weighted(*plan.priorities)


def _people(desk: Desk, stream: Stream, created_ms: int) -> tuple[Person, Person]:
    """Who wants it and who typed it in: often somebody of the team itself."""
    plan = desk.plan
    index = int(plan.customers * stream.uniform() ** 1.4)
    reporter = customer(plan.project, index, desk.team.plan.zone_name, "atlassian")
    chance = stream.uniform()
    if chance < 0.12:
        member = desk.analyst(stream, created_ms)
        return member, member
    if chance < 0.22:
        return reporter, desk.analyst(stream, created_ms)
    return reporter, reporter


def _add_noise(desk: Desk, stream: Stream, life: Life, created_ms: int, worked_ms: int) -> None:
    """Branches, sprints and labels; what the automation says of them; a few tickets that everybody talks about."""
    span_ms = max(HOUR_MS, worked_ms - created_ms)
    for _ in range(stream.poisson(2.0)):
        at_ms = created_ms + int(stream.uniform() * span_ms) + 5_000
        number = stream.whole(100, 9_000)
        choice = stream.uniform()
        if choice < 0.5:
            item = noise("RemoteIssueLink", None, (None, None), (str(number), f"This issue links to change {number}"))
        elif choice < 0.8:
            item = noise("Rank", None, ("", ""), ("", "Ranked higher"))
        else:
            item = noise("labels", "labels", ("", ""), ("", stream.pick(desk.plan.labels)))
        life.record(at_ms, desk.analyst(stream, at_ms), item)
        if choice < 0.2:
            life.say(at_ms + 1_500, AUTOMATION, REVIEWED)
    if stream.chance(0.015):
        for _ in range(stream.whole(22, 45)):
            at_ms = created_ms + int(stream.uniform() * span_ms) + 9_000
            index = int(stream.uniform() * desk.plan.customers)
            life.say(at_ms, customer(desk.plan.project, index, desk.team.plan.zone_name, "atlassian"), "+1")
