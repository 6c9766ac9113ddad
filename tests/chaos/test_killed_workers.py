"""The worker that reads is killed, at points nobody chose: another one takes over, and readers notice nothing."""

import random
import time
from functools import partial
from typing import Final

from tests.chaos.conftest import ON_THE_ROUGH_SITE, ROUGH_LOCK_S
from tests.chaos.readers import readers
from tests.chaos.site import BIG, PROJECTS, Site
from tests.chaos.waiting import until

pytestmark = ON_THE_ROUGH_SITE

POINTS: Final = 10
CALL_S: Final = 0.2
READ_S: Final = 1.0
"""About what a refresh takes then; it is cut somewhere in it."""

READERS: Final = 4


def test_the_reading_worker_is_killed_again_and_again(rough: Site) -> None:
    """Ten times: the next reading comes from somebody else, no lease outlives its deadline, and no answer fails."""
    drawn = random.Random(20261123)
    rough.jira.takes(call_s=CALL_S)
    with readers(rough.data(), READERS) as answers:
        for _ in range(POINTS):
            until("a refresh", rough.reading)
            time.sleep(drawn.uniform(0.0, READ_S))
            victim = until("the reading worker", rough.reading)
            rough.task_of(victim).kill(victim)
            killed = time.monotonic()
            assert rough.longest_lease_s() <= ROUGH_LOCK_S
            until("the next read by another worker", partial(_read_since, rough, killed))
    rough.jira.takes()

    answers.none_failed()
    answers.ages_are_true()
    answers.one_content_a_revision()
    answers.none_goes_back()
    for queue in PROJECTS:
        rough.all_have(f"/api/queues/{queue}/data", answers.newest(f"/api/queues/{queue}/data"))
    rough.not_grown()


def _read_since(site: Site, killed: float) -> bool:
    """Whether a read of the big queue began after the kill and was answered."""
    return any(call.status == 200 for call in site.relay.reads(PROJECTS[BIG], killed))
