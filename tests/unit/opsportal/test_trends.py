from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.trends import BEGINS_KEPT_S, Trends, read_once
from servicelevel.errors import PortalError
from servicelevel.policy import Note, Policy
from tests.factories import ms
from tests.fakes.counted_history import CountedHistory
from tests.fakes.failing_history import FailingHistory
from tests.unit.servicelevel.days import DESK, LAST, NOON, kept, measured, scored

BILLING = replace(DESK, id="billing")
POLICY = Policy((DESK, BILLING), (Note(LAST, "Mail outage"),))


@pytest.fixture
def history(tmp_path: Path) -> SqliteHistory:
    """Days of one queue, with a gap."""
    store = SqliteHistory(tmp_path / "history.db")
    for ago in (0, 1, 4, 5):
        store.put(scored(LAST - timedelta(days=ago), 70.0 + ago))
    return store


@pytest.fixture
def trends(history: SqliteHistory) -> Trends:
    """Trends of that history."""
    return Trends(history, lambda: POLICY, lambda: NOON)


def test_series_are_of_the_queues_asked_for(trends: Trends) -> None:
    """Ids the registry does not have are left out, and the order is the registry's."""
    made = trends.series(["billing", "gone", "desk"], LAST - timedelta(days=9), LAST)

    assert list(made) == ["desk", "billing"]
    assert [point.score for point in made["desk"].points] == [75.0, 74.0, 71.0, 70.0]
    assert [(gap.first, gap.days) for gap in made["desk"].gaps] == [(LAST - timedelta(days=3), 2)]
    assert made["desk"].notes == (Note(LAST, "Mail outage"),)
    assert made["billing"].points == ()
    assert made["billing"].gaps == ()


def test_a_day_that_has_not_ended_is_no_gap(history: SqliteHistory) -> None:
    """Until midnight in the queue's zone the running day is not missing; a minute later it is."""
    tomorrow = LAST + timedelta(days=1)

    def gaps(now: str) -> list[date]:
        made = Trends(history, lambda: POLICY, lambda: ms(now)).series(["desk"], LAST, tomorrow)
        return [gap.first for gap in made["desk"].gaps]

    assert gaps("2026-11-24T02:59:00+00:00") == []
    assert gaps("2026-11-24T03:01:00+00:00") == [tomorrow]


def test_the_revision_changes_with_every_day(trends: Trends, history: SqliteHistory) -> None:
    """A page that remembers a revision knows when to look again: a day came, or was kept anew."""

    def revision() -> str:
        return trends.revision(["desk"], LAST - timedelta(days=9), LAST)

    seen = [revision(), revision()]
    history.put(replace(scored(LAST - timedelta(days=2), 72.0), complete=False))
    seen.append(revision())
    history.put(scored(LAST - timedelta(days=2), 72.0))
    seen.append(revision())

    assert seen[0] == seen[1]
    assert len(set(seen)) == 3


def test_the_revision_changes_with_the_definition(history: SqliteHistory) -> None:
    """Other weights redraw old scores, though no day came."""
    changed = Policy((replace(DESK, definition_hash="second"),))
    now = Trends(history, lambda: POLICY, lambda: NOON).revision(["desk"], LAST, LAST)
    then = Trends(history, lambda: changed, lambda: NOON).revision(["desk"], LAST, LAST)

    assert now != then


def test_each_queue_is_asked_for_its_days_once(history: SqliteHistory) -> None:
    """Whatever is wanted of them inside of one answer; the next answer looks anew."""
    counted = CountedHistory(history)
    trends = Trends(counted, lambda: POLICY, lambda: NOON)
    queues, first = ["desk", "billing"], LAST - timedelta(days=9)

    for asked in (1, 2):
        with read_once():
            trends.revision(queues, first, LAST)
            trends.series(queues, first, LAST)
            trends.series(queues[:1], first, LAST, "recorded")
        assert [counted.asked["range", queue] for queue in queues] == [asked, asked]
    trends.series(queues, first, LAST)
    assert counted.asked["range", "desk"] == 3
    assert not any(question == "days" for question, _ in counted.asked)


def test_the_first_day_is_remembered_for_five_minutes(history: SqliteHistory) -> None:
    """It is asked for again after that, always while there is none, and an earlier day that is read counts at once."""
    counted, clock = CountedHistory(history), [1000.0]
    trends = Trends(counted, lambda: POLICY, lambda: NOON, lambda: clock[0])

    def begins(first: date = LAST) -> date | None:
        return trends.series(["desk", "billing"], first, LAST)["desk"].begins

    assert [begins(), begins()] == [LAST - timedelta(days=5)] * 2
    assert (counted.asked["begins", "desk"], counted.asked["begins", "billing"]) == (1, 2)
    history.put(scored(LAST - timedelta(days=90), 70.0))
    history.put(scored(LAST - timedelta(days=30), 70.0))
    assert begins() == LAST - timedelta(days=30)
    clock[0] += BEGINS_KEPT_S
    assert begins() == LAST - timedelta(days=90)
    assert counted.asked["begins", "desk"] == 2


def test_scores_stand_as_recorded_when_that_is_asked_for(tmp_path: Path) -> None:
    """Both views come of the same days; only the one of today makes scores again."""
    row = replace(kept(LAST), taken_at=NOON, score=12.3, definition_hash="before")
    store = SqliteHistory(tmp_path / "history.db")
    store.put(row)
    read = Trends(store, lambda: POLICY, lambda: NOON).read(["desk"], LAST, LAST)

    (recorded,), (today,) = read.series("recorded")["desk"].points, read.series()["desk"].points
    assert (recorded.score, recorded.redrawn) == (12.3, False)
    assert (today.score, today.redrawn) == (measured().health.score, True)


def test_a_history_that_is_down_says_so() -> None:
    """Series and revision say what failed; a page with more on it stands without its past."""
    down = Trends(FailingHistory(), lambda: POLICY, lambda: NOON)

    with pytest.raises(PortalError, match="disk of the history"):
        down.series(["desk"], LAST, LAST)
    with pytest.raises(PortalError, match="disk of the history"):
        down.revision(["desk"], LAST, LAST)


def test_a_change_of_the_registry_is_seen_at_once(history: SqliteHistory) -> None:
    """The registry is asked for at each call, not remembered."""
    policies = [POLICY, Policy((BILLING,))]
    trends = Trends(history, lambda: policies[0], lambda: NOON)

    assert list(trends.series(["desk", "billing"], LAST, LAST)) == ["desk", "billing"]
    policies.pop(0)
    assert list(trends.series(["desk", "billing"], LAST, LAST)) == ["billing"]
