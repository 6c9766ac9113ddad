"""Jira is out of order for a long time: it is left in peace, readers keep what they had, and all recovers alone."""

import time
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.chaos.conftest import ON_THE_ROUGH_SITE
from tests.chaos.readers import Answers, readers
from tests.chaos.site import PROJECTS, Site

pytestmark = ON_THE_ROUGH_SITE

READERS: Final = 2
PAUSE_S: Final = 0.2
QUARTER_S: Final = 7.5
"""What stands for fifteen minutes, as RETRY_LONGEST says."""

MOST: Final = 20
"""Requests that all workers together may send in fifteen minutes to a Jira that refuses."""

HOUR_S: Final = 4 * QUARTER_S
A_WHILE_S: Final = 1.3 * QUARTER_S

FAULTS: Final[dict[str, tuple[float, dict[str, Any]]]] = {
    "refuses for an hour": (HOUR_S, {"kind": "status", "status": 503}),
    "knows nobody any more": (A_WHILE_S, {"kind": "status", "status": 401}),
    "throttles": (A_WHILE_S, {"kind": "throttle", "retry_after_s": 2}),
    "hangs": (A_WHILE_S, {"kind": "hang", "seconds": 60}),
}


@pytest.fixture(scope="module")
def many(rough_site: Site) -> Iterator[Site]:
    """The rough site with more queues than may be asked for one by one."""
    rough_site.serves_many()
    rough_site.warmed_up()
    yield rough_site
    rough_site.serves_few()
    rough_site.warmed_up()


@pytest.mark.parametrize(("lasts_s", "fault"), FAULTS.values(), ids=list(FAULTS))
def test_jira_is_out_of_order(many: Site, rough: Site, lasts_s: float, fault: dict[str, Any]) -> None:
    """All workers together send it little, nobody loses what was there, and afterwards everything is renewed."""
    with readers(rough.data(), READERS, pause_s=PAUSE_S) as answers:
        began = time.monotonic()
        rough.jira.goes_wrong({"route": "*", "times": None, **fault})
        time.sleep(lasts_s)
        _left_in_peace(rough, began)
        rough.jira.goes_wrong()
        for queue in PROJECTS:
            path = f"/api/queues/{queue}/data"
            rough.all_have(path, answers.newest(path) + 0.001)

    answers.none_failed()
    answers.ages_are_true()
    answers.one_content_a_revision()
    answers.none_goes_back()
    _said_so(answers)
    rough.not_grown()


def _left_in_peace(site: Site, began: float) -> None:
    """In no quarter of an hour do more requests arrive than may."""
    arrived = [call.began for call in site.relay.calls if call.began >= began]
    assert arrived, "a fault that hits nothing proves nothing"
    for first in arrived:
        many = sum(first <= at < first + QUARTER_S for at in arrived)
        assert many <= MOST, f"{many} requests from {first - began:.1f} s on"


def _said_so(answers: Answers) -> None:
    """Readers were told that what they saw had grown old."""
    assert {report.state for _, report in answers.reports} >= {"fresh", "stale"}
