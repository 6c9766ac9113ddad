"""Data Center, version 2: searching by position, and single tickets."""

from __future__ import annotations

from dataclasses import dataclass

from demo.exchange import Answer, Ask, Refused, body_list, body_number, body_text, problem
from demo.fields import field_names
from demo.issue_json import field_set
from demo.jql_text import JqlError, parse
from demo.login import require_jira_login
from demo.router import Route
from demo.search import shifted
from demo.site import Site
from demo.states import State
from demo.ticket import Ticket
from demo.workflow import compact

_DEFAULT_SIZE = 50
_ALL_COMMENTS = 1_048_576
_EVERY_HISTORY = 1
"""Any number above 0: Data Center never cuts a changelog."""


@dataclass(frozen=True, slots=True)
class _Wish:
    jql: str
    fields: tuple[str, ...]
    expand: frozenset[str]
    start: int
    size: int
    strict: bool


def search_get(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """A page of tickets, asked for in the address."""
    require_jira_login(ask)
    wish = _Wish(
        jql=ask.one("jql") or "",
        fields=tuple(ask.words("fields")),
        expand=frozenset(ask.words("expand")),
        start=ask.number("startAt", 0),
        size=ask.number("maxResults", _DEFAULT_SIZE),
        strict=(ask.one("validateQuery") or "true").lower() in {"true", "strict"},
    )
    return _search(site, ask, wish)


def search_post(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """A page of tickets, asked for in a body."""
    require_jira_login(ask)
    body = ask.json_object()
    expand = body.get("expand")
    words = expand.split(",") if isinstance(expand, str) else body_list(body, "expand")
    wish = _Wish(
        jql=body_text(body, "jql") or "",
        fields=tuple(body_list(body, "fields")),
        expand=frozenset(word.strip() for word in words),
        start=body_number(body, "startAt", 0, least=0),
        size=body_number(body, "maxResults", _DEFAULT_SIZE, least=0),
        strict=body.get("validateQuery") not in {False, "false", "none", "warn"},
    )
    return _search(site, ask, wish)


def one(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """One ticket with all its fields, or those asked for, as it is at this instant."""
    ticket = _ticket(site, ask, places)
    fields = field_set(ask.words("fields") or ["*all"])
    histories = _EVERY_HISTORY if "changelog" in ask.words("expand") else 0
    return Answer(site.writer.issue(ticket, fields, ask.at_ms, histories=histories), filled=1)


def comments(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """The comments of a ticket: all of them unless a page is asked for."""
    ticket = _ticket(site, ask, places)
    start, limit = ask.number("startAt", 0), ask.number("maxResults", _ALL_COMMENTS, least=1)
    order = ask.one("orderBy") or "created"
    if order not in {"created", "+created", "-created", " created"}:
        return problem(400, f"The value '{order}' of the parameter 'orderBy' is not valid.")
    state = site.states.at(ticket, ask.at_ms)
    return Answer(site.writer.comments_page(state, start, limit, ask.at_ms, newest_first=order == "-created"))


def _search(site: Site, ask: Ask, wish: _Wish) -> Answer:
    size = min(wish.size, site.page_cap)
    if wish.start + size > site.result_window:
        text = (
            f"<message>Search limit exceeded. The search asks for {wish.start + size:,} results, and the search "
            f"platform ends at {site.result_window:,}.</message>"
        )
        return Answer(text, 500, "application/xml;charset=UTF-8")
    warnings: tuple[str, ...] = ()
    try:
        parse(wish.jql)
        found = site.search.tickets(wish.jql, ask.at_ms, bounded=False)
    except JqlError as error:
        if wish.strict or not _can_be_read(wish.jql):
            return problem(400, *error.messages)
        found, warnings = [], error.messages
    start = shifted(wish.start, ask.bend.shift, size)
    page = found[start : start + min(size, ask.bend.most or size)][ask.bend.drop :]
    total = len(found) + (ask.bend.shift if wish.start else 0)
    shown = [_shown(site, ask, ticket, wish) for ticket in page]
    parts = [f'"expand":"schema,names","startAt":{wish.start},"maxResults":{size},"total":{total}']
    parts.append(f'"issues":[{",".join(shown)}]')
    if warnings:
        parts.append(f'"warningMessages":{compact(list(warnings))}')
    if "names" in wish.expand:
        names = field_names()
        parts.append(f'"names":{compact({name: names[name] for name in _fields(wish)})}')
    return Answer(f"{{{','.join(parts)}}}", filled=len(page))


def _shown(site: Site, ask: Ask, ticket: Ticket, wish: _Wish) -> str:
    state: State = site.index.state(ticket, ask.at_ms) or site.states.at(ticket, ask.at_ms)
    histories = _EVERY_HISTORY if "changelog" in wish.expand else 0
    updated_ms = site.index.updated_ms(state, ask.at_ms)
    fields = field_set(wish.fields or ("*navigable",))
    return site.writer.issue_in(state, fields, ask.at_ms, histories=histories, updated_ms=updated_ms)


def _fields(wish: _Wish) -> tuple[str, ...]:
    return field_set(wish.fields or ("*navigable",)).names


def _can_be_read(jql: str) -> bool:
    try:
        parse(jql)
    except JqlError:
        return False
    return True


def _ticket(site: Site, ask: Ask, places: dict[str, str]) -> Ticket:
    require_jira_login(ask)
    ticket = site.world.find(places["issue"], ask.at_ms)
    if ticket is None:
        raise Refused(problem(404, "Issue Does Not Exist"))
    return ticket


ROUTES = (
    Route("GET", "/rest/api/2/search", search_get),
    Route("POST", "/rest/api/2/search", search_post),
    Route("GET", "/rest/api/2/issue/{issue}", one),
    Route("GET", "/rest/api/2/issue/{issue}/comment", comments),
)
