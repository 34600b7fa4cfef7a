from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import kinds
from geo.balance import base_flows
from geo.errors import LayerError
from geo.flow import after_outages, dc_flows, network_of, outage_effects
from geo.grid import build_grid
from geo.groups import Group
from geo.place_headroom import headroom_of, limits_of
from geo.redispatch import Redispatch
from geo.scenario import Scenario
from tests.geo import toy
from tests.geo.nets import flows, network, random_base, random_mesh, solve_angles


def with_group(net, branches):
    return dataclasses.replace(net, groups=(Group("g", np.array(sorted(branches))),))


def solved_anew(net, base, lost):
    """Drop the group; of each connected network the part with most capacity carries on."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(net.n_bus))
    kept = ~np.isin(np.arange(net.n_branch), lost)
    graph.add_edges_from(zip(net.tail[kept], net.head[kept], strict=True))
    parts = [sorted(part) for part in nx.connected_components(graph)]
    main = max(parts, key=lambda part: (base.supply_max_mw[part].sum(), len(part)))
    inside = np.isin(np.arange(net.n_bus), main)
    injection = np.where(inside, base.injection_mw, 0.0)
    weights = np.where(inside, base.supply_max_mw, 0.0)
    injection = injection - weights / weights.sum() * injection.sum()
    kept &= inside[net.tail] & inside[net.head]
    return solve_angles(net, kept, injection), inside


@given(st.integers(5, 14), st.integers(0, 10_000), st.integers(1, 4))
def test_losing_a_group_equals_solving_anew(n_bus: int, seed: int, size: int) -> None:
    net, base = random_mesh(n_bus, seed), random_base(n_bus, seed)
    lost = np.random.default_rng(seed).choice(net.n_branch, size, replace=False)
    net = with_group(net, lost)
    effects = outage_effects(net, base.supply_max_mw, base.supply_max_mw)
    after = after_outages(effects, dc_flows(net, base.injection_mw))[:, -1]
    expected, inside = solved_anew(net, base, lost)
    assert effects.labels[-1] == net.n_branch
    assert effects.cut_off[:, -1].tolist() == (~inside).tolist()
    assert after == pytest.approx(expected, abs=1e-6)


@given(st.integers(5, 12), st.integers(0, 10_000), st.integers(0, 100))
def test_losing_a_whole_station_equals_solving_anew(n_bus: int, seed: int, which: int) -> None:
    net, base = random_mesh(n_bus, seed), random_base(n_bus, seed)
    station = which % n_bus
    lost = np.flatnonzero((net.tail == station) | (net.head == station))
    net = with_group(net, lost)
    effects = outage_effects(net, base.supply_max_mw, base.supply_max_mw)
    after = after_outages(effects, dc_flows(net, base.injection_mw))[:, -1]
    expected, inside = solved_anew(net, base, lost)
    assert effects.cut_off[:, -1].tolist() == (~inside).tolist()
    assert after == pytest.approx(expected, abs=1e-6)


def test_a_group_of_one_is_the_single_outage() -> None:
    net, base = random_mesh(12, 4), random_base(12, 4)
    effects = outage_effects(with_group(net, [3]), base.supply_max_mw, base.supply_max_mw)
    assert effects.shift[:, -1] == pytest.approx(effects.shift[:, 3], abs=1e-9)
    assert effects.alive[:, -1].tolist() == effects.alive[:, 3].tolist()


def test_a_tower_of_two_circuits_by_hand() -> None:
    """Three circuits of 100 to a load of 40: one out leaves 160, two on one tower leave 60."""
    rows = [(0, 1, 1.0, 100.0)] * 3
    base = flows([0, 40], [900, 0])
    alone = Redispatch(network(2, rows), base, 0.0).capacity(1)
    tower = Redispatch(with_group(network(2, rows), [0, 1]), base, 0.0).capacity(1)
    assert alone.mw == pytest.approx(160)
    assert tower.mw == pytest.approx(60)
    assert (tower.branch, tower.outage) == (2, 3)


def test_a_station_lost_leaves_each_part_its_own_surplus() -> None:
    """Without station 1, bus 2 has its plant of 70 for its 40; bus 3 has nothing of its own.

    For bus 0 losing 1-2 is worse: 900 less the 15 that remain; without station 1 it has all 900.
    """
    rows = [(0, 1, 1.0, 900.0), (0, 1, 1.0, 900.0), (1, 2, 1.0, 900.0), (1, 3, 1.0, 900.0)]
    base = flows([0, 10, 40, 5], [900, 0, 70, 0])
    net = with_group(network(4, rows), [0, 1, 2, 3])
    study = Redispatch(net, base, 0.0)
    answers = [study.capacity(bus) for bus in range(4)]
    assert [answer.mw for answer in answers] == pytest.approx([885, 0, 30, 0])
    assert answers[2].outage in {2, net.n_branch}


def country_with(rows):
    frame = pd.DataFrame(rows, columns=["outage", "element"])
    lost = kinds.Outages(frame, toy.source("outages"))
    return dataclasses.replace(toy.country(), outages=lost)


def test_a_place_names_what_is_lost_together() -> None:
    """A tower with A-B and A-C leaves A's plants without a way out: D has nothing then."""
    layers = country_with([("tower", "AB"), ("tower", "AC"), ("station C", "C")])
    grid = build_grid(layers)
    assert grid.lost_together["tower"] == ("AB", "AC")
    assert set(grid.lost_together["station C"]) == {
        "AC", "BC", "CD", "CE", "T:C:420/132/1", "T:C:420/132/2",
    }  # fmt: skip
    network = network_of(grid)
    assert [group.name for group in network.groups] == ["station C", "tower"]
    study = Redispatch(network, base_flows(grid, layers, 600), 0.1)
    answer = study.capacity(grid.buses.index.get_loc("D@420"))
    assert answer.mw == 0
    assert network.outage_names[answer.outage] == "tower"


def test_limits_by_a_group_are_told_by_its_name() -> None:
    layers = country_with([("tower", "AB"), ("tower", "AC")])
    found = limits_of(layers, Scenario(demand_mw=600))
    first = found.limits[(found.limits["bus_id"] == "D@420") & (found.limits["step"] == 0)]
    assert first["outage_name"].tolist() == ["tower"]
    assert found.upgrades[found.upgrades["bus_id"] == "D@420"].empty
    buses = headroom_of(layers, Scenario(demand_mw=600)).buses.set_index("bus_id")
    assert buses.loc["D@420", "limiting_outage_name"] == "tower"


def test_an_outage_of_nothing_known_is_a_fault() -> None:
    with pytest.raises(LayerError, match="no line and no substation has the id 'XY'"):
        country_with([("tower", "AB"), ("tower", "XY")])
    with pytest.raises(LayerError, match="'AB' is the id of a line"):
        country_with([("AB", "AC")])
