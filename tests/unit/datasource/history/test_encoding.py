"""The form in which days are kept, and that what was ever kept can be read."""

import zlib
from dataclasses import replace
from datetime import date

import msgspec
import pytest

from datasource.history import encoding
from datasource.history.encoding import NewerDay, UnreadableDay, UnreadableRun, from_bytes, run_from_bytes, to_bytes
from servicelevel.snapshot import Snapshot
from tests.unit.servicelevel.days import LAST, kept, scored

# As the first version wrote it. It never changes; a version that cannot read it any more breaks what people have kept.
VERSION_1 = b"""{"queue":"service-desk","day":"2026-10-25","taken_at":1792965600000,"source":"backfill",
"definition_hash":"5c1f0e","engine_version":"0.1.0","window_days":30,"score":75.2,"coverage":0.9,"complete":false,
"contributions":{"responsiveness":21.9,"resolution":20.0,"backlog":13.6},"lacks":["hours"],"counts":{
"sla":{"first_response":{"target":0.95,"met":96,"breached":4,"breached_open":1,"undecided":3,
"excluded":{"no_goal":2},"own_90d":{"met":280,"n":300},"fleet_90d":{"met":0,"n":0},"p50_s":1800.5,"p85_s":null}},
"flow":{"created":110,"resolved":107,"open":53,"reopened":6,"resolutions_moved":100,"reopened_moved":6,
"reopens_covered":true,"own_90d":{"met":301,"n":320},"fleet_90d":{"met":0,"n":0}},
"backlog":{"unassigned":4,"resolved_28d":98,"business_days_28d":19.5,"older":null,"stale":7,
"age_buckets":[{"from_bd":0,"to_bd":1,"tickets":9},{"from_bd":30,"to_bd":null,"tickets":2}]},
"hours":{"state":"failed","state_reason":"Tempo was away","total_s":null,"billable_s":null,"orphan_s":null,
"covered":0,"team_s":null,"scheduled_s":null,"utilisation_reason":"no_team"},
"by_priority":[{"id":"1","name":"Highest","created":4,"resolved":2,"open":24,
"kept":{"first_response":{"met":1,"n":4}},"undecided":{"first_response":0},"hours_s":null}]}}"""


def test_what_the_first_version_kept_is_read() -> None:
    """Every field of it, and what is read is written as it was."""
    day = date(2026, 10, 25)

    row = from_bytes(1, zlib.compress(VERSION_1), "service-desk", day)

    assert (row.score, row.source, row.lacks, row.rank) == (75.2, "backfill", ("hours",), 2)
    assert row.counts is not None
    assert row.counts.sla["first_response"].own_90d.met == 280
    assert row.counts.backlog.age_buckets[1].tickets == 2
    assert row.counts.hours.state_reason == "Tempo was away"
    assert row.counts.by_priority[0].kept["first_response"].n == 4
    assert msgspec.json.decode(zlib.decompress(to_bytes(row))) == msgspec.json.decode(VERSION_1)


def test_an_earlier_version_is_read_beside_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each version has a reader of its own; a new one is added, and none goes."""

    def second(text: bytes) -> Snapshot:
        return replace(kept(), score=float(text))

    monkeypatch.setattr(encoding, "VERSION", 2)
    monkeypatch.setattr(encoding, "_READERS", {**encoding._READERS, 2: second})

    assert from_bytes(1, to_bytes(scored(LAST, 70.0)), "desk", LAST).score == 70.0
    assert from_bytes(2, zlib.compress(b"71.5"), "desk", LAST).score == 71.5
    with pytest.raises(NewerDay, match="version 3 of the portal's form; this one reads up to version 2"):
        from_bytes(3, b"", "desk", LAST)


def test_every_version_there_was_has_a_reader() -> None:
    """Up to the one that is written."""
    assert set(encoding._READERS) == set(range(1, encoding.VERSION + 1))


@pytest.mark.parametrize("version", [None, 0, -1, "1", 1.5])
def test_what_is_no_version_is_unreadable(version: object) -> None:
    """It is broken, not newer."""
    with pytest.raises(UnreadableDay, match="no version") as raised:
        from_bytes(version, to_bytes(scored(LAST, 70.0)), "desk", LAST)
    assert not isinstance(raised.value, NewerDay)


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"null", b'{"queue": 5}', b"[" * 100_000, b" " * 1_000_001, b'{"queue": "\xff"}']
)
def test_text_that_is_no_snapshot_is_unreadable(text: bytes) -> None:
    """However small it was packed."""
    packed = zlib.compress(text)

    with pytest.raises(UnreadableDay, match="not a snapshot"):
        from_bytes(1, packed, "desk", LAST)
    with pytest.raises(UnreadableRun, match="not the record of a run"):
        run_from_bytes(1, packed)


def test_a_record_of_another_version_is_none() -> None:
    """It is left out rather than guessed at."""
    with pytest.raises(UnreadableRun, match="version 1"):
        run_from_bytes(2, b"")
