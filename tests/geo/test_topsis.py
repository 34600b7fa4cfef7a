"""TOPSIS by hand, and beside an independent program."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.acceptance import best_rows
from geo.criteria import CRITERIA
from geo.ranking import rank
from geo.scenario import Scenario
from geo.standards import STANDARDS
from geo.topsis import agreement, second_opinion, topsis
from tests.geo.test_robustness import some_sites

VALUES = arrays(float, st.tuples(st.integers(1, 6), st.just(3)), elements=st.floats(0, 1, width=16))
WEIGHTS = np.array([0.5, 0.3, 0.2])


def test_closeness_by_hand() -> None:
    """Weights 0.6 and 0.4 of (0.5, 1): 0.3 and 0.4 from the worst, 0.3 and 0 from the best.

    So 0.5 / (0.5 + 0.3).
    """
    found = topsis(np.array([[0.5, 1.0], [1.0, 1.0], [0.0, 0.0]]), np.array([0.6, 0.4]))
    assert found == pytest.approx([0.625, 1.0, 0.0])


@given(VALUES)
def test_closeness_lies_from_0_to_1_and_a_site_is_judged_alone(values) -> None:
    together = topsis(values, WEIGHTS)
    assert ((together >= 0) & (together <= 1)).all()
    alone = [topsis(row[None, :], WEIGHTS)[0] for row in values]
    assert together == pytest.approx(alone)


@given(VALUES, st.integers(0, 2), st.floats(0, 1))
def test_a_better_value_never_hurts(values, criterion, more) -> None:
    better = values.copy()
    better[:, criterion] = np.minimum(better[:, criterion] + more, 1.0)
    assert (topsis(better, WEIGHTS) >= topsis(values, WEIGHTS) - 1e-12).all()


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore:Alternatives with indices")
def test_topsis_and_weighted_sums_equal_those_of_pymcdm() -> None:
    """The peer scales by the rows at hand, so a best and a worst row are added to them."""
    peer = pytest.importorskip("pymcdm")
    random = np.random.default_rng(2)
    values, draws = random.random((40, 10)), random.dirichlet(np.full(10, 3.0), 25)
    framed = np.concatenate([values, np.ones((1, 10)), np.zeros((1, 10))])
    gains = np.ones(10)
    nearness = peer.methods.TOPSIS()
    weighted_sum = peer.methods.WSM(peer.normalizations.minmax_normalization)
    best = best_rows(values, draws, 5)
    for weights, ours in zip(draws, best, strict=True):
        theirs = nearness(framed, weights, gains)[:40]
        assert topsis(values, weights) == pytest.approx(theirs)
        assert ours.tolist() == np.argsort(-weighted_sum(framed, weights, gains)[:40])[:5].tolist()


def test_grades_come_before_nearness() -> None:
    asked = Scenario(load_mw=100)
    ranked = rank(some_sites(40), asked, STANDARDS).sample(frac=1, random_state=3)
    found = ranked.join(second_opinion(ranked, asked)).sort_values("topsis_rank")
    assert list(found["topsis_rank"]) == list(range(1, 41))
    assert list(found["grade"]) == sorted(ranked["grade"])
    for _, same in found.groupby("grade"):
        assert same["topsis"].is_monotonic_decreasing


def test_a_site_that_is_best_in_all_is_first_in_both_orders() -> None:
    """All values are 1, so nothing is nearer: 100."""
    asked = Scenario(load_mw=100)
    ideal = {item.column: _best(item, asked) for item in CRITERIA}
    ideal |= {"redundancy": "2N", "normal_mw": ideal["firm_mw"]}
    ranked = rank(some_sites(5).assign(**ideal).head(1), asked, STANDARDS)
    assert second_opinion(ranked, asked)["topsis"].tolist() == pytest.approx([100.0])


def _best(criterion, asked):
    return max(criterion.anchors(asked), key=lambda anchor: anchor[1])[0]


def test_agreement_by_hand() -> None:
    """Of the six pairs of 1 2 3 4 and 1 3 2 4 only that of 2 and 3 is turned: 5/6."""
    assert agreement(pd.Series([1, 2, 3, 4]), pd.Series([1, 3, 2, 4])) == pytest.approx(5 / 6)
    assert agreement(pd.Series([1, 2]), pd.Series([2, 1])) == pytest.approx(0)
    assert np.isnan(agreement(pd.Series([1]), pd.Series([1])))
