"""Doing things to single tickets by hand: from that instant on they differ from what was drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from demo.exchange import Answer, Ask, Refused, body_text, problem
from demo.fleet import ADMIN_LANE
from demo.people import Person
from demo.site import Site
from demo.ticket import Comment, History, Item, Ticket, change, noise
from demo.workflow import IN_PROGRESS, PRIORITIES, compact
from demo.world import Project

MOVED_NUMBERS_FROM = 900_001
"""Numbers of tickets that were moved: far above those that are given to new ones."""


_CARRIED = frozenset({"assignee", "priority"})


@dataclass(frozen=True, slots=True)
class _Hand:
    """What an intervention works with: the ticket as it is at an instant."""

    site: Site
    ticket: Ticket
    project: Project
    at_ms: int
    body: dict[str, object]

    def person(self, name: str) -> Person:
        """Somebody named in the body by account id; by default a member of the project's team."""
        wanted = body_text(self.body, name)
        if wanted is None:
            return next(held.member for held in self.project.desk.team.memberships if held.to_day is None)
        found = self.site.people.get(wanted)
        if found is None:
            raise Refused(problem(400, f"'{name}': there is no account '{wanted}'."))
        return found

    def with_history(self, *items: Item) -> Ticket:
        """The ticket with one history more, in its place among those that are still to come.

        The next change of a field goes on from the value that it is given here.
        """
        added = History(self.at_ms, self.person("author"), items)
        past = [history for history in self.ticket.histories if history.at_ms <= self.at_ms]
        later = list(self.ticket.histories[len(past) :])
        for item in items:
            _go_on(later, item)
        return replace(self.ticket, histories=(*past, added, *later))


def _go_on(later: list[History], given: Item) -> None:
    for index, history in enumerate(later):
        for place, item in enumerate(history.items):
            if item.field == given.field and item.field in _CARRIED:
                following = change(item.field, given.value, item.value)
                items = (*history.items[:place], following, *history.items[place + 1 :])
                later[index] = replace(history, items=items)
                return


def intervene(site: Site, ask: Ask, key: str, action: str) -> Answer:
    """Carry out one intervention and say which ticket it was, under its key of now.

    Raises:
        Refused: there is no such ticket, it belongs to no queue, or the intervention is not possible.
    """
    act = _ACTIONS.get(action)
    ticket = site.world.find(key, ask.at_ms)
    if act is None:
        raise Refused(problem(404, f"A ticket can be {', '.join(_ACTIONS)}; {action!r} is not known."))
    project = None if ticket is None else site.world.of_lane(ticket.lane)
    if ticket is None or project is None or ticket.lane == ADMIN_LANE:
        raise Refused(problem(404, f"There is no ticket {key!r} in any queue."))
    edited = act(_Hand(site, ticket, project, ask.at_ms, ask.json_object()))
    site.world.edits.keep(ticket, edited, ask.at_ms)
    return Answer(compact({"id": str(edited.id), "key": edited.key, "action": action}))


def _delete(hand: _Hand) -> Ticket:
    return replace(hand.ticket, deleted_ms=hand.at_ms)


def _move(hand: _Hand) -> Ticket:
    wanted = (body_text(hand.body, "project") or "").upper()
    target = hand.site.world.projects.get(wanted)
    if target is None or target is hand.project:
        raise Refused(problem(400, f"'project' has to be another project than {hand.project.plan.project}."))
    moved = [ticket for ticket in hand.site.world.edits.all_at(hand.at_ms).values() if ticket.lane == target.plan.lane]
    number = max((ticket.number + 1 for ticket in moved), default=0)
    number = max(number, MOVED_NUMBERS_FROM)
    key = f"{wanted}-{number}"
    old, new = hand.project.plan, target.plan
    items = (
        noise("project", "project", (old.project_id, old.name), (new.project_id, new.name)),
        noise("Key", None, (None, hand.ticket.key), (None, key)),
    )
    return replace(hand.with_history(*items), key=key, number=number, lane=new.lane)


def _touch(hand: _Hand) -> Ticket:
    """A new assignee, a comment, or (with neither named) a comment that says so."""
    ticket = hand.ticket
    if "assignee" in hand.body:
        state = hand.site.states.at(ticket, hand.at_ms)
        assignee = None if hand.body["assignee"] is None else hand.person("assignee")
        ticket = hand.with_history(change("assignee", state.assignee, assignee))
    text = body_text(hand.body, "comment")
    if text is None and "assignee" in hand.body:
        return ticket
    public = hand.body.get("public", True) is not False
    added = Comment(hand.at_ms, hand.person("author"), public, text or "Looked at by hand.")
    past = [comment for comment in ticket.comments if comment.at_ms <= hand.at_ms]
    return replace(ticket, comments=(*past, added, *ticket.comments[len(past) :]))


def _prioritise(hand: _Hand) -> Ticket:
    """Another priority, named by its id or name."""
    wanted = (body_text(hand.body, "priority") or "").casefold()
    given = next((each for each in PRIORITIES if wanted in {each.id, each.name.casefold()}), None)
    held = hand.site.states.at(hand.ticket, hand.at_ms).priority
    if given is None or given is held:
        raise Refused(problem(400, f"'priority' has to be another priority than {held.name}."))
    return hand.with_history(change("priority", held, given))


def _reopen(hand: _Hand) -> Ticket:
    """Back into work; what was still to come no longer comes."""
    state = hand.site.states.at(hand.ticket, hand.at_ms)
    if not state.status.is_done:
        raise Refused(problem(400, f"{hand.ticket.key} is not finished."))
    items = [] if state.resolution is None else [change("resolution", state.resolution, None)]
    items.append(change("status", state.status, IN_PROGRESS))
    past = replace(
        hand.ticket,
        histories=hand.ticket.histories[: state.history_count],
        comments=hand.ticket.comments[: state.comment_count],
    )
    return replace(hand, ticket=past).with_history(*items)


_ACTIONS: Mapping[str, Callable[[_Hand], Ticket]] = {
    "delete": _delete,
    "move": _move,
    "touch": _touch,
    "prioritise": _prioritise,
    "reopen": _reopen,
}
