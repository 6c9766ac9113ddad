"""One ticket from its creation to its last closure, drawn in one go."""

from __future__ import annotations

from demo.effort import Desk
from demo.life import Life
from demo.people import AUTOMATION, UNKNOWN, Person
from demo.streams import Stream, Weighted
from demo.ticket import change, noise
from demo.wording import ANSWERED, ASKED, CLOSED_SILENTLY, NOTED, REPLIED
from demo.workflow import (
    CLOSED,
    COMPLETED,
    DUPLICATE,
    FIXED,
    IN_ANALYSIS,
    IN_PROGRESS,
    NO_ANSWER,
    PRIORITIES,
    RESOLVED,
    WAITING_CUSTOMER,
    WAITING_VENDOR,
    WONT_DO,
    Status,
)
from demo.zones import DAY_MS, HOUR_MS, MINUTE_MS, day_number

IN_ANALYSIS_UNTIL_MS = day_number(2026, 4, 1) * DAY_MS
"""When the status "In analysis" was deleted."""
MIGRATED_PROJECT = "BILL"
MIGRATED_MS = day_number(2026, 8, 29) * DAY_MS + 5 * HOUR_MS
"""When one project's closed tickets were moved to the new workflow, within ten minutes."""

_OUTCOMES = (FIXED, WONT_DO, DUPLICATE, NO_ANSWER)
_OUTCOME = Weighted(85, 5, 4, 6)


class Story:
    """Writes the life of a ticket of one desk with one stream.

    After `write`, `worked_ms` holds the spans in which somebody worked on it.
    """

    def __init__(self, desk: Desk, stream: Stream, life: Life, number: int, people: tuple[Person, Person]) -> None:
        self.desk = desk
        self.stream = stream
        self.life = life
        self.number = number
        self.reporter, self.creator = people
        self.worked_ms: list[tuple[int, int]] = []
        self._assignable = True
        self._silent = False

    def write(self, created_ms: int) -> None:
        """Everything that will happen, from the creation on."""
        stream, plan = self.stream, self.desk.plan
        self._assignable = not stream.chance(0.02)
        finished_ms = self._first_run(created_ms)
        for chance in (plan.reopens, 0.15):
            again = stream.chance(chance)
            reopened_ms = finished_ms + self._until_reopened_ms() if again else None
            self._close(finished_ms, reopened_ms)
            if reopened_ms is None:
                return
            finished_ms = self._later_run(reopened_ms)
        self._close(finished_ms, None)

    def _first_run(self, created_ms: int) -> int:
        stream, desk, life = self.stream, self.desk, self.life
        response_ms = desk.needed_ms(stream, 0, life.priority, created_ms)
        active_ms = max(desk.needed_ms(stream, 1, life.priority, created_ms), int(response_ms * 1.05) + 90_000)
        self._silent = stream.chance(0.008)
        if stream.chance(desk.plan.stuck):
            active_ms = int(active_ms * stream.between(3, 12))
            if stream.chance(0.3):
                response_ms = min(active_ms - 90_000, int(response_ms * stream.between(5, 40)))
        steps = [(int(response_ms * stream.between(0.2, 0.75)), "triage")]
        if created_ms < IN_ANALYSIS_UNTIL_MS and desk.plan.project in {"SD", "OPS"} and stream.chance(0.4):
            steps.append((int(response_ms * 0.85), "analyse"))
        steps.append((int(response_ms * stream.between(0.88, 0.99)), "start"))
        if not self._silent:
            steps.append((response_ms, "answer"))
        steps += self._middle_steps(response_ms, active_ms)
        return self._run(created_ms, active_ms, sorted(steps))

    def _later_run(self, reopened_ms: int) -> int:
        stream, desk, life = self.stream, self.desk, self.life
        self._silent = False
        author = self.reporter if stream.chance(0.7) else desk.analyst(stream, reopened_ms)
        life.reopen(reopened_ms, author, IN_PROGRESS)
        life.say(reopened_ms + 700, self.reporter, "It still happens, unfortunately.", public=True)
        active_ms = max(240_000, int(desk.needed_ms(stream, 1, life.priority, reopened_ms) * 0.7))
        steps = [(int(active_ms * stream.between(0.05, 0.5)), "answer")]
        if stream.chance(desk.plan.asks / 2):
            steps.append((int(active_ms * stream.between(0.5, 0.9)), "ask"))
        return self._run(reopened_ms, active_ms, sorted(steps))

    def _middle_steps(self, response_ms: int, active_ms: int) -> list[tuple[int, str]]:
        stream, plan = self.stream, self.desk.plan
        steps: list[tuple[int, str]] = []
        for name, chance in (
            ("ask", plan.asks),
            ("ask", plan.asks / 3),
            ("vendor", plan.vendors),
            ("shelve", plan.shelved),
            ("hand-off", 0.14),
            ("priority", 0.06),
            ("slip", 0.018),
            ("mistake", 0.008),
            ("gap", 0.012),
            ("note", 0.45),
            ("note", 0.2),
            ("update", 0.35),
        ):
            if stream.chance(chance) and not (self._silent and name in {"ask", "update", "vendor", "shelve"}):
                steps.append((int(response_ms + (active_ms - response_ms) * stream.between(0.02, 0.97)), name))
        return steps

    def _run(self, start_ms: int, active_ms: int, steps: list[tuple[int, str]]) -> int:
        """Carry out the steps, each after that much working time outside pauses; return the end of the run."""
        calendar = self.desk.calendar
        base_ms, base_active = start_ms, 0
        for position, name in steps:
            at_ms = calendar.after_ms(base_ms, max(1, position - base_active))
            resumed_ms = self._step(name, at_ms)
            if resumed_ms is not None:
                self.worked_ms.append((base_ms, at_ms))
                base_ms, base_active = resumed_ms, position
        end_ms = calendar.after_ms(base_ms, max(60_000, active_ms - base_active))
        self.worked_ms.append((base_ms, end_ms))
        self._finish(end_ms)
        return end_ms

    def _step(self, name: str, at_ms: int) -> int | None:
        """One step; a pause returns the instant at which it ended."""
        match name:
            case "ask" | "vendor" | "shelve":
                return self._pause(name, at_ms)
            case "slip":
                return self._slip(at_ms)
            case "triage" | "hand-off":
                self._assign(name, at_ms)
            case "analyse" | "start":
                self._take_up(at_ms, IN_ANALYSIS if name == "analyse" else IN_PROGRESS)
            case "gap":
                self.life.gap_next = True
            case "priority":
                towards = self.stream.whole(
                    max(1, int(self.life.priority.id) - 1), min(5, int(self.life.priority.id) + 1)
                )
                self.life.prioritise(at_ms, self._responsible(at_ms), PRIORITIES[towards - 1])
            case "mistake":
                self.life.decide(at_ms, self._responsible(at_ms), WONT_DO)
            case "note":
                self.life.say(at_ms, self._responsible(at_ms), self.stream.pick(NOTED), public=False)
            case _:
                self.life.say(at_ms, self._answerer(at_ms), self.stream.pick(ANSWERED), public=True)
        return None

    def _pause(self, name: str, at_ms: int) -> int:
        stream, life = self.stream, self.life
        on_vendor = name == "vendor" or (name == "shelve" and WAITING_VENDOR in self.desk.plan.pauses)
        analyst = self._answerer(at_ms)
        if on_vendor:
            life.say(at_ms - 900, analyst, "Waiting for the supplier.", public=False)
        else:
            life.say(at_ms - 900, analyst, stream.pick(ASKED), public=True)
        life.move(at_ms, analyst, WAITING_VENDOR if on_vendor else WAITING_CUSTOMER)
        if name == "shelve":
            waited_ms = stream.lognormal(30 * DAY_MS, 0.6)
        elif on_vendor:
            waited_ms = stream.lognormal(3.2 * DAY_MS, 0.8)
        else:
            waited_ms = stream.lognormal(40 * HOUR_MS, 1.2)
        resumed_ms = at_ms + max(4 * MINUTE_MS, int(min(waited_ms, 120 * DAY_MS)))
        if on_vendor:
            resumed_ms = self.desk.calendar.after_ms(resumed_ms, 60_000)
            life.move(resumed_ms, self._responsible(resumed_ms), IN_PROGRESS)
        else:
            life.say(resumed_ms - 400, self.reporter, stream.pick(REPLIED), public=True)
            life.move(resumed_ms, AUTOMATION, IN_PROGRESS)
        return resumed_ms

    def _slip(self, at_ms: int) -> int:
        """Finished and taken back within minutes, without a resolution."""
        analyst = self._responsible(at_ms)
        back_ms = at_ms + int(self.stream.between(1, 8) * MINUTE_MS)
        before = self.life.status
        self.life.move(at_ms, analyst, RESOLVED)
        self.life.move(back_ms, analyst, before)
        return back_ms

    def _take_up(self, at_ms: int, status: Status) -> None:
        if self.life.status is not status:
            self.life.move(at_ms, self._responsible(at_ms), status)

    def _assign(self, name: str, at_ms: int) -> None:
        if not self._assignable or (name == "triage" and self.life.assignee is not None):
            return
        stream = self.stream
        analyst = UNKNOWN if name == "triage" and stream.chance(0.004) else self.desk.analyst(stream, at_ms)
        self.life.assign(at_ms, self.desk.analyst(stream, at_ms) if stream.chance(0.4) else analyst, analyst)

    def _finish(self, at_ms: int) -> None:
        stream = self.stream
        analyst = self._responsible(at_ms)
        if stream.chance(0.6) and not self._silent:
            self.life.say(at_ms - 2_000, self._answerer(at_ms), "This is solved. Please tell us if not.", public=True)
        if stream.chance(0.01):
            self.life.resolve(at_ms, analyst, RESOLVED, None)
        else:
            self.life.resolve(at_ms, analyst, RESOLVED, _OUTCOMES[_OUTCOME.index(stream.uniform())])

    def _close(self, finished_ms: int, reopened_ms: int | None) -> None:
        """Resolved becomes closed after some days, unless the ticket came back before; later it may be migrated."""
        stream, life = self.stream, self.life
        closed_ms = finished_ms + int(stream.lognormal(5 * DAY_MS, 0.35))
        if stream.chance(0.1) or (reopened_ms is not None and reopened_ms <= closed_ms):
            return
        migrated = self.desk.plan.project == MIGRATED_PROJECT
        migration_ms = MIGRATED_MS + self.number % 600 * 1000
        late = migrated and closed_ms >= migration_ms
        if stream.chance(0.3):
            life.say(closed_ms - 300, AUTOMATION, CLOSED_SILENTLY, public=True)
        life.move(closed_ms, AUTOMATION, COMPLETED if late else CLOSED)
        if migrated and not late and (reopened_ms is None or reopened_ms > migration_ms):
            workflow = noise("Workflow", None, ("31020", "BILL workflow 2"), ("31044", "BILL workflow 3"))
            life.record(migration_ms, AUTOMATION, workflow, change("status", CLOSED, COMPLETED))
            life.status = COMPLETED

    def _until_reopened_ms(self) -> int:
        if self.stream.chance(0.78):
            return int(min(13.9 * DAY_MS, self.stream.lognormal(1.6 * DAY_MS, 1.1))) + 11 * MINUTE_MS
        return int(self.stream.between(14.2, 40) * DAY_MS)

    def _responsible(self, at_ms: int) -> Person:
        assignee = self.life.assignee
        return self.desk.analyst(self.stream, at_ms) if assignee is None or assignee is UNKNOWN else assignee

    def _answerer(self, at_ms: int) -> Person:
        """Who answers the customer: never the account that created the ticket."""
        for _ in range(6):
            analyst = self._responsible(at_ms)
            if analyst is not self.creator:
                return analyst
            analyst = self.desk.analyst(self.stream, at_ms)
            if analyst is not self.creator:
                return analyst
        return next(held.member for held in self.desk.team.memberships if held.member is not self.creator)
