"""AUC and lift by hand, by every pair, and their intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.lift import DISTANCE, compared, merits, standing


def test_standing_counts_who_is_ahead_and_who_is_level() -> None:
    found = standing(pd.Series([3.0, 1.0, 3.0, 7.0, 3.0]))
    assert found["ahead"].tolist() == [1, 0, 1, 4, 1]
    assert found["level"].tolist() == [3, 1, 3, 1, 3]


def test_standing_of_what_is_not_known_is_not_known() -> None:
    assert standing(pd.Series([np.nan, np.nan])).isna().all().all()


def alone(ahead, level, candidates):
    return merits(*(pd.Series([float(value)]) for value in (ahead, level, candidates))).iloc[0]


def test_merits_by_hand() -> None:
    """Of 201, 4 stand above and none beside: 196 of 200 are below.

    The top 1 % are 2 places, the top 5 % are 10, the top 10 % are 20: a lift of 0, 20 and 10.
    """
    found = alone(4, 1, 201)
    assert found["auc"] == pytest.approx(196 / 200)
    assert found[["lift_1", "lift_5", "lift_10"]].tolist() == pytest.approx([0, 20, 10])


def test_ties_are_half_a_win_and_share_the_edge() -> None:
    """First of 100 with three others level: 96 below and 3 halves. The one top place is shared."""
    found = alone(0, 4, 100)
    assert found["auc"] == pytest.approx((96 + 1.5) / 99)
    assert found["lift_1"] == pytest.approx(100 / 4)
    assert found["lift_5"] == pytest.approx(20)


def test_an_order_that_knows_nothing_is_chance() -> None:
    found = alone(0, 1000, 1000)
    assert found["auc"] == pytest.approx(0.5)
    assert found[["lift_1", "lift_5", "lift_10"]].tolist() == pytest.approx([1, 1, 1])


@given(st.lists(st.integers(0, 6), min_size=2, max_size=30), st.integers(0, 29))
def test_auc_is_the_share_of_all_pairs(order: list[int], which: int) -> None:
    one = which % len(order)
    others = [value for at, value in enumerate(order) if at != one]
    wins = sum((value > order[one]) + 0.5 * (value == order[one]) for value in others)
    place = standing(pd.Series(order)).iloc[[one]]
    found = merits(place["ahead"], place["level"], pd.Series([len(order)], index=place.index))
    assert found["auc"].iloc[0] == pytest.approx(wins / len(others))


def looked_up(ahead, baseline_ahead, candidates=101):
    return pd.DataFrame(
        {
            "ahead": np.array(ahead, float),
            "level": 1.0,
            "baseline_ahead": np.array(baseline_ahead, float),
            "baseline_level": 1.0,
            "candidates": candidates,
        }
    )


def test_measures_are_means_over_campuses() -> None:
    """Ours: 1 and 0.5; distance: 0.8 and 0.9."""
    found = compared(looked_up([0, 50], [20, 10]), seed=1)
    assert list(found.index) == ["powersite", "distance", "chance", "powersite less distance"]
    assert found["auc"].tolist() == pytest.approx([0.75, 0.85, 0.5, -0.1])
    assert found["lift_1"].tolist() == pytest.approx([50, 0, 1, 50])


def test_two_campuses_reach_from_one_to_the_other() -> None:
    """A draw of two has the one twice, or the other twice, in a quarter of the cases each."""
    found = compared(looked_up([0, 50], [20, 10]), seed=1).loc["powersite"]
    assert (found["auc_low"], found["auc_high"]) == pytest.approx((0.5, 1.0))


def test_the_difference_is_drawn_in_pairs() -> None:
    """Each campus is 0.1 better by our order, so every draw is."""
    found = compared(looked_up([10, 40, 70], [20, 50, 80]), seed=1).loc["powersite less distance"]
    assert found[["auc", "auc_low", "auc_high"]].tolist() == pytest.approx([0.1] * 3)


def test_one_campus_gives_no_interval() -> None:
    found = compared(looked_up([10], [20]), seed=1)
    assert found["auc"].iloc[0] == pytest.approx(0.9)
    assert found.filter(regex="_(low|high)$").isna().all().all()


def test_the_interval_of_many_is_that_of_the_normal_law() -> None:
    """400 campuses evenly over the order: mean 0.5, deviation of the mean √(1/12) / 20."""
    ahead = np.arange(400) / 400 * 10_000
    found = compared(looked_up(ahead, ahead, candidates=10_001), seed=1).loc["powersite"]
    half = 1.96 * np.sqrt(1 / 12) / 20
    assert found["auc"] == pytest.approx(0.5, abs=0.002)
    assert found["auc_high"] - found["auc_low"] == pytest.approx(2 * half, rel=0.05)


def test_the_seed_decides_the_draws() -> None:
    rows = looked_up([0, 3, 20, 50, 70], [1, 2, 3, 4, 5])
    pd.testing.assert_frame_equal(compared(rows, 1), compared(rows, 1))
    assert not compared(rows, 1).equals(compared(rows, 2))


def test_without_a_baseline_only_the_comparison_is_unknown() -> None:
    found = compared(looked_up([0, 50], [np.nan, np.nan]), seed=1)
    assert found.loc[DISTANCE].isna().all()
    assert found.loc["powersite", "auc"] == pytest.approx(0.75)
