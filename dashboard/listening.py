"""Where the portal listens: for other machines only if people sign in, or if it was said twice that nobody does."""

from collections.abc import Iterable

from opsportal.setting_kinds import is_loopback
from opsportal.settings import Settings
from servicelevel.errors import PortalError


class OpenToOthers(PortalError):
    """The portal would answer everyone who reaches this machine, and nobody has said that this is meant."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"HOST={host} lets other machines in, and nobody signs in here: with AUTH=none everybody is an admin. Set "
            "AUTH=proxy or AUTH=alb-oidc (docs/operating.md), or leave HOST at 127.0.0.1. Where a proxy before the "
            "portal checks people, and all of them may see everything, set AUTH_NONE_CONFIRMED=yes."
        )


def check(settings: Settings, hosts: Iterable[str]) -> None:
    """Check that the portal may listen on these addresses.

    Raises:
        OpenToOthers: it may not.
    """
    if settings.auth != "none" or settings.auth_none_confirmed is not None:
        return
    for host in hosts:
        if not is_loopback(host):
            raise OpenToOthers(host)
