"""Keys by their ids: each fetched once, and a flood of ids that nobody has is no flood of questions."""

import threading

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dashboard.key_ring import (
    AWAY_S,
    KEPT_S,
    MOST_KEYS,
    MOST_QUESTIONS,
    MOST_UNKNOWN,
    PER_S,
    UNKNOWN_S,
    KeyRing,
    KeysAway,
)
from servicelevel.errors import PortalError
from tests.fakes.signing_in import pem_of

PEM = pem_of(ec.generate_private_key(ec.SECP256R1()))


class Host:
    """Hands one key out under every id in `has`, remembers what it was asked, and may be away."""

    def __init__(self, *has: str) -> None:
        self.has, self.asked, self.away = set(has), list[str](), False
        self.now_s = 0.0

    def fetch(self, key_id: str) -> bytes | None:
        """As the host of the keys."""
        self.asked.append(key_id)
        if self.away:
            raise PortalError("no answer")
        return PEM if key_id in self.has else None

    def ring(self) -> KeyRing:
        """A ring that asks it."""
        return KeyRing(self.fetch, clock_s=lambda: self.now_s)


def test_a_key_is_fetched_once_and_again_after_hours() -> None:
    """One that is gone by then counts no more."""
    host = Host("a")
    ring = host.ring()
    assert ring.key("a") is ring.key("a") is not None
    assert host.asked == ["a"]
    host.now_s = KEPT_S
    host.has.clear()
    assert ring.key("a") is None
    assert host.asked == ["a", "a"]


def test_a_key_that_is_held_goes_on_while_its_host_is_away() -> None:
    """Whoever was let in stays in; whoever is new waits."""
    host = Host("a")
    ring = host.ring()
    held = ring.key("a")
    host.now_s, host.away = KEPT_S + 1, True
    assert ring.key("a") is held
    with pytest.raises(KeysAway):
        ring.key("b")
    host.now_s, host.away = host.now_s + AWAY_S, False
    assert ring.key("a") is not held


def test_an_id_that_nobody_has_is_asked_for_once_in_a_while() -> None:
    """And found when it is there later."""
    host = Host()
    ring = host.ring()
    assert [ring.key("x") for _ in range(5)] == [None] * 5
    assert host.asked == ["x"]
    host.has.add("x")
    host.now_s = UNKNOWN_S
    assert ring.key("x") is not None


def test_a_flood_of_made_up_ids_is_no_flood_of_questions() -> None:
    """Some are asked for in a minute, whoever asks; what is remembered of the others is bounded."""
    host = Host("ours")
    ring = host.ring()
    assert ring.key("ours") is not None
    for n in range(1_000):
        try:
            assert ring.key(f"{n}") is None
        except KeysAway:
            continue
    assert len(host.asked) == MOST_QUESTIONS
    assert ring.key("ours") is not None
    for minute in range(1, 40):
        host.now_s = minute * PER_S
        for n in range(MOST_QUESTIONS):
            assert ring.key(f"{minute}-{n}") is None
    assert len(ring._unknown) == MOST_UNKNOWN


def test_so_many_keys_are_held() -> None:
    """Those that are used stay."""
    host = Host("ours", *(f"{n}" for n in range(40)))
    ring = host.ring()
    for n in range(40):
        host.now_s = n * PER_S
        assert ring.key("ours") is not None
        assert ring.key(f"{n}") is not None
    assert host.asked.count("ours") == 1
    assert len(ring._held) == MOST_KEYS


def test_a_host_that_is_away_is_left_alone_for_a_moment() -> None:
    """Its time-out is paid once and not by everybody."""
    host = Host()
    host.away = True
    ring = host.ring()
    for n in range(50):
        with pytest.raises(KeysAway):
            ring.key(f"{n}")
    assert len(host.asked) == 1


def test_many_who_come_at_once_ask_once() -> None:
    """The others wait for that answer."""
    begun, go_on = threading.Event(), threading.Event()
    host = Host("a")

    def slow(key_id: str) -> bytes | None:
        begun.set()
        go_on.wait(10)
        return host.fetch(key_id)

    ring, found = KeyRing(slow), list[object]()
    threads = [threading.Thread(target=lambda: found.append(ring.key("a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    begun.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert host.asked == ["a"]
    assert len(found) == 8
    assert None not in found


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"<Error/>",
        pem_of(ec.generate_private_key(ec.SECP384R1())),
        rsa.generate_private_key(65537, 2048)
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        PEM[:80],
    ],
    ids=["nothing", "a page", "another curve", "RSA", "half a key"],
)
def test_what_is_no_key_of_that_kind_is_none(pem: bytes) -> None:
    """It is remembered as an id that nobody has."""
    assert KeyRing(lambda _: pem).key("a") is None
