from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.flow import after_outages, dc_flows
from geo.groups import Group
from geo.security import Security
from tests.geo.nets import network, random_base, random_mesh


def with_tower(n_bus: int, seed: int):
    net = random_mesh(n_bus, seed)
    lost = np.random.default_rng(seed).choice(net.n_branch, 2, replace=False)
    return dataclasses.replace(net, groups=(Group("tower", np.sort(lost)),))


@given(st.integers(5, 12), st.integers(0, 10_000))
def test_flows_are_those_of_normal_operation_and_of_each_outage(n_bus: int, seed: int) -> None:
    net, base = with_tower(n_bus, seed), random_base(n_bus, seed)
    security = Security.of(net, base.supply_max_mw)
    flow = dc_flows(net, base.injection_mw)
    expected = np.c_[flow, after_outages(security.effects, flow)]
    assert security.flows(base.injection_mw) == pytest.approx(expected, abs=1e-9)
    assert security.factors(flow) == pytest.approx(expected, abs=1e-9)


@given(st.integers(5, 12), st.integers(0, 10_000))
def test_a_row_is_the_flow_of_its_pair(n_bus: int, seed: int) -> None:
    net, base = with_tower(n_bus, seed), random_base(n_bus, seed)
    security = Security.of(net, base.supply_max_mw)
    flows = security.flows(base.injection_mw)
    for branch, column in np.argwhere(security.alive)[:: max(n_bus // 2, 1)].tolist():
        row = security.row(branch, column)
        assert row @ base.injection_mw == pytest.approx(flows[branch, column], abs=1e-7)


def test_labels_name_outages() -> None:
    net = with_tower(6, 1)
    security = Security.of(net, np.ones(6))
    assert security.label(0) == -1
    assert security.label(1) == 0
    assert net.outage_names[security.label(len(net.outages) + 1)] == "tower"
    assert net.outage_names[-1] == ""


def test_a_bus_behind_a_lost_bridge_does_not_carry_on() -> None:
    net = network(3, [(0, 1, 1.0, 9.0), (0, 1, 1.0, 9.0), (1, 2, 1.0, 9.0)])
    security = Security.of(net, np.array([1.0, 0, 0]))
    assert security.stays_with(2).tolist() == [True, True, True, False]
    assert security.stays_with(1).all()


def test_limits_of_an_outage_are_the_emergency_ones() -> None:
    net = random_mesh(5, 2)
    wide = dataclasses.replace(net, emergency_mw=net.limit_mw * 1.2)
    security = Security.of(wide, np.ones(5))
    assert security.limit_mw[:, 0] == pytest.approx(net.limit_mw)
    assert security.limit_mw[:, 1:] == pytest.approx(
        np.repeat(1.2 * net.limit_mw[:, None], net.n_branch, axis=1)
    )
