"""A portal among people who want harm: it fails over nothing, repeats nothing, does not grow, and answers the others.

Its workers, its memory and its log are looked at for as long as the attacks go on, and a reader goes on reading.
"""

import http.client
import itertools
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

import pytest
import requests

from dashboard.app import create_app
from dashboard.patient_worker import LINGER_S
from tests.chaos.processes import children, resident_mb
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World
from tests.fakes.hostile_texts import MARKUP, TEXTS
from tests.fakes.page_answers import asked
from tests.fakes.raw_requests import Answer, answered, connection, exchange, request
from tests.fakes.served_portal import ServedPortal, running_demo, served_portal

MOST_A_MINUTE: Final = 1_200
MOST_GROWTH_MB: Final = 50.0
LARGE_BYTES: Final = 10_000_000
SLOW_CLIENTS: Final = 12
"""More than there are threads."""
HALF_OPEN: Final = 20
CALLBACKS: Final = "/_dash-update-component"
PARAMETERS: Final = ("period", "priority", "queue", "due", "tickets", "mark", "cursor", "from", "pathname", "search")
HEADERS: Final = (
    "User-Agent", "Referer", "Cookie", "X-Request-Id", "X-Amzn-Trace-Id", "Accept", "Accept-Encoding", "If-None-Match",
    "If-Modified-Since", "Range", "Authorization", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "Origin",
)  # fmt: skip
_clients = itertools.count(1)


@dataclass(slots=True)
class Reader:
    """Somebody who means no harm, and reads all the time."""

    url: str
    statuses: list[int] = field(default_factory=list)
    ends: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        """Open the page and ask for its numbers, again and again."""
        with requests.Session() as session:
            while not (self.statuses and self.ends.wait(0.2)):
                for path in ("/", "/api/queues"):
                    answer = session.get(f"{self.url}{path}", headers={"X-Forwarded-For": "192.0.2.1"}, timeout=60)
                    self.statuses.append(answer.status_code)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPortal]:
    """A portal with two workers, read, behind one proxy."""
    folder = tmp_path_factory.mktemp("hostile")
    settings = {"WEB_CONCURRENCY": "2", "RATE_LIMIT": str(MOST_A_MINUTE), "TRUSTED_PROXIES": "1"}
    with running_demo() as ready, served_portal(ready, folder, **settings) as served:
        yield served


@pytest.fixture(autouse=True)
def unharmed(portal: ServedPortal) -> Iterator[None]:
    """Around each attack: the same workers, hardly larger, no failure in the log, and a reader who is answered."""
    before = {worker: resident_mb(worker) for worker in children(portal.process.pid)}
    told = len(portal.log)
    reader = Reader(portal.url)
    thread = threading.Thread(target=reader.read)
    thread.start()
    try:
        yield
    finally:
        reader.ends.set()
        thread.join()
    assert reader.statuses
    assert set(reader.statuses) == {200}
    assert set(children(portal.process.pid)) == set(before)
    for worker, was_mb in before.items():
        assert resident_mb(worker) - was_mb < MOST_GROWTH_MB
    for line in portal.log[told:].splitlines():
        event = json.loads(line)
        assert event["level"] not in {"error", "critical"}, event


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """An address of each route there is, with a queue of the demo where it names one."""
    world = World()
    rules = create_app(portal_over(world, world.read(), tmp_path_factory.mktemp("routes"))).server.url_map.iter_rules()
    values = {"queue_id": "service-desk", "name": "overview", "package_name": "dash", "path": "queue/service-desk"}
    found = {re.sub(r"<(?:\w+:)?(\w+)>", lambda part: values.get(part[1], "nothing/here"), rule.rule) for rule in rules}
    return sorted(found | {"/compare", "/trends", "/at-risk", "/data", "/export/tickets.csv", "/export/due.csv"})


def _from_somebody() -> tuple[str, str]:
    """A header that makes the request that of a client who has not asked before."""
    number = next(_clients)
    return "X-Forwarded-For", f"198.51.{number // 250 % 250}.{number % 250}"


def _is_harmless(answer: Answer, text: str = "") -> None:
    assert answer.status < 500, (answer.status, answer.body[:300])
    assert "x-injected" not in answer.headers
    if answer.kind not in {"application/json", "application/problem+json", "text/plain", "text/csv"}:
        for markup in {each for each in MARKUP if "<" in each} | ({text} if "<" in text else set()):
            assert markup.encode() not in answer.body


def _ask(opened: http.client.HTTPConnection, path: str, headers: Mapping[str, str]) -> Answer:
    opened.request("GET", path, headers=dict(headers))
    response = opened.getresponse()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


def _opened(portal: ServedPortal) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(portal.url).netloc, timeout=60)


def test_no_text_in_a_query_harms(portal: ServedPortal, routes: list[str]) -> None:
    """Each text under the names of ten parameters at once, at each route."""
    opened = _opened(portal)
    for route in routes:
        for text in TEXTS:
            value = quote(text[:400], safe="")
            query = "&".join(f"{name}={value}" for name in (*PARAMETERS, value[:50]))
            _is_harmless(_ask(opened, f"{route}?{query}"[:8_000].rstrip("%"), dict([_from_somebody()])), text)
    opened.close()


def test_no_text_in_a_path_harms(portal: ServedPortal) -> None:
    """Escaped, and as it is where that can be sent; below each kind of address."""
    for place in ("/", "/queue/", "/api/queues/", "/api/", "/export/", "/assets/", "/_dash-component-suites/dash/"):
        for text in TEXTS:
            escaped = exchange(portal.url, request("GET", place + quote(text, safe=""), [_from_somebody()]))
            raw = exchange(portal.url, request("GET", place + text.replace(" ", "%20"), [_from_somebody()]))
            for answer in (escaped, raw):
                _is_harmless(answer, text)
                assert b"root:" not in answer.body


def test_no_text_in_a_header_harms(portal: ServedPortal) -> None:
    """In fifteen headers at once, with line breaks that would begin another one; and as the name of one."""
    for path in ("/", "/api/queues", "/export/overview.csv", "/metrics"):
        for text in TEXTS:
            short = text[:1_000]
            for headers in (
                [(name, short) for name in HEADERS],
                [(name, quote(short)) for name in HEADERS],
                [(short, "x")],
            ):
                answer = exchange(portal.url, request("GET", path, [*headers, _from_somebody()]))
                _is_harmless(answer, text)
    for raw in (
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-maybe\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"<script>alert(1)</script> / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET <script>alert(1)</script> HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /embed?token=not-for-the-log\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    ):
        assert 400 <= exchange(portal.url, raw).status < 500, raw
    assert "not-for-the-log" not in portal.log


def test_no_text_in_what_a_page_sends_harms(portal: ServedPortal) -> None:
    """As the address that it shows, at each callback; the answer is JSON, or a refusal."""
    callbacks = requests.get(f"{portal.url}/_dash-dependencies", timeout=30).json()
    answered_by_us = [each for each in callbacks if each["clientside_function"] is None]
    with requests.Session() as session:
        for callback, text in itertools.product(answered_by_us, TEXTS):
            addresses = ((f"/{text}", f"?ticket={text}&priority={text}"), ("/queue/billing", f"?tickets={quote(text)}"))
            for path, search in addresses:
                known = {("url", "pathname"): path, ("url", "search"): search, ("tick", "n_intervals"): 0}
                headers = dict([_from_somebody()])
                answer = session.post(
                    f"{portal.url}{CALLBACKS}", json=asked(callback, known), headers=headers, timeout=60
                )
                assert answer.status_code in (200, 204, 400), (callback["output"], text, answer.text[:300])
                assert answer.status_code == 204 or answer.headers["Content-Type"].endswith("json")


def test_a_query_with_ten_thousand_keys_is_refused_at_every_route(portal: ServedPortal, routes: list[str]) -> None:
    """By its length, or, where the keys are as short as can be, by their number."""
    for route in routes:
        for query in ("&".join(f"k{n}=v" for n in range(10_000)), "a&" * 4_000):
            answer = exchange(portal.url, request("GET", f"{route}?{query}", [_from_somebody()]))
            assert answer.status in (400, 414)


def test_a_body_of_ten_megabytes_is_refused_at_every_route(portal: ServedPortal, routes: list[str]) -> None:
    """Whether it says how large it is, or comes in pieces without end; where none is read it does no harm."""
    large = b"[" * LARGE_BYTES
    pieces = (b"%x\r\n" % 65_536 + b"[" * 65_536 + b"\r\n") * (LARGE_BYTES // 65_536) + b"0\r\n\r\n"
    json_type = ("Content-Type", "application/json")
    for route in {*routes, CALLBACKS}:
        for method in ("POST", "GET"):
            declared = exchange(portal.url, request(method, route, [json_type, _from_somebody()], large))
            assert declared.status in (405, 413), (route, method, declared.status)
    endless = request("POST", CALLBACKS, [json_type, _from_somebody(), ("Transfer-Encoding", "chunked")]) + pieces
    assert exchange(portal.url, endless).status == 413
    broken = request("POST", CALLBACKS, [json_type, _from_somebody(), ("Transfer-Encoding", "chunked")]) + b"zz\r\n"
    assert exchange(portal.url, broken).status == 400


def test_slow_clients_keep_nobody_waiting(portal: ServedPortal) -> None:
    """More of them than there are threads: some never send a byte, some drip a head, some a body. All are given up."""
    heads = [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        request("POST", CALLBACKS, [("Content-Type", "application/json"), ("Content-Length", "5000")]),
    ]
    with ExitStack() as stack:
        slow = [stack.enter_context(connection(portal.url)) for _ in range(SLOW_CLIENTS)]
        for number, each in enumerate(slow):
            each.sendall(heads[number % len(heads)])
        given_up = threading.Event()
        statuses: dict[int, int] = {}

        def drip() -> None:
            waiting = {number: each for number, each in enumerate(slow) if heads[number % len(heads)]}
            while waiting and not given_up.wait(0.3):
                for number, each in list(waiting.items()):
                    try:
                        each.sendall(b"x")
                        each.settimeout(0.001)
                        each.recv(1, 2)  # MSG_PEEK
                    except TimeoutError:
                        continue
                    except OSError:
                        statuses[number] = 0
                        del waiting[number]
                        continue
                    each.settimeout(60)
                    statuses[number] = answered(each).status
                    del waiting[number]

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            for _ in range(5):
                answer = requests.get(f"{portal.url}/api/queues", headers=dict([_from_somebody()]), timeout=60)
                assert answer.status_code == 200
            dripping.join(60)
        finally:
            given_up.set()
            dripping.join()
        assert set(statuses.values()) <= {408, 0}
        assert list(statuses.values()).count(408) >= SLOW_CLIENTS // 2


def test_whoever_leaves_a_connection_half_open_holds_nobody_up(portal: ServedPortal) -> None:
    """One that was told that this is the end, and does not end, is waited for by nobody who accepts others."""
    began = time.monotonic()
    with ExitStack() as stack:
        for _ in range(HALF_OPEN):
            half = stack.enter_context(connection(portal.url))
            half.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            assert answered(half).status == 200
            assert requests.get(f"{portal.url}/healthz", timeout=60).status_code == 200
    assert time.monotonic() - began < HALF_OPEN * LINGER_S / 2


def test_an_abuser_is_slowed_down_and_nobody_else(portal: ServedPortal) -> None:
    """By both workers together, whatever it says where it comes from; it is told when to come back."""
    opened = [_opened(portal), _opened(portal)]
    began, asked_for = time.monotonic(), 0
    while True:
        headers = {"X-Forwarded-For": f"10.9.{asked_for % 250}.1, 203.0.113.66"}
        answer = _ask(opened[asked_for % 2], "/api/typo", headers)
        if answer.status != 404 or asked_for > MOST_A_MINUTE * 2:
            break
        asked_for += 1
    took_s = time.monotonic() - began

    assert answer.status == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert json.loads(answer.body)["type"] == "/problems/too-many-requests"
    # Two workers that count at the same moment lose one now and then.
    assert MOST_A_MINUTE <= asked_for <= MOST_A_MINUTE * (1.1 + took_s / 60.0)
    assert _ask(opened[0], "/api/typo", {"X-Forwarded-For": "203.0.113.66, 203.0.113.67"}).status == 404
    for path in ("/healthz", "/readyz"):
        assert _ask(opened[1], path, {"X-Forwarded-For": "203.0.113.66"}).status == 200
    for each in opened:
        each.close()
