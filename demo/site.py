"""The parts of one running demo that answers are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo.dialect import DIALECTS, Dialect, username
from demo.directory import directory
from demo.index import Index
from demo.issue_json import IssueWriter
from demo.options import Options
from demo.people import Person
from demo.search import Search
from demo.states import States
from demo.timesheets import Timesheets
from demo.world import World


@dataclass(frozen=True, slots=True)
class Site:
    """A world and the ways to read it.

    `people` are the accounts by id, `usernames` the same by the login names of Data Center.
    """

    world: World
    states: States
    index: Index
    writer: IssueWriter
    search: Search
    timesheets: Timesheets
    people: Mapping[str, Person]
    usernames: Mapping[str, Person]
    dialect: Dialect
    page_cap: int
    result_window: int
    tempo_live_names: bool


def build_site(options: Options) -> Site:
    """The site that the options describe.

    Raises:
        SizeError: a size is not possible.
    """
    dialect = DIALECTS[options.dialect]
    world = World(options.seed, options.sizes, deletions=options.deletions)
    states = States(world)
    index = Index(world, states, options.index_lag_s)
    people = directory(world)
    usernames = {username(person): person for person in people.values()}
    known = people if dialect.is_cloud else people | usernames
    return Site(
        world=world,
        states=states,
        index=index,
        writer=IssueWriter(world, states, dialect),
        search=Search(world, index, known, strict_bounds=not dialect.is_cloud),
        timesheets=Timesheets(world),
        people=people,
        usernames=usernames,
        dialect=dialect,
        page_cap=options.page_cap,
        result_window=options.result_window,
        tempo_live_names=options.tempo_live_names,
    )
