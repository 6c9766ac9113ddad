"""One soak from beginning to end: load and faults, a line a minute, and the verdicts."""

import json
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.chaos.readers import Question, ask_all, wall_s
from tests.chaos.site import BIG, PROJECTS
from tests.chaos.waiting import until
from tests.soak.asking import Mix, mix_of
from tests.soak.checks import LATE_S, Checks, Tally
from tests.soak.claims import Claims
from tests.soak.faults import Fault, Window, Windows, schedule
from tests.soak.ground import Ground, grounded
from tests.soak.load import Load, loading
from tests.soak.rhythm import Rhythm
from tests.soak.told import Told
from tests.soak.workers import Workers, watching

_WARM_UP_ROUNDS: Final = 3
_WARM_UP_CONNECTIONS: Final = 8
_TOUCHED: Final = 2
"""Tickets of each queue that somebody comments on every minute, so that readings differ."""

_ERRORS: Final = frozenset({"error", "critical"})


@dataclass(slots=True)
class Soak:
    """A soak under way."""

    ground: Ground
    rhythm: Rhythm
    windows: Windows
    checks: Checks
    load: Load
    workers: Workers
    keys: Mapping[str, Sequence[str]]
    draw: random.Random

    def minute(self, begins: float, faults: Sequence[Fault]) -> Tally:
        """One minute from an instant on (monotonic seconds): tickets change, and faults come and go."""
        self.ground.jira.changes(*(key for keys in self.keys.values() for key in self.draw.sample(keys, _TOUCHED)))
        _sleep_until(begins + self.rhythm.on_s)
        with ExitStack() as stack:
            for fault in faults:
                stack.enter_context(_wrong(self.ground, self.windows, fault))
            _sleep_until(begins + self.rhythm.off_s)
        _sleep_until(begins + self.rhythm.minute_s)
        return self.checks.turn()


def soak(rhythm: Rhythm, seed: int, folder: Path, say: Callable[[str], None]) -> Claims:
    """What became of the claims. The portal keeps everything in a folder; `say` is given a line a minute."""
    claims, windows = Claims(), Windows()
    with grounded(folder, rhythm) as ground:
        keys = {queue: ground.keys(queue, 40) for queue in PROJECTS}
        mix = mix_of(ground, keys[BIG][:3])
        _warmed_up(ground, mix)
        told = Told(rhythm, windows, claims)
        checks = Checks(rhythm, windows, claims, told)
        load = Load(ground.task.url, mix, rhythm.rate, seed, checks.take)
        with watching(ground.task) as workers:
            under_way = Soak(ground, rhythm, windows, checks, load, workers, keys, random.Random(seed))
            began = time.monotonic()
            with loading(load):
                for n, faults in enumerate(schedule(seed, rhythm.minutes)):
                    ended = under_way.minute(began + n * rhythm.minute_s, faults)
                    say(_line(n + 1, faults, ended, under_way))
            workers.judge(claims, rhythm, began, began + rhythm.total_s)
        try:
            until("all to be well", lambda: _noticed(checks, ground) and ground.is_well())
        except AssertionError as error:
            claims.broke("well", f"{error}: {ground.get('/readyz').text}")
        checks.look_back(ground.relay)
        claims.tell("ages", f"{told.nothing_made_up(ground.relay)} readings, the oldest told {told.oldest_s:.0f} s old")
        claims.tell("states", f"{told.stale} answers were stale")
        _rate(claims, checks, load, rhythm)
        _log(claims, ground.task.log)
    return claims


@contextmanager
def _wrong(ground: Ground, windows: Windows, fault: Fault) -> Iterator[None]:
    window = Window(fault, wall_s())
    windows.every.append(window)
    with fault.begin(ground):
        yield
    window.ended_at = wall_s()


def _warmed_up(ground: Ground, mix: Mix) -> None:
    """Everything was asked for a few times, by whichever worker it was answered."""
    questions = [Question(ground.task.url, ask.path, ask.body) for ask in mix.every] * _WARM_UP_ROUNDS
    ask_all(questions, _WARM_UP_CONNECTIONS).none_failed()


def _noticed(checks: Checks, ground: Ground) -> bool:
    checks.notice(ground.get("/readyz").json()["parts"], wall_s())
    return True


def _line(number: int, faults: Sequence[Fault], tally: Tally, under_way: Soak) -> str:
    names = " + ".join(fault.name for fault in faults)
    statuses = " ".join(f"{status}:{many}" for status, many in sorted(tally.statuses.items()))
    took_ms = sorted(took_s * 1000 for took_s in tally.took_s) or [0.0]
    p95_ms = took_ms[int(0.95 * (len(took_ms) - 1))]
    speed = (
        f"p50 {statistics.median(took_ms):.0f} p95 {p95_ms:.0f} max {took_ms[-1]:.0f} ms, late {tally.latest_s:.1f} s"
    )
    broken = sum(under_way.checks.claims.broken.values())
    workers = f"{under_way.workers.line()}, load {os.getloadavg()[0]:.1f}"
    line = f"{number:>3}  {names:<48}  {statuses:<32}  {speed:<50}  {workers}"
    return f"{line}  BROKEN {broken}" if broken else line


def _rate(claims: Claims, checks: Checks, load: Load, rhythm: Rhythm) -> None:
    answered, late = sum(checks.answered.values()), checks.late
    each = ", ".join(f"{many} {kind}" for kind, many in checks.answered.most_common())
    claims.tell("rate", f"{load.due} in {rhythm.total_s:.0f} s, {late} of them more than {LATE_S:.0f} s late")
    claims.tell("answered", each)
    claims.holds("answered", answered == load.due, f"{answered} of {load.due} were answered")
    claims.holds("rate", late <= rhythm.late * load.due, f"{late} of {load.due} were late")


def _log(claims: Claims, log: str) -> None:
    """No line tells an error, or one that nobody foresaw."""
    for line in log.splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            claims.broke("log", line)
            continue
        claims.holds("log", told["level"] not in _ERRORS and "exception" not in told, line[:1000])


def _sleep_until(at: float) -> None:
    time.sleep(max(0.0, at - time.monotonic()))
