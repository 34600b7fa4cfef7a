"""Rows for several loads: who watches, which direction, and how far a row could be broken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.redispatch import Redispatch
from geo.shared_watch import SharedWatch
from tests.geo.nets import flows, network, random_base, random_mesh

ARMS = [(0, 1, 1.0, 100.0), (0, 1, 1.0, 100.0), (0, 2, 1.0, 100.0), (0, 2, 1.0, 100.0)]


@pytest.fixture
def watch() -> SharedWatch:
    study = Redispatch(network(3, ARMS), flows([0, 0, 0], [500, 0, 0]), 0.1)
    return SharedWatch(study, np.array([1, 2]), 200.0)


def test_only_what_a_load_moves_is_found(watch: SharedWatch) -> None:
    """150 MW over two circuits of 100: with one out the other has 50 too many."""
    found = watch.violated(np.array([150.0]), np.array([150.0, 0.0]))
    assert {pair for pair, _ in found} == {(0, 2), (1, 1)}
    assert {sign for _, sign in found} == {1.0}
    assert watch.violated(np.array([150.0]), np.array([75.0, 75.0])) == []
    assert watch.violated(np.array([0.0]), np.zeros(2)) == []


def test_a_row_names_its_watchers(watch: SharedWatch) -> None:
    row = watch.row((0, 2), 1.0)
    assert row.watchers.tolist() == [True, False]
    assert row.most_mw == pytest.approx(100)
    # Fed from the plant, a megawatt at bus 1 is all on the circuit left; one at bus 2 is not.
    assert row.supply[0] + row.load == pytest.approx([1, 0])


@settings(max_examples=40)
@given(st.integers(5, 10), st.integers(0, 10_000))
def test_no_dispatch_breaks_a_row_by_more_than_its_slack(n_bus: int, seed: int) -> None:
    """The most that supply and the loads that do not watch push through, by a linear programme."""
    net, base = random_mesh(n_bus, seed), random_base(n_bus, seed)
    study, random = Redispatch(net, base, 0.15), np.random.default_rng(seed)
    buses = random.choice(n_bus, 3, replace=False)
    total = float(random.uniform(10, 300))
    pair = (int(random.integers(net.n_branch)), int(random.integers(len(net.outages) + 1)))
    watch = SharedWatch(study, buses, total)
    row = watch.row(pair, 1.0)
    most = [0.0 if watches else total for watches in row.watchers]
    ends = [
        *zip(base.supply_min_mw[watch.suppliers], base.supply_max_mw[watch.suppliers], strict=True),
        *[(0.0, mw) for mw in most],
    ]
    suppliers = len(watch.suppliers)
    found = linprog(
        -np.r_[row.supply, row.load],
        np.r_[np.zeros(suppliers), np.ones(3)][None],
        [total],
        np.r_[np.ones(suppliers), -np.ones(3)][None],
        [base.demand_mw.sum()],
        ends,
    )
    assert found.status == 0
    assert row.slack_mw >= -found.fun - row.most_mw - 1e-6
    assert row.slack_mw == pytest.approx(-found.fun - row.most_mw, abs=1e-5)
