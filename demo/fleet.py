"""The eight queues: what each promises, when it works, how much arrives and how well it copes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from demo.workflow import (
    BUG,
    CHANGE,
    INCIDENT,
    QUESTION,
    SERVICE_REQUEST,
    STORY,
    TASK,
    WAITING_APPROVAL,
    WAITING_CUSTOMER,
    WAITING_VENDOR,
    IssueType,
    Status,
)
from demo.worktime import CalendarPlan
from demo.zones import HOUR_MS, MINUTE_MS

_MORNING, _AFTERNOON = (9 * 60, 12 * 60), (13 * 60, 18 * 60)
_OFFICE_BR = (_MORNING, _AFTERNOON)
_OFFICE_DE = ((8 * 60, 12 * 60), (12 * 60 + 30, 17 * 60))

CALENDAR_PLANS = (
    CalendarPlan(
        "office-sao-paulo",
        "America/Sao_Paulo",
        hours=dict.fromkeys(range(5), _OFFICE_BR),
        holidays_of=("BR", "SP"),
        extra_holidays=(date(2026, 12, 24),),
        exceptions={
            date(2026, 2, 18): (_AFTERNOON,),
            date(2026, 10, 17): ((9 * 60, 13 * 60),),
            date(2026, 12, 31): (_MORNING,),
        },
    ),
    CalendarPlan("office-berlin", "Europe/Berlin", hours=dict.fromkeys(range(5), _OFFICE_DE), holidays_of=("DE", "BE")),
    CalendarPlan("round-the-clock", "Europe/Berlin"),
)

Goals = tuple[int, int, int, int, int]
"""Milliseconds of business time by priority, Highest first."""


def _hours(*values: float) -> Goals:
    first, second, third, fourth, fifth = (round(value * HOUR_MS) for value in values)
    return first, second, third, fourth, fifth


GOALS_CHANGED_ON = date(2026, 7, 1)
"""From this local date on, cycles that start are promised the new goals."""


@dataclass(frozen=True, slots=True, eq=False)
class GoalPlan:
    """What one service level promises: before the change of 2026, and since."""

    before: Goals
    since: Goals


@dataclass(frozen=True, slots=True, eq=False)
class QueuePlan:
    """One queue, its project and its habits.

    Attributes:
        kind: `service_desk`, or `software`: such a project has no SLA fields, its clocks have to be computed.
        lane: tells this project's ids apart from the others'.
        yearly: tickets of the queue in a year; `share` of the project's tickets belong to the queue.
        met: the share of cycles that keep their goal on an ordinary day, first response and resolution.
        spread: how much elapsed time varies (sigma of its logarithm), first response and resolution.
        drift: what `met` loses over the year that begins each February.
        asks, vendors: chance that a ticket waits for its customer, for somebody outside.
        fragile: how much likelier outages are than elsewhere.
        stuck: chance that a ticket is left lying, and takes several times as long as it should.
        shelved: chance that a ticket waits for weeks.
        reopens: chance that a finished ticket comes back.
        resolutions: whether the team says why a ticket is finished; without, Jira sets no resolution date either.
        covered: chance that a ticket has hours booked on it; `booked_h` is what is typical.
    """

    id: str
    name: str
    project: str
    project_id: str
    lane: int
    team: int
    calendar: str
    yearly: float
    first_response: GoalPlan
    resolution: GoalPlan
    met: tuple[float, float]
    kind: str = "service_desk"
    resolutions: bool = True
    spread: tuple[float, float] = (0.95, 0.8)
    drift: tuple[float, float] = (0.0, 0.0)
    share: float = 1.0
    share_label: str | None = None
    response_field: str = "customfield_10030"
    resolution_field: str = "customfield_10031"
    pauses: tuple[Status, ...] = (WAITING_CUSTOMER,)
    asks: float = 0.26
    vendors: float = 0.04
    fragile: float = 1.0
    stuck: float = 0.012
    shelved: float = 0.02
    reopens: float = 0.055
    covered: float = 0.85
    booked_h: float = 0.8
    round_the_clock: bool = False
    in_house: bool = False
    response_restarts: bool = False
    customers: int = 260
    types: tuple[tuple[IssueType, float], ...] = ((INCIDENT, 45), (SERVICE_REQUEST, 36), (QUESTION, 14), (CHANGE, 5))
    priorities: tuple[float, ...] = (4, 14, 47, 25, 10)
    labels: tuple[str, ...] = field(default=("hardware", "vpn", "mail", "printer", "account"))

    @property
    def is_desk(self) -> bool:
        """Whether the project belongs to Jira Service Management."""
        return self.kind == "service_desk"

    def goal_ms(self, plan: GoalPlan, priority_id: str, local_day: date) -> int:
        """The business time promised to a cycle that starts on that local date with that priority."""
        goals = plan.since if local_day >= GOALS_CHANGED_ON else plan.before
        return goals[int(priority_id) - 1]


QUEUE_PLANS = (
    QueuePlan(
        "service-desk", "Service Desk", "SD", "10001", 0, 11, "office-sao-paulo", 2500,
        GoalPlan(_hours(1, 2, 6, 8, 8), _hours(1, 2, 4, 8, 8)),
        GoalPlan(_hours(4, 8, 32, 40, 80), _hours(4, 8, 24, 40, 80)),
        met=(0.968, 0.936), shelved=0.095, asks=0.55, vendors=0.012, stuck=0.015,
    ),
    QueuePlan(
        "billing", "Billing", "BILL", "10002", 1, 12, "office-sao-paulo", 620,
        GoalPlan(_hours(2, 4, 8, 16, 16), _hours(2, 4, 8, 12, 12)),
        GoalPlan(_hours(8, 16, 32, 40, 80), _hours(8, 16, 24, 40, 80)),
        met=(0.965, 0.93), drift=(0.13, 0.22), stuck=0.02, reopens=0.065, covered=0.8, booked_h=1.3,
        pauses=(WAITING_CUSTOMER, WAITING_VENDOR), vendors=0.1, customers=140,
        types=((SERVICE_REQUEST, 50), (QUESTION, 32), (INCIDENT, 18)), priorities=(2, 12, 50, 28, 8),
        labels=("invoice", "tax", "refund", "contract"),
    ),
    QueuePlan(
        "platform-ops", "Platform Ops", "OPS", "10003", 2, 13, "office-berlin", 900,
        GoalPlan(_hours(1, 1, 4, 8, 8), _hours(0.5, 1, 4, 8, 8)),
        GoalPlan(_hours(4, 8, 24, 40, 80), _hours(4, 8, 24, 40, 80)),
        met=(0.985, 0.962), fragile=0.1, stuck=0.005, shelved=0.016, reopens=0.042, covered=0.91, booked_h=1.2,
        vendors=0.006, in_house=True, customers=180,
        types=((SERVICE_REQUEST, 42), (INCIDENT, 34), (CHANGE, 20), (QUESTION, 4)), priorities=(5, 17, 48, 22, 8),
        labels=("deploy", "database", "access", "pipeline", "quota"),
    ),
    QueuePlan(
        "network", "Network", "NET", "10004", 3, 13, "round-the-clock", 420,
        GoalPlan((15 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 8 * HOUR_MS, 8 * HOUR_MS),
                 (15 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 4 * HOUR_MS, 8 * HOUR_MS)),
        GoalPlan(_hours(2, 8, 24, 72, 120), _hours(2, 6, 24, 72, 120)),
        met=(0.955, 0.915), stuck=0.008, reopens=0.05, covered=0.75, booked_h=1.1, asks=0.1, vendors=0.12,
        pauses=(WAITING_CUSTOMER, WAITING_VENDOR), round_the_clock=True, in_house=True, customers=60,
        types=((INCIDENT, 72), (CHANGE, 18), (SERVICE_REQUEST, 10)), priorities=(9, 22, 45, 18, 6),
        labels=("wan", "wifi", "firewall", "dns"),
    ),
    QueuePlan(
        "people", "People", "HR", "10005", 4, 14, "office-berlin", 150,
        GoalPlan(_hours(4, 8, 8, 16, 16), _hours(4, 6, 8, 16, 16)),
        GoalPlan(_hours(16, 24, 40, 80, 80), _hours(16, 24, 40, 64, 80)),
        met=(0.95, 0.9), stuck=0.02, covered=0.42, booked_h=0.9, in_house=True, response_restarts=True,
        response_field="customfield_10060", resolution_field="customfield_10061", customers=110,
        types=((QUESTION, 55), (SERVICE_REQUEST, 45)), priorities=(1, 8, 56, 27, 8),
        labels=("payroll", "onboarding", "leave"),
    ),
    QueuePlan(
        "field-support", "Field Support", "FLD", "10006", 5, 11, "office-sao-paulo", 300,
        GoalPlan(_hours(2, 4, 8, 8, 8), _hours(2, 4, 6, 8, 8)),
        GoalPlan(_hours(8, 16, 40, 80, 80), _hours(8, 16, 40, 64, 80)),
        met=(0.955, 0.9), share=0.6, share_label="onsite", vendors=0.14, covered=0.82, booked_h=1.6,
        pauses=(WAITING_CUSTOMER, WAITING_VENDOR), customers=90,
        types=((INCIDENT, 58), (SERVICE_REQUEST, 42)), labels=("router", "terminal", "cabling"),
    ),
    QueuePlan(
        "internal-tools", "Internal tools", "DEV", "10007", 6, 20, "office-sao-paulo", 500,
        GoalPlan(_hours(1, 4, 8, 16, 16), _hours(1, 2, 8, 16, 16)),
        GoalPlan(_hours(8, 16, 32, 60, 80), _hours(4, 16, 32, 48, 80)),
        met=(0.93, 0.88), kind="software", asks=0.4, vendors=0.12, shelved=0.16, fragile=0.3, reopens=0.06,
        covered=0.8, booked_h=1.8,
        pauses=(WAITING_CUSTOMER, WAITING_VENDOR, WAITING_APPROVAL), in_house=True, customers=90,
        types=((BUG, 52), (TASK, 31), (STORY, 17)), labels=("reporting", "login", "import", "api"),
    ),
    QueuePlan(
        "website", "Website", "WEB", "10008", 14, 21, "office-berlin", 300,
        GoalPlan(_hours(2, 4, 8, 16, 16), _hours(2, 4, 6, 16, 16)),
        GoalPlan(_hours(8, 16, 40, 60, 80), _hours(8, 16, 32, 60, 80)),
        met=(0.95, 0.91), kind="software", resolutions=False, asks=0.4, shelved=0.14, fragile=0.3, reopens=0.05,
        covered=0.5, booked_h=1.4, in_house=True, customers=70, priorities=(3, 12, 50, 26, 9),
        types=((BUG, 60), (TASK, 40)), labels=("shop", "content", "search"),
    ),
)  # fmt: skip

ADMIN_PROJECT = ("ADM", "10020", "Team administration")
"""A project of no queue: hours that belong to no ticket are booked on its six tasks."""
ADMIN_LANE = 7
ADMIN_TASKS = ("Team meetings", "Training", "On-call readiness", "Documentation", "Internal projects", "Interviews")
