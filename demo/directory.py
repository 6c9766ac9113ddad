"""Everybody by account id."""

from __future__ import annotations

from demo.people import AUTOMATION, READER, TEMPO_APP, UNKNOWN, Person, customer
from demo.world import World


def directory(world: World) -> dict[str, Person]:
    """All accounts of a world: analysts, customers, automation and the reader."""
    people = [READER, AUTOMATION, TEMPO_APP, UNKNOWN]
    for team in world.crews.values():
        people += [membership.member for membership in team.memberships]
    for project in world.projects.values():
        plan = project.plan
        kind = "atlassian" if plan.in_house else "customer"
        zone_name = project.desk.team.plan.zone_name
        people += [customer(plan.project, index, zone_name, kind) for index in range(plan.customers)]
    return {each.account_id: each for each in people}
