"""The breaker of a source: when nothing is sent any more, when one probe is, and how all processes agree on it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from datasource.breaker import IN_A_ROW, PROBE_FORGOTTEN_S, AlwaysOpen, Breaker
from datasource.errors import DeadlinePassed, LoginFailed, SourceError, SourceFailed, SourceThrottled
from tests.fakes.clock import Clock

FIRST_S, LONGEST_S = 60.0, 900.0
DOWN = SourceFailed("Jira", "HTTP 503: long words of a proxy", call="GET /myself", shown="HTTP 503")


@dataclass(slots=True)
class Shared:
    """What processes share; `gone` while they cannot."""

    value: bytes | None = None
    claimed: set[str] = field(default_factory=set)
    gone: bool = False

    def get(self) -> bytes | None:
        """As SharedState promises."""
        return None if self.gone else self.value

    def set(self, value: bytes) -> None:
        """As SharedState promises."""
        if not self.gone:
            self.value = value

    def claim(self, name: str, for_s: int) -> bool:
        """As SharedState promises."""
        if self.gone:
            return True
        free = name not in self.claimed
        self.claimed.add(name)
        return free


@dataclass(slots=True)
class Site:
    """A source that many processes ask, and their clocks."""

    shared: Shared = field(default_factory=Shared)
    clock: Clock = field(default_factory=Clock)
    wall: Clock = field(default_factory=lambda: Clock(1_795_000_000.0))
    sent: int = 0

    def process(self) -> Breaker:
        """The breaker of one more process."""
        return Breaker("Jira", self.shared, first_s=FIRST_S, longest_s=LONGEST_S, wall_s=self.wall, clock_s=self.clock)

    def ask(self, breaker: Breaker, error: SourceError | None = None, asked_s: float = 0.0) -> bool:
        """Send a request if that is allowed, which fails with an error or not; whether it was sent."""
        try:
            with breaker.admitted(1.0) as permit:
                self.sent += 1
                if error is None:
                    breaker.answered(permit)
                else:
                    breaker.failed(permit, error, asked_s=asked_s, over=False)
                return True
        except SourceError:
            return False

    def pass_s(self, seconds: float) -> None:
        """Move both clocks on."""
        self.clock.at_s += seconds
        self.wall.at_s += seconds


def _opened(site: Site, error: SourceError = DOWN) -> Breaker:
    breaker = site.process()
    for _ in range(IN_A_ROW):
        assert site.ask(breaker, error)
    return breaker


def _refusal(breaker: Breaker) -> SourceError:
    with pytest.raises(SourceError) as raised, breaker.admitted(1.0):
        pytest.fail("nothing may be sent")
    return raised.value


def test_it_opens_after_three_failures_in_a_row() -> None:
    """An answer between them, of whatever kind, begins the count anew."""
    site = Site()
    breaker = site.process()
    for _ in range(3):
        assert site.ask(breaker, DOWN)
        assert site.ask(breaker, DOWN)
        assert site.ask(breaker)
    assert breaker.left_s() == 0

    _opened(site)
    assert not site.ask(site.process())


def test_while_it_is_open_the_failure_that_opened_it_is_told() -> None:
    """Its kind and its words, with when to come back; in every process."""
    site = Site()
    breaker = _opened(
        site, LoginFailed("Jira", "HTTP 401: <b>no</b>", call="GET /myself", advice="Ask.", shown="HTTP 401")
    )
    site.pass_s(20)

    for each in (breaker, site.process()):
        error = _refusal(each)
        assert type(error) is LoginFailed
        assert error.told == "Jira does not accept the login: HTTP 401. Ask."
        assert error.held_back
        assert error.retry_after_s == pytest.approx(40, abs=0.01)
    assert type(_refusal(_opened(Site(), SourceThrottled("Jira", 7)))) is SourceThrottled


def test_probes_come_later_and_later() -> None:
    """One at each time, of all processes together; at most twenty requests in fifteen minutes."""
    site = Site()
    processes = [_opened(site), *(site.process() for _ in range(3))]
    at, probes = 0, []
    while at < 4_000:
        site.pass_s(1)
        at += 1
        before = site.sent
        for each in processes:
            site.ask(each, DOWN)
        probes += [at] * (site.sent - before)

    assert probes == [60, 180, 420, 900, 1_800, 2_700, 3_600]
    assert IN_A_ROW + len([probe for probe in probes if probe <= 900]) <= 20


def test_an_answered_probe_lets_all_go_on() -> None:
    """On trial: the next failure opens again, with twice the wait; only a whole read makes all as before."""
    site = Site()
    breaker, other = _opened(site), site.process()
    site.pass_s(FIRST_S)
    assert site.ask(other)
    assert site.ask(breaker)
    assert site.ask(other)

    assert site.ask(breaker, DOWN)
    assert not site.ask(other)
    assert breaker.left_s() == pytest.approx(2 * FIRST_S)

    site.pass_s(2 * FIRST_S)
    assert site.ask(breaker)
    breaker.proved()
    assert site.ask(other, DOWN)
    assert site.ask(other)


def test_requests_that_fail_together_are_one_failure() -> None:
    """After it one at a time is sent: of eight that are throttled together none is given up."""
    site = Site()
    breaker = site.process()
    sending = threading.Barrier(8)
    together, most, lock = 0, 0, threading.Lock()

    def fail_together(_: int) -> None:
        with breaker.admitted(30) as permit:
            sending.wait(30)
            breaker.failed(permit, DOWN, asked_s=2, over=False)

    def succeed(_: int) -> None:
        nonlocal together, most
        with breaker.admitted(30) as permit:
            with lock:
                together += permit.alone
                most = max(most, together)
            with lock:
                together -= permit.alone
            breaker.answered(permit)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail_together, range(8)))
        assert breaker.left_s() == 0
        list(pool.map(succeed, range(8)))
    assert most == 1
    with breaker.admitted(1) as permit:
        assert not permit.alone


def test_a_turn_that_does_not_come_in_time_is_given_up() -> None:
    """The one before it takes too long."""
    site = Site()
    breaker = site.process()
    site.ask(breaker, DOWN)

    with breaker.admitted(1), pytest.raises(DeadlinePassed), breaker.admitted(0.01):
        pytest.fail("another one is under way")


@pytest.mark.parametrize("jump_s", [-86_400, -FIRST_S, 86_400])
def test_a_wall_clock_that_is_set_lengthens_no_wait(jump_s: float) -> None:
    """Neither for those who know the state nor for those who hear of it later."""
    site = Site()
    breaker = _opened(site)
    site.wall.at_s += jump_s
    late = site.process()
    site.clock.at_s += FIRST_S

    assert site.ask(breaker)
    assert site.ask(late)


def test_a_wall_clock_that_was_set_back_is_waited_for_once_at_most() -> None:
    """Who hears of it only then does not know better."""
    site = Site()
    _opened(site)
    site.wall.at_s -= 86_400
    late = site.process()
    assert not site.ask(late)
    site.clock.at_s += FIRST_S

    assert site.ask(late)


def test_a_longer_wait_that_the_source_asks_for_wins() -> None:
    """At once if it is longer than a read may take, also when it comes after others; a day at most."""
    site = Site()
    breaker = site.process()
    with breaker.admitted(1) as permit, breaker.admitted(1) as slow:
        breaker.failed(permit, SourceThrottled("Jira", 600), asked_s=600, over=True)
        assert breaker.left_s() == pytest.approx(600)
        breaker.failed(slow, SourceThrottled("Jira", 30), asked_s=30, over=False)
        assert breaker.left_s() == pytest.approx(600)
        breaker.failed(slow, SourceThrottled("Jira", 1e9), asked_s=1e9, over=True)
    assert breaker.left_s() == pytest.approx(86_400)
    assert _refusal(site.process()).retry_after_s == pytest.approx(86_400, abs=0.01)


def test_a_probe_that_died_is_followed_by_another() -> None:
    """After a while; until then nothing is sent."""
    site = Site()
    breaker = _opened(site)
    site.pass_s(FIRST_S)
    with breaker.admitted(1):
        pass  # and its process is gone
    other = site.process()
    site.pass_s(PROBE_FORGOTTEN_S - 0.1)
    assert not site.ask(other)
    site.pass_s(0.1)

    assert site.ask(other)


def test_without_the_others_each_process_goes_by_its_own() -> None:
    """And by what it last heard; spoilt bytes are nothing that was heard."""
    site = Site()
    breaker = _opened(site)
    site.shared.gone = True
    assert not site.ask(breaker)
    site.shared.gone, site.shared.value = False, b"\x00spoilt"
    assert not site.ask(breaker)
    site.pass_s(FIRST_S)
    assert site.ask(breaker)


def test_who_reads_once_and_goes_is_never_refused() -> None:
    """However often it fails."""
    gate = AlwaysOpen()
    for _ in range(10):
        with gate.admitted(1) as permit:
            gate.failed(permit, DOWN, asked_s=60, over=True)
            gate.answered(permit)
    gate.proved()
    assert gate.left_s() == 0
