"""`opsportal report` against a second opinion that shares no code with it."""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

import pytest

from opsportal.settings import load
from opsportal.wiring import build
from servicelevel.columns import TicketColumns
from servicelevel.instants import MISSING
from servicelevel.policy import SLA_NAMES, Queue, SlaName
from servicelevel.standing import standing
from servicelevel.verdicts import Verdict, verdicts
from tests.integration.conftest import AS_OF_MS, EARLIER, ON_DATA_CENTER, ReportOf, Site
from tests.oracle.business_time import counted_ms, goal_passed_ms
from tests.oracle.comparison import differences
from tests.oracle.computed_features import COMPUTED_FEATURES, computed_features
from tests.oracle.facts import Ticket
from tests.oracle.features import FEATURES, features
from tests.oracle.gathering import gather
from tests.oracle.instants import DAY_MS, ms_of
from tests.oracle.queue_facts import Judged, QueueFacts
from tests.oracle.report import report

TIMED_BY_JIRA = ("service-desk", "billing", "platform-ops", "network", "people", "field-support")
COMPUTED = ("internal-tools", "website")
QUEUES = (*TIMED_BY_JIRA, *COMPUTED)
SAMPLE = {queue: 40 if queue == "service-desk" else 32 for queue in TIMED_BY_JIRA}
COMPUTED_SAMPLE = {"internal-tools": 115, "website": 85}
DAYS_AGO = (0, 14, 28, 61)
SEED = 20261123
DAYS = 30
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A judged cycle, in the words of neither side. Instants and durations are milliseconds."""

    start_ms: int
    stop_ms: int | None
    goal_ms: int
    elapsed_ms: int
    verdict: str
    decided_ms: int | None
    due_ms: int | None
    paused: bool


@pytest.fixture(scope="module")
def readings(site: Site) -> Mapping[str, tuple[Queue, TicketColumns]]:
    """Every queue's columns as the program reads them."""
    return _read(site, QUEUES)


@pytest.fixture(scope="module")
def data_center_readings(data_center: Site) -> Mapping[str, tuple[Queue, TicketColumns]]:
    """The same from Data Center."""
    return _read(data_center, ON_DATA_CENTER)


def _read(site: Site, queues: tuple[str, ...]) -> Mapping[str, tuple[Queue, TicketColumns]]:
    reports = build(load(site.environment, env_file=None), now=lambda: AS_OF_MS).reports
    read = (reports.read(queue) for queue in queues)
    return {one.queue.id: (one.queue, one.columns) for one in read}


@pytest.fixture(scope="module")
def sample(fleet: Mapping[str, QueueFacts]) -> Mapping[str, list[Ticket]]:
    """200 tickets drawn at random, from every queue whose clocks Jira runs."""
    draw = random.Random(SEED)
    return {queue: draw.sample(fleet[queue].tickets, count) for queue, count in SAMPLE.items()}


@pytest.fixture(scope="module")
def computed_sample(fleet: Mapping[str, QueueFacts]) -> Mapping[str, list[Ticket]]:
    """200 tickets drawn at random, from the queues whose clocks nobody runs."""
    draw = random.Random(SEED)
    return {queue: draw.sample(fleet[queue].tickets, count) for queue, count in COMPUTED_SAMPLE.items()}


def _say(found: list[str]) -> str:
    rest = f"… and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return "\n".join([f"{len(found)} differences (the program's value, then the oracle's):", *found[:_SHOWN], rest])


def test_the_registry_has_the_queues_that_are_checked(fleet: Mapping[str, QueueFacts]) -> None:
    """No queue of the demo goes unchecked."""
    assert tuple(fleet) == QUEUES


@pytest.mark.parametrize("queue", QUEUES)
def test_a_report_has_every_number_of_the_oracle(
    queue: str, fleet: Mapping[str, QueueFacts], report_of: ReportOf
) -> None:
    """Every count, instant, ratio and score of a queue's report is what brute force finds."""
    expected = report(fleet[queue], fleet, AS_OF_MS, DAYS)

    found = list(differences(report_of(queue), expected))

    assert not found, _say(found)


@pytest.mark.parametrize(("queue", "days"), [("billing", 7), ("service-desk", 90)])
def test_a_report_of_another_period_has_every_number_of_the_oracle(
    queue: str, days: int, fleet: Mapping[str, QueueFacts], report_of: ReportOf
) -> None:
    """A short and a long period move every window with them, and a period too early for its data says so."""
    expected = report(fleet[queue], fleet, AS_OF_MS, days)

    found = list(differences(report_of(queue, "--days", str(days)), expected))

    assert not found, _say(found)


def test_a_filtered_report_has_every_number_of_the_oracle(fleet: Mapping[str, QueueFacts], report_of: ReportOf) -> None:
    """A filter leaves the tickets whose priority it names, as of the instant that is judged."""
    filtered = fleet["service-desk"].filtered(_is_highest(fleet["service-desk"]))
    expected = report(filtered, fleet, AS_OF_MS, DAYS)

    found = list(differences(report_of("service-desk", "--priority", "Highest"), expected))

    assert 0 < expected["flow"]["created"] < report(fleet["service-desk"], fleet, AS_OF_MS, DAYS)["flow"]["created"]
    assert not found, _say(found)


def _is_highest(facts: QueueFacts) -> Callable[[Ticket, int], bool]:
    return lambda ticket, at_ms: facts.priority_name(ticket, at_ms) == "Highest"


def test_a_changed_number_is_a_difference(fleet: Mapping[str, QueueFacts], report_of: ReportOf) -> None:
    """The comparison sees one count that is off by one, a row too few and a key that is gone."""
    expected = report(fleet["people"], fleet, AS_OF_MS, DAYS)
    found = report_of("people")
    flow, backlog = {**found["flow"], "created": found["flow"]["created"] + 1}, dict(found["backlog"])
    del backlog["stale"]

    wrong = {**found, "flow": flow, "backlog": backlog, "due": found["due"][1:]}
    paths = {line.partition(":")[0] for line in differences(wrong, expected)}

    assert {".flow.created", ".backlog.stale", ".due"} <= paths


@pytest.mark.parametrize("queue", QUEUES)
def test_every_ticket_is_judged_like_the_oracle_judges_it(
    queue: str, fleet: Mapping[str, QueueFacts], readings: Mapping[str, tuple[Queue, TicketColumns]]
) -> None:
    """The same tickets are read, and of each the same cycles have the same verdict, instants and durations."""
    facts, (definition, columns) = fleet[queue], readings[queue]

    assert sorted(columns.key) == sorted(ticket.key for ticket in facts.tickets)
    wrong = _wrong_verdicts(facts, definition, columns, AS_OF_MS)
    assert not wrong, _say(wrong)


def _wrong_verdicts(facts: QueueFacts, definition: Queue, columns: TicketColumns, at_ms: int) -> list[str]:
    wrong = []
    for sla in SLA_NAMES:
        ours, theirs = _rows_of_program(columns, sla, definition, at_ms), _rows_of_oracle(facts, sla, at_ms)
        wrong += [f"{key} {sla}: {ours.get(key)}, {theirs.get(key)}" for key in _unequal(ours, theirs)]
    return wrong


def _rows_of_program(columns: TicketColumns, sla: SlaName, queue: Queue, at_ms: int = AS_OF_MS) -> dict[str, list[Row]]:
    found = verdicts(columns, sla, queue, standing(columns, at_ms))
    rows: dict[str, list[Row]] = {}
    for i in range(len(found.row)):
        if found.judged[i]:
            rows.setdefault(columns.key[found.row[i]], []).append(
                Row(
                    start_ms=int(found.start[i]),
                    stop_ms=_known(found.stop[i]),
                    goal_ms=int(found.goal_ms[i]),
                    elapsed_ms=int(found.elapsed_ms[i]),
                    verdict=Verdict(found.verdict[i]).name.lower(),
                    decided_ms=_known(found.decided_at[i]),
                    due_ms=_known(found.due[i]),
                    paused=bool(found.paused[i]),
                )
            )
    return rows


def _known(value: int) -> int | None:
    return None if value == MISSING else int(value)


def _rows_of_oracle(facts: QueueFacts, sla: str, at_ms: int) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for judged in facts.judged(sla, at_ms):
        rows.setdefault(judged.ticket.key, []).append(_row(judged))
    return rows


def _row(judged: Judged) -> Row:
    one, cycle = judged.standing, judged.standing.cycle
    return Row(
        start_ms=cycle.start_ms,
        stop_ms=cycle.stop_ms,
        goal_ms=cycle.goal_ms,
        elapsed_ms=one.elapsed_ms,
        verdict=one.verdict,
        decided_ms=one.decided_ms,
        due_ms=one.due_ms,
        paused=one.is_paused,
    )


def _unequal(ours: Mapping[str, object], theirs: Mapping[str, object]) -> list[str]:
    return sorted(key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key))


def test_two_hundred_tickets_were_timed_right_minute_by_minute(
    fleet: Mapping[str, QueueFacts],
    sample: Mapping[str, list[Ticket]],
    readings: Mapping[str, tuple[Queue, TicketColumns]],
) -> None:
    """Business time counted from the changelog alone is what Jira says and what the program says, to the millisecond.

    So is the instant at which a goal passed, wherever Jira names one.
    """
    assert sum(len(tickets) for tickets in sample.values()) == 200
    wrong = [line for queue, tickets in sample.items() for line in _wrong_times(fleet[queue], tickets, readings[queue])]
    assert not wrong, _say(wrong)


def _wrong_times(facts: QueueFacts, tickets: list[Ticket], reading: tuple[Queue, TicketColumns]) -> list[str]:
    definition, columns = reading
    wrong = []
    for sla in SLA_NAMES:
        ours = _rows_of_program(columns, sla, definition)
        for ticket in tickets:
            judged = {one.start_ms: one for one in ours.get(ticket.key, ())}
            for cycle in facts.clock(ticket, sla).cycles:
                counted, row = counted_ms(facts, ticket, sla, cycle), judged.get(cycle.start_ms)
                if counted != cycle.elapsed_ms or (row and row.elapsed_ms != counted):
                    wrong.append(f"{ticket.key} {sla}: {row}, counted {counted}, Jira says {cycle.elapsed_ms}")
                passed_ms = goal_passed_ms(facts, ticket, sla, cycle) if cycle.breached else None
                named_ms = passed_ms if cycle.breach_ms is None else cycle.breach_ms
                if cycle.breached and passed_ms != named_ms:
                    wrong.append(f"{ticket.key} {sla}: goal passed at {passed_ms}, Jira says {cycle.breach_ms}")
                if row and row.verdict == "breached" and cycle.breach_ms and row.decided_ms != passed_ms:
                    wrong.append(f"{ticket.key} {sla}: {row}, goal passed at {passed_ms}")
    return wrong


def test_the_tickets_are_hard_to_time(fleet: Mapping[str, QueueFacts], sample: Mapping[str, list[Ticket]]) -> None:
    """Lunch breaks, holidays, pauses, reopens and the clock change are among the 200 tickets and in the whole."""
    drawn, whole = Counter[str](), Counter[str]()
    for queue in TIMED_BY_JIRA:
        facts = fleet[queue]
        drawn += features(facts, sample[queue])
        whole += features(facts, facts.tickets)

    assert all(drawn[feature] > 0 for feature in FEATURES), drawn
    assert all(whole[feature] >= 10 for feature in FEATURES), whole


@pytest.mark.parametrize("days_ago", DAYS_AGO)
def test_two_hundred_computed_clocks_were_run_right_minute_by_minute(
    days_ago: int,
    fleet: Mapping[str, QueueFacts],
    computed_sample: Mapping[str, list[Ticket]],
    readings: Mapping[str, tuple[Queue, TicketColumns]],
) -> None:
    """From creation, changelog and comments alone: verdict, instants and business time, today and at earlier instants.

    At an earlier instant only what had happened by then counts, under the goal of the priority of then.
    """
    at_ms = AS_OF_MS - days_ago * DAY_MS
    assert sum(len(tickets) for tickets in computed_sample.values()) == 200
    wrong = []
    for queue, tickets in computed_sample.items():
        keys = {ticket.key for ticket in tickets}
        found = _wrong_verdicts(fleet[queue].filtered(_is_one_of(keys)), *readings[queue], at_ms)
        wrong += [line for line in found if line.partition(" ")[0] in keys]
    assert not wrong, _say(wrong)


def _is_one_of(keys: set[str]) -> Callable[[Ticket, int], bool]:
    return lambda ticket, _at_ms: ticket.key in keys


def test_the_computed_clocks_are_hard_to_run(
    fleet: Mapping[str, QueueFacts], computed_sample: Mapping[str, list[Ticket]]
) -> None:
    """Pauses, comes and goes, comments that answer nothing and older goals are among the 200 tickets."""
    drawn = Counter[str]()
    for queue in COMPUTED:
        drawn += computed_features(fleet[queue], computed_sample[queue])

    assert all(drawn[feature] > 0 for feature in COMPUTED_FEATURES), drawn


def test_computed_clocks_were_run_right_by_other_rules(
    fleet: Mapping[str, QueueFacts], other_rules_site: Site, other_rules_report_of: ReportOf
) -> None:
    """Leaving the new statuses, every cycle, goals by type, goals that are missing and automation among analysts."""
    with closing(other_rules_site.upstream()) as upstream:
        facts = {**fleet, **gather(upstream, other_rules_site.registry, AS_OF_MS, COMPUTED)}
    expected = {queue: report(facts[queue], facts, AS_OF_MS, DAYS) for queue in COMPUTED}
    read = _read(other_rules_site, COMPUTED)

    found = [line for queue in COMPUTED for line in differences(other_rules_report_of(queue), expected[queue])]
    wrong = [
        line
        for queue in COMPUTED
        for ago in DAYS_AGO
        for line in _wrong_verdicts(facts[queue], *read[queue], AS_OF_MS - ago * DAY_MS)
    ]

    assert expected["website"]["sla"]["first_response"]["excluded"]["no_goal"] > 0
    assert not found, _say(found)
    assert not wrong, _say(wrong)


def test_a_computed_report_of_an_earlier_instant_has_every_number_of_the_oracle(
    site: Site, report_of: ReportOf
) -> None:
    """Four weeks ago the same tickets stood otherwise, and the changelog tells how."""
    at_ms = ms_of(EARLIER)
    with closing(site.upstream()) as upstream:
        facts = gather(upstream, site.registry, at_ms, COMPUTED)

    found = [
        line
        for queue in COMPUTED
        for line in differences(report_of(queue, "--as-of", EARLIER), report(facts[queue], facts, at_ms, DAYS))
    ]

    assert not found, _say(found)


@pytest.mark.parametrize("queue", ON_DATA_CENTER)
def test_a_report_from_data_center_has_every_number_of_the_oracle(
    queue: str, fleet_on_data_center: Mapping[str, QueueFacts], data_center_report_of: ReportOf
) -> None:
    """So it is where Data Center's own search, changelog, comments and Tempo were read."""
    expected = report(fleet_on_data_center[queue], fleet_on_data_center, AS_OF_MS, DAYS)

    found = list(differences(data_center_report_of(queue), expected))

    assert not found, _say(found)


@pytest.mark.parametrize("queue", ON_DATA_CENTER)
def test_every_ticket_from_data_center_is_judged_like_the_oracle_judges_it(
    queue: str,
    fleet_on_data_center: Mapping[str, QueueFacts],
    data_center_readings: Mapping[str, tuple[Queue, TicketColumns]],
) -> None:
    """The same tickets are read from Data Center, and of each the same cycles are judged alike."""
    facts, (definition, columns) = fleet_on_data_center[queue], data_center_readings[queue]

    assert sorted(columns.key) == sorted(ticket.key for ticket in facts.tickets)
    wrong = _wrong_verdicts(facts, definition, columns, AS_OF_MS)
    assert not wrong, _say(wrong)


@pytest.mark.parametrize("queue", ON_DATA_CENTER)
def test_both_editions_of_jira_give_one_report(
    queue: str, site: Site, data_center: Site, report_of: ReportOf, data_center_report_of: ReportOf
) -> None:
    """Of the same tickets both reports are the same text, but for where they were read, how long ago and the revision.

    The revision is one of facts, and Data Center tells `updated` in whole seconds.
    """
    ours, theirs = (
        json.loads(json.dumps(one(queue)).replace(where.ready["jira_base_url"], "https://jira.example"))
        for one, where in ((report_of, site), (data_center_report_of, data_center))
    )

    assert {name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)} <= {"age_s", "revision"}
    assert len(ours["due"]) > 0
