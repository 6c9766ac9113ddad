"""A source that is out of order is out of order for all who read it: then nothing is sent but a question now and then.

closed   requests are sent; after a failure one at a time, until one is answered or the third in a row opens
open     nothing is sent until the wait is over, and then one request, the probe
trial    the probe was answered; the first failure opens again, with twice the wait, and a whole read closes
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from threading import Lock
from typing import Final, Literal, Protocol, TypeAlias

import msgspec

from datasource.decoding import decoder
from datasource.errors import DeadlinePassed, SourceError, again

IN_A_ROW: Final = 3
"""Failures after which a source counts as out of order."""

PROBE_S: Final = 10.0
"""How long the one request may take that asks whether the source is back."""

PROBE_FORGOTTEN_S: Final = 20
"""After so long a probe that has told nothing died with its process, and another one may be sent."""

LONGEST_ASKED_S: Final = 86_400.0
"""A source that asks to be left alone for longer is asked after a day all the same."""

Standing: TypeAlias = Literal["closed", "open", "trial"]


class SharedState(Protocol):
    """A few bytes about one source that all processes share, as far as they can. Nothing here raises."""

    def get(self) -> bytes | None:
        """What was told last, by whomever; None when that is not known."""

    def set(self, value: bytes) -> None:
        """Tell all others."""

    def claim(self, name: str, for_s: int) -> bool:
        """Whether nobody else has claimed that name in so many seconds."""


@dataclass(frozen=True, slots=True)
class Permit:
    """One request may be sent. A probe tells for all whether the source is back; `alone`: no other one is under way."""

    probe: bool = False
    alone: bool = False


class Gate(Protocol):
    """Decides whether a request may be sent, and is told what became of it."""

    def admitted(self, wait_s: float) -> AbstractContextManager[Permit]:
        """Leave to send one request while the block runs; it may be waited for so many seconds.

        Raises:
            SourceError: the source is out of order, and why, or its turn did not come; nothing is to be sent.
        """

    def answered(self, permit: Permit) -> None:
        """The source is there, whatever it thinks of the question."""

    def failed(self, permit: Permit, error: SourceError, *, asked_s: float, over: bool) -> None:
        """The source as a whole failed; it asks for so many seconds of quiet. `over`: this alone is reason enough."""

    def proved(self) -> None:
        """A whole read went well."""

    def left_s(self) -> float:
        """Seconds until the source is asked again; 0 when it is not out of order."""


class AlwaysOpen:
    """Every request is sent: for one who reads once and goes."""

    def admitted(self, wait_s: float) -> AbstractContextManager[Permit]:  # noqa: ARG002 - nobody waits
        """Always."""
        return nullcontext(Permit())

    def answered(self, permit: Permit) -> None:
        """Nothing."""

    def failed(self, permit: Permit, error: SourceError, *, asked_s: float, over: bool) -> None:
        """Nothing."""

    def proved(self) -> None:
        """Nothing."""

    def left_s(self) -> float:
        """None."""
        return 0.0


class _Cause(msgspec.Struct, frozen=True):
    kind: str
    what: str
    shown: str
    call: str
    advice: str


class _State(msgspec.Struct, frozen=True):
    """`step` grows with every change. The wait is over at `until_ms` of the wall clock, `rest_s` after it was told."""

    step: int = 0
    standing: Standing = "closed"
    probing: bool = False
    wait_s: float = 0.0
    rest_s: float = 0.0
    until_ms: int = 0
    cause: _Cause | None = None


class Breaker:
    """The breaker of one source. Its state is shared; without the others each process goes by its own.

    A wait is over when the wall clock or this process's own says so: one that stands or is set back makes none longer.
    """

    def __init__(
        self,
        source: str,
        shared: SharedState,
        *,
        first_s: float,
        longest_s: float,
        wall_s: Callable[[], float],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._shared = source, shared
        self._first_s, self._longest_s = first_s, longest_s
        self._wall_s, self._clock_s = wall_s, clock_s
        self._lock, self._one_at_a_time = Lock(), Lock()
        self._state, self._until_s, self._failures = _State(), 0.0, 0

    @contextmanager
    def admitted(self, wait_s: float) -> Iterator[Permit]:
        """Leave to send one request while the block runs.

        Raises:
            SourceError: the source is out of order; of the kind and with the words of the failure that showed it.
        """
        permit = self._admit()
        if not permit.alone:
            yield permit
            return
        if not self._one_at_a_time.acquire(timeout=max(wait_s, 0.001)):
            raise DeadlinePassed(self._source, "no request could be sent in time")
        try:
            yield self._admit()  # while this one waited, the source may have been found out of order, or well
        finally:
            self._one_at_a_time.release()

    def _admit(self) -> Permit:
        heard = self._shared.get()
        with self._lock:
            self._hear(heard)
            state, left_s = self._state, self._left_s()
            if state.standing != "open":
                return Permit(alone=state.standing == "closed" and self._failures > 0)
        if left_s > 0:
            raise self._held_back(state, min(left_s, self._first_s) if state.probing else left_s)
        if not self._shared.claim(str(state.step), PROBE_FORGOTTEN_S):
            raise self._held_back(state, self._first_s)
        with self._lock:
            if self._state is not state:
                raise self._held_back(state, self._first_s)
            self._turn("open", state.wait_s, PROBE_FORGOTTEN_S, state.cause, probing=True)
        return Permit(probe=True)

    def answered(self, permit: Permit) -> None:
        """The source is there, whatever it thinks of the question."""
        with self._lock:
            self._failures = 0
            if permit.probe and self._state.probing:
                self._turn("trial", self._state.wait_s, 0.0, None)

    def failed(self, permit: Permit, error: SourceError, *, asked_s: float, over: bool) -> None:
        """The source as a whole failed. It opens after three in a row, after one on trial, or when one is `over`."""
        asked_s = min(asked_s, LONGEST_ASKED_S)
        with self._lock:
            state = self._state
            if state.standing == "closed":
                # Those that were under way together failed together, and that is one failure.
                self._failures += 1 if permit.alone or not self._failures else 0
                if self._failures < IN_A_ROW and not over:
                    return
                wait_s = self._first_s
            elif state.standing == "trial" or permit.probe:
                wait_s = min(max(2 * state.wait_s, self._first_s), self._longest_s)
            elif asked_s > self._left_s() and not state.probing:
                wait_s = state.wait_s  # a request that was under way when it opened brought a longer wait
            else:
                return
            cause = _Cause(type(error).__name__, error.what, error.shown, error.call, error.advice)
            self._turn("open", wait_s, max(wait_s, asked_s), cause)

    def proved(self) -> None:
        """A whole read went well: the next failure is the first again."""
        with self._lock:
            self._failures = 0
            if self._state.standing == "trial":
                self._turn("closed", 0.0, 0.0, None)

    def left_s(self) -> float:
        """Seconds until the source is asked again; 0 when it is not out of order."""
        with self._lock:
            return max(self._left_s(), 0.0) if self._state.standing == "open" else 0.0

    def _left_s(self) -> float:
        return min(self._until_s - self._clock_s(), self._state.until_ms / 1000 - self._wall_s())

    def _turn(
        self, standing: Standing, wait_s: float, rest_s: float, cause: _Cause | None, *, probing: bool = False
    ) -> None:
        now_ms = int(self._wall_s() * 1000)
        step, until_ms = max(self._state.step + 1, now_ms), now_ms + int(rest_s * 1000)
        self._state = _State(step, standing, probing, wait_s, rest_s, until_ms, cause)
        self._until_s = self._clock_s() + rest_s
        self._shared.set(msgspec.json.encode(self._state))

    def _hear(self, told: bytes | None) -> None:
        """Go on from what others have told, if that is newer than what this process knows."""
        try:
            state = _State() if told is None else decoder(_State).decode(told)
        except msgspec.DecodeError:
            return
        if state.step > self._state.step:
            left_s = state.until_ms / 1000 - self._wall_s()
            self._state, self._failures = state, 0
            self._until_s = self._clock_s() + min(max(left_s, 0.0), state.rest_s)

    def _held_back(self, state: _State, left_s: float) -> SourceError:
        cause = state.cause or _Cause("SourceFailed", "is out of order", "is out of order", "", "")
        error = again(cause.kind, self._source, cause.what, shown=cause.shown, call=cause.call, advice=cause.advice)
        error.retry_after_s, error.held_back = left_s, True
        return error
