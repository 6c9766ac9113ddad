"""Searching: pages of tickets, estimates, and queries that are only read."""

from __future__ import annotations

from dataclasses import dataclass

from demo.exchange import Answer, Ask, Refused, body_list, body_number, body_text, problem
from demo.fields import field_names
from demo.issue_json import EMBEDDED_PAGE, field_set
from demo.jql_text import JqlError
from demo.login import FAILED, Login, jira_login, require_jira_login
from demo.page_token import TokenError, page_token
from demo.router import Route
from demo.site import Site
from demo.states import State
from demo.ticket import Ticket
from demo.workflow import SITE, compact

MOST_BARE = 5000
"""Ids on one page when nothing else is asked for."""
MOST_FILLED = 100
"""Tickets on one page when fields are asked for."""

_DEFAULT_SIZE = 50


@dataclass(frozen=True, slots=True)
class _Wish:
    jql: str
    fields: tuple[str, ...]
    expand: frozenset[str]
    size: int
    token: str | None


def search_get(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """A page of tickets, asked for in the address."""
    refused = _stranger(ask, '{"issues":[],"isLast":true}')
    if refused is not None:
        return refused
    size = ask.number("maxResults", _DEFAULT_SIZE, least=1)
    expand = frozenset(ask.words("expand"))
    return _search(site, ask, _Wish(ask.one("jql") or "", tuple(ask.words("fields")), expand, size, _token(ask)))


def search_post(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """A page of tickets, asked for in a body."""
    refused = _stranger(ask, '{"issues":[],"isLast":true}')
    if refused is not None:
        return refused
    body = ask.json_object()
    wish = _Wish(
        jql=body_text(body, "jql") or "",
        fields=tuple(body_list(body, "fields")),
        expand=frozenset(word.strip() for word in (body_text(body, "expand") or "").split(",")),
        size=body_number(body, "maxResults", _DEFAULT_SIZE, least=1),
        token=body_text(body, "nextPageToken") or None,
    )
    return _search(site, ask, wish)


def approximate_count(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """How many tickets match."""
    refused = _stranger(ask, '{"count":0}')
    if refused is not None:
        return refused
    try:
        found = site.search.tickets(body_text(ask.json_object(), "jql") or "", ask.at_ms)
    except JqlError as error:
        return problem(400, *error.messages)
    return Answer(f'{{"count":{len(found)}}}')


def parse_jql(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """What is wrong with each of several queries, if anything; unbounded ones are fine here."""
    require_jira_login(ask)
    queries = body_list(ask.json_object(), "queries")
    if not queries:
        return problem(400, "Provide at least one query.")
    shown: list[dict[str, object]] = []
    for jql in queries:
        try:
            site.search.check(jql, ask.at_ms, bounded=False)
        except JqlError as error:
            shown.append({"query": jql, "errors": list(dict.fromkeys(error.messages))})
        else:
            shown.append({"query": jql})
    return Answer(compact({"queries": shown}))


def removed(_site: Site, _ask: Ask, _places: dict[str, str]) -> Answer:
    """The search that Jira took away in 2025."""
    return problem(410, "This resource has been removed. Use /rest/api/3/search/jql instead.")


def _search(site: Site, ask: Ask, wish: _Wish) -> Answer:
    fields = field_set(wish.fields)
    bare = fields.bare and "changelog" not in wish.expand
    size = min(wish.size, MOST_BARE if bare else MOST_FILLED, ask.bend.most or wish.size)
    try:
        page = site.search.page(wish.jql, ask.at_ms, wish.token, size, shift=ask.bend.shift)
    except JqlError as error:
        return problem(400, *error.messages)
    except TokenError as error:
        return problem(400, str(error))
    states = [_known(site, ticket, ask.at_ms) for ticket in page.tickets[ask.bend.drop :]]
    if bare and "key" not in wish.fields:
        shown = [f'{{"id":"{state.ticket.id}"}}' for state in states]
    elif bare:
        shown = [
            f'{{"expand":"","id":"{ticket.id}","self":"{SITE}/rest/api/3/issue/{ticket.id}","key":"{ticket.key}"}}'
            for ticket in (state.ticket for state in states)
        ]
    else:
        cap = EMBEDDED_PAGE if "changelog" in wish.expand else 0
        shown = [
            site.writer.issue_in(
                state, fields, ask.at_ms, histories=cap, updated_ms=site.index.updated_ms(state, ask.at_ms)
            )
            for state in states
        ]
    token = page.token
    if ask.bend.same_token:
        token = wish.token or page_token(wish.jql, ask.at_ms, 0)
    parts = [f'"issues":[{",".join(shown)}]']
    if "names" in wish.expand:
        names = field_names()
        parts.append(f'"names":{compact({name: names[name] for name in fields.names})}')
    if token is not None:
        parts.append(f'"nextPageToken":"{token}"')
    parts.append(f'"isLast":{"true" if token is None else "false"}')
    count = len(states)
    return Answer(f"{{{','.join(parts)}}}", filled=0 if bare else count, bare=count if bare else 0)


def _known(site: Site, ticket: Ticket, at_ms: int) -> State:
    """A ticket of a page as the index knows it now, or as it is if it has gone since the first page."""
    ticket = site.world.edits.version(ticket, at_ms)
    return site.index.state(ticket, at_ms) or site.states.at(ticket, at_ms)


def _stranger(ask: Ask, empty: str) -> Answer | None:
    """What those get who are not logged in: an empty result, or a complaint about a project they cannot see."""
    login = jira_login(ask)
    if login is Login.READER:
        return None
    if login is Login.WRONG:
        return Answer(empty, headers=(FAILED,))
    raise Refused(
        problem(
            400,
            "The value given does not exist for the field 'project'.",
            "Field 'resolution' does not exist or this field cannot be viewed by anonymous users.",
        )
    )


def _token(ask: Ask) -> str | None:
    return ask.one("nextPageToken") or None


ROUTES = (
    Route("GET", "/rest/api/3/search/jql", search_get),
    Route("POST", "/rest/api/3/search/jql", search_post),
    Route("POST", "/rest/api/3/search/approximate-count", approximate_count),
    Route("POST", "/rest/api/3/jql/parse", parse_jql),
    Route("GET", "/rest/api/3/search", removed),
    Route("POST", "/rest/api/3/search", removed),
)
