"""The whole application behind its guard, with a balancer, a proxy or nobody that signs people in."""

from pathlib import Path
from typing import Final

from dash import Dash

from dashboard import exchange, sessions, sign_in, static
from dashboard.app import create_app
from opsportal import tokens, wiring
from opsportal.tokens import Grant
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World
from tests.fakes.signing_in import ALB, NOW, PROXY, ROLES

PREFIX: Final = "/portal/"
TOKEN_KEY: Final = "b0c1d2e3f4a5968778695a4b3c2d1e0f00112233445566778899"
HOST: Final = "https://intranet.example.com"
_HOUR_MS: Final = 3_600_000
_NONE: Final = {"AUTH": "none"}


def guarded(world: World, folder: Path, url: str, auth: str) -> Dash:
    """The application as it is served, guarded as `auth` says; the keys of balancers are at an address."""
    settings = {"none": _NONE, "proxy": PROXY | ROLES, "alb-oidc": ALB | ROLES}[auth]
    settings |= {"TOKEN_KEY": TOKEN_KEY, "URL_PREFIX": PREFIX, "RATE_LIMIT": "0"}  # one client asks everywhere
    folder.mkdir()
    portal = portal_over(world, world.read(), folder, **settings)
    known = wiring.present(portal.settings)
    app = create_app(portal)
    by_token = sign_in.tokens(portal, known, lambda: NOW)
    exchange.install(app.server, portal, by_token)
    static.freeze(app, PREFIX, folder / "static")
    keys = wiring.keys_at(url)
    sign_in.install(app.server, portal, (by_token, *sign_in.ways(portal.settings, known, keys=keys, now=lambda: NOW)))
    return app


def grant(purpose: tokens.Audience, **changed: object) -> Grant:
    """A token of a purpose, for everything."""
    if purpose == "session":
        raise ValueError("a session is made of the token that it is exchanged for")
    lasts_ms = 300_000 if purpose == "embed" else _HOUR_MS
    origin = HOST if purpose == "embed" else None
    fields = {"made_ms": NOW, "until_ms": NOW + lasts_ms, "origin": origin, **changed}
    return Grant(purpose, "0123456789abcdef", **fields)  # type: ignore[arg-type]


def bearer(token: str) -> list[tuple[str, str]]:
    """The headers of a program."""
    return [("Authorization", f"Bearer {token}")]


def in_session(of: Grant, name: str | None = None) -> list[tuple[str, str]]:
    """The headers of somebody in the session of a token; `name` is the one that the request asks for instead."""
    session = tokens.session_of(of, NOW)
    known = sessions.name_of(session)
    return [
        ("Cookie", f"{sessions.COOKIE}{known}={tokens.make(TOKEN_KEY, session)}"),
        (sessions.NAMED_IN_HEADER, name or known),
    ]
