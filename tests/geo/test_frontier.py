"""Sets that no other beats."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.contest import Contest, Wish
from geo.frontier import frontier, not_beaten
from geo.scenario import Scenario
from geo.siting import find_sites
from tests.geo import toy

NAMES = ["mw", "months_p50", "connection_usd"]
WHOLE = st.integers(0, 4)


def points(rows):
    return pd.DataFrame([[float(value) for value in row] for row in rows], columns=NAMES)


def test_a_point_that_is_worse_in_nothing_beats_one_that_is_worse_in_something() -> None:
    rows = [
        (100, 35, 20e6),
        (100, 35, 30e6),
        (90, 35, 20e6),
        (60, 13, 0),
        (60, 14, 0),
        (80, 13, 9e6),
    ]
    assert not_beaten(points(rows))[NAMES].to_numpy().tolist() == [
        [100, 35, 20e6],
        [80, 13, 9e6],
        [60, 13, 0],
    ]


def test_of_equal_points_the_first_is_kept() -> None:
    rows = points([(100, 35, 20e6), (100.01, 35.01, 20.01e6)]).assign(site_ids=["a", "b"])
    assert list(not_beaten(rows)["site_ids"]) == ["a"]


@given(st.lists(st.tuples(WHOLE, WHOLE, WHOLE), min_size=1, max_size=8))
def test_what_is_left_is_what_none_beats(rows) -> None:
    given_points = [(10.0 * mw, float(months), 1e6 * usd) for mw, months, usd in rows]

    def beats(one, other):
        return one[0] >= other[0] and one[1] <= other[1] and one[2] <= other[2] and one != other

    expected = {
        point for point in given_points if not any(beats(other, point) for other in given_points)
    }
    kept = [tuple(row) for row in not_beaten(points(given_points))[NAMES].to_numpy().tolist()]
    assert set(kept) == expected
    assert len(kept) == len(expected)


@pytest.fixture(scope="module")
def contest() -> Contest:
    siting = find_sites(toy.country(), Scenario(load_mw=50, cell_km=5, spacing_km=10))
    return Contest.of(siting, Wish(300))


def test_less_time_and_less_money_buy_less(contest) -> None:
    best, _ = contest.best(contest.everything)
    found = frontier(contest, best, lambda *_: None)
    assert found["mw"].is_monotonic_decreasing
    assert found["mw"].iloc[0] == pytest.approx(300)
    assert len(found) > 1
    assert (found["mw"] <= 300 + 1e-6).all()
    assert len(not_beaten(found)) == len(found)


def test_without_a_new_line_only_the_campus_is_left(contest) -> None:
    """Old Mine has 60 MW energised within 13 months; it pays for its second feed alone."""
    best, _ = contest.best(contest.everything)
    last = frontier(contest, best, lambda *_: None).iloc[-1]
    mine = contest.sites[contest.sites["name"] == "Old Mine"].iloc[0]
    assert (last["mw"], last["site_ids"]) == (60, mine["site_id"])
    # The feed is sized for its 60 MW here, for the load of the question there.
    assert last["connection_usd"] == pytest.approx(mine["second_feed_usd"], rel=0.01)
    assert mine["line_usd"] == 0
