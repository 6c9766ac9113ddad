"""What is checked of each answer as it comes: that it is one, that it is whole, and that it tells the truth."""

import csv
import io
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.chaos.relay import Relay
from tests.chaos.site import PROJECTS
from tests.soak.asking import AGE, Kind
from tests.soak.claims import Claims
from tests.soak.faults import Part, Window, Windows
from tests.soak.load import Got
from tests.soak.rhythm import Rhythm
from tests.soak.told import Told, on_the_wall, words_of

_GOOD: Final = frozenset({200, 204, 304})
_ACCEPTED: Final = 202
_NOTHING: Final = 204
_UNCHANGED: Final = 304
_REFUSED: Final = 503
_LEFT_ALONE_S: Final = 20.0
"""History that could not be read is not tried again for a while."""

_BELOW: Final[Mapping[Part, str]] = {"jira": "/rest", "tempo": "/tempo"}
"""Where a source has its addresses; the load itself asks the other parts."""

_SHOWN: Final = 300
_GONE: Final = ("reading for the first time", "state-failed", "is not here", "Nothing to list")
"""What a page says in place of numbers that it does not have."""

_AGES: Final = re.compile(r'"data-as-of":"(\d+)"')
_NOWS: Final = re.compile(r'"data-now":"(\d+)"')
_CLOCK_S: Final = 1.5
LATE_S: Final = 1.0
"""A request that is sent so long after it was due is late."""


@dataclass(slots=True)
class Tally:
    """What one minute brought."""

    statuses: Counter[int] = field(default_factory=Counter)
    took_s: list[float] = field(default_factory=list)
    latest_s: float = 0.0


@dataclass(slots=True)
class Checks:
    """Checks answers, in whatever thread they come, and counts them by minute."""

    rhythm: Rhythm
    windows: Windows
    claims: Claims
    told: Told
    tally: Tally = field(default_factory=Tally)
    answered: Counter[Kind] = field(default_factory=Counter)
    noticed: dict[Part, list[float]] = field(default_factory=lambda: defaultdict(list))
    late: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, got: Got) -> None:
        """Check one answer."""
        with self._lock:
            self.tally.statuses[got.status] += 1
            self.tally.took_s.append(got.took_s)
            self.tally.latest_s = max(self.tally.latest_s, got.late_s)
            self.answered[got.ask.kind] += 1
            self.late += got.late_s > LATE_S
        if not self._answered(got):
            return
        came = got.headers.get("X-Request-Id")
        self.claims.holds("ids", came == got.its_id, f"{got.ask.name} asked as {got.its_id} was answered as {came}")
        if got.status not in {200, _UNCHANGED}:
            return
        try:
            if got.status == _UNCHANGED:
                self.claims.holds("whole", got.headers.get("ETag") == got.tag, f"{got.ask.name}: 304 for another tag")
            else:
                _CHECKS[got.ask.kind](self, got)
        except (ValueError, LookupError, TypeError) as error:
            self.claims.broke("whole", f"{got.ask.name}: {error!r} in {got.body[:_SHOWN]!r}")

    def turn(self) -> Tally:
        """What the minute brought that ends now; another one begins."""
        with self._lock:
            ended, self.tally = self.tally, Tally()
        return ended

    def notice(self, parts: Mapping[str, Any], at: float) -> None:
        """Remember what some worker said is out of order, and when (wall-clock seconds)."""
        for part in _failing(parts):
            self.noticed[part].append(at)

    def look_back(self, relay: Relay) -> None:
        """Each fault that spoiled something was told by some worker while it lasted, or soon after."""
        told = [window for window in self.windows.every if window.fault.spoils and _hit(window, relay)]
        for window in told:
            self.claims.holds("noticed", self._noticed(window), f"{window.fault.name} from {window.began_at:.1f} on")
        self.claims.tell("noticed", f"{len(told)} faults")

    def _noticed(self, window: Window) -> bool:
        until = (window.ended_at or float("inf")) + self.rhythm.settles_s
        return any(window.began_at <= at <= until for at in self.noticed[window.fault.part])

    def _answered(self, got: Got) -> bool:
        """Whether the answer is one that was promised."""
        said = f"{got.ask.name}: {got.status} after {got.took_s:.1f} s, {got.body[:_SHOWN]!r}"
        if got.status == _ACCEPTED:
            self.claims.broke("kept", said)
            return False
        if got.status in _GOOD:
            self.claims.holds("kept", got.status != _NOTHING or not got.ask.words, f"nothing to see: {said}")
            return True
        promised = got.status == _REFUSED and "Retry-After" in got.headers and self._without_history(got)
        self.claims.holds("answered", promised, said)
        return promised

    def _without_history(self, got: Got) -> bool:
        away = self.windows.overlap("history", got.sent_at, got.came_at, tail_s=_LEFT_ALONE_S)
        return got.ask.needs_history and away

    def _document(self, got: Got) -> None:
        self.claims.holds("whole", got.body.rstrip().endswith(b"</html>"), f"{got.ask.name} breaks off")

    def _frame(self, got: Got) -> None:
        self.claims.holds("whole", words_of(got.body), f"{got.ask.name} is empty")

    def _page(self, got: Got) -> None:
        words_of(got.body)["response"]  # or it is not whole
        text = got.body.decode()
        for word in got.ask.words:
            self.claims.holds("kept", word in text, f"{got.ask.name} lacks {word}: {text[:_SHOWN]}")
        for word in _GONE if got.ask.words and not self._without_history(got) else ():
            self.claims.holds("kept", word not in text, f"{got.ask.name} says {word!r}")
        if AGE not in got.ask.words:
            return
        for now in map(int, _NOWS.findall(text)):
            there = got.sent_at - _CLOCK_S <= now / 1000 <= got.came_at + _CLOCK_S
            self.claims.holds("ages", there, f"{got.ask.name} took {now} for now, at {got.sent_at:.1f}")
        instants = [int(as_of) / 1000 for as_of in _AGES.findall(text)]
        self.claims.holds("ages", instants and max(instants) <= got.came_at + _CLOCK_S, f"{got.ask.name}: {instants}")
        if got.ask.queue is not None and instants:
            self.told.instant(got, got.ask.queue, instants[0])

    def _numbers(self, got: Got) -> None:
        self.told.numbers(got, words_of(got.body))

    def _table(self, got: Got) -> None:
        rows = list(csv.reader(io.StringIO(got.body.decode("utf-8-sig"), newline=""), strict=True))
        counted = got.headers.get("X-Row-Count", str(len(rows) - 1))
        self.claims.holds("whole", int(counted) == len(rows) - 1, f"{got.ask.name}: {len(rows)} of {counted} rows")
        self.claims.holds("whole", len({len(row) for row in rows}) == 1, f"{got.ask.name} has rows of several lengths")
        self.claims.holds("kept", len(rows) > 1, f"{got.ask.name} is empty")
        lacking = got.headers.get("X-Queues-Without-Numbers")
        self.claims.holds("kept", lacking is None, f"{got.ask.name} lacks {lacking}")

    def _ready(self, got: Got) -> None:
        told = words_of(got.body)
        self.claims.holds("answered", told["ready"], f"not ready: {told}")
        self.notice(told["parts"], got.came_at)

    def _alive(self, got: Got) -> None:
        self.claims.holds("whole", got.body == b"ok\n", f"{got.body!r} of /healthz")

    def _metrics(self, got: Got) -> None:
        text = got.body.decode()
        self.claims.holds(
            "whole", text.endswith("\n") and "opsportal_workers 2.0" in text, f"/metrics: {text[-_SHOWN:]}"
        )
        for queue in PROJECTS:
            there = f'opsportal_queue_data_age_seconds{{queue="{queue}"}}' in text
            self.claims.holds("kept", there, f"/metrics has no age of {queue}")


_CHECKS: Final[Mapping[Kind, Callable[[Checks, Got], None]]] = {
    "document": Checks._document,
    "frame": Checks._frame,
    "page": Checks._page,
    "drawer": Checks._page,
    "numbers": Checks._numbers,
    "table": Checks._table,
    "ready": Checks._ready,
    "alive": Checks._alive,
    "metrics": Checks._metrics,
}


def _hit(window: Window, relay: Relay) -> bool:
    """Whether it had anything to spoil: a source that nobody asked meanwhile failed nobody."""
    below = _BELOW.get(window.fault.part)
    until = window.ended_at or float("inf")
    return below is None or any(
        call.path.startswith(below) and window.began_at <= on_the_wall(call.began) <= until for call in relay.calls
    )


def _failing(parts: Mapping[str, Any]) -> list[Part]:
    """What a worker says is out of order."""
    said: dict[Part, bool] = {
        "jira": parts["jira"]["state"] == "failing",
        "tempo": parts["tempo"]["state"] == "failing",
        "cache": parts["cache"]["serves"] != "redis",
        "history": parts["history"]["state"] == "failed",
    }
    return [part for part, is_so in said.items() if is_so]
