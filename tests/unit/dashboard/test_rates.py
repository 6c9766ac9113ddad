"""How often a client may ask, whom it is taken for, and what others get out of it."""

import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from dashboard.rates import Rates, Turnstile, client_of, counted
from opsportal.identity import ANYONE, Identity

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        """Now, in seconds."""
        return self.now_s


def test_so_many_at_once_and_as_many_a_minute_from_then_on() -> None:
    """The one too many is told how long to wait, and served when it did."""
    clock = Clock()
    rates = Rates(30, clock)

    assert [rates.wait_s("ann") for _ in range(30)] == [0.0] * 30
    assert rates.wait_s("ann") == pytest.approx(2.0)
    clock.now_s += 2.0
    assert rates.wait_s("ann") == 0.0
    assert rates.wait_s("ann") == pytest.approx(2.0)
    clock.now_s += 60.0
    assert [rates.wait_s("ann") for _ in range(31)][-1] > 0.0


def test_a_refused_request_costs_nothing() -> None:
    """Whoever goes on asking does not push the moment away at which the next one is served."""
    clock = Clock()
    rates = Rates(1, clock)
    assert rates.wait_s("ann") == 0.0

    for _ in range(100):
        assert rates.wait_s("ann") == pytest.approx(60.0)
    clock.now_s += 60.0
    assert rates.wait_s("ann") == 0.0


def test_nobody_pays_for_another_one() -> None:
    """However many there are besides: two clients would have to meet twice in 65,536 places."""
    rates = Rates(2, Clock())
    for _ in range(3):
        rates.wait_s("abuser")

    innocent = [rates.wait_s(f"reader {number}") for number in range(2_000)]

    assert sum(wait_s > 0.0 for wait_s in innocent) <= 1


def test_workers_count_together() -> None:
    """What a forked process let through is known here."""
    rates = Rates(10, Clock())
    for _ in range(3):
        child = os.fork()
        if child == 0:
            for _ in range(3):
                rates.wait_s("ann")
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0

    assert rates.wait_s("ann") == 0.0
    assert rates.wait_s("ann") > 0.0


def _environ(forwarded: str | None = None, peer: str = "10.0.0.9", **more: Any) -> dict[str, Any]:
    environ: dict[str, Any] = {"REMOTE_ADDR": peer, **more}
    return environ if forwarded is None else {**environ, "HTTP_X_FORWARDED_FOR": forwarded}


@pytest.mark.parametrize(
    ("forwarded", "proxies", "client"),
    [
        (None, 1, "10.0.0.9"),
        ("198.51.100.7", 0, "10.0.0.9"),
        ("198.51.100.7", 1, "198.51.100.7"),
        ("1.1.1.1, 2.2.2.2,198.51.100.7", 1, "198.51.100.7"),
        ("1.1.1.1, 198.51.100.7, 10.1.1.1", 2, "198.51.100.7"),
        ("198.51.100.7", 2, "10.0.0.9"),
        ("198.51.100.7:50123", 1, "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:ffff::1]:443", 1, "2001:db8:1:2::/64"),
        ("unknown", 1, "unknown"),
    ],
)
def test_a_client_cannot_choose_whom_it_is_taken_for(forwarded: str | None, proxies: int, client: str) -> None:
    """Only what the proxies in front have added counts, and of version 6 a whole network is one client."""
    assert client_of(_environ(forwarded), proxies) == client


def test_whoever_has_signed_in_is_counted_by_name() -> None:
    """Wherever they ask from; where nobody signs in the address is all there is."""
    ann = Identity("person", "ann", "viewer")

    assert client_of({**_environ("1.1.1.1"), "opsportal.identity": ann}, 1) == ("person", "ann")
    assert client_of({**_environ("1.1.1.1"), "opsportal.identity": ANYONE}, 1) == "1.1.1.1"


def _inner(_: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [])
    return [b""]


def test_one_too_many_is_told_when_to_come_back() -> None:
    """As a problem with `Retry-After`; probes, scripts and styles are nobody's matter."""
    stile = Turnstile(_inner, counted(1, 1), "/portal/")

    def asked(path: str) -> tuple[int, dict[str, str], bytes]:
        body, status, headers = run_wsgi_app(stile, EnvironBuilder(path).get_environ())
        return int(status[:3]), dict(headers), b"".join(body)

    assert asked("/portal/api/queues")[0] == 200
    status, headers, body = asked("/portal/")
    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (429, "60", "no-store")
    assert json.loads(body)["type"] == "/problems/too-many-requests"
    for path in ("/healthz", "/readyz", "/portal/assets/portal.css", "/portal/_dash-component-suites/dash/x.js"):
        assert [asked(path)[0] for _ in range(3)] == [200] * 3
    assert asked("/metrics")[0] == 429
