from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from geo.balance import base_flows
from geo.flow import network_of
from geo.grid import build_grid
from geo.redispatch import Redispatch
from geo.scenario import Scenario
from geo.situations import drawn, flows_in, headroom_quantiles, network_in
from geo.standards import STANDARDS, with_changes
from tests.geo import toy

NOBODY = lambda *_: None  # noqa: E731 -- nobody is told
FIXED = {
    "demand_low_share": 1, "demand_high_share": 1, "hydro_low_share": 1, "hydro_mode_share": 1,
    "hydro_high_share": 1, "rating_spread": 0, "transformer_spread": 0, "second_circuit_chance": 0,
}  # fmt: skip
ASKED = Scenario(situations=40, seed=3, demand_mw=600)
BUSES = ["D@420", "E@132", "B@420"]


def spread(changes, asked=ASKED, buses=BUSES):
    layers = dataclasses.replace(toy.country(), place=toy.place(changes=changes))
    return headroom_quantiles(build_grid(layers), layers, asked, buses, NOBODY)


def base_mw():
    layers = toy.country()
    grid = build_grid(layers)
    study = Redispatch(network_of(grid), base_flows(grid, layers, 600), ASKED.cutoff)
    services = ("firm", "normal")
    at = [int(grid.buses.index.get_loc(bus)) for bus in BUSES]
    return {name: [study.capacity(bus, name).mw for bus in at] for name in services}


def test_without_any_range_every_situation_is_the_base_case() -> None:
    table = spread(FIXED)
    expected = base_mw()
    for column in table:
        of = expected[column.partition("_")[0]]
        assert table[column].to_numpy() == pytest.approx(of, abs=1e-2)


def test_quantiles_are_in_order_and_spread() -> None:
    table = spread({})
    for name in ("firm_mw", "normal_mw"):
        assert (table[f"{name}_p10"] <= table[f"{name}_p50"]).all()
        assert (table[f"{name}_p50"] <= table[f"{name}_p90"]).all()
    for part in ("p10", "p50", "p90"):
        assert (table[f"firm_mw_{part}"] <= table[f"normal_mw_{part}"] + 1e-6).all()
    assert table.loc["D@420", "firm_mw_p10"] < table.loc["D@420", "firm_mw_p90"] - 1


def test_water_alone_moves_what_supply_limits_by_hand() -> None:
    """Wide lines, plants of 1,500 MW hydro and 100 wind (10 firm), 600 MW drawn.

    Half of the water in every situation leaves 750 + 10 - 600.
    """
    dry = FIXED | {"hydro_low_share": 0.5, "hydro_mode_share": 0.5, "hydro_high_share": 0.5}
    table = spread(dry, buses=["B@420"])
    assert table.iloc[0].tolist() == pytest.approx([160] * 6)


def test_the_same_seed_draws_the_same_and_a_bus_does_not_depend_on_others() -> None:
    together, alone = spread({}), spread({}, buses=["D@420"])
    assert together.loc[["D@420"]].to_numpy() == pytest.approx(alone.to_numpy(), abs=2e-2)
    other = spread({}, asked=dataclasses.replace(ASKED, seed=4), buses=["D@420"])
    assert abs(other.to_numpy() - alone.to_numpy()).max() > 0.1


def test_draws_stay_within_their_ranges() -> None:
    branches = build_grid(toy.country()).branches
    for situation in drawn(branches, STANDARDS, 200, 1):
        assert 0.85 <= situation.demand_share <= 1.5
        assert 0.6 <= situation.hydro_share <= 1.0
        line = (branches["kind"] == "line").to_numpy()
        assert (abs(situation.rating_share[line] - 1) <= 0.15).all()
        assert (abs(situation.rating_share[~line] - 1) <= 0.25).all()


def test_circuits_of_a_line_share_their_draw() -> None:
    stations = toy.substations(toy.STATIONS)
    wires = toy.lines(stations, toy.LINES, {"circuits": {"AB": 2}})
    branches = build_grid(dataclasses.replace(toy.country(), lines=wires)).branches
    at = [branches.index.get_loc(name) for name in ("AB/1", "AB/2")]
    for situation in drawn(branches, STANDARDS, 20, 1):
        assert len(set(situation.rating_share[at])) == 1


def test_what_the_data_state_is_not_drawn() -> None:
    stations = toy.substations(toy.STATIONS)
    stated = {"rating_mva": {"CD": 900.0}, "circuits": {"CD": 1}}
    grid = build_grid(
        dataclasses.replace(toy.country(), lines=toy.lines(stations, toy.LINES, stated))
    )
    at = grid.branches.index.get_loc("CD")
    for situation in drawn(grid.branches, STANDARDS, 50, 1):
        assert situation.rating_share[at] == 1.0
        assert at not in situation.second


def test_a_second_circuit_comes_where_the_count_is_not_stated() -> None:
    grid = build_grid(toy.country())
    network = network_of(grid)
    sure = with_changes(STANDARDS, {"second_circuit_chance": 1.0}, "toy")
    (situation,) = drawn(grid.branches, sure, 1, 1)
    more = network_in(network, situation)
    lines = int((grid.branches["kind"] == "line").sum())
    assert more.n_branch == network.n_branch + lines  # toy lines state no count
    assert len(more.outages) == len(network.outages)
    assert more.bridges.sum() == 0  # C-E was one


def test_flows_of_a_situation_are_the_base_flows_of_its_water_and_demand() -> None:
    layers = toy.country()
    grid = build_grid(layers)
    component = network_of(grid).component
    whole, dry = (base_flows(grid, layers, 600, hydro_share=share) for share in (1.0, 0.0))
    (situation,) = drawn(grid.branches, STANDARDS, 1, 5)
    ours = flows_in(whole, dry, situation, component)
    direct = base_flows(
        grid, layers, 600 * situation.demand_share, hydro_share=situation.hydro_share
    )
    assert ours.demand_mw == pytest.approx(direct.demand_mw)
    assert ours.supply_mw == pytest.approx(direct.supply_mw)
    assert ours.supply_max_mw == pytest.approx(direct.supply_max_mw)
    assert np.all(ours.supply_min_mw == direct.supply_min_mw)
