"""What a signed token may be made for: its purposes, how long each lasts, and what queues, pages and host may be."""

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from opsportal.setting_kinds import is_loopback
from servicelevel.instants import DAY_MS, HOUR_MS, MINUTE_MS

Purpose: TypeAlias = Literal["api", "embed", "kiosk"]

PURPOSES: Final[tuple[Purpose, ...]] = ("api", "embed", "kiosk")
VIEWS: Final = ("overview", "queue", "compare", "trends", "at-risk", "data")
"""Names of the pages that a token may be made for."""
LONGEST_MS: Final[Mapping[Purpose, int]] = {"api": 366 * DAY_MS, "embed": 5 * MINUTE_MS, "kiosk": 366 * DAY_MS}
"""How long a token of each purpose may live."""
LONGEST_SESSION_MS: Final[Mapping[Purpose, int]] = {"embed": 8 * HOUR_MS, "kiosk": LONGEST_MS["kiosk"]}
"""How long a session may live that a token was exchanged for. A token for programs is exchanged for nothing."""

_QUEUE_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_TOKEN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN: Final = re.compile(rf"(https?)://({_LABEL}(?:\.{_LABEL})*)(?::([1-9][0-9]{{0,4}}))?")
_USUAL_PORT: Final = {"http": "80", "https": "443"}
_LONGEST_HOST: Final = 253
_LAST_PORT: Final = 65_535


def is_queue_id(text: str) -> bool:
    """Whether a text has the form of a queue's id."""
    return _QUEUE_ID.fullmatch(text) is not None


def is_token_id(text: str) -> bool:
    """Whether a text has the form of a token's id, which logs and the registry may show."""
    return _TOKEN_ID.fullmatch(text) is not None


def is_origin(text: str) -> bool:
    """Whether a text is a site as browsers name it: scheme, host and unusual port, in small letters and nothing else.

    A site without encryption is one only on this machine. An address of IPv6 is none: no policy of frames can name it.
    """
    parts = _ORIGIN.fullmatch(text)
    if parts is None:
        return False
    scheme, host, port = parts.groups()
    if len(host) > _LONGEST_HOST or port == _USUAL_PORT[scheme] or int(port or 1) > _LAST_PORT:
        return False
    return scheme == "https" or is_loopback(host)
