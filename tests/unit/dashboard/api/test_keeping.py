"""What is kept between requests: bytes by revision, validators for clients, and compressed bodies by the second."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask_compress.flask_compress import _uncompress_data

from dashboard.api import answering
from dashboard.api.at_hand import MOST_HELD, Answer, AtHand
from dashboard.api.bodies import CompressedBodies
from opsportal.cached import CachedReports, Served
from servicelevel.policy import Policy
from tests.factories import queue
from tests.fakes.api_answers import ApiAnswers
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import TTL_MIN, World

ADDRESSES = ("queues", "queues/overview", "queues/desk/data", "queues/desk/tickets", "at-risk", "teams", "openapi.json")


@pytest.mark.parametrize("address", [*ADDRESSES, "queues.csv", "queues/desk/tickets.csv"])
def test_a_client_that_has_it_is_told_so(api: ApiAnswers, address: str) -> None:
    """304 without a body, by a weak tag that survives compression; a proxy keeps nothing for others."""
    first = api.get(address)
    tag = first.headers["ETag"]
    again = api.get(address, If_None_Match=tag)
    packed = api.get(address, If_None_Match=f'"other", {tag}', Accept_Encoding="gzip")

    assert tag.startswith('W/"')
    assert first.headers["Cache-Control"] == "private, no-cache"
    for answer in (again, packed):
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    assert api.get(address, If_None_Match='W/"other"').status_code == 200


def test_a_tag_is_of_one_question_in_one_form(api: ApiAnswers) -> None:
    """Another filter, queue or media type is another answer; parameters written otherwise are the same one."""
    addresses = ("queues/desk/data", "queues/billing/data", "queues/desk/data.csv", "queues/desk/data?period=7")
    tags = {api.get(address).headers["ETag"] for address in addresses}

    assert len(tags) == len(addresses)
    assert api.get("queues/desk/data?period=30").headers["ETag"] == api.get("queues/desk/data").headers["ETag"]


def test_two_queues_of_one_revision_are_two_answers(api: ApiAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A revision names what a queue holds, not the queue."""
    queue_of = CachedReports.queue

    def same(*words: Any, **more: Any) -> Served:
        return replace(queue_of(*words, **more), revision="same")

    monkeypatch.setattr(CachedReports, "queue", same)

    assert api.get("queues/desk/data").headers["ETag"] != api.get("queues/billing/data").headers["ETag"]
    assert api.json("queues/billing/data")["queue"]["id"] == "billing"


def test_the_age_grows_while_the_tag_stays(api: ApiAnswers, world: World) -> None:
    """Nothing but the age differs, and it is true to the second."""
    first = api.get("queues/desk/data")
    world.pass_minutes(1.5)
    later = api.get("queues/desk/data")

    assert (first.get_json()["age_s"], later.get_json()["age_s"]) == (0, 90)
    assert later.headers["ETag"] == first.headers["ETag"]
    assert {**first.get_json(), "age_s": 90} == later.get_json()


def test_a_new_reading_is_a_new_answer(api: ApiAnswers, world: World) -> None:
    """The client's copy holds no more."""
    tag = api.get("queues/desk/data").headers["ETag"]
    world.pass_minutes(2 * TTL_MIN)
    world.read()

    answer = api.get("queues/desk/data", If_None_Match=tag)

    assert answer.status_code == 200
    assert answer.get_json()["age_s"] == 0


def test_another_registry_is_another_answer(world: World, tmp_path: Path) -> None:
    """People must not be shown from bytes that were made when they were."""
    world.registry.policy = Policy((queue("desk"),))
    api = ApiAnswers(portal_over(world, world.read(), tmp_path))
    tag = api.get("queues/desk/data").headers["ETag"]
    world.registry.policy = Policy((queue("desk"),), analyst_names="none")

    answer = api.get("queues/desk/data", If_None_Match=tag)

    assert answer.status_code == 200
    assert answer.get_json()["analysts"] == []


def test_an_answer_is_written_once(api: ApiAnswers) -> None:
    """Whoever asks, and whatever the second; asking with a validator writes nothing at all."""
    with patch.object(answering, "_without_age", wraps=answering._without_age) as written:
        tag = api.get("queues/desk/data").headers["ETag"]
        for _ in range(3):
            api.get("queues/desk/data")
        api.get("queues/billing/data", If_None_Match=tag)

    assert written.call_count == 2


@pytest.mark.parametrize("address", ["queues/desk/data", "queues/desk/tickets.csv", "openapi.json"])
def test_answers_are_compressed_as_the_client_likes(api: ApiAnswers, address: str) -> None:
    """JSON and CSV, with gzip and brotli, each under the same tag."""
    plain = api.get(address)
    for coding in ("gzip", "br"):
        packed = api.get(address, Accept_Encoding=coding)
        assert packed.headers["Content-Encoding"] == coding
        assert _uncompress_data(packed.data, coding) == plain.data
        assert packed.headers["ETag"] == plain.headers["ETag"]
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)


def test_small_bodies_are_not_compressed(api: ApiAnswers) -> None:
    """It would make them larger."""
    assert "Content-Encoding" not in api.get("queues.csv", Accept_Encoding="gzip").headers
    assert "Content-Encoding" not in api.get("typo", Accept_Encoding="gzip").headers


def test_a_body_is_compressed_once_a_second(api: ApiAnswers, world: World) -> None:
    """The age inside makes it another one in the next second, and then it is packed anew."""
    with patch("flask_compress.flask_compress._compress_data", return_value=b"packed") as packing:
        for _ in range(3):
            assert api.get("queues/desk/data", Accept_Encoding="gzip").data == b"packed"
        world.now += 1_000
        api.get("queues/desk/data", Accept_Encoding="gzip")

    assert packing.call_count == 2


def test_compressed_bodies_are_bounded() -> None:
    """The oldest go; a body without a name is never held."""
    held = CompressedBodies(most=10)
    for n in range(4):
        held.set(f"gzip;{n}", b"1234")
    held.set("gzip;", b"1")
    held.set("gzip;huge", b"x" * 11)

    assert [held.get(f"gzip;{n}") for n in range(4)] == [None, None, b"1234", b"1234"]
    assert (held.get("gzip;"), held.get("gzip;huge")) == (None, None)


def test_an_answer_found_counts_for_a_moment() -> None:
    """Within it nothing is looked for, after it everything anew; a failure is never held."""
    now_s, found = [0.0], []

    def find() -> Answer:
        found.append(now_s[0])
        if now_s[0] > 1:
            raise ValueError("down")
        return Answer("name", "json", {}, 0)

    at_hand = AtHand(0.2, lambda: now_s[0])
    for moment_s in (0.0, 0.1, 0.19, 0.2, 0.3):
        now_s[0] = moment_s
        at_hand.get("question", find)
    assert found == [0.0, 0.2]
    for moment_s in (2.0, 2.1):
        now_s[0] = moment_s
        with pytest.raises(ValueError, match="down"):
            at_hand.get("question", find)
    assert found == [0.0, 0.2, 2.0, 2.1]


def test_answers_at_hand_are_bounded() -> None:
    """Whatever is asked."""
    at_hand = AtHand(1.0, lambda: 0.0)
    for n in range(2 * MOST_HELD):
        at_hand.get(n, lambda: Answer("name", "json", {}, 0))

    assert len(at_hand._held) == MOST_HELD


def test_the_hold_never_hides_the_age(world: World, tmp_path: Path) -> None:
    """Bytes are found a moment ago, their age is of now."""
    api = ApiAnswers(portal_over(world, world.read(), tmp_path), hold_s=60.0)
    ages = []
    for _ in range(2):
        ages.append(api.json("queues/desk/data")["age_s"])
        world.pass_minutes(1)

    assert ages == [0, 60]
