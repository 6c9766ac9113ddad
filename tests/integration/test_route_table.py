"""Every address and every question that pages ask, by everybody who may come or try to: each gets what is promised."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

import pytest
from dash import Dash

from dashboard.callbacks import answered
from dashboard.route_table import ADMITTED, CALLBACKS, ENDPOINTS, Areas, Who
from opsportal import tokens
from opsportal.token_scope import VIEWS
from tests.fakes.desk_world import World
from tests.fakes.forged_identities import Headers, forged
from tests.fakes.guarded_app import HOST, PREFIX, TOKEN_KEY, bearer, grant, guarded, in_session
from tests.fakes.local_server import LocalServer, serving
from tests.fakes.route_rows import Row, endpoint_of, path_of, rows_of, status_of
from tests.fakes.signing_in import DATA, NOW, SECRET, Balancer

Auth: TypeAlias = Literal["none", "proxy", "alb-oidc"]
_ASTRAY: Final = (
    "/",
    "/api/queues",
    "/portal",
    "/portal/healthz",
    "/healthz/",
    "/readyz/../portal/api/queues",
    "/portal/assets/../api/queues",
    "/portal/assets/..%2fapi/queues",
    "/portal/assets//portal/api/queues",
    "/portal/assets/..\\api/queues",
    "/portal/_dash-component-suites/../_dash-layout",
    "/portal/embed/../api/queues",
    "/portal/embed/",
    "//portal/api/queues",
    "/portal//api/queues",
    "/portal/./api/queues",
    "/portal/api/../api/queues",
    "/portal/api;/queues",
    "/PORTAL/api/queues",
    "/portal/api%00/queues",
)
"""Addresses that lead past a guard who looks at the beginning alone."""


@dataclass(frozen=True, slots=True)
class Column:
    """Somebody: how people sign in there, what is sent, and as what that counts."""

    auth: Auth
    headers: Headers
    who: Who


@pytest.fixture(scope="module")
def balancer() -> Balancer:
    """Our load balancer."""
    return Balancer()


@pytest.fixture(scope="module")
def keys(balancer: Balancer) -> Iterator[LocalServer]:
    """Where its keys are handed out."""
    with serving(balancer.answering) as server:
        yield server


@pytest.fixture(scope="module")
def apps(keys: LocalServer, tmp_path_factory: pytest.TempPathFactory) -> dict[Auth, Dash]:
    """The application with each way of signing in."""
    folder, auths = tmp_path_factory.mktemp("guarded"), ("none", "proxy", "alb-oidc")
    return {auth: guarded(World(), folder / auth, keys.url, auth) for auth in auths}  # type: ignore[misc]


@pytest.fixture(scope="module")
def rows(apps: dict[Auth, Dash]) -> list[Row]:
    """All that the application answers, from its own maps."""
    return rows_of(apps["none"], [])


@pytest.fixture(scope="module")
def promised(apps: dict[Auth, Dash], rows: list[Row]) -> list[int]:
    """What each row answers to somebody who may see everything."""
    return [status_of(apps["none"], row, []) for row in rows]


def _columns(balancer: Balancer) -> dict[str, Column]:
    wrong = forged(balancer)

    def balanced(*groups: str) -> Headers:
        return [(DATA, balancer.says(*groups))]

    def proxied(groups: str, secret: str = SECRET) -> Headers:
        return [("X-Portal-Proxy-Secret", secret), ("X-Forwarded-User", "ada"), ("X-Forwarded-Groups", groups)]

    def token(purpose: tokens.Audience, **changed: object) -> str:
        return tokens.make(TOKEN_KEY, grant(purpose, **changed))

    past = {"made_ms": NOW - 200_000, "until_ms": NOW - 1_000}
    refused = {
        "expired": "expired",
        "wrong signer": "another signer",
        "wrong issuer": "another issuer",
        "wrong client": "another client",
        "alg none": "alg none, unsigned",
        "HS256": "HS256 with the public key",
        "other kid, unknown": "an unknown key id",
        "other kid, like a path": "a key id that leads elsewhere",
        "other kid, of another balancer": "the key of another balancer named",
        "duplicate header": "twice",
    }
    return {
        "no token": Column("alb-oidc", [], "nobody"),
        **{name: Column("alb-oidc", wrong[forgery], "nobody") for name, forgery in refused.items()},
        "viewer": Column("alb-oidc", balanced(), "viewer"),
        "lead": Column("alb-oidc", balanced("leads"), "lead"),
        "admin": Column("alb-oidc", balanced("admins"), "admin"),
        "api token": Column("alb-oidc", bearer(token("api")), "api"),
        "api token, expired": Column("alb-oidc", bearer(token("api", **past)), "nobody"),
        "api token, of another key": Column("alb-oidc", bearer(tokens.make(SECRET, grant("api"))), "nobody"),
        "embed token in Authorization": Column("alb-oidc", bearer(token("embed")), "nobody"),
        "embed session": Column("alb-oidc", in_session(grant("embed")), "embed"),
        "embed session, not there": Column("alb-oidc", in_session(grant("embed"), "0" * 12), "nobody"),
        "kiosk session": Column("alb-oidc", in_session(grant("kiosk")), "kiosk"),
        "proxy without secret": Column("proxy", proxied("admins")[1:], "nobody"),
        "proxy with wrong secret": Column("proxy", proxied("admins", SECRET[::-1]), "nobody"),
        "proxy, and a balancer's word": Column("proxy", balanced("admins"), "nobody"),
        "proxy, viewer": Column("proxy", proxied("staff"), "viewer"),
        "proxy, lead": Column("proxy", proxied("leads"), "lead"),
        "proxy, admin": Column("proxy", proxied("admins"), "admin"),
        "balancer, and a proxy's word": Column("alb-oidc", proxied("admins"), "nobody"),
        "nobody signs in": Column("none", [], "admin"),
    }


def _due(row: Row, column: Column, promised: int) -> int:
    """The status that the table promises."""
    if column.who not in ADMITTED[row.area]:
        return 401 if column.who == "nobody" else 403
    if row.callback is not None and CALLBACKS.get(row.callback) == "admin" and column.who != "admin":
        return 403
    return promised


@pytest.mark.parametrize("name", sorted(_columns(Balancer())))
def test_everybody_gets_what_is_promised_everywhere(
    name: str, balancer: Balancer, apps: dict[Auth, Dash], rows: list[Row], promised: list[int]
) -> None:
    """One column of the matrix: all routes and all questions of pages."""
    column = _columns(balancer)[name]
    got = [status_of(apps[column.auth], row, column.headers) for row in rows]
    due = [_due(row, column, good) for row, good in zip(rows, promised, strict=True)]
    wrong = [
        f"{row.path} {row.callback or ''}: {is_} and not {wanted}"
        for row, is_, wanted in zip(rows, got, due, strict=True)
        if is_ != wanted
    ]
    assert wrong == []


def _replayed() -> dict[str, Column]:
    """Tokens of another queue or page than those that the rows are about."""

    def of(purpose: tokens.Audience, **scope: frozenset[str]) -> Headers:
        made = grant(purpose, **scope)
        return bearer(tokens.make(TOKEN_KEY, made)) if purpose == "api" else in_session(made)

    queue, view, first = frozenset({"billing"}), frozenset({"data"}), frozenset({"overview"})
    return {
        "embed session of another queue": Column("alb-oidc", of("embed", queues=queue), "embed"),
        "embed session of another page": Column("alb-oidc", of("embed", views=view), "embed"),
        "embed session of the first page": Column("alb-oidc", of("embed", views=first), "embed"),
        "kiosk session of another queue": Column("alb-oidc", of("kiosk", queues=queue), "kiosk"),
        "kiosk session of another page": Column("alb-oidc", of("kiosk", views=view), "kiosk"),
        "api token of another queue": Column("alb-oidc", of("api", queues=queue), "api"),
        "api token of another page": Column("alb-oidc", of("api", views=view), "api"),
    }


def _view_of(row: Row) -> str | None:
    """The page that a row is about: that of an operation is not the Data page. None: it is about none."""
    named = {PREFIX: "overview", f"{PREFIX}queue/desk": "queue", f"{PREFIX}export/overview.csv": "overview"}
    if row.area == "api" and not row.path.endswith(("/api", "/typo", "/openapi.json")):
        return "operation"
    return row.callback if row.callback in VIEWS else named.get(row.path)


def _due_of_scope(name: str, row: Row, column: Column, promised: int) -> int:
    due = _due(row, column, promised)
    if column.who not in ADMITTED[row.area] or row.area in ("files", "alive", "ready", "exchange"):
        return due
    if row.area == "metrics":
        return 403
    if name.endswith("queue"):
        return 404 if "/desk" in row.path else due
    seen = {None, "overview"} if name.endswith("first page") else {None, "data"}
    return due if _view_of(row) in seen else 403


@pytest.mark.parametrize("name", sorted(_replayed()))
def test_a_token_opens_nothing_but_what_it_is_for(
    name: str, apps: dict[Auth, Dash], rows: list[Row], promised: list[int]
) -> None:
    """Shown for another queue it finds none, shown for another page it is refused, at every route and question."""
    column = _replayed()[name]
    app = apps[column.auth]
    wrong = [
        f"{row.path} {row.callback or ''}: {got} and not {due}"
        for row, good in zip(rows, promised, strict=True)
        if (got := status_of(app, row, column.headers)) != (due := _due_of_scope(name, row, column, good))
    ]
    assert wrong == []


def test_a_page_is_framed_by_the_site_of_its_token_alone(apps: dict[Auth, Dash]) -> None:
    """Whatever the settings let others do; and a token that comes from another site is exchanged for nothing."""
    client = apps["alb-oidc"].server.test_client(use_cookies=False)
    page = client.get(PREFIX, headers=in_session(grant("embed")))
    assert page.headers["Content-Security-Policy"].endswith(f"frame-ancestors {HOST}")
    token = tokens.make(TOKEN_KEY, grant("embed"))
    statuses = {
        site: client.get(f"{PREFIX}embed?token={token}", headers={"Referer": f"{site}/page"}).status_code
        for site in (HOST, "https://evil.example", f"{HOST}.evil.example")
    }
    assert statuses == {HOST: 303, "https://evil.example": 401, f"{HOST}.evil.example": 401}


def test_the_promises_are_kept_by_answers_and_not_by_failures(rows: list[Row], promised: list[int]) -> None:
    """Nothing fails, and the application knows what it is asked, but for what nobody would ask."""
    found = {row.callback or row.path: status for row, status in zip(rows, promised, strict=True)}
    assert {status for status in found.values() if status >= 500} == set()
    asked_by_pages = {name for name in found if name in CALLBACKS}
    assert asked_by_pages == set(CALLBACKS)
    assert {found[name] for name in asked_by_pages} <= {200, 204}
    assert found[f"{PREFIX}api/queues"] == found["/metrics"] == found[f"{PREFIX}queue/desk"] == 200


def test_every_route_and_every_question_has_its_line(apps: dict[Auth, Dash]) -> None:
    """What the table does not list, and what it lists in vain, is told by its name."""
    app = apps["none"]
    areas, rules = Areas(PREFIX), list(app.server.url_map.iter_rules())
    assert {endpoint_of(rule.endpoint) for rule in rules} == set(ENDPOINTS)
    assert {rule.rule: areas.of(path_of(rule.rule)) for rule in rules} == {
        rule.rule: ENDPOINTS[endpoint_of(rule.endpoint)] for rule in rules
    }
    assert answered(app) == set(CALLBACKS)


def test_what_is_not_in_the_table_is_not_open(world_app: Dash, balancer: Balancer) -> None:
    """A route that somebody adds is for people who are signed in, and a question for admins, until it has a line."""
    client = world_app.server.test_client()
    viewer, admin = ([(DATA, balancer.says(*groups))] for groups in ((), ("admins",)))
    assert client.get(f"{PREFIX}new").status_code == 401
    assert client.get(f"{PREFIX}new", headers=viewer).status_code == 200
    (question,) = (row for row in rows_of(world_app, admin) if row.callback == "new")
    assert [status_of(world_app, question, headers) for headers in ([], viewer, admin)] == [401, 403, 200]


@pytest.fixture
def world_app(keys: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dash:
    """An application with a route and a question that nobody has put into the table."""
    from dash import Input, Output

    from dashboard import drawer

    register = drawer.register

    def registered(app: Dash) -> None:
        register(app)
        app.server.add_url_rule(f"{PREFIX}new", "new", lambda: {"new": True})
        app.callback(Output("new", "children"), Input("tick", "n_intervals"))(lambda _: "new")

    monkeypatch.setattr(drawer, "register", registered)
    return guarded(World(), tmp_path / "new", keys.url, "alb-oidc")


@pytest.mark.parametrize("path", _ASTRAY)
def test_no_address_leads_past_the_guard(apps: dict[Auth, Dash], path: str) -> None:
    """However it is written, strangers are refused, and nothing of a queue is told."""
    answer = apps["alb-oidc"].server.test_client().get(path)
    assert answer.status_code == 401
    assert "desk" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_forged_identity_gets_anywhere(apps: dict[Auth, Dash], balancer: Balancer) -> None:
    """More than thirty of them, at pages, numbers, questions, tables and counts: none is let in."""
    client = apps["alb-oidc"].server.test_client(use_cookies=False)
    places = (PREFIX, f"{PREFIX}api/queues", f"{PREFIX}_dash-layout", f"{PREFIX}export/overview.csv", "/metrics")
    accepted = [
        (name, place)
        for name, headers in forged(balancer).items()
        for place in places
        if client.get(place, headers=headers).status_code != 401
    ]
    assert accepted == []


def test_strangers_are_told_whether_the_portal_is_ready_and_no_more(apps: dict[Auth, Dash], balancer: Balancer) -> None:
    """Names of the parts and their states; an admin is told the rest. A forged word changes nothing for a probe."""
    client = apps["alb-oidc"].server.test_client()
    for headers in ([], forged(balancer)["expired"], [(DATA, balancer.says("leads"))]):
        told = client.get("/readyz", headers=headers).get_json()
        assert told["ready"] is True
        assert set(told["parts"]) == {"start", "cache", "history", "registry", "refresher", "jira", "tempo"}
        assert all(set(part) == {"state"} for part in told["parts"].values())
    whole = client.get("/readyz", headers=[(DATA, balancer.says("admins"))]).get_json()
    assert whole["parts"]["registry"]["queues"] == 3
