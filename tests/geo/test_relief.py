from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.relief import relieve, worst_pairs
from geo.security import Security
from tests.geo.nets import flows, network, random_base, random_mesh


def relieved(net, base):
    suppliers = np.flatnonzero(base.supply_max_mw > base.supply_min_mw)
    security = Security.of(net, base.supply_max_mw)
    dispatch, congestion = relieve(security, base, suppliers)
    supply = base.supply_mw.copy()
    supply[suppliers] = dispatch
    over = np.abs(security.flows(supply - base.demand_mw)) - security.limit_mw
    return security, supply, over, congestion


def test_dispatch_that_relieves_all_is_found() -> None:
    """Base dispatch sends 60 over a line of 50; the plant at the load can take the rest."""
    net = network(2, [(0, 1, 1.0, 50.0), (0, 1, 1.0, 50.0)])
    base = flows([0, 60], [100, 100], supply=[60, 0])
    _, supply, over, congestion = relieved(net, base)
    assert congestion == ()
    assert over.max() <= 1e-3
    assert supply.sum() == pytest.approx(60)
    assert supply[1] >= 10 - 1e-3


def test_what_cannot_be_relieved_is_listed_worst_first() -> None:
    """80 behind a pair of 50 and 70 behind another: 30 and 20 over when one is out."""
    net = network(3, [(0, 1, 1.0, 50.0), (0, 1, 1.0, 50.0), (0, 2, 1.0, 50.0), (0, 2, 1.0, 50.0)])
    _, _, _, congestion = relieved(net, flows([0, 80, 70], [500, 0, 0]))
    assert [round(pair.over_mw) for pair in congestion] == [30, 30, 20, 20]
    assert {(pair.branch, pair.outage) for pair in congestion[:2]} == {(0, 1), (1, 0)}
    assert [pair.loading for pair in congestion] == pytest.approx([1.6, 1.6, 1.4, 1.4])


@settings(max_examples=20)
@given(st.integers(4, 8), st.integers(0, 10_000))
def test_the_total_overload_is_the_least_there_is(n_bus: int, seed: int) -> None:
    """Against one programme with a slack for every pair."""
    net, light = random_mesh(n_bus, seed), random_base(n_bus, seed)
    base = flows(light.demand_mw * 8, light.supply_max_mw * 8)
    security, _, over, congestion = relieved(net, base)
    pairs = np.argwhere(security.alive)
    rows = np.array([security.row(*pair) for pair in pairs.tolist()])
    limits = np.array([security.limit_mw[tuple(pair)] for pair in pairs])
    fixed = rows @ base.demand_mw
    slack = -np.eye(len(pairs))
    found = linprog(
        np.r_[np.zeros(n_bus), np.ones(len(pairs))],
        np.block([[rows, slack], [-rows, slack]]),
        np.r_[limits + fixed, limits - fixed],
        np.r_[np.ones(n_bus), np.zeros(len(pairs))][None],
        [base.demand_mw.sum()],
        [*zip(base.supply_min_mw, base.supply_max_mw, strict=True), *[(0, None)] * len(pairs)],
    )
    assert np.maximum(over, 0).sum() == pytest.approx(found.fun, rel=1e-5, abs=0.1)
    assert sum(pair.over_mw for pair in congestion) == pytest.approx(found.fun, rel=1e-5, abs=0.1)


def test_worst_pairs_are_those_above_the_tolerance() -> None:
    over = np.array([[1e-4, 5.0], [-3.0, 7.0], [2.0, -np.inf]])
    assert worst_pairs(over, 9) == [(1, 1), (0, 1), (2, 0)]
    assert worst_pairs(over, 1) == [(1, 1)]
