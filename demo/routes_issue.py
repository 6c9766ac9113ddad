"""Tickets by id: many at once, one alone, and their changelogs, comments and worklogs."""

from __future__ import annotations

from demo.exchange import Answer, Ask, Refused, body_list, body_number, body_text, problem
from demo.fields import CUSTOM_FIELDS, SYSTEM_FIELDS
from demo.issue_json import field_set
from demo.issue_lists import history_json
from demo.login import require_jira_login
from demo.page_token import TokenError, page_token, read_token
from demo.router import Route
from demo.site import Site
from demo.ticket import Ticket

MOST_FETCHED = 100
MOST_CHANGELOGS = 1000
MOST_FIELD_IDS = 10
_NEWEST_IN_BULK = 40
_NEWEST_ALONE = 100
_PAGE = 100


def bulk_fetch(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """Up to 100 tickets in order of their ids; those that do not exist are in neither list."""
    require_jira_login(ask)
    body = ask.json_object()
    wanted = body_list(body, "issueIdsOrKeys")
    if not 1 <= len(wanted) <= MOST_FETCHED:
        return problem(400, f"Between 1 and {MOST_FETCHED} issues can be fetched at once; {len(wanted)} were given.")
    fields = field_set(body_list(body, "fields") or ["*navigable"])
    histories = _NEWEST_IN_BULK if "changelog" in body_list(body, "expand") else 0
    found = _tickets(site, wanted, ask.at_ms)[ask.bend.drop :]
    shown = ",".join(site.writer.issue(ticket, fields, ask.at_ms, histories=histories) for ticket in found)
    return Answer(f'{{"issues":[{shown}],"issueErrors":[]}}', filled=len(found))


def bulk_changelog(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """Histories of up to 1,000 tickets, oldest first whatever ticket they belong to: one ticket may span pages."""
    require_jira_login(ask)
    body = ask.json_object()
    wanted, field_ids = body_list(body, "issueIdsOrKeys"), body_list(body, "fieldIds")
    if not 1 <= len(wanted) <= MOST_CHANGELOGS:
        return problem(400, f"Between 1 and {MOST_CHANGELOGS} issues can be asked for; {len(wanted)} were given.")
    if len(field_ids) > MOST_FIELD_IDS:
        return problem(400, f"At most {MOST_FIELD_IDS} fields can be asked for.")
    unknown = sorted(set(field_ids).difference(SYSTEM_FIELDS, CUSTOM_FIELDS))
    if unknown:
        return problem(400, f"Unknown field: {', '.join(unknown)}.")
    size = body_number(body, "maxResults", 1000, least=1, most=10_000)
    query = "/".join([*sorted(wanted), "", *sorted(field_ids)])
    try:
        token = body_text(body, "nextPageToken")
        first_ms, start = read_token(token, query, ask.at_ms) if token else (ask.at_ms, 0)
    except TokenError as error:
        return problem(400, str(error))
    tickets = _tickets(site, wanted, first_ms)
    fields = frozenset(field_ids) or None
    found = _histories(tickets, fields, first_ms)
    page = found[start : start + size]
    by_ticket: dict[int, list[str]] = {}
    for _, ticket_id, index, ticket in page:
        shown = history_json(site.dialect, ticket, index, fields=fields, numeric=True)
        by_ticket.setdefault(ticket_id, []).append(shown)
    logs = ",".join(f'{{"issueId":"{id_}","changeHistories":[{",".join(all_)}]}}' for id_, all_ in by_ticket.items())
    more = start + len(page) < len(found)
    following = f',"nextPageToken":"{page_token(query, first_ms, start + len(page))}"' if more else ""
    return Answer(f'{{"issueChangeLogs":[{logs}]{following}}}', bare=len(by_ticket))


def one(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """One ticket with all its fields, or those asked for."""
    ticket = _ticket(site, ask, places)
    fields = field_set(ask.words("fields") or ["*all"])
    histories = _NEWEST_ALONE if "changelog" in ask.words("expand") else 0
    return Answer(site.writer.issue(ticket, fields, ask.at_ms, histories=histories), filled=1)


def changelog(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """A page of one ticket's histories, oldest first."""
    ticket = _ticket(site, ask, places)
    start, limit = _bounds(ask, _PAGE)
    count = site.states.at(ticket, ask.at_ms).history_count
    shown = [history_json(site.dialect, ticket, index) for index in range(start, min(count, start + limit))]
    last = start + limit >= count
    here = f"{ask.base_url}{ask.path}"
    following = "" if last else f',"nextPage":"{here}?maxResults={limit}&startAt={start + limit}"'
    return Answer(
        f'{{"self":"{here}?maxResults={limit}&startAt={start}"{following},"maxResults":{limit},"startAt":{start}'
        f',"total":{count},"isLast":{"true" if last else "false"},"values":[{",".join(shown)}]}}'
    )


def comments(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """A page of one ticket's comments."""
    ticket = _ticket(site, ask, places)
    start, limit = _bounds(ask, _PAGE)
    order = ask.one("orderBy") or "created"
    if order not in {"created", "+created", "-created", " created"}:
        return problem(400, f"The value '{order}' of the parameter 'orderBy' is not valid.")
    state = site.states.at(ticket, ask.at_ms)
    return Answer(site.writer.comments_page(state, start, limit, ask.at_ms, newest_first=order == "-created"))


def worklogs(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """A page of one ticket's worklogs."""
    ticket = _ticket(site, ask, places)
    start, limit = _bounds(ask, 5000)
    return Answer(site.writer.worklogs_page(ticket, start, limit, ask.at_ms))


def _ticket(site: Site, ask: Ask, places: dict[str, str]) -> Ticket:
    require_jira_login(ask)
    ticket = site.world.find(places["issue"], ask.at_ms)
    if ticket is None:
        raise Refused(problem(404, "Issue does not exist or you do not have permission to see it."))
    return ticket


def _tickets(site: Site, wanted: list[str], at_ms: int) -> list[Ticket]:
    found = {ticket.id: ticket for ticket in (site.world.find(each, at_ms) for each in wanted) if ticket is not None}
    return [found[id_] for id_ in sorted(found)]


def _histories(tickets: list[Ticket], fields: frozenset[str] | None, at_ms: int) -> list[tuple[int, int, int, Ticket]]:
    """Instant, ticket id and position of every history up to the instant that touches one of the fields."""
    found = [
        (history.at_ms, ticket.id, index, ticket)
        for ticket in tickets
        for index, history in enumerate(ticket.histories)
        if history.at_ms <= at_ms and (fields is None or any(item.field_id in fields for item in history.items))
    ]
    return sorted(found, key=lambda row: row[:3])


def _bounds(ask: Ask, most: int) -> tuple[int, int]:
    return ask.number("startAt", 0), min(most, ask.number("maxResults", most, least=1))


ROUTES = (
    Route("POST", "/rest/api/3/issue/bulkfetch", bulk_fetch),
    Route("POST", "/rest/api/3/changelog/bulkfetch", bulk_changelog),
    Route("GET", "/rest/api/3/issue/{issue}", one),
    Route("GET", "/rest/api/3/issue/{issue}/changelog", changelog),
    Route("GET", "/rest/api/3/issue/{issue}/comment", comments),
    Route("GET", "/rest/api/3/issue/{issue}/worklog", worklogs),
)
