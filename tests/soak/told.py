"""What was told of each queue, held against the clock, against what went wrong, and against what was really read."""

import hashlib
import json
import threading
import time
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tests.chaos.readers import FOLLOWS_S, wall_s
from tests.chaos.relay import Call, Relay
from tests.chaos.site import PROJECTS
from tests.soak.claims import Claims
from tests.soak.faults import Windows
from tests.soak.load import Got
from tests.soak.rhythm import Rhythm

_NEARLY_S: Final = 1.5
"""Ages are told in whole seconds, and an answer may be found a fifth of a second before it is sent."""


@dataclass(slots=True)
class _Queue:
    """The youngest instant told until each moment, and when each instant was told first (wall-clock seconds)."""

    moments: list[float] = field(default_factory=list)
    youngest: list[float] = field(default_factory=list)
    first_told: dict[float, float] = field(default_factory=dict)


@dataclass(slots=True)
class Told:
    """What was told so far. Its checks may be called from any thread."""

    rhythm: Rhythm
    windows: Windows
    claims: Claims
    oldest_s: float = 0.0
    stale: int = 0
    _queues: dict[str, _Queue] = field(default_factory=lambda: {queue: _Queue() for queue in PROJECTS})
    _contents: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def numbers(self, got: Got, told: Mapping[str, Any]) -> None:
        """Check an answer of the API that has numbers."""
        as_of = datetime.fromisoformat(told["as_of"]).timestamp()
        low, high = got.sent_at - as_of - _NEARLY_S, got.came_at - as_of + _NEARLY_S
        said = f"{got.ask.name} said age {told['age_s']} s of {told['as_of']}, which was {low:.1f} to {high:.1f} s ago"
        self.claims.holds("ages", max(low, 0) <= told["age_s"] <= high, said)
        self._one_content(got, told["revision"])
        if got.ask.queue is not None:
            self._state(got, got.ask.queue, told)
            self.instant(got, got.ask.queue, as_of)
            if "hours" in told and isinstance(told["hours"], Mapping):
                self._hours(got, as_of, told["hours"])
        if got.ask.path == "/api/queues":
            for each in told["queues"]:
                self._state(got, each["id"], each)
                self.instant(got, each["id"], datetime.fromisoformat(each["as_of"]).timestamp())

    def instant(self, got: Got, queue: str, as_of: float) -> None:
        """No reader is told an older instant than somebody was before, but for the moment in which workers follow."""
        told = self._queues[queue]
        with self._lock:
            before = bisect_left(told.moments, got.began - FOLLOWS_S)
            known = told.youngest[before - 1] if before else 0.0
            told.moments.append(max(got.ended, told.moments[-1] if told.moments else 0.0))
            told.youngest.append(max(as_of, told.youngest[-1] if told.youngest else 0.0))
            told.first_told[as_of] = min(got.came_at, told.first_told.get(as_of, got.came_at))
            self.oldest_s = max(self.oldest_s, got.came_at - as_of)
        self.claims.holds("kept", as_of >= known, f"{got.ask.name} went {known - as_of:.1f} s back")

    def nothing_made_up(self, relay: Relay) -> int:
        """Every instant told has a read of its own at Jira that went well; how many there were."""
        told = 0
        for queue, project in PROJECTS.items():
            reads = [call for call in relay.reads(project) if self._went_well(call)]
            began = [on_the_wall(call.began) for call in reads]
            instants = sorted(self._queues[queue].first_told.items())[1:]  # the first was read before anybody looked
            for as_of, first_told in instants:
                own = any(as_of - _NEARLY_S <= at <= first_told + _NEARLY_S for at in began)
                self.claims.holds("ages", own, f"nobody read {queue} at {as_of:.1f}, told at {first_told:.1f}")
            told += len(instants)
        return told

    def _went_well(self, call: Call) -> bool:
        if call.status != 200 or call.ended is None:
            return False
        return self.windows.within("jira", on_the_wall(call.began), on_the_wall(call.ended)) is None

    def _one_content(self, got: Got, revision: str) -> None:
        content = hashlib.blake2b(got.body.partition(b",")[2], digest_size=8).digest()  # all that stands behind the age
        with self._lock:
            first = self._contents.setdefault((got.ask.path, revision), content)
        self.claims.holds("revisions", first == content, f"{got.ask.name} has two contents under {revision}")

    def _state(self, got: Got, queue: str, told: Mapping[str, Any]) -> None:
        """Stale exactly when it is old; a reason whenever it is, and none without a cause."""
        state, reason = told["state"], told["state_reason"]
        as_of = datetime.fromisoformat(told["as_of"]).timestamp()
        low, high = got.sent_at - as_of - _NEARLY_S, got.came_at - as_of + _NEARLY_S
        said = f"{got.ask.name}: {queue} is {state} ({reason}) and {low:.1f} to {high:.1f} s old"
        if state == "stale":
            with self._lock:
                self.stale += 1
            self.claims.holds("states", high >= self.rhythm.stale_s, said)
            self.claims.holds("states", reason, said)
            return
        self.claims.holds("states", state == "fresh" and low <= self.rhythm.stale_s, said)
        if reason is not None:
            cause = self.windows.overlap("jira", as_of, got.came_at, tail_s=self.rhythm.settles_s)
            self.claims.holds("states", cause, f"{said}, and Jira is well")

    def _hours(self, got: Got, as_of: float, hours: Mapping[str, Any]) -> None:
        """Hours are there as long as Tempo is, and missing with a reason when it failed."""
        state, reason = hours["state"], hours["state_reason"]
        said = f"{got.ask.name}: hours are {state} ({reason}) as of {as_of:.1f}, told at {got.came_at:.1f}"
        if state == "ok":
            while_away = self.windows.within("tempo", as_of - self.rhythm.ttl_s, got.came_at)
            self.claims.holds("states", while_away is None, f"{said}, and Tempo could not be read")
            return
        cause = self.windows.overlap("tempo", as_of, got.came_at, tail_s=self.rhythm.settles_s)
        self.claims.holds("states", state == "failed" and reason and cause, f"{said}, and Tempo is well")


def words_of(body: bytes) -> Any:
    """A body of JSON.

    Raises:
        ValueError: it is none, or not whole.
    """
    return json.loads(body)


def on_the_wall(monotonic_s: float) -> float:
    """An instant of the monotonic clock by the clock on the wall, as long as nobody sets it."""
    return wall_s() - (time.monotonic() - monotonic_s)
