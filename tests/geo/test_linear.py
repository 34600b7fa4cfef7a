from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import finder, pairs
from geo.bridges import walk
from geo.errors import GridError
from geo.flow import dc_flows
from geo.linear import linear_headroom
from tests.geo.dense import Dense
from tests.geo.nets import flows, network, random_base, random_mesh, with_trees

NOBODY = lambda *_: None  # noqa: E731 -- nobody is told


def answers(net, base, *, mode="strict", cutoff=0.05):
    everywhere = np.arange(net.n_bus)
    return linear_headroom(net, base, everywhere, mode=mode, cutoff=cutoff, tell=NOBODY)


def assert_equal_to_dense(net, base, mode, cutoff) -> None:
    ours, _, _ = answers(net, base, mode=mode, cutoff=cutoff)
    dense = Dense(net, base, mode, cutoff)
    normal = [dense.capacity(bus, firm=False).mw for bus in range(net.n_bus)]
    firm = [dense.capacity(bus, firm=True).mw for bus in range(net.n_bus)]
    assert ours.normal_mw == pytest.approx(normal, rel=1e-6, abs=1e-6)
    assert ours.firm_mw == pytest.approx(np.minimum(firm, normal), rel=1e-6, abs=1e-6)


@settings(max_examples=40)
@given(
    st.integers(0, 10_000),
    st.integers(4, 14),
    st.integers(0, 10),
    st.sampled_from(["strict", "calibrated"]),
    st.sampled_from([0.02, 0.05, 0.2]),
)
def test_equals_the_dense_definition(seed, n_mesh, n_tree, mode, cutoff) -> None:
    net, base = with_trees(seed, n_mesh, n_tree), random_base(n_mesh + n_tree, seed)
    assert_equal_to_dense(net, base, mode, cutoff)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(8, 30), st.integers(0, 12))
def test_what_is_cut_is_proved_or_solved_in_full(seed, n_mesh, n_tree) -> None:
    """With one far flow kept a branch and almost nothing near, most branches fall into doubt."""
    net, base = with_trees(seed, n_mesh, n_tree), random_base(n_mesh + n_tree, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "TOPS", 1)
        patch.setattr(pairs, "CUT", 0.09)
        patch.setattr(pairs, "HEAVY", 0.3)
        patch.setattr(finder, "HEAVY", 0.3)
        assert_equal_to_dense(net, base, "calibrated", 0.25)


def test_parts_are_treated_each_on_its_own() -> None:
    """Two copies of a triangle answer as one does alone, and a lone bus by itself."""
    rows = [(0, 1, 1.0, 90.0), (1, 2, 1.0, 90.0), (0, 2, 1.0, 90.0)]
    demand, supply = [0, 30, 0], [200, 0, 0]
    alone, _, _ = answers(network(3, rows), flows(demand, supply))
    shifted = [(tail + 3, head + 3, x, limit) for tail, head, x, limit in rows]
    base = flows([*demand, *demand, 0], [*supply, *supply, 70], [30, 0, 0, 30, 0, 0, 0])
    both, _, _ = answers(network(7, rows + shifted), base)
    assert both.firm_mw[:3] == pytest.approx(alone.firm_mw)
    assert both.firm_mw[3:6] == pytest.approx(alone.firm_mw)
    assert both.firm_mw[6] == pytest.approx(70)


def test_negative_reactance_is_as_good_as_any() -> None:
    rows = [(0, 1, 1.0), (1, 2, -0.2), (0, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0)]
    net = network(4, [(*row, 90.0) for row in rows])
    assert_equal_to_dense(net, flows([0, 30, 10, 5], [200, 0, 0, 20]), "strict", 0.05)


def test_the_named_pair_is_full_at_the_answer() -> None:
    net, base = with_trees(5, 12, 6), random_base(18, 5)
    ours, _, _ = answers(net, base, mode="calibrated")
    named = (ours.branch >= 0) & (ours.branch != ours.outage)
    assert named.any()
    assert ours.loading_after[named] == pytest.approx(np.ones(named.sum()))
    assert (np.abs(ours.factor[named]) >= 0.05).all()


def test_one_more_megawatt_of_rating_gives_what_the_factor_says() -> None:
    """Until the next limit binds: 1 MW over |factor|."""
    net, base = with_trees(5, 12, 6), random_base(18, 5)
    ours, _, _ = answers(net, base)
    room = (ours.firm_mw > 1) & (ours.branch >= 0) & (ours.branch != ours.outage)
    bus = int(np.flatnonzero(room)[0])
    branch = ours.branch[bus]
    wider = np.where(np.arange(net.n_branch) == branch, 1e-3, 0.0)
    more = dataclasses.replace(
        net, limit_mw=net.limit_mw + wider, emergency_mw=net.emergency_mw + wider
    )
    after, _, _ = answers(more, base)
    gain = after.firm_mw[bus] - ours.firm_mw[bus]
    assert gain == pytest.approx(1e-3 / abs(ours.factor[bus]), rel=1e-3)


@given(st.integers(0, 10_000), st.integers(4, 12), st.integers(0, 8))
def test_the_worst_flow_is_the_worst_of_solving_anew(seed, n_mesh, n_tree) -> None:
    net, base = with_trees(seed, n_mesh, n_tree), random_base(n_mesh + n_tree, seed)
    _, worst, worst_at = answers(net, base)
    dense = Dense(net, base, "strict", 0.05)
    assert worst == pytest.approx(np.abs(dense.base).max(axis=1), abs=1e-6)
    columns = np.where(worst_at >= 0, worst_at + 1, 0)
    chosen = np.abs(dense.base[np.arange(net.n_branch), columns])
    assert chosen == pytest.approx(worst, abs=1e-6)


def test_a_cutoff_that_keeps_everything_is_refused() -> None:
    net, base = random_mesh(6, 1), random_base(6, 1)
    with pytest.raises(GridError, match="cutoff"):
        answers(net, base, cutoff=0.0)


@given(st.integers(0, 10_000), st.integers(1, 14), st.integers(0, 14))
def test_below_no_bridge_is_more_than_half_of_the_supply(seed, n_mesh, n_tree) -> None:
    n_mesh = max(n_mesh, 4)
    net = with_trees(seed, n_mesh, n_tree)
    supply = np.random.default_rng(seed).uniform(0, 10, net.n_bus)
    found = walk(net.tail, net.head, supply)
    below = found.below(supply)[found.bridge]
    assert (below <= supply.sum() / 2 + 1e-9).all()
    marked = np.zeros(net.n_branch, dtype=bool)
    marked[found.above[found.bridge]] = True
    assert marked.tolist() == net.bridges.tolist()


def test_balanced_flows_are_those_of_the_dense_factors() -> None:
    net, base = with_trees(3, 20, 10), random_base(30, 3)
    _, worst, worst_at = answers(net, base)
    still = worst_at < 0
    flow = np.abs(dc_flows(net, base.injection_mw))
    assert worst[still] == pytest.approx(flow[still])
