"""The parts of one running demo that answers are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo.directory import directory
from demo.issue_json import IssueWriter
from demo.people import Person
from demo.search import Search
from demo.states import States
from demo.timesheets import Timesheets
from demo.world import World


@dataclass(frozen=True, slots=True)
class Site:
    """A world and the ways to read it."""

    world: World
    states: States
    writer: IssueWriter
    search: Search
    timesheets: Timesheets
    people: Mapping[str, Person]


def build_site(seed: int, sizes: Mapping[str, int]) -> Site:
    """A site of that seed, with queues of those sizes.

    Raises:
        SizeError: a size is not possible.
    """
    world = World(seed, sizes)
    states = States(world)
    people = directory(world)
    writer = IssueWriter(world, states)
    return Site(world, states, writer, Search(world, states, people), Timesheets(world), people)
