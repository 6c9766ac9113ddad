"""Signed tokens: what opens, what opens nothing and why, and that nothing of a token is ever repeated."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsportal.token_scope import LONGEST_MS, LONGEST_SESSION_MS, PURPOSES, VIEWS, is_origin
from opsportal.tokens import (
    LONGEST_CHARS,
    Audience,
    Grant,
    Reason,
    TokenNotMade,
    TokenRefused,
    identity,
    make,
    read,
    session_of,
)
from servicelevel.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

KEY: Final = "9f2c6d1e8b7a4053c2d1e0f9a8b7c6d5"
NOW: Final = 1_795_435_200_000
EMBED: Final = Grant(
    "embed",
    "a1b2c3d4e5f60718",
    NOW,
    NOW + MINUTE_MS,
    frozenset({"billing", "service-desk"}),
    frozenset({"queue"}),
    "https://intranet.example.com",
)
KIOSK: Final = Grant("kiosk", "b1b2c3d4e5f60718", NOW, NOW + 90 * DAY_MS)
API: Final = Grant("api", "c1b2c3d4e5f60718", NOW, NOW + 366 * DAY_MS, frozenset({"billing"}))
CLAIMS: Final[Mapping[str, Any]] = {
    "iss": "opsportal",
    "aud": "embed",
    "jti": EMBED.id,
    "iat": NOW // SECOND_MS,
    "exp": NOW // SECOND_MS + 60,
    "queues": ["billing", "service-desk"],
    "views": ["queue"],
    "origin": EMBED.origin,
}


def _reason(text: str, audience: Audience = "embed", *, now_ms: int = NOW, key: str = KEY, revoked: str = "") -> Reason:
    with pytest.raises(TokenRefused) as refused:
        read(text, key, audience, now_ms=now_ms, revoked=(revoked,))
    assert str(refused.value) == f"The token was refused: {refused.value.reason}."
    assert refused.value.__cause__ is None
    return refused.value.reason


def _signed(claims: Mapping[str, Any], key: str = KEY) -> str:
    return _by_hand({"alg": "HS256", "typ": "JWT"}, claims, key=key)


def _part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def _by_hand(header: object, claims: object, digest: str = "sha256", key: str = KEY) -> str:
    signed = f"{_part(header)}.{_part(claims)}"
    mac = hmac.new(key.encode(), signed.encode(), digest).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


@pytest.mark.parametrize("grant", [EMBED, KIOSK, API], ids=lambda grant: grant.purpose)
def test_a_token_opens_what_it_was_made_for(grant: Grant) -> None:
    """And says who comes: a viewer who sees no names, of these queues and pages, until it ends."""
    seen = read(make(KEY, grant), KEY, grant.purpose, now_ms=NOW, revoked=())

    assert seen == grant
    who = identity(seen)
    assert (who.kind, who.name, who.role, who.sees_names) == (grant.purpose, grant.id, "viewer", False)
    assert (who.queues, who.views, who.origin, who.until_ms) == (
        grant.queues,
        grant.views,
        grant.origin,
        grant.until_ms,
    )


def test_a_host_may_make_its_tokens_with_any_library() -> None:
    """The claims are the whole contract; names of the header and the order of claims do not matter."""
    assert read(_signed(CLAIMS), KEY, "embed", now_ms=NOW, revoked=()) == EMBED
    turned = dict(reversed(list(CLAIMS.items()))) | {"more": 1}
    assert read(_by_hand({"alg": "HS256"}, turned), KEY, "embed", now_ms=NOW, revoked=()) == EMBED


@pytest.mark.parametrize("audience", ["api", "kiosk", "session"])
def test_a_token_is_taken_at_one_place_alone(audience: Audience) -> None:
    """One for a page of another site opens no interface, no wallboard, and is no session."""
    assert _reason(make(KEY, EMBED), audience) == "other audience"


@pytest.mark.parametrize("grant", [KIOSK, API], ids=lambda grant: grant.purpose)
def test_no_other_token_is_taken_for_a_page(grant: Grant) -> None:
    """Nor for a session: neither has gone through the exchange."""
    assert _reason(make(KEY, grant)) == "other audience"
    assert _reason(make(KEY, grant), "session") == "other audience"


def test_it_ends_to_the_second() -> None:
    """Nothing is added to its time."""
    text = make(KEY, EMBED)

    assert read(text, KEY, "embed", now_ms=EMBED.until_ms - 1, revoked=()) == EMBED
    assert _reason(text, now_ms=EMBED.until_ms) == "expired"


def test_another_key_ends_all() -> None:
    """Both those made before and those that somebody makes with a key of their own."""
    assert _reason(make(KEY, EMBED), key=KEY[::-1]) == "wrong signature"


def test_a_token_is_ended_by_its_id() -> None:
    """So is the session that it was exchanged for before."""
    session = session_of(EMBED, NOW)

    assert _reason(make(KEY, EMBED), revoked=EMBED.id) == "revoked"
    assert _reason(make(KEY, session), "session", revoked=EMBED.id) == "revoked"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{_part({'alg': 'none'})}.{_part(CLAIMS)}.", "other algorithm"),
        (f"{_part({'alg': 'None'})}.{_part(CLAIMS)}.", "other algorithm"),
        (f"{_part({'alg': 'none'})}.{_part(CLAIMS)}.AAAA", "other algorithm"),
        (_by_hand({"alg": "HS384"}, CLAIMS, "sha384"), "other algorithm"),
        (_by_hand({"alg": "HS512"}, CLAIMS, "sha512"), "other algorithm"),
        (_by_hand({"alg": "RS256"}, CLAIMS), "other algorithm"),
        (_by_hand({"alg": ["HS256"]}, CLAIMS), "other algorithm"),
        (_by_hand({}, CLAIMS), "other algorithm"),
        (_by_hand({"alg": "HS256"}, CLAIMS, key=KEY[:-1]), "wrong signature"),
        (_by_hand({"alg": "HS256"}, CLAIMS, key=""), "wrong signature"),
        (f"{_part({'alg': 'HS256'})}.{_part(CLAIMS)}.", "wrong signature"),
        (_by_hand({"alg": "HS256"}, [CLAIMS]), "malformed"),
        (_by_hand({"alg": "HS256"}, "embed"), "malformed"),
        (_by_hand("HS256", CLAIMS), "malformed"),
        (f"{_part({'alg': 'HS256'})}.{_part(CLAIMS)}", "malformed"),
        ("", "malformed"),
        ("..", "malformed"),
        ("é.ü.ß", "malformed"),
        ("\udcff.a.b", "malformed"),
        ("A" * 1_000_000, "too long"),
    ],
)
def test_what_nobody_here_has_signed_opens_nothing(text: str, reason: Reason) -> None:
    """No algorithm but the one, no signature that is not ours, and nothing is read of what is too long."""
    assert _reason(text) == reason


def test_a_token_that_was_cut_opens_nothing() -> None:
    """Wherever it was cut."""
    text = make(KEY, EMBED)

    assert {_reason(text[:end]) for end in range(len(text))} <= {"malformed", "wrong signature"}


@given(st.integers(0, 400), st.integers(1, 127))
def test_a_token_with_another_character_opens_nothing_more(place: int, step: int) -> None:
    """Of whatever is changed, nothing comes through; what only spells the same bits otherwise opens the same."""
    text = make(KEY, EMBED)
    place %= len(text)
    other = text[:place] + chr((ord(text[place]) + step) % 128) + text[place + 1 :]
    try:
        assert read(other, KEY, "embed", now_ms=NOW, revoked=()) == EMBED
    except TokenRefused:
        return
    assert other.rpartition(".")[0] == text.rpartition(".")[0]


@given(st.text(max_size=300))
def test_whatever_is_brought_is_refused_and_nothing_else_goes_wrong(text: str) -> None:
    """Texts of every kind."""
    assert _reason(text) in {"malformed", "wrong signature", "other algorithm"}


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "another"},
        {"iss": None},
        {"aud": None},
        {"aud": ["embed"]},
        {"aud": ["embed", "api"]},
        {"jti": None},
        {"jti": "short"},
        {"jti": "with spaces in it"},
        {"jti": "line\nbreak-in-it"},
        {"jti": 12345678},
        {"exp": None},
        {"exp": str(NOW // SECOND_MS + 60)},
        {"exp": NOW / SECOND_MS + 60.5},
        {"exp": True},
        {"exp": 2**63},
        {"exp": -1},
        {"exp": float("inf")},
        {"iat": None},
        {"iat": "now"},
        {"iat": NOW // SECOND_MS + 60},
        {"queues": "billing"},
        {"queues": []},
        {"queues": ["billing", None]},
        {"queues": ["../billing"]},
        {"queues": {"billing": 1}},
        {"views": []},
        {"views": ["admin"]},
        {"views": "queue"},
        {"origin": None},
        {"origin": "*"},
        {"origin": "https://intranet.example.com/"},
        {"origin": "https://intranet.example.com; script-src *"},
        {"origin": ["https://intranet.example.com"]},
    ],
)
def test_claims_that_are_not_as_agreed_open_nothing(change: dict[str, Any]) -> None:
    """Although the signature is good: a claim is never taken for something near it."""
    assert _reason(_signed({**CLAIMS, **change})) in {
        "other audience",
        "wrong claims",
    }


@pytest.mark.parametrize("name", list(CLAIMS))
def test_every_claim_has_to_be_there(name: str) -> None:
    """That a token is for all queues and pages has to be said, with null."""
    assert _reason(_signed({key: value for key, value in CLAIMS.items() if key != name})) in {
        "other audience",
        "wrong claims",
    }


@pytest.mark.parametrize(
    ("audience", "seconds"),
    [(purpose, LONGEST_MS[purpose] // SECOND_MS) for purpose in PURPOSES],
)
def test_nobody_makes_a_token_that_lives_too_long(audience: Audience, seconds: int) -> None:
    """Neither with this program nor with another that has the key; one from the future gains nothing by it."""
    iat = NOW // SECOND_MS
    claims = {**CLAIMS, "aud": audience, "origin": EMBED.origin if audience == "embed" else None}

    assert read(_signed({**claims, "exp": iat + seconds}), KEY, audience, now_ms=NOW, revoked=()).id == EMBED.id
    assert _reason(_signed({**claims, "exp": iat + seconds + 1}), audience) == "lives too long"
    later = _signed({**claims, "iat": iat + 100, "exp": iat + 100 + seconds})
    assert _reason(later, audience) == "lives too long"
    assert read(later, KEY, audience, now_ms=NOW + 100 * SECOND_MS, revoked=()).id == EMBED.id


def test_a_session_has_the_scope_of_its_token() -> None:
    """Its id too; a view in a page lasts eight hours, a wallboard as long as its token."""
    embed = session_of(EMBED, NOW + 30 * SECOND_MS)
    kiosk = session_of(KIOSK, NOW + DAY_MS)

    for grant, session in ((EMBED, embed), (KIOSK, kiosk)):
        assert read(make(KEY, session), KEY, "session", now_ms=session.made_ms, revoked=()) == session
        assert (session.id, session.queues, session.views, session.origin, session.purpose) == (
            grant.id,
            grant.queues,
            grant.views,
            grant.origin,
            grant.purpose,
        )
    assert embed.until_ms - embed.made_ms == 8 * HOUR_MS == LONGEST_SESSION_MS["embed"]
    assert kiosk.until_ms == KIOSK.until_ms
    assert _reason(make(KEY, embed), "session", now_ms=embed.until_ms) == "expired"


@pytest.mark.parametrize("purpose", ["api", "session", None, 1])
def test_a_session_says_which_kind_of_token_it_was(purpose: object) -> None:
    """And there is none for programs."""
    claims = {**CLAIMS, "aud": "session", "purpose": purpose, "origin": None}
    assert _reason(_signed(claims), "session") == "wrong claims"


def test_the_longest_token_has_a_session() -> None:
    """Whoever could make the one gets the other."""

    def fits(count: int) -> Grant:
        queues = frozenset(f"queue-{number:03}" for number in range(count))
        grant = Grant("embed", "i" * 64, NOW, EMBED.until_ms, queues, frozenset(VIEWS), EMBED.origin)
        return read(make(KEY, grant), KEY, "embed", now_ms=NOW, revoked=())

    most = next(count for count in range(1, 500) if _names_too_many(partial(fits, count + 1)))
    grant = fits(most)

    assert most > 50
    assert len(make(KEY, session_of(grant, NOW))) <= LONGEST_CHARS


def _names_too_many(made: Callable[[], Grant]) -> bool:
    try:
        made()
    except TokenNotMade as error:
        return "names too many queues" in str(error)
    return False


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "x"}, "an id has"),
        ({"until_ms": NOW}, "ends before it begins"),
        ({"until_ms": NOW + 301 * SECOND_MS}, "live too long"),
        ({"queues": frozenset()}, "queues are named"),
        ({"views": frozenset({"not-found"})}, "pages are"),
        ({"origin": None}, "an origin belongs to embed tokens"),
        ({"origin": "intranet.example.com"}, "an origin is https://host"),
        ({"purpose": "kiosk"}, "an origin belongs to embed tokens"),
        ({"purpose": "api", "origin": None, "session": True}, "exchanged for nothing"),
    ],
)
def test_what_would_be_refused_is_not_made(change: dict[str, Any], said: str) -> None:
    """With the rule that it breaks."""
    fields = {name: getattr(EMBED, name) for name in EMBED.__slots__}
    with pytest.raises(TokenNotMade, match=said):
        make(KEY, Grant(**{**fields, **change}))


@pytest.mark.parametrize(
    "text",
    [
        "https://intranet.example.com",
        "https://intranet.example.com:8443",
        "https://xn--bcher-kva.example",
        "http://localhost:8000",
        "http://127.0.0.1:8000",
    ],
)
def test_sites_are_named_as_browsers_name_them(text: str) -> None:
    """With an unusual port, in ASCII; without encryption on this machine alone."""
    assert is_origin(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "null",
        "https://",
        "https://*",
        "https://*.example.com",
        "http://intranet.example.com",
        "HTTPS://intranet.example.com",
        "https://Intranet.example.com",
        "https://intranet.example.com/",
        "https://intranet.example.com:443",
        "http://localhost:80",
        "https://intranet.example.com:65536",
        "https://intranet.example.com:08443",
        "https://user@intranet.example.com",
        "https://intranet.example.com?x",
        "https://intranet.example.com#x",
        "https://intranet.example.com\n",
        "https://intranet.example.com 'self'",
        "https://intranet.example.com;sandbox",
        "https://intranet..example.com",
        "https://-intranet.example.com",
        "https://[::1]",
        "https://bücher.example",
        "javascript://intranet.example.com",
        f"https://{'a' * 64}.example",
        f"https://{'a.' * 127}example",
    ],
)
def test_what_is_no_site_is_none(text: str) -> None:
    """It stands in a policy that browsers read, so nothing else gets in there."""
    assert not is_origin(text)


def test_a_key_is_no_part_of_what_is_made() -> None:
    """A token shows its claims to everybody, and nothing of the key or of anything made from it but the signature."""
    header, claims, mac = make(KEY, EMBED).split(".")
    told = base64.urlsafe_b64decode(header + "==") + base64.urlsafe_b64decode(claims + "==")

    assert KEY.encode() not in told
    wanted = hmac.new(KEY.encode(), f"{header}.{claims}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(mac + "==") == wanted
