"""A day's tickets of one project: who asks for what, and the rest of each ticket's life."""

from __future__ import annotations

from functools import lru_cache

from demo.arrivals import created_on
from demo.bookings import book
from demo.effort import Desk
from demo.fleet import QueuePlan
from demo.life import Life
from demo.lives import Story
from demo.numbering import issue_id
from demo.people import AUTOMATION, Person, customer
from demo.software_births import software_birth
from demo.streams import Stream, Weighted
from demo.ticket import Ticket, noise
from demo.wording import NOTED, RECEIVED, summary
from demo.workflow import INCIDENT, OPEN, PRIORITIES, SUB_TASK, IssueType, Priority
from demo.zones import HOUR_MS, MINUTE_MS

_ODD_CHANCES = (
    ("null", 0.0045),
    ("never-started", 0.003),
    ("text", 0.0018),
    ("text-object", 0.0018),
    ("listed", 0.0018),
    ("no-breach-time", 0.012),
    ("explicit-null", 0.02),
)


def births(desk: Desk, day: int, first_number: int) -> tuple[Ticket, ...]:
    """The tickets created on that local day, numbered from `first_number`, in order of creation."""
    plan = desk.plan
    stream = Stream(desk.seed, "lives", plan.project, day)
    birth = _birth if plan.is_desk else software_birth
    found = []
    for offset, (created_ms, burst) in enumerate(created_on(desk.seed, plan, desk.calendar, day, desk.scale)):
        found.append(birth(desk, stream, first_number + offset, created_ms, burst))
    return tuple(found)


def _birth(desk: Desk, stream: Stream, number: int, created_ms: int, burst: bool) -> Ticket:
    plan = desk.plan
    kind, priority = _kind(plan, stream, burst)
    reporter, creator = _people(desk, stream, created_ms)
    assigned = desk.analyst(stream, created_ms) if stream.chance(0.06) else None
    life = Life(priority, assigned)
    if stream.chance(0.7):
        life.say(created_ms + stream.whole(1500, 9000), AUTOMATION, RECEIVED, public=True)
    title, text = summary(stream, plan.project), "Hello, this happened today. " + stream.pick(NOTED)
    labels = _labels(plan, stream)
    story = Story(desk, stream, life, number, (reporter, creator))
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
        first_status=OPEN,
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
        odd=_oddity(stream),
    )


def _kind(plan: QueuePlan, stream: Stream, burst: bool) -> tuple[IssueType, Priority]:
    types, priorities = _tables(plan)
    kind, rank = plan.types[types.index(stream.uniform())][0], priorities.index(stream.uniform())
    if burst:
        return INCIDENT, PRIORITIES[0 if stream.chance(0.6) else 1]
    if stream.chance(0.003):
        kind = SUB_TASK
    return kind, PRIORITIES[rank]


@lru_cache(maxsize=16)
def _tables(plan: QueuePlan) -> tuple[Weighted, Weighted]:
    return Weighted(*(weight for _, weight in plan.types)), Weighted(*plan.priorities)


def _people(desk: Desk, stream: Stream, created_ms: int) -> tuple[Person, Person]:
    """Who has the problem and who typed it in: now and then an analyst."""
    plan = desk.plan
    index = int(plan.customers * stream.uniform() ** 1.4)
    kind = "atlassian" if plan.in_house else "customer"
    reporter = customer(plan.project, index, desk.team.plan.zone_name, kind)
    chance = stream.uniform()
    if chance < 0.02:
        analyst = desk.analyst(stream, created_ms)
        return analyst, analyst
    if chance < 0.13:
        return reporter, desk.analyst(stream, created_ms)
    return reporter, reporter


def _labels(plan: QueuePlan, stream: Stream) -> tuple[str, ...]:
    labels = [stream.pick(plan.labels)] if stream.chance(0.55) else []
    if plan.share_label is not None and stream.chance(plan.share):
        labels.append(plan.share_label)
    return tuple(labels)


def _add_noise(desk: Desk, stream: Stream, life: Life, created_ms: int, worked_ms: int) -> None:
    """Links, labels and descriptions; a few tickets drown in them."""
    chatty = stream.chance(0.012)
    count = stream.whole(24, 46) if chatty else stream.poisson(2.6 if desk.plan.round_the_clock else 1.3)
    span_ms = max(HOUR_MS, worked_ms - created_ms)
    for _ in range(count):
        at_ms = created_ms + int(stream.uniform() * span_ms) + 5_000
        number = stream.whole(18_000, 99_000)
        choice = stream.uniform()
        if choice < 0.6:
            item = noise(
                "RemoteIssueLink", None, (None, None), (str(number), f'This issue links to "Wiki page {number}"')
            )
        elif choice < 0.75:
            item = noise(
                "Link", None, (None, None), (f"{desk.plan.project}-{number % 900 + 1}", "This issue relates to")
            )
        elif choice < 0.9:
            item = noise("labels", "labels", ("", ""), ("", stream.pick(desk.plan.labels)))
        else:
            item = noise("description", "description", (None, "Hello"), (None, "Hello, this happened today."))
        life.record(at_ms, desk.analyst(stream, at_ms), item)
    for _ in range(stream.whole(21, 30) if chatty else 0):
        at_ms = created_ms + int(stream.uniform() * span_ms) + 9_000
        life.say(at_ms, desk.analyst(stream, at_ms), stream.pick(NOTED), public=False)
    if desk.plan.round_the_clock:
        _hand_over(desk, stream, life, created_ms, worked_ms)


def _hand_over(desk: Desk, stream: Stream, life: Life, created_ms: int, worked_ms: int) -> None:
    """Each shift leaves a note on what it hands over, three times a day for the first days."""
    wall = desk.calendar.zone.wall_ms(created_ms)
    shift_ms = 8 * HOUR_MS
    for turn in range(1, 13):
        wall_at = (wall + 2 * HOUR_MS) // shift_ms * shift_ms - 2 * HOUR_MS + turn * shift_ms
        at_ms = desk.calendar.zone.instant_ms(wall_at) + stream.whole(1, 25) * MINUTE_MS
        if at_ms >= worked_ms:
            return
        life.say(at_ms, desk.analyst(stream, at_ms), "Handed over in the shift meeting.", public=False)


def _oddity(stream: Stream) -> str | None:
    drawn = stream.uniform()
    for name, chance in _ODD_CHANCES:
        if drawn < chance:
            return name
        drawn -= chance
    return None
