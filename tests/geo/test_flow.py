from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GridError
from geo.flow import (
    after_outages,
    dc_flows,
    network_of,
    outage_effects,
    second_circuit,
    without,
)
from geo.grid import build_grid
from tests.geo.nets import flows, network, random_base, random_mesh, solve_angles

TRIANGLE = [(0, 1, 1.0, 100.0), (1, 2, 1.0, 100.0), (0, 2, 1.0, 100.0)]


def test_flow_in_a_triangle_divides_by_reactance() -> None:
    """The direct way has half the reactance of the way around: two thirds and one third."""
    flow = dc_flows(network(3, TRIANGLE), np.array([90.0, -90.0, 0.0]))
    assert flow == pytest.approx([60.0, -30.0, 30.0])


def test_losing_the_direct_line_sends_all_around() -> None:
    net = network(3, TRIANGLE)
    effects = outage_effects(net, np.ones(3), np.ones(3))
    after = after_outages(effects, dc_flows(net, np.array([90.0, -90.0, 0.0])))
    assert after[:, 0] == pytest.approx([0.0, -90.0, 90.0])


def test_one_of_two_parallel_circuits_leaves_all_to_the_other() -> None:
    net = network(2, [(0, 1, 1.0, 100.0), (0, 1, 1.0, 100.0)])
    effects = outage_effects(net, np.ones(2), np.ones(2))
    assert effects.shift[1, 0] == pytest.approx(1.0)
    assert not effects.cut_off.any()


def test_a_series_capacitor_has_negative_reactance() -> None:
    """1 in parallel with 2 − 0.5 = 1.5: the flow divides 1.5 to 1."""
    net = network(3, [(0, 1, 1.0, 100.0), (0, 2, 2.0, 100.0), (2, 1, -0.5, 100.0)])
    assert dc_flows(net, np.array([25.0, -25.0, 0.0])) == pytest.approx([15.0, 10.0, 10.0])


def test_a_bridge_hands_its_flow_to_the_part_that_carries_on() -> None:
    """0 feeds 1 (60 MW) and over the bridge 2 (30 MW); without 2, bus 0 backs down by 30."""
    net = network(3, [(0, 1, 1.0, 100.0), (0, 1, 1.0, 100.0), (1, 2, 1.0, 100.0)])
    effects = outage_effects(net, np.array([200.0, 0, 0]), np.array([1.0, 0, 0]))
    flow = dc_flows(net, np.array([90.0, -60.0, -30.0]))
    after = after_outages(effects, flow)
    assert flow == pytest.approx([45.0, 45.0, 30.0])
    assert after[:, 2] == pytest.approx([30.0, 30.0, 0.0])
    assert effects.cut_off[:, 2].tolist() == [False, False, True]


def test_of_two_parts_the_one_with_more_capacity_carries_on() -> None:
    net = network(2, [(0, 1, 1.0, 100.0)])
    effects = outage_effects(net, np.array([10.0, 20.0]), np.ones(2))
    assert effects.cut_off[:, 0].tolist() == [True, False]


def test_zero_reactance_is_refused_by_name() -> None:
    net = network(2, [(0, 1, 1.0, 100.0)])
    with pytest.raises(GridError, match="'l0'"):
        dataclasses.replace(net, susceptance_mw=np.array([np.inf]))


def test_zero_rating_means_unlimited(toy_layers) -> None:
    grid = build_grid(toy_layers)
    free = dataclasses.replace(grid, branches=grid.branches.assign(limit_mw=0.0))
    assert np.isinf(network_of(free).limit_mw).all()


@given(st.integers(5, 16), st.integers(0, 10_000))
def test_factors_equal_solving_anew(n_bus: int, seed: int) -> None:
    net, base = random_mesh(n_bus, seed), random_base(n_bus, seed)
    effects = outage_effects(net, base.supply_max_mw, base.supply_max_mw)
    flow = dc_flows(net, base.injection_mw)
    after = after_outages(effects, flow)
    everything = np.ones(net.n_branch, dtype=bool)
    assert flow == pytest.approx(solve_angles(net, everything, base.injection_mw), abs=1e-6)
    for column, branch in enumerate(net.outages):
        kept = everything.copy()
        kept[branch] = False
        again = solve_angles(net, kept, base.injection_mw)
        assert after[:, column] == pytest.approx(again, abs=1e-6)


@given(st.integers(4, 10), st.integers(0, 10_000))
def test_a_bridge_equals_solving_the_remaining_part(n_bus: int, seed: int) -> None:
    """A mesh with one bus hung on it; the mesh's suppliers take over by their weights."""
    mesh, base = random_mesh(n_bus, seed), random_base(n_bus, seed)
    rows = [
        *zip(mesh.tail, mesh.head, 1 / mesh.susceptance_mw, mesh.limit_mw, strict=True),
        (0, n_bus, 1.0, 50.0),
    ]
    net = network(n_bus + 1, rows)
    whole = flows([*base.demand_mw, 25.0], [*base.supply_max_mw, 5.0])
    effects = outage_effects(net, whole.supply_max_mw, whole.supply_max_mw)
    after = after_outages(effects, dc_flows(net, whole.injection_mw))[:-1, -1]
    lost = whole.injection_mw[n_bus]
    share = base.supply_max_mw / base.supply_max_mw.sum()
    alone = whole.injection_mw[:n_bus] + share * lost
    again = solve_angles(mesh, np.ones(mesh.n_branch, dtype=bool), alone)
    assert after == pytest.approx(again, abs=1e-6)


@given(st.integers(5, 12), st.integers(0, 10_000), st.integers(0, 100))
def test_turning_a_branch_around_turns_only_its_sign(n_bus: int, seed: int, which: int) -> None:
    net, base = random_mesh(n_bus, seed), random_base(n_bus, seed)
    turned = which % net.n_branch
    tail, head = net.tail.copy(), net.head.copy()
    tail[turned], head[turned] = net.head[turned], net.tail[turned]
    other = dataclasses.replace(net, tail=tail, head=head)
    sign = np.where(np.arange(net.n_branch) == turned, -1.0, 1.0)
    expected = dc_flows(net, base.injection_mw) * sign
    assert dc_flows(other, base.injection_mw) == pytest.approx(expected, abs=1e-9)


@given(st.integers(5, 12), st.integers(0, 10_000), st.integers(0, 100))
def test_a_second_circuit_equals_the_network_built_with_it(
    n_bus: int, seed: int, which: int
) -> None:
    net, branch = random_mesh(n_bus, seed), which
    branch %= net.n_branch
    rows = [*zip(net.tail, net.head, 1 / net.susceptance_mw, net.limit_mw, strict=True)]
    anew = network(n_bus, [*rows, rows[branch]], outages=range(net.n_branch))
    ours = second_circuit(net, branch)
    assert ours.ptdf == pytest.approx(anew.ptdf, abs=1e-9)
    assert ours.bridges.tolist() == anew.bridges.tolist()
    assert ours.outages.tolist() == anew.outages.tolist()
    assert ours.limit_mw.tolist() == anew.limit_mw.tolist()


def test_a_bridge_with_a_second_circuit_is_none() -> None:
    net = network(4, [(0, 1, 1.0, 9.0), (1, 2, 1.0, 9.0), (2, 3, 1.0, 9.0)])
    more = second_circuit(net, 1)
    assert more.bridges.tolist() == [True, False, True, False]
    assert sorted(more.sides) == [0, 2]
    effects = outage_effects(more, np.ones(4), np.ones(4))
    assert effects.cut_off[:, 1].tolist() == [False] * 4


@given(st.integers(5, 12), st.integers(0, 10_000), st.integers(1, 5))
def test_without_branches_equals_solving_anew(n_bus: int, seed: int, size: int) -> None:
    net, base = random_mesh(n_bus, seed), random_base(n_bus, seed)
    lost = np.random.default_rng(seed).choice(net.n_branch, size, replace=False)
    rest = without(net, lost)
    kept = ~np.isin(np.arange(net.n_branch), lost)
    if rest.component.max() > 0:  # it splits: balance each part
        supply = np.bincount(rest.component, base.injection_mw)
        size_of = np.bincount(rest.component)
        injection = base.injection_mw - (supply / size_of)[rest.component]
    else:
        injection = base.injection_mw
    expected = solve_angles(net, kept, injection)[kept]
    assert dc_flows(rest, injection) == pytest.approx(expected, abs=1e-6)
    assert len(rest.outages) == 0


def test_other_limits_keep_what_only_the_topology_decides() -> None:
    net = random_mesh(8, 1)
    other = net.with_limits(net.limit_mw * 2, net.emergency_mw * 3)
    assert other.limit_mw == pytest.approx(net.limit_mw * 2)
    assert other.emergency_mw == pytest.approx(net.emergency_mw * 3)
    assert other.ptdf is net.ptdf
    assert other.component is net.component
