"""Places among queues."""

from hypothesis import given
from hypothesis import strategies as st

from servicelevel.attainment import Kept
from servicelevel.ranking import Rank, ranks


def test_overlapping_intervals_share_a_range_and_a_clear_last_stands_alone() -> None:
    """Three queues that chance could order any way stand 1–3; the one far below them is fourth for certain."""
    found = ranks({"a": Kept(196, 200), "b": Kept(193, 200), "c": Kept(190, 200), "d": Kept(120, 200)})

    assert {key: str(rank) for key, rank in found.items()} == {"a": "1–3", "b": "1–3", "c": "1–3", "d": "4"}


def test_a_queue_may_overlap_one_neighbour_only() -> None:
    """Between a clear first and a clear last the middle one reaches neither."""
    found = ranks({"high": Kept(990, 1000), "middle": Kept(60, 100), "low": Kept(100, 1000)})

    assert [found["high"], found["middle"], found["low"]] == [Rank(1, 1), Rank(2, 2), Rank(3, 3)]


def test_under_five_decided_nobody_is_ranked_and_nobody_is_ranked_behind_them() -> None:
    """Four of four is no first place, and takes none."""
    assert ranks({"new": Kept(4, 4), "old": Kept(90, 100)}) == {"new": None, "old": Rank(1, 1)}


@given(st.integers(5, 60), st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_of_as_many_decided_the_higher_share_never_stands_behind(n: int, shares: list[float]) -> None:
    """Every range lies in 1 to the number ranked, somebody may be first, and more kept is no worse a place."""
    kept = {str(place): Kept(round(share * n), n) for place, share in enumerate(shares)}
    found = {key: rank for key, rank in ranks(kept).items() if rank}
    by_kept = sorted(found, key=lambda key: -kept[key].met)

    assert len(found) == len(shares)
    assert all(1 <= rank.best <= rank.worst <= len(found) for rank in found.values())
    assert min(rank.best for rank in found.values()) == 1
    assert [found[key].best for key in by_kept] == sorted(rank.best for rank in found.values())
    assert [found[key].worst for key in by_kept] == sorted(rank.worst for rank in found.values())
