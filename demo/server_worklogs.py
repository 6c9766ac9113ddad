"""Tempo's objects as it writes them on Data Center."""

from __future__ import annotations

from collections.abc import Iterable

from demo.bookings import owed_seconds
from demo.dialect import username
from demo.people import Person
from demo.site import Site
from demo.stamps import iso_date, utc_offset_stamp
from demo.teams import FULL_TIME, Membership, Team
from demo.ticket import Worklog
from demo.timesheets import updated_ms
from demo.workflow import compact
from demo.worktime import WorkCalendar
from demo.zones import DAY_MS


def worklog_json(site: Site, held: Worklog, at_ms: int) -> str:
    """A worklog with its ticket and the key of whoever worked.

    By default under the names that are published (`startDate`, a date; `workerKey`, `updaterKey`), with the live names
    under those that servers are known to use (`started`, a date with a time; `worker`, `updater`).
    """
    day, worker = iso_date(held.day), held.author.account_id
    hours, rest = divmod(held.second, 3600)
    shown: dict[str, object] = {"tempoWorklogId": held.id, "jiraWorklogId": held.id, "issue": _issue(site, held, at_ms)}
    shown |= {"timeSpentSeconds": held.seconds, "billableSeconds": held.billable_s, "comment": held.text}
    if site.tempo_live_names:
        shown |= {"started": f"{day} {hours:02d}:{rest // 60:02d}:{rest % 60:02d}.000"}
        shown |= {"worker": worker, "updater": worker}
    else:
        shown |= {"startDate": day, "workerKey": worker, "updaterKey": worker}
    shown |= {"created": _stamp(held.created_ms), "updated": _stamp(updated_ms(held, at_ms)), "attributes": {}}
    return compact(shown)


def _issue(site: Site, held: Worklog, at_ms: int) -> dict[str, object]:
    """The ticket inside a worklog; of one that is gone only what identifies it is left."""
    ticket = site.world.ever(held.issue_id, at_ms)
    if ticket is None:
        return {"id": held.issue_id}
    project = ticket.key.rpartition("-")[0]
    shown: dict[str, object] = {"id": ticket.id, "key": ticket.key, "projectKey": project}
    shown["projectId"] = site.timesheets.project_numbers[project]
    if ticket.deleted_ms is not None and ticket.deleted_ms <= at_ms:
        return shown
    state = site.states.at(ticket, at_ms)
    return shown | {
        "summary": ticket.summary,
        "issueType": ticket.type.name,
        "issueStatus": state.status.name,
        "reporterKey": ticket.reporter.account_id,
        "internalIssue": False,
    }


def members_json(team: Team, at_ms: int) -> list[dict[str, object]]:
    """The members of a team, each with the span of the membership; an empty text where it has no end."""
    return [_member(team, membership, at_ms) for membership in team.memberships]


def _member(team: Team, membership: Membership, at_ms: int) -> dict[str, object]:
    person, id_ = membership.member, membership.id
    first, last = ("" if day is None else iso_date(day) for day in (membership.from_day, membership.to_day))
    active = membership.holds_on(at_ms // DAY_MS)
    return {
        "id": id_,
        "member": {
            "teamMemberId": id_,
            "name": username(person),
            "key": person.account_id,
            "type": "USER",
            "displayname": person.name,
            "activeInJira": person.active,
        },
        "membership": {
            "id": id_,
            "role": {"id": 1, "name": "Member", "default": True},
            "dateFromANSI": first,
            "dateToANSI": last,
            "availability": "100" if membership.scheme is FULL_TIME else "60",
            "teamMemberId": id_,
            "teamId": team.plan.id,
            "status": "active" if active else "inactive",
        },
        "showDeactivate": active,
    }


def required_days(membership: Membership, calendar: WorkCalendar, days: Iterable[int]) -> list[dict[str, object]]:
    """What somebody owes on each day, and why it is less than usual."""
    return [_required(membership, calendar, day) for day in days]


def _required(membership: Membership, calendar: WorkCalendar, day: int) -> dict[str, object]:
    holiday = calendar.holiday_names.get(day)
    works = membership.scheme.seconds[(day + 3) % 7] > 0
    if holiday is None:
        kind = "WORKING_DAY" if works else "NON_WORKING_DAY"
    else:
        kind = "HOLIDAY" if works else "HOLIDAY_AND_NON_WORKING_DAY"
    shown: dict[str, object] = {"date": iso_date(day), "requiredSeconds": owed_seconds(membership, calendar, day)}
    shown["type"] = kind
    if holiday is not None:
        shown["holiday"] = {"name": holiday, "description": holiday, "durationSeconds": 28_800}
    return shown


def team_of(site: Site, person: Person) -> tuple[Team, Membership] | None:
    """The team that a person belongs or belonged to."""
    for team in site.world.teams.values():
        for membership in team.memberships:
            if membership.member is person:
                return team, membership
    return None


def _stamp(at_ms: int) -> str:
    return utc_offset_stamp(at_ms)[:23].replace("T", " ")
