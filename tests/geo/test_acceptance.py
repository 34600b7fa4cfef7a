"""Who is first how often: equal to brute force to the last tie, and to the analytic answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from geo.acceptance import DRAWS, TILE, best_rows, first_ranks, tally

STEPS = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
"""Few values, and weights in quarters below: sums tie often, and without rounding."""


def brute(values, weights, count):
    """Rows of the highest sums, added up criterion by criterion, the lower row first at a tie."""
    score = np.zeros((len(weights), len(values)))
    for criterion in range(values.shape[1]):
        score = score + weights[:, [criterion]] * values[:, criterion]
    return np.argsort(-score, axis=1, kind="stable")[:, :count]


@st.composite
def problems(draw):
    """Values, grades and weights of a few sites, with many ties."""
    sites, criteria = draw(st.integers(1, 12)), draw(st.integers(1, 7))
    values = draw(arrays(float, (sites, criteria), elements=STEPS))
    grade = draw(arrays(int, sites, elements=st.integers(0, 2)))
    shape = (draw(st.integers(1, 5)), criteria)
    weights = draw(arrays(float, shape, elements=st.integers(0, 4).map(float))) / 4
    return values, grade, weights


@given(problems(), st.integers(1, 12))
def test_equal_to_brute_force_ties_included(problem, count) -> None:
    values, _, weights = problem
    count = min(count, len(values))
    assert best_rows(values, weights, count).tolist() == brute(values, weights, count).tolist()


@pytest.mark.parametrize("sites", [1, TILE - 1, TILE, TILE + 1, 3 * TILE + 7])
@pytest.mark.parametrize("draws", [1, DRAWS, DRAWS + 1])
def test_equal_to_brute_force_at_the_edges_of_tiles_and_blocks(sites, draws) -> None:
    random = np.random.default_rng(sites + draws)
    values = random.random((sites, 10))
    weights = random.dirichlet(np.full(10, 5.0), draws)
    count = min(sites, 20)
    assert (best_rows(values, weights, count) == brute(values, weights, count)).all()


@pytest.mark.parametrize("noise", [0.0, 1e-16, 1e-12, 1e-9, 1e-3])
def test_sites_that_only_rounding_tells_apart(noise) -> None:
    """Under the mean weights all sites are the same but for noise, so bounds can rule out none."""
    random = np.random.default_rng(7)
    middle = random.dirichlet(np.full(6, 9.0))
    values = random.random((900, 6))
    values += 0.5 - (values @ middle)[:, None]
    values += noise * random.random(values.shape)
    values[1::2] = values[::2]  # each site twice
    weights = random.dirichlet(60 * middle, 400)
    weights[:50] = middle
    assert (best_rows(values, weights, 9) == brute(values, weights, 9)).all()


def test_weights_far_from_their_mean_and_of_any_sum() -> None:
    """Bounds may not lean on weights that add up to 1 or lie close together."""
    random = np.random.default_rng(3)
    values = random.normal(0, 40, (2000, 4))
    weights = np.concatenate([np.eye(4), 30 * random.random((300, 4)), np.zeros((1, 4))])
    assert (best_rows(values, weights, 5) == brute(values, weights, 5)).all()


@settings(max_examples=50)
@given(problems(), st.integers(1, 12))
def test_grades_come_before_scores(problem, ranks) -> None:
    """Order by hand: grade, then sum, then row."""
    values, grade, weights = problem
    found = first_ranks(values, grade, weights, ranks)
    expected = np.zeros((len(values), min(ranks, len(values))), int)
    for weight in weights:
        score = sum(w * column for w, column in zip(weight, values.T, strict=True))
        order = sorted(range(len(values)), key=lambda row: (grade[row], -score[row], row))
        for place, row in enumerate(order[:ranks]):
            expected[row, place] += 1
    assert found.counts.tolist() == expected.tolist()
    assert (found.counts.sum(axis=0) == len(weights)).all()


@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_ties_only(problem, random) -> None:
    values, grade, weights = problem
    values = values + np.arange(len(values))[:, None] * 1e-6  # no two sums tie
    weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, 1.0)
    order = list(range(len(values)))
    random.shuffle(order)
    straight = first_ranks(values, grade, weights, 4)
    shuffled = first_ranks(values[order], grade[order], weights, 4)
    assert shuffled.counts.tolist() == straight.counts[order].tolist()
    assert shuffled.weight_sum == pytest.approx(straight.weight_sum[order])


@given(problems())
def test_a_site_worse_in_everything_is_never_first(problem) -> None:
    values, _, weights = problem
    better = np.concatenate([values, values[:1] + 0.1])
    weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, 1.0)
    found = first_ranks(better, np.zeros(len(better)), weights, 1)
    assert found.counts[0, 0] == 0
    assert np.isnan(found.central_weights()[0]).all()


@pytest.mark.parametrize("share", [0.3, 0.45, 0.6])
def test_two_criteria_are_a_beta_distribution(share) -> None:
    """One site has (1, 0), the other (0.2, 0.6): they cross where t = 0.2 t + 0.6 (1 − t), t = 3/7.

    The weight t is Beta distributed, so the first leads with its probability above 3/7.
    """
    law = stats.beta(50 * share, 50 * (1 - share))
    t = np.random.default_rng(5).dirichlet([50 * share, 50 * (1 - share)], 20_000)
    found = first_ranks(np.array([[1.0, 0.0], [0.2, 0.6]]), np.zeros(2), t, 2)
    assert found.counts[0, 0] == (t[:, 0] > 3 / 7).sum()
    low, high = stats.binom(len(t), law.sf(3 / 7)).interval(1 - 1e-6)
    assert low <= found.counts[0, 0] <= high
    above = law.expect(lambda x: x, lb=3 / 7) / law.sf(3 / 7)
    error = 5 * law.std() / np.sqrt(found.counts[0, 0])
    assert found.central_weights()[0] == pytest.approx([above, 1 - above], abs=error)


def test_a_tally_by_hand() -> None:
    """Three draws of two ranks among three sites."""
    weights = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    found = tally(np.array([[0, 1], [0, 2], [2, 0]]), weights, 3)
    assert found.counts.tolist() == [[2, 1], [0, 1], [1, 1]]
    assert found.shares().tolist() == (np.array([[2, 1], [0, 1], [1, 1]]) / 3).tolist()
    assert found.within(1).tolist() == pytest.approx([2 / 3, 0, 1 / 3])
    assert found.within(2).tolist() == pytest.approx([1, 1 / 3, 2 / 3])
    assert found.central_weights()[[0, 2]].tolist() == [[0.75, 0.25], [0, 1]]
    assert np.isnan(found.central_weights()[1]).all()
    assert found.rows(np.array([2, 0, 1])).counts.tolist() == [[1, 1], [2, 1], [0, 1]]
