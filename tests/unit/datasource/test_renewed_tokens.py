"""A token that is renewed while requests are under way: who is asked again, how often, and what the breaker hears."""

import threading
from base64 import b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from datasource.breaker import IN_A_ROW, Breaker
from datasource.deadline import Deadline
from datasource.errors import LoginFailed, LoginUnknown, SourceError
from datasource.login import Login
from datasource.transport import Transport
from servicelevel.errors import PortalError
from tests.fakes.clock import Clock
from tests.fakes.local_server import Asked, Reply
from tests.unit.datasource.conftest import Connect, Serve
from tests.unit.datasource.test_breaker import Shared

OLD, NEW = "old-7f3a91", "new-7f3a91"
REFUSALS: dict[str, Reply] = {
    "401": Reply(status=401),
    "anonymous": Reply(b'{"issues":[]}', headers={"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}),
    "locked": Reply(status=403, headers={"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE"}),
}


class Renewed:
    """A token that somebody may have renewed: whoever looks after a refusal finds out."""

    def __init__(self, value: str = OLD, kept: str = NEW) -> None:
        self.current, self.kept, self.looks = SecretStr(value), SecretStr(kept), 0
        self._lock = threading.Lock()

    def value(self) -> SecretStr:
        """What is known of it."""
        return self.current

    def replaced(self, refused: SecretStr) -> bool:
        """Look once for all who were refused with the same."""
        with self._lock:
            if self.current == refused:
                self.looks += 1
                self.current = self.kept
            return self.current != refused


class Unknown:
    """A token that cannot be had."""

    def value(self) -> SecretStr:
        """Never."""
        raise PortalError("The secret ops cannot be used: nobody is there.")

    def replaced(self, refused: SecretStr) -> bool:
        """Never."""
        return False


def _only(token: str, refusal: Reply = REFUSALS["401"]) -> Callable[[Asked], Reply]:
    """Lets in whoever brings a token, and tells the others what they sent."""
    return lambda asked: Reply(b'"in"') if _sent(asked) == token else refusal


def _sent(asked: Asked) -> str:
    scheme, _, text = asked.headers["authorization"].partition(" ")
    return b64decode(text).decode().partition(":")[2] if scheme == "Basic" else text


def _guarded(url: str, login: Login, clock: Clock | None = None) -> tuple[Transport, Breaker]:
    clock = clock or Clock()
    breaker = Breaker("Jira", Shared(), first_s=60, longest_s=900, wall_s=clock, clock_s=clock)
    return Transport("Jira", url, login, in_flight=8, gate=breaker), breaker


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("login", ["basic", "bearer"])
def test_a_refused_token_is_asked_again_with_the_new_one(
    serve: Serve, connect: Connect, login: str, refusal: str
) -> None:
    """At once and in the same request, so that whoever reads notices nothing."""
    token = Renewed()
    server = serve(_only(NEW, REFUSALS[refusal]))
    signed = Login.basic("ops@example.com", token) if login == "basic" else Login.bearer(token)

    assert connect(server.url, login=signed).get("/x", Deadline.after(10)).body == b'"in"'

    assert [_sent(asked) for asked in server.asked] == [OLD, NEW]
    assert token.looks == 1


def test_a_token_that_stayed_is_not_sent_again(serve: Serve, connect: Connect) -> None:
    """Failures in a row lock accounts."""
    token = Renewed(kept=OLD)
    server = serve(_only(NEW))

    with pytest.raises(LoginFailed):
        connect(server.url, login=Login.bearer(token)).get("/x", Deadline.after(10))

    assert [_sent(asked) for asked in server.asked] == [OLD]
    assert token.looks == 1


def test_a_new_token_that_is_wrong_too_is_the_end(serve: Serve, connect: Connect) -> None:
    """It is sent once."""
    server = serve(_only("another"))

    with pytest.raises(LoginFailed):
        connect(server.url, login=Login.bearer(Renewed())).get("/x", Deadline.after(10))

    assert [_sent(asked) for asked in server.asked] == [OLD, NEW]


def test_of_many_that_are_refused_together_one_looks(serve: Serve) -> None:
    """And the breaker hears of no failure, so that all of them go on."""
    together = threading.Barrier(8)
    let_in = _only(NEW)

    def answering(asked: Asked) -> Reply:
        if _sent(asked) == OLD:
            together.wait(timeout=20)
        return let_in(asked)

    token, server = Renewed(), serve(answering)
    transport, breaker = _guarded(server.url, Login.basic("ops@example.com", token))
    with ThreadPoolExecutor(8) as lanes:
        answers = list(lanes.map(lambda n: transport.get(f"/{n}", Deadline.after(30)), range(8)))
    transport.close()

    assert [answer.body for answer in answers] == [b'"in"'] * 8
    assert (token.looks, breaker.left_s()) == (1, 0.0)
    assert len(server.asked) == 16


def test_renewals_never_add_up_to_a_source_that_is_out_of_order(serve: Serve) -> None:
    """As many in a row as would open the breaker are still none."""
    token, server = Renewed(), serve(_only(NEW))
    transport, breaker = _guarded(server.url, Login.bearer(token))
    for _ in range(IN_A_ROW + 1):
        token.current = SecretStr(OLD)
        transport.get("/x", Deadline.after(10))
    transport.close()

    assert breaker.left_s() == 0


def test_a_token_that_comes_after_its_predecessor_has_ended_is_found_by_the_probe(serve: Serve) -> None:
    """Until then the source is left alone as with any other login that fails; no request of its own is needed."""
    token, server, clock = Renewed(kept=OLD), serve(_only(NEW)), Clock()
    transport, breaker = _guarded(server.url, Login.bearer(token), clock)
    for _ in range(IN_A_ROW):
        with pytest.raises(LoginFailed):
            transport.get("/x", Deadline.after(10))
    assert breaker.left_s() > 0

    token.kept = SecretStr(NEW)
    clock.at_s += 61
    assert transport.get("/x", Deadline.after(10)).body == b'"in"'
    transport.close()

    assert breaker.left_s() == 0
    assert [_sent(asked) for asked in server.asked] == [OLD] * (IN_A_ROW + 1) + [NEW]


def test_without_a_token_nothing_is_asked(serve: Serve) -> None:
    """The source is not to blame: its breaker stays as it is, and the reason is told apart for log and pages."""
    server = serve(lambda _: Reply())
    transport, breaker = _guarded(server.url, Login.bearer(Unknown()))
    errors: list[SourceError] = []
    for _ in range(IN_A_ROW + 1):
        with pytest.raises(LoginUnknown) as raised:
            transport.get("/x", Deadline.after(10))
        errors.append(raised.value)
    transport.close()

    assert server.asked == []
    assert breaker.left_s() == 0
    assert "nobody is there" in str(errors[0])
    assert errors[0].told == (
        "Jira was not asked: its token could not be read. Mend the secret that SECRETS_ID names; `opsportal check` "
        "says what is wrong with it."
    )


def test_no_error_shows_a_token_that_was_replaced(serve: Serve, connect: Connect) -> None:
    """A page that repeats what was sent to it repeats neither the old one nor the new one."""
    server = serve(lambda asked: Reply(f'{{"message":"{OLD} {NEW} {asked.headers["authorization"]}"}}'.encode(), 401))
    login = Login.basic("ops@example.com", Renewed())

    with pytest.raises(LoginFailed) as raised:
        connect(server.url, login=login).get("/x", Deadline.after(10))

    assert len(server.asked) == 2
    shown = f"{raised.value} {raised.value.told} {login!r} {login.signature()!r} {vars(login)}"
    for asked in server.asked:
        assert asked.headers["authorization"].partition(" ")[2] not in shown
    assert OLD not in shown
    assert NEW not in shown
