"""Which settings describe a way of signing in, and that none of them is set in vain."""

from collections.abc import Mapping
from typing import Final

TOGETHER: Final = {
    "alb-oidc": ("auth", "auth_alb_arn", "auth_issuer", "auth_client_id"),
    "proxy": ("auth", "auth_proxy_secret"),
}
"""By the value of `AUTH`: the settings that mean something only together."""

_USED_BY: Final[dict[str, tuple[str, ...]]] = {
    **{name: (auth,) for auth, names in TOGETHER.items() for name in names[1:]},
    "auth_leads": ("alb-oidc", "proxy"),
    "auth_admins": ("alb-oidc", "proxy"),
}


def without_use(values: Mapping[str, str]) -> tuple[str, ...]:
    """A line for each setting of a sign-in that is not the one switched on.

    Who describes a sign-in and leaves it off does not mean that everybody shall come in.
    """
    auth = values.get("auth", "none")
    return tuple(
        f"{name.upper()}: found a value that nothing looks at with AUTH={auth[:20]}; "
        f"expected AUTH={' or AUTH='.join(used_by)} beside it."
        for name, used_by in _USED_BY.items()
        if name in values and auth.lower() not in used_by
    )
