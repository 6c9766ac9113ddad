"""How Mozilla's HTTP Observatory marks headers, as a table: what it looks at, what it finds, and what that is worth.

It starts from 100 and takes off; what it adds counts only for those who have 90 without it.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

Headers: TypeAlias = Mapping[str, str]
"""By name in small letters, of an answer over TLS."""
Marked: TypeAlias = Callable[[Headers], int]

_BASE: Final = 100
_LEAST_FOR_MORE: Final = 90
_HALF_A_YEAR_S: Final = 15_768_000
_BROAD: Final = frozenset({"*", "http:", "https:", "ftp:", "http://*", "http://*.*", "https://*", "https://*.*"})
_INLINE: Final = frozenset({"'unsafe-inline'", "data:"})
_HASHED: Final = ("'sha256-", "'sha384-", "'sha512-", "'nonce-")
_PASSIVE: Final = frozenset({"img-src", "media-src"})
_PRIVATE: Final = frozenset({"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"})
_ANY: Final = frozenset({"*"})


def score(headers: Headers) -> int:
    """What an answer over TLS gets."""
    marks = [mark(headers) for mark in _MARKS.values()]
    without = _BASE + sum(mark for mark in marks if mark < 0)
    return max(without + (sum(mark for mark in marks if mark > 0) if without >= _LEAST_FOR_MORE else 0), 0)


def marks(headers: Headers) -> dict[str, int]:
    """The same in parts, by what was looked at."""
    return {name: mark(headers) for name, mark in _MARKS.items()}


def directives(policy: str) -> dict[str, frozenset[str]]:
    """A content security policy by its directives."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name.lower(): frozenset(values) for name, *values in parts}


def _content(headers: Headers) -> int:
    csp = directives(headers.get("content-security-policy", ""))
    if not csp:
        return -25
    otherwise = csp.get("default-src", _ANY)
    scripts, styles = (_without_inline(csp.get(name, otherwise)) for name in ("script-src", "style-src"))
    active = {source for name, sources in csp.items() if name not in _PASSIVE for source in sources}
    passive = {source for name in _PASSIVE for source in csp.get(name, otherwise)}
    if scripts & (_BROAD | _INLINE) or csp.get("object-src", otherwise) & _BROAD:
        return -20
    if any(source.startswith(("http:", "ftp:")) for source in active):
        return -20
    if "'unsafe-eval'" in scripts | styles or any(source.startswith(("http:", "ftp:")) for source in passive):
        return -10
    if styles & (_BROAD | _INLINE):
        return 0
    return 10 if otherwise == {"'none'"} else 5


def _without_inline(sources: frozenset[str]) -> frozenset[str]:
    """Browsers take no notice of that word beside a hash."""
    return sources - {"'unsafe-inline'"} if any(source.startswith(_HASHED) for source in sources) else sources


def _framing(headers: Headers) -> int:
    ancestors = directives(headers.get("content-security-policy", "")).get("frame-ancestors", _ANY)
    if not ancestors & _BROAD or headers.get("x-frame-options", "").lower() in ("deny", "sameorigin"):
        return 5
    return -20


def _transport(headers: Headers) -> int:
    parts = [part.strip().lower() for part in headers.get("strict-transport-security", "").split(";")]
    ages = [part.removeprefix("max-age=") for part in parts if part.startswith("max-age=")]
    if len(ages) != 1 or not ages[0].isdigit():
        return -20
    return 0 if int(ages[0]) >= _HALF_A_YEAR_S else -10


def _referrer(headers: Headers) -> int:
    said = headers.get("referrer-policy")
    if said is None:
        return 0
    return 5 if said.rpartition(",")[2].strip() in _PRIVATE else -5


def _types(headers: Headers) -> int:
    return 0 if headers.get("x-content-type-options", "").lower() == "nosniff" else -5


def _sharing(headers: Headers) -> int:
    everybody = headers.get("access-control-allow-origin") == "*" and "access-control-allow-credentials" in headers
    return -50 if everybody else 0


def _cookies(headers: Headers) -> int:
    said = [part.strip().lower().partition("=")[0] for part in headers.get("set-cookie", "").split(";")[1:]]
    if "set-cookie" not in headers:
        return 0
    if "secure" not in said:
        return -20
    return (5 if "samesite" in said else 0) if "httponly" in said else -30


def _one_of(name: str, good: frozenset[str], other: frozenset[str]) -> Marked:
    def mark(headers: Headers) -> int:
        said = headers.get(name)
        return 0 if said is None or said in other else 10 if said in good else -5

    return mark


_MARKS: Final[Mapping[str, Marked]] = {
    "content-security-policy": _content,
    "cookies": _cookies,
    "cross-origin-resource-sharing": _sharing,
    "referrer-policy": _referrer,
    "strict-transport-security": _transport,
    "x-content-type-options": _types,
    "x-frame-options": _framing,
    "cross-origin-opener-policy": _one_of(
        "cross-origin-opener-policy",
        frozenset({"same-origin", "same-origin-allow-popups", "noopener-allow-popups"}),
        frozenset({"unsafe-none"}),
    ),
    "cross-origin-embedder-policy": _one_of(
        "cross-origin-embedder-policy", frozenset({"require-corp", "credentialless"}), frozenset({"unsafe-none"})
    ),
    "cross-origin-resource-policy": _one_of(
        "cross-origin-resource-policy", frozenset({"same-origin", "same-site"}), frozenset({"cross-origin"})
    ),
}
