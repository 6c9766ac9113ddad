"""Sessions: how they are named, found in a request, and kept few."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.sessions import COOKIE, MOST, MOST_CHARS, asked_for, held, name_of, token_of, too_many
from opsportal.tokens import Grant

NAME: Final = "0123456789ab"
DESK: Final = Grant("embed", "a1b2c3d4", 0, 1000, frozenset({"desk", "billing"}), None, "https://intranet.example.com")


def test_a_name_is_that_of_the_scope() -> None:
    """Whenever it was made and however its queues are ordered; and of nothing near it."""
    same = Grant("embed", "another1", 5, 9000, frozenset(["billing", "desk"]), None, DESK.origin, session=True)
    others = (
        Grant("embed", "a1b2c3d4", 0, 1000, frozenset({"desk"}), None, DESK.origin),
        Grant("embed", "a1b2c3d4", 0, 1000, None, None, DESK.origin),
        Grant("embed", "a1b2c3d4", 0, 1000, None, frozenset({"desk", "billing"}), DESK.origin),
        Grant("embed", "a1b2c3d4", 0, 1000, DESK.queues, None, "https://other.example.com"),
        Grant("kiosk", "a1b2c3d4", 0, 1000, DESK.queues, None, None),
    )

    assert name_of(DESK) == name_of(same)
    assert len({name_of(each) for each in (DESK, *others)}) == 6


@pytest.mark.parametrize(
    ("query", "header", "wanted"),
    [
        (f"session={NAME}", None, NAME),
        (f"embed=1&session={NAME}&period=7", None, NAME),
        ("embed=1", NAME, NAME),
        ("session=ba9876543210", NAME, NAME),
        (f"session={NAME}", "", None),
        (f"session={NAME}", "not a name", None),
        (f"xsession={NAME}", None, None),
        (f"session={NAME}0", None, None),
        (f"session={NAME.upper()}", None, None),
        ("", None, None),
    ],
)
def test_a_request_says_which_session_it_belongs_to(query: str, header: str | None, wanted: str | None) -> None:
    """In a header before the address; what is no name is none."""
    environ = {"QUERY_STRING": query} | ({} if header is None else {"HTTP_X_OPSPORTAL_SESSION": header})
    assert asked_for(environ) == wanted


def test_cookies_of_others_are_passed_over() -> None:
    """Whatever else a browser sends."""
    cookies = f"a=b; {COOKIE}{NAME}=x.y.z;{COOKIE}ba9876543210=; {COOKIE}no-name=1; {NAME}=2; ; =; __Host-opsportal=3"
    environ = {"HTTP_COOKIE": cookies}

    assert list(held(environ)) == [(NAME, "x.y.z"), ("ba9876543210", "")]
    assert token_of(environ, NAME) == "x.y.z"
    assert token_of(environ, "000000000000") is None


@given(st.lists(st.integers(0, 2_048), max_size=30), st.integers(1, 2_048))
def test_all_sessions_fit_into_the_headers_of_a_request(lengths: list[int], length: int) -> None:
    """However many a browser says it has; the newest stay."""
    kept = [(f"{number:012x}", "x" * chars) for number, chars in enumerate(lengths)]
    gone = too_many(kept, NAME, "y" * length)
    left = [(name, text) for name, text in kept if name not in gone]

    assert gone == [name for name, _ in kept][: len(gone)]
    assert len(left) < MOST
    assert sum(len(text) for _, text in left) + length <= MOST_CHARS
