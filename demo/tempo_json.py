"""Tempo's objects as it writes them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from demo.bookings import owed_seconds
from demo.exchange import Answer, Ask
from demo.stamps import iso_date, utc_stamp
from demo.teams import FULL_TIME, Membership, Scheme, Team
from demo.ticket import Worklog
from demo.timesheets import updated_ms
from demo.workflow import SITE, compact
from demo.worktime import WorkCalendar

TEMPO_SITE = "https://tempo-demo.example.net/4"
"""What `self` links of Tempo's objects name, whatever port this copy listens on; page links lead back here."""

_JSON = "application/json"
_WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


def tempo_page(ask: Ask, shown: Sequence[str], start: int, limit: int, *, total: int | None = None) -> Answer:
    """A page with its neighbours. With `total`, `shown` is already the page; without, it is the whole list."""
    values = shown if total is not None else shown[start : start + limit]
    count = len(shown) if total is None else total
    metadata: dict[str, object] = {"count": len(values), "offset": start, "limit": limit}
    if start + limit < count:
        metadata["next"] = _address(ask, start + limit, limit)
    if start > 0:
        metadata["previous"] = _address(ask, max(0, start - limit), limit)
    here = compact(_address(ask, start, limit))
    return Answer(
        f'{{"self":{here},"metadata":{compact(metadata)},"results":[{",".join(values)}]}}', content_type=_JSON
    )


def whole_list(ask: Ask, shown: Sequence[str]) -> Answer:
    """A list that is never cut into pages."""
    here = compact(f"{ask.base_url}{ask.path}" + (f"?{ask.query_text}" if ask.query_text else ""))
    body = f'{{"self":{here},"metadata":{{"count":{len(shown)}}},"results":[{",".join(shown)}]}}'
    return Answer(body, content_type=_JSON)


def worklog_json(held: Worklog, at_ms: int) -> str:
    """A worklog: the ticket by number alone, the author without a name."""
    hours, rest = divmod(held.second, 3600)
    here = f"{TEMPO_SITE}/worklogs/{held.id}"
    account = held.author.account_id
    return (
        f'{{"self":"{here}","tempoWorklogId":{held.id},"issue":{{"self":"{SITE}/rest/api/2/issue/{held.issue_id}"'
        f',"id":{held.issue_id}}},"timeSpentSeconds":{held.seconds},"billableSeconds":{held.billable_s}'
        f',"startDate":"{iso_date(held.day)}","startTime":"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"'
        f',"description":"{held.text}","createdAt":"{utc_stamp(held.created_ms)}"'
        f',"updatedAt":"{utc_stamp(updated_ms(held, at_ms))}"'
        f',"author":{{"self":"{SITE}/rest/api/2/user?accountId={account}","accountId":"{account}"}}'
        f',"attributes":{{"self":"{here}/work-attribute-values","values":[]}}}}'
    )


def team_json(team: Team) -> str:
    """A team; its members are asked for elsewhere."""
    here = f"{TEMPO_SITE}/teams/{team.plan.id}"
    lead = team.memberships[0].member.account_id
    return compact(
        {
            "self": here,
            "id": team.plan.id,
            "name": team.plan.name,
            "summary": "",
            "lead": {"self": f"{SITE}/rest/api/2/user?accountId={lead}", "accountId": lead},
            "links": {"self": f"{here}/links"},
            "members": {"self": f"{here}/members"},
            "permissions": {"self": f"{here}/permissions"},
        }
    )


def membership_json(team: Team, membership: Membership) -> str:
    """A membership; `from` and `to` are absent where it has no beginning or no end."""
    account = membership.member.account_id
    shown: dict[str, object] = {
        "self": f"{TEMPO_SITE}/team-memberships/{membership.id}",
        "id": membership.id,
        "commitmentPercent": 100 if membership.scheme is FULL_TIME else 60,
    }
    if membership.from_day is not None:
        shown["from"] = iso_date(membership.from_day)
    if membership.to_day is not None:
        shown["to"] = iso_date(membership.to_day)
    shown["role"] = {"self": f"{TEMPO_SITE}/roles/1", "id": 1, "name": "Member"}
    team_url = f"{TEMPO_SITE}/teams/{team.plan.id}"
    shown["team"] = {"self": team_url, "id": team.plan.id, "name": team.plan.name}
    shown["member"] = {"self": f"{SITE}/rest/api/2/user?accountId={account}", "accountId": account}
    return compact(shown)


def schedule_json(membership: Membership, calendar: WorkCalendar, day: int) -> str:
    """What somebody owes on a day, and why it is less than usual."""
    holiday = calendar.holiday_names.get(day)
    works = membership.scheme.seconds[(day + 3) % 7] > 0
    if holiday is None:
        kind = "WORKING_DAY" if works else "NON_WORKING_DAY"
    else:
        kind = "HOLIDAY" if works else "HOLIDAY_AND_NON_WORKING_DAY"
    on = iso_date(day)
    shown: dict[str, object] = {"date": on, "requiredSeconds": owed_seconds(membership, calendar, day), "type": kind}
    if holiday is not None:
        shown["holiday"] = {
            "self": f"{TEMPO_SITE}/holiday-schemes/1/holidays/{day}",
            "id": day,
            "schemeId": 1,
            "name": holiday,
            "description": holiday,
            "durationSeconds": 28_800,
            "date": on,
            "type": "FIXED",
        }
    return compact(shown)


def scheme_json(scheme: Scheme, member_count: int) -> str:
    """A workload scheme."""
    return compact(
        {
            "self": f"{TEMPO_SITE}/workload-schemes/{scheme.id}",
            "id": scheme.id,
            "name": scheme.name,
            "description": "Hours owed on each weekday.",
            "defaultScheme": scheme is FULL_TIME,
            "memberCount": member_count,
            "days": [
                {"day": name, "requiredSeconds": seconds}
                for name, seconds in zip(_WEEKDAYS, scheme.seconds, strict=True)
            ],
        }
    )


def _address(ask: Ask, start: int, limit: int) -> str:
    pairs = [(name, value) for name, value in parse_qsl(ask.query_text) if name not in {"offset", "limit"}]
    return f"{ask.base_url}{ask.path}?{urlencode([*pairs, ('offset', start), ('limit', limit)])}"
