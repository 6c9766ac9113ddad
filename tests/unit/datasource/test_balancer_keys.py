"""The host of the keys over HTTP: keys, ids that it does not know, and every way in which it fails."""

import pytest

from datasource.balancer_keys import LARGEST_KEY, BalancerKeys
from datasource.errors import SourceError
from servicelevel.errors import PortalError
from tests.fakes.local_server import Asked, Reply, serving
from tests.fakes.signing_in import KEY_ID, Balancer


def test_a_key_comes_as_it_is_handed_out() -> None:
    """Asked for by its id, without a word of who asks."""
    balancer = Balancer()
    with serving(balancer.answering) as server:
        assert BalancerKeys(server.url).key(KEY_ID) == balancer.pems[KEY_ID]
        (asked,) = server.asked
    assert (asked.method, asked.path) == ("GET", f"/{KEY_ID}")
    assert "Authorization" not in asked.headers


@pytest.mark.parametrize("status", [400, 403, 404])
def test_an_id_that_the_host_does_not_know_is_no_key(status: int) -> None:
    """As a store of files answers it."""
    with serving(lambda _: Reply(b"<Error/>", status)) as server:
        assert BalancerKeys(server.url).key("x") is None


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"", 500),
        Reply(b"", 503),
        Reply(b"", 429),
        Reply(b"", 401),
        Reply(b"x" * (LARGEST_KEY + 1)),
        Reply(b"-----BEGIN", headers={"Content-Length": "400"}, cut=True),
    ],
    ids=["fails", "is away", "throttles", "wants a login", "never ends", "breaks off"],
)
def test_a_host_that_does_not_answer_so_is_no_verdict(reply: Reply) -> None:
    """Whether there is such a key stays open."""
    with serving(lambda _: reply) as server, pytest.raises(SourceError):
        BalancerKeys(server.url).key("x")


def test_nobody_is_sent_on_to_another_host() -> None:
    """A redirect is not followed, so that no other host hands out keys."""
    balancer = Balancer()
    with serving(balancer.answering) as other:

        def sends_on(_: Asked) -> Reply:
            return Reply(b"", 302, {"Location": f"{other.url}/{KEY_ID}"})

        with serving(sends_on) as server, pytest.raises(SourceError):
            BalancerKeys(server.url).key(KEY_ID)
        assert other.asked == []


def test_a_host_that_is_not_there_is_told() -> None:
    """Without the address in the message, and as an error on purpose."""
    with serving(lambda _: Reply()) as server:
        url = server.url
    with pytest.raises(PortalError) as raised:
        BalancerKeys(url).key("x")
    assert url not in str(raised.value)
