"""One ticket of a software project from its creation to its last closure.

Nothing here runs a service-level clock: who answered when, and what paused, is left to those who read comments and
histories.
"""

from __future__ import annotations

from demo.effort import Desk
from demo.life import Life
from demo.people import AUTOMATION, Person, customer
from demo.streams import Stream, Weighted
from demo.ticket import change, noise
from demo.wording import ANSWERED, ASKED, NOTED, RECEIVED, REMARKED, REPLIED
from demo.workflow import (
    CANCELLED,
    CLOSED,
    COMPLETED,
    DUPLICATE,
    FIXED,
    IN_PROGRESS,
    IN_REVIEW,
    NO_ANSWER,
    PRIORITIES,
    READY_FOR_QA,
    RESOLVED,
    WAITING_APPROVAL,
    WAITING_CUSTOMER,
    WAITING_VENDOR,
    WONT_DO,
    Status,
)
from demo.zones import DAY_MS, HOUR_MS, MINUTE_MS, day_number

READY_FOR_QA_UNTIL_MS = day_number(2026, 5, 4) * DAY_MS
"""When the status "Ready for QA" was deleted."""
MIGRATED_PROJECT = "DEV"
MIGRATED_MS = day_number(2026, 6, 13) * DAY_MS + 6 * HOUR_MS
"""When one project's closed tickets were moved to another workflow, within ten minutes."""

_OUTCOMES = (FIXED, WONT_DO, DUPLICATE, NO_ANSWER)
_OUTCOME = Weighted(82, 9, 6, 3)
_CIRCLES = (("role", "Developers"), ("role", "Administrators"), ("group", "engineering-internal"))
_BEFORE_THE_ANSWER = (
    ("restricted", 0.12),
    ("reporter", 0.15),
    ("colleague", 0.1),
    ("creator", 0.5),
    ("assign", 0.75),
)
_PAUSES = {"ask": WAITING_CUSTOMER, "vendor": WAITING_VENDOR, "approval": WAITING_APPROVAL}


class SoftwareStory:
    """Writes the life of a ticket with one stream. After `write`, `worked_ms` holds the spans of work on it."""

    def __init__(self, desk: Desk, stream: Stream, life: Life, number: int, people: tuple[Person, Person]) -> None:
        self.desk = desk
        self.stream = stream
        self.life = life
        self.number = number
        self.reporter, self.creator = people
        self.worked_ms: list[tuple[int, int]] = []
        self._silent = False

    def write(self, created_ms: int) -> None:
        """Everything that will happen, from the creation on."""
        if self.stream.chance(0.3):
            self.life.say(created_ms + self.stream.whole(1500, 9000), AUTOMATION, RECEIVED)
        finished_ms = self._first_run(created_ms)
        for chance in (self.desk.plan.reopens, 0.15):
            again = self.stream.chance(chance)
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
        self._silent = stream.chance(0.05)
        steps = [
            (int(response_ms * stream.between(0.1, 0.95)), name)
            for name, chance in _BEFORE_THE_ANSWER
            if stream.chance(chance)
        ]
        steps.append((int(min(response_ms * stream.between(0.4, 1.6), active_ms * 0.97)), "start"))
        if not self._silent:
            steps.append((response_ms, "answer"))
        steps += self._middle_steps(response_ms, active_ms, created_ms)
        return self._run(created_ms, active_ms, sorted(steps))

    def _later_run(self, reopened_ms: int) -> int:
        stream, desk, life = self.stream, self.desk, self.life
        author = self.reporter if stream.chance(0.6) else desk.analyst(stream, reopened_ms)
        life.reopen(reopened_ms, author, IN_PROGRESS)
        life.say(reopened_ms + 700, self.reporter, "It is back in the new version.")
        active_ms = max(240_000, int(desk.needed_ms(stream, 1, life.priority, reopened_ms) * 0.7))
        steps = [(int(active_ms * stream.between(0.05, 0.5)), "answer")]
        if stream.chance(desk.plan.asks / 2):
            steps.append((int(active_ms * stream.between(0.5, 0.9)), "ask"))
        return self._run(reopened_ms, active_ms, sorted(steps))

    def _middle_steps(self, response_ms: int, active_ms: int, created_ms: int) -> list[tuple[int, str]]:
        stream, plan = self.stream, self.desk.plan
        steps: list[tuple[int, str]] = []
        for name, chance in (
            ("ask", plan.asks),
            ("ask", plan.asks / 4),
            ("vendor", plan.vendors),
            ("approval", 0.08 if WAITING_APPROVAL in plan.pauses else 0.0),
            ("shelve", plan.shelved),
            ("review", 0.6),
            ("quality", 0.4 if created_ms < READY_FOR_QA_UNTIL_MS and plan.resolutions else 0.0),
            ("assign", 0.2),
            ("priority", 0.07),
            ("slip", 0.025),
            ("gap", 0.015),
            ("restricted", 0.15),
            ("colleague", 0.2),
            ("answer", 0.5),
        ):
            if stream.chance(chance):
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
        stream, life = self.stream, self.life
        match name:
            case "ask" | "vendor" | "approval" | "shelve":
                return self._pause(name, at_ms)
            case "slip":
                return self._slip(at_ms)
            case "start":
                author = self.reporter if stream.chance(0.07) else self._responsible(at_ms)
                self._enter(at_ms, author, IN_PROGRESS)
            case "review" | "quality":
                self._enter(at_ms, self._responsible(at_ms), IN_REVIEW if name == "review" else READY_FOR_QA)
            case "assign":
                life.assign(at_ms, self.desk.analyst(stream, at_ms), self.desk.analyst(stream, at_ms))
            case "gap":
                life.gap_next = True
            case "priority":
                towards = stream.whole(max(1, int(life.priority.id) - 1), min(5, int(life.priority.id) + 1))
                life.prioritise(at_ms, self._responsible(at_ms), PRIORITIES[towards - 1])
            case _:
                self._speak(name, at_ms)
        return None

    def _speak(self, name: str, at_ms: int) -> None:
        stream = self.stream
        if self._silent:
            return
        match name:
            case "restricted":
                self._say(at_ms, self._responsible(at_ms), stream.pick(NOTED), only_for=stream.pick(_CIRCLES))
            case "reporter":
                self._say(at_ms, self.reporter, stream.pick(REPLIED))
            case "creator":
                self._say(at_ms, self.creator, stream.pick(NOTED))
            case "colleague":
                index = int(stream.uniform() * self.desk.plan.customers)
                colleague = customer(self.desk.plan.project, index, self.desk.team.plan.zone_name, "atlassian")
                self._say(at_ms, colleague, stream.pick(REMARKED))
            case _:
                self._say(at_ms, self._answerer(at_ms), stream.pick(ANSWERED))

    def _say(self, at_ms: int, author: Person, text: str, *, only_for: tuple[str, str] | None = None) -> None:
        """A comment; now and then its author changes it later."""
        edited_ms = at_ms + int(self.stream.between(0.05, 40) * HOUR_MS) if self.stream.chance(0.07) else None
        self.life.say(at_ms, author, text, only_for=only_for, edited_ms=edited_ms)

    def _pause(self, name: str, at_ms: int) -> int:
        stream, life = self.stream, self.life
        status = _PAUSES.get(name, WAITING_CUSTOMER)
        analyst = self._responsible(at_ms)
        if name == "ask" and not self._silent:
            self._say(at_ms - 900, self._answerer(at_ms), stream.pick(ASKED))
        life.move(at_ms, analyst, status)
        waited_ms = stream.lognormal(30 * DAY_MS, 0.6) if name == "shelve" else stream.lognormal(44 * HOUR_MS, 1.1)
        resumed_ms = at_ms + max(4 * MINUTE_MS, int(min(waited_ms, 120 * DAY_MS)))
        if status is WAITING_CUSTOMER:
            if not self._silent:
                self._say(resumed_ms - 400, self.reporter, stream.pick(REPLIED))
            life.move(resumed_ms, AUTOMATION, IN_PROGRESS)
        else:
            resumed_ms = self.desk.calendar.after_ms(resumed_ms, 60_000)
            life.move(resumed_ms, self._responsible(resumed_ms), IN_PROGRESS)
        return resumed_ms

    def _slip(self, at_ms: int) -> int:
        """Finished and taken back within minutes, without a resolution."""
        analyst, before = self._responsible(at_ms), self.life.status
        back_ms = at_ms + int(self.stream.between(1, 8) * MINUTE_MS)
        self.life.move(at_ms, analyst, self._finished_status)
        self.life.move(back_ms, analyst, before)
        return back_ms

    def _enter(self, at_ms: int, author: Person, status: Status) -> None:
        if self.life.status is not status:
            self.life.move(at_ms, author, status)

    def _finish(self, at_ms: int) -> None:
        stream, life = self.stream, self.life
        analyst = self._responsible(at_ms)
        if stream.chance(0.5) and not self._silent:
            self._say(at_ms - 2_000, self._answerer(at_ms), "Delivered with the release of today.")
        if not self.desk.plan.resolutions:
            life.resolve(at_ms, analyst, CANCELLED if stream.chance(0.06) else COMPLETED, None)
        elif stream.chance(0.015):
            life.resolve(at_ms, analyst, RESOLVED, None)
        else:
            life.resolve(at_ms, analyst, RESOLVED, _OUTCOMES[_OUTCOME.index(stream.uniform())])

    def _close(self, finished_ms: int, reopened_ms: int | None) -> None:
        """Finished becomes closed after some days, unless the ticket came back before; later it may be migrated."""
        stream, life = self.stream, self.life
        closed_ms = finished_ms + int(stream.lognormal(4 * DAY_MS, 0.5))
        if stream.chance(0.35) or (reopened_ms is not None and reopened_ms <= closed_ms):
            return
        migrated = self.desk.plan.project == MIGRATED_PROJECT
        migration_ms = MIGRATED_MS + self.number % 600 * 1000
        late = migrated and closed_ms >= migration_ms
        life.move(closed_ms, AUTOMATION, COMPLETED if late else CLOSED)
        if migrated and not late and (reopened_ms is None or reopened_ms > migration_ms):
            workflow = noise("Workflow", None, ("31020", "DEV workflow 1"), ("31061", "DEV workflow 2"))
            life.record(migration_ms, AUTOMATION, workflow, change("status", CLOSED, COMPLETED))
            life.status = COMPLETED

    @property
    def _finished_status(self) -> Status:
        return RESOLVED if self.desk.plan.resolutions else COMPLETED

    def _until_reopened_ms(self) -> int:
        if self.stream.chance(0.78):
            return int(min(13.9 * DAY_MS, self.stream.lognormal(2 * DAY_MS, 1.0))) + 11 * MINUTE_MS
        return int(self.stream.between(14.2, 40) * DAY_MS)

    def _responsible(self, at_ms: int) -> Person:
        return self.life.assignee or self.desk.analyst(self.stream, at_ms)

    def _answerer(self, at_ms: int) -> Person:
        """Who answers: usually not whoever created the ticket."""
        for _ in range(4):
            analyst = self._responsible(at_ms)
            if analyst is not self.creator:
                return analyst
            analyst = self.desk.analyst(self.stream, at_ms)
            if analyst is not self.creator:
                return analyst
        return self.creator
