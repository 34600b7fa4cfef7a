from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from geo.balance import base_flows
from geo.cost import second_circuit_usd, uprate_usd
from geo.flow import network_of
from geo.grid import build_grid
from geo.redispatch import Redispatch
from geo.standards import STANDARDS, with_changes
from geo.upgrades import Upgrades
from tests.geo import toy
from tests.geo.nets import flows, network

NOBODY = lambda *_: None  # noqa: E731 -- nobody is told
THREE = [(0, 1, 1.0, 100.0), (0, 1, 1.0, 130.0), (0, 1, 1.0, 160.0)]


def study_of(branches, base) -> Upgrades:
    net = network(len(base.demand_mw), branches)
    rows = {
        "kind": "line",
        "voltage_kv": 132.0,
        "length_km": 20.0,
        "limit_mw": net.limit_mw,
    }
    table = pd.DataFrame(rows, index=list(net.branch_ids))
    grid = dataclasses.replace(build_grid(toy.country()), branches=table)
    return Upgrades(grid, Redispatch(net, base, 0.0), STANDARDS)


def test_limits_in_turn_by_hand() -> None:
    """Three lines of equal reactance, 100, 130 and 160: with one out each of two carries half.

    First 2 x 100; without that limit 2 x 130; then 2 x 160; then the plant of 900.
    """
    found = study_of(THREE, flows([0, 0], [900, 0])).limits(1)
    assert [limit.mw for limit in found] == pytest.approx([200, 260, 320, 900])
    assert [limit.branch for limit in found] == [0, 1, 2, -1]
    assert [limit.gain for limit in found] == pytest.approx([2, 2, 2, 0])


def test_upgrades_by_hand() -> None:
    """+100 MW on the first: the second limits at 260. +50 % is 150: again 260.

    A second circuit of 100 leaves three in service at least; with the 160 out 3 x 100.
    """
    upgrades = study_of(THREE, flows([0, 0], [900, 0]))
    rows = upgrades.upgrades(1, upgrades.study.capacity(1))
    assert [row["measure"] for row in rows] == ["+100 MW", "+50%", "second circuit"]
    assert [row["firm_mw"] for row in rows] == pytest.approx([260, 260, 300])
    assert [row["unlocked_mw"] for row in rows] == pytest.approx([60, 60, 100])


def test_circuits_that_are_alike_are_upgraded_together() -> None:
    """Two of 100 carry 100 with one out; both at 200 carry 200; a third like them 200."""
    pair = [(0, 1, 1.0, 100.0), (1, 0, 1.0, 100.0)]
    upgrades = study_of(pair, flows([0, 0], [900, 0]))
    rows = upgrades.upgrades(1, upgrades.study.capacity(1))
    assert [row["firm_mw"] for row in rows] == pytest.approx([200, 150, 200])
    line = upgrades.grid.branches.iloc[0]
    assert rows[0]["usd"] == pytest.approx(2 * uprate_usd(line, 100, STANDARDS))


def test_the_only_way_in_gains_by_a_second_circuit_alone() -> None:
    upgrades = study_of([(0, 1, 1.0, 100.0)], flows([0, 0], [900, 0]))
    rows = upgrades.upgrades(1, upgrades.study.capacity(1))
    assert [(row["measure"], row["firm_mw"]) for row in rows] == [
        ("second circuit", pytest.approx(100))
    ]


def test_no_line_frees_what_supply_limits() -> None:
    upgrades = study_of(THREE, flows([0, 0], [50, 0]))
    limit = upgrades.study.capacity(1)
    assert limit.branch == -1
    assert upgrades.upgrades(1, limit) == []
    assert len(upgrades.limits(1)) == 1


def test_tables_name_buses_and_branches() -> None:
    layers = toy.country()
    grid = build_grid(layers)
    base = base_flows(grid, layers, 600)
    study = Redispatch(network_of(grid), base, 0.1)
    buses = np.array([grid.buses.index.get_loc("E@132"), grid.buses.index.get_loc("D@420")])
    limits, upgrades = Upgrades(grid, study, STANDARDS).tables(buses, NOBODY)
    assert limits.groupby("bus_id")["step"].max().ge(0).all()
    first = limits[(limits["bus_id"] == "E@132") & (limits["step"] == 0)].iloc[0]
    assert (first["firm_mw"], first["branch"], first["outage"]) == (0.0, "CE", "CE")
    second = upgrades[upgrades["bus_id"] == "E@132"].iloc[0]
    assert (second["branch"], second["measure"]) == ("CE", "second circuit")
    drawn_mw = base.demand_mw[buses[0]]  # one circuit of 132 kV, 147 MVA, has to carry this too
    assert second["unlocked_mw"] == pytest.approx(147 - drawn_mw)


THEN = with_changes(STANDARDS, {"cost_year": 2019}, "")
"""All costs in the dollars of the grid's tables."""


def branch(kind: str, **values: float) -> pd.Series:
    return pd.Series({"kind": kind, "voltage_kv": 230.0, "length_km": 20.0} | values)


def test_costs_by_hand() -> None:
    """20 km of 230 kV at 1.05 M USD, uprated for half of it.

    100 MW of transformer at power factor 0.95 and 6,000 USD/MVA; a like one beside it has bays of
    2.2 M at both ends.
    """
    line, unit = branch("line"), branch("transformer", limit_mw=300.0)
    assert uprate_usd(line, 100, THEN) == pytest.approx(0.5 * 20 * 1.05e6)
    assert uprate_usd(unit, 100, THEN) == pytest.approx(100 / 0.95 * 6000)
    assert second_circuit_usd(line, THEN) == pytest.approx(20 * 1.05e6 + 2 * 2.2e6)
    assert second_circuit_usd(unit, THEN) == pytest.approx(300 * 6000 + 2 * 2.2e6)


def test_a_short_line_costs_more_per_kilometre() -> None:
    short = branch("line", length_km=4.0)
    assert second_circuit_usd(short, THEN) == pytest.approx(4 * 1.05e6 * 1.5 + 2 * 2.2e6)
