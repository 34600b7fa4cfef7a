"""The weight at which the first loses: by hand, and beside the ranking itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.tipping import tipping_points

EVEN = np.array([0.5, 0.5])


def test_two_criteria_by_hand() -> None:
    """(1, 0) and (0.2, 0.6) cross where the first weight is 3/7, the second 4/7."""
    values = np.array([[1.0, 0.0], [0.2, 0.6]])
    at, by = tipping_points(values, EVEN, 0)
    assert at == pytest.approx([3 / 7, 4 / 7])
    assert by.tolist() == [1, 1]


def test_three_criteria_by_hand() -> None:
    """Weights 0.5, 0.3, 0.2; the first leads by 0.5, −0.1 and 0 in them: by 0.22.

    The first weight at t: 0.5 t + (1 − t) · (0.3 · −0.1) / 0.5 = 0 where 0.56 t = 0.06. The second
    at t: −0.1 t + (1 − t) · 0.25 / 0.7 = 0 where t = 0.25 / 0.32. The third at 1 is a tie: no loss.
    """
    values = np.array([[0.5, 0.0, 0.0], [0.0, 0.1, 0.0]])
    at, by = tipping_points(values, np.array([0.5, 0.3, 0.2]), 0)
    assert at[:2] == pytest.approx([0.06 / 0.56, 0.25 / 0.32])
    assert np.isnan(at[2])
    assert by.tolist() == [1, 1, -1]


def test_the_nearest_of_several_rivals() -> None:
    """Rivals cross at a first weight of 3/7 and, with (0, 0.9), at 9/19; 9/19 is nearer to 1/2."""
    values = np.array([[1.0, 0.0], [0.2, 0.6], [0.0, 0.9]])
    at, by = tipping_points(values, EVEN, 0)
    assert at[0] == pytest.approx(9 / 19)
    assert by[0] == 2


def test_rivals_that_cross_together_leave_it_to_the_steeper() -> None:
    """(0.25, 0.25) and (0, 0.5) meet (0.5, 0) at even weights; beyond it the second gains more."""
    values = np.array([[0.5, 0.0], [0.25, 0.25], [0.0, 0.5]])
    at, by = tipping_points(values, np.array([0.75, 0.25]), 0)
    assert at == pytest.approx([0.5, 0.5])
    assert by.tolist() == [2, 2]


def test_what_is_best_in_everything_cannot_be_dethroned() -> None:
    at, by = tipping_points(np.array([[0.5, 0.5], [0.4, 0.1]]), EVEN, 0)
    assert np.isnan(at).all()
    assert by.tolist() == [-1, -1]


def test_all_weight_on_one_leaves_nothing_to_rescale() -> None:
    """Only the other weight, now 0, can rise: to 4/7, where (1, 0) meets (0.2, 0.6)."""
    at, by = tipping_points(np.array([[1.0, 0.0], [0.2, 0.6]]), np.array([1.0, 0.0]), 0)
    assert np.isnan(at[0])
    assert at[1] == pytest.approx(4 / 7)
    assert by.tolist() == [-1, 1]


@given(
    arrays(float, st.tuples(st.integers(2, 6), st.integers(2, 5)), elements=st.floats(0, 1)),
    st.lists(st.floats(0.05, 1), min_size=5, max_size=5),
)
def test_equal_to_a_scan_of_every_weight(values, raw) -> None:
    """Short of the tipping weight the first still leads; beyond it the rival is ahead."""
    weights = np.array(raw[: values.shape[1]])
    weights /= weights.sum()
    first = int(np.argmax(values @ weights))
    at, by = tipping_points(values, weights, first)
    scan = np.linspace(0, 1, 201)
    for column, (found, rival) in enumerate(zip(at, by, strict=True)):
        score = np.array([values @ rescaled(weights, column, t) for t in scan])
        lead = score[:, first] - np.delete(score, first, axis=1).max(axis=1)
        side, now = np.sign(found - weights[column]), weights[column]
        short = np.abs(scan - now) < (2.0 if rival < 0 else abs(found - now) - 1e-9)
        assert (lead[short] >= -1e-9).all()
        if rival >= 0 and side != 0:
            beyond = (scan - found) * side > 0
            assert (score[beyond, rival] >= score[beyond, first] - 1e-9).all()
            met = values @ rescaled(weights, column, found)
            assert met[rival] == pytest.approx(met[first], abs=1e-9)


def rescaled(weights, column, at):
    """The weights with one at ``at`` and the others in their old proportions."""
    mask = np.arange(len(weights)) == column
    rest = np.where(mask, 0.0, weights)
    return np.where(mask, at, rest * (1 - at) / rest.sum())
