"""The word of a reverse proxy that knows the secret, and of nobody else."""

import pytest
from pydantic import SecretStr
from werkzeug.test import EnvironBuilder

from dashboard.gate import Refused
from dashboard.proxy_sign_in import ProxySignIn
from dashboard.roles import Roles
from opsportal.identity import Identity
from opsportal.present import PresentSettings
from opsportal.settings import load
from servicelevel.errors import PortalError
from tests.fakes.signing_in import PROXY, SECRET

ROLES = Roles(frozenset({"leads"}), frozenset({"admins", "Ärzte"}))
NEW = SECRET[::-1]


def _sign_in(held: dict[str, str] | None = None) -> ProxySignIn:
    """With the secret in the environment, or in a store whose content a test changes."""
    if held is None:
        present = PresentSettings(load(PROXY, None), None, now=lambda: 0)
    else:
        settings = load({"AUTH": "proxy", "SECRETS_ID": "portal"}, None)

        def fetch() -> dict[str, SecretStr]:
            if not held:
                raise PortalError("The store of secrets is away.")
            return {name: SecretStr(value) for name, value in held.items()}

        present = PresentSettings(settings, fetch, now=lambda: 0)
    return ProxySignIn(present.token("AUTH_PROXY_SECRET"), ROLES)


def _asked(sign_in: ProxySignIn, *headers: tuple[str, str]) -> Identity | None:
    return sign_in(EnvironBuilder(headers=list(headers)).get_environ())


def _from_proxy(user: str, groups: str | None = None, secret: str = SECRET) -> list[tuple[str, str]]:
    headers = [("X-Portal-Proxy-Secret", secret), ("X-Forwarded-User", user)]
    return headers if groups is None else [*headers, ("X-Forwarded-Groups", groups)]


@pytest.mark.parametrize(
    ("groups", "role"),
    [(None, "viewer"), ("", "viewer"), ("other", "viewer"), ("leads", "lead"), ("a, leads ,admins", "admin")],
)
def test_who_the_proxy_names_is_let_in_with_the_role_of_their_groups(groups: str | None, role: str) -> None:
    """Groups are separated by commas, and count by their whole names."""
    assert _asked(_sign_in(), *_from_proxy("ada", groups)) == Identity("person", "ada", role)  # type: ignore[arg-type]


def test_names_come_as_utf_8() -> None:
    """As proxies send them, whatever the server made of the bytes."""
    found = _asked(_sign_in(), *_from_proxy("Zoë".encode().decode("latin-1"), "Ärzte".encode().decode("latin-1")))
    assert found == Identity("person", "Zoë", "admin")


def test_what_did_not_come_from_the_proxy_names_nobody() -> None:
    """Anybody may send such headers; without the secret they say nothing."""
    assert _asked(_sign_in(), ("X-Forwarded-User", "ada"), ("X-Forwarded-Groups", "admins")) is None


@pytest.mark.parametrize("secret", ["", "x", SECRET[:-1], SECRET + "0", SECRET.upper(), f"{SECRET},{SECRET}", "é"])
def test_a_secret_that_is_not_ours_lets_nobody_in(secret: str) -> None:
    """To the last character; the reason does not hold it."""
    with pytest.raises(Refused) as raised:
        _asked(_sign_in(), *_from_proxy("ada", "admins", secret))
    assert raised.value.status == 401
    assert not secret or secret == "x" or secret not in str(raised.value)


@pytest.mark.parametrize("user", ["", " ", "x" * 201, "ada\tadmin", "ada,eve"])
def test_a_proxy_that_names_nobody_lets_nobody_in(user: str) -> None:
    """No name, no printable name, or one of several that were sent."""
    with pytest.raises(Refused, match="names nobody"):
        _asked(_sign_in(), *_from_proxy(user, "admins"))


def test_headers_that_came_twice_name_nobody() -> None:
    """One of them may be somebody's own."""
    with pytest.raises(Refused, match="names nobody"):
        _asked(_sign_in(), ("X-Forwarded-User", "ada"), *_from_proxy("eve", "admins"))


def test_a_secret_that_was_renewed_is_taken_without_a_restart() -> None:
    """A proxy that knows the new one is believed at once, and one with the old one no more."""
    held = {"AUTH_PROXY_SECRET": SECRET}
    sign_in = _sign_in(held)
    assert _asked(sign_in, *_from_proxy("ada")) is not None
    held["AUTH_PROXY_SECRET"] = NEW
    assert _asked(sign_in, *_from_proxy("ada", secret=NEW)) is not None
    with pytest.raises(Refused):
        _asked(sign_in, *_from_proxy("ada"))


def test_a_secret_that_is_not_known_here_is_no_verdict() -> None:
    """503, and nobody is let in meanwhile."""
    with pytest.raises(Refused) as raised:
        _asked(_sign_in({}), *_from_proxy("ada"))
    assert raised.value.status == 503
