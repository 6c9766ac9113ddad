"""The ways in that the settings name."""

from collections.abc import Callable, Sequence

import flask

from dashboard import rates, security
from dashboard.gate import Way
from dashboard.guard import Guard
from dashboard.portal import Portal
from dashboard.roles import Roles
from dashboard.token_sign_in import TokenSignIn
from opsportal import wiring
from opsportal.identity import ANYONE
from opsportal.ports import Now
from opsportal.present import PresentSettings
from opsportal.settings import Settings


def tokens(portal: Portal, known: PresentSettings, now: Now = wiring.clock_ms) -> TokenSignIn:
    """The way in of those who bring a token.

    `now` is the machine's clock (epoch ms), not the one of a demonstration: what somebody brings is as old as it is.
    """
    return TokenSignIn(known, lambda: portal.policy.revoked_tokens, now)


def install(server: flask.Flask, portal: Portal, found: Sequence[Way]) -> None:
    """Let only those in whom one of these ways knows; with `AUTH=none` everybody else too.

    Call it when all that answers is there: what is put around it later is open. Refusals have the headers that all
    answers have, and their own count of how often a client may ask.
    """
    settings = portal.settings
    otherwise = ANYONE if settings.auth == "none" else None
    refusals = rates.counted(settings.rate_limit, settings.trusted_proxies)
    security.under(server, lambda inner: Guard(inner, portal.prefix, found, otherwise, refusals))


def ways(
    settings: Settings,
    known: PresentSettings,
    *,
    keys: Callable[[str], bytes | None] | None = None,
    now: Now = wiring.clock_ms,
) -> tuple[Way, ...]:
    """The ways in of people. Nothing is asked or read yet.

    `keys` fetches the keys of load balancers, from where AWS keeps them unless it is given. `now` is as with tokens.
    """
    roles = Roles.of_settings(settings)
    if settings.auth == "alb-oidc":
        # What checks signatures is slow to load, and a portal on one machine never does.
        from dashboard.balancer_sign_in import Balancer, BalancerSignIn
        from dashboard.key_ring import KeyRing

        balancer = Balancer(
            str(settings.auth_alb_arn),
            str(settings.auth_issuer),
            str(settings.auth_client_id),
            settings.auth_roles_claim,
        )
        return (BalancerSignIn(balancer, roles, KeyRing(keys or wiring.balancer_keys(settings)), now),)
    if settings.auth == "proxy":
        from dashboard.proxy_sign_in import ProxySignIn

        return (ProxySignIn(known.token("AUTH_PROXY_SECRET"), roles),)
    return ()
