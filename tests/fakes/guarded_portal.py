"""A portal over queues that a test decides, behind its guard, answering real requests from a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from dashboard import exchange, sign_in
from dashboard.app import create_app
from dashboard.server import warm_up
from opsportal import wiring
from opsportal.tokens import Grant, make
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World

KEY: Final = "9f2c6d1e8b7a4053c2d1e0f9a8b7c6d5"
HOST: Final = "https://intranet.example.com"
PROXY: Final = "4c1b7f0e9d2a8635e4f3a2b1c0d9e8f7"
SIGNED_IN: Final = {"AUTH": "proxy", "AUTH_PROXY_SECRET": PROXY, "TOKEN_KEY": KEY}
"""Settings with which nobody comes in unasked."""
A_PERSON: Final = {"X-Portal-Proxy-Secret": PROXY, "X-Forwarded-User": "ana@example.com"}
"""What the proxy says of somebody who is signed in."""
_MINUTE_MS: Final = 60_000


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - its name in the library
        """The development server's own lines are not the portal's."""


@dataclass(slots=True)
class GuardedPortal:
    """`url` is without a slash at its end, `ahead_ms` how far its clock is ahead of the machine's."""

    url: str
    world: World
    prefix: str
    ahead_ms: int = 0

    def now(self) -> int:
        """Epoch milliseconds."""
        return wiring.clock_ms() + self.ahead_ms

    def get(self, path: str, cookie: str = "", **headers: str) -> requests.Response:
        """The answer to a request, wherever it leads."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with_cookie = {"Cookie": cookie} if cookie else {}
        return requests.get(f"{self.url}{path}", headers={**with_cookie, **named}, allow_redirects=False, timeout=30)

    def revoke(self, *token_ids: str) -> None:
        """Have these ids in the registry, and no others."""
        self.world.registry.policy = replace(self.world.registry.policy, revoked_tokens=token_ids)

    def grant(self, **fields: object) -> Grant:
        """A grant for a page of another site, made now, but for these fields."""
        made_ms = self.now()
        usual: dict[str, object] = {
            "purpose": "embed",
            "id": "a1b2c3d4e5f60718",
            "made_ms": made_ms,
            "until_ms": made_ms + _MINUTE_MS,
            "queues": frozenset({"desk"}),
            "views": frozenset({"queue"}),
            "origin": HOST,
        }
        return Grant(**{**usual, **fields})  # type: ignore[arg-type]

    def token(self, **fields: object) -> str:
        """The token of such a grant."""
        return make(KEY, self.grant(**fields))


@contextmanager
def guarded_portal(folder: Path, **settings: str) -> Iterator[GuardedPortal]:
    """A portal that has been read, while the block runs. Nobody comes in unasked, unless the settings say so."""
    world = World()
    portal = portal_over(world, world.read(), folder, **(settings or SIGNED_IN))
    made = GuardedPortal("", world, portal.prefix)
    known = wiring.present(portal.settings)
    server = create_app(portal).server
    by_token = sign_in.tokens(portal, known, made.now)
    exchange.install(server, portal, by_token)
    warm_up(server, portal.prefix)
    sign_in.install(server, portal, (by_token, *sign_in.ways(portal.settings, known)))
    listening = make_server("127.0.0.1", 0, server, threaded=True, request_handler=_Quiet)
    made.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
