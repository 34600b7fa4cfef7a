from __future__ import annotations

import dataclasses

import networkx as nx
import pytest

from geo.balance import base_flows
from geo.errors import GridError
from geo.grid import build_grid, line_rating_mw
from geo.headroom import hosting_capacity
from geo.standards import STANDARDS
from tests.geo.toy import LINES, STATIONS, bare, country, grid_of, lines, substations


def test_a_bus_for_each_station_and_voltage(toy_layers) -> None:
    buses = build_grid(toy_layers).buses
    assert set(buses.index) == {
        "A@420", "A@132", "B@420", "C@420", "C@132", "D@420", "D@132", "E@132",
    }  # fmt: skip
    assert set(buses.index[~buses["on_line"]]) == {"A@132", "D@132"}


def test_reactance_and_rating_of_a_line_by_hand() -> None:
    """132 kV, 10 km: 0.39 Ω/km × 10 km × 100 MVA / 132² kV² = 0.02238 p.u.; 147 MVA."""
    layers = grid_of([("A", "132", 0, 0), ("B", "132", 10, 0)], [("AB", "A", "B", 132)])
    line = build_grid(layers).branches.loc["AB"]
    assert line["x_pu"] == pytest.approx(0.022383, rel=1e-4)
    assert line["limit_mw"] == 147
    assert line["length_km"] == pytest.approx(10)


def test_given_length_and_rating_come_before_drawn_and_typical() -> None:
    more = {"length_km": {"AB": 14}, "rating_mva": {"AB": 90}}
    layers = grid_of([("A", "132", 0, 0), ("B", "132", 10, 0)], [("AB", "A", "B", 132)], more)
    line = build_grid(layers).branches.loc["AB"]
    assert (line["length_km"], line["limit_mw"]) == (14, 90)


def test_a_long_line_is_limited_by_st_clair() -> None:
    """300 kV, 200 km = 124.27 miles: 2.0 − 0.4·24.27/50 = 1.8058 of 356 MW."""
    assert line_rating_mw(STANDARDS, 300, 200, 50) == pytest.approx(642.9, abs=0.1)
    assert line_rating_mw(STANDARDS, 300, 79, 50) == 1005


@pytest.mark.parametrize(
    ("ambient_c", "factor"), [(25, 1.0), (43, 0.8), (75, 0.25), (90, 0.25), (-60, 1.25)]
)
def test_warm_air_lowers_a_rating(ambient_c: float, factor: float) -> None:
    """Square root of (75 − T)/50, kept between 0.25 and 1.25."""
    warm = dataclasses.replace(STANDARDS, ambient_c=ambient_c)
    assert line_rating_mw(warm, 132, 10, 50) == pytest.approx(147 * factor)


def test_transformers_chain_neighbouring_voltages() -> None:
    layers = grid_of(
        [("A", "420;300;132", 0, 0), ("B", "420;132", 10, 0)],
        [("high", "A", "B", 420), ("low", "A", "B", 132)],
    )
    branches = build_grid(layers).branches
    banks = branches[
        (branches["kind"] == "transformer") & branches["from_bus"].str.startswith("A@")
    ]
    assert set(banks["group"]) == {"T:A:420/300", "T:A:300/132"}
    assert (banks["group"].value_counts() == 2).all()
    assert banks["confidence"].max() < 0.95


def test_each_circuit_is_a_branch_of_one_group() -> None:
    more = {"circuits": {"AB": 3}}
    layers = grid_of([("A", "132", 0, 0), ("B", "132", 10, 0)], [("AB", "A", "B", 132)], more)
    branches = build_grid(layers).branches
    assert list(branches.index) == ["AB/1", "AB/2", "AB/3"]
    assert set(branches["group"]) == {"AB"}


def test_direct_current_and_its_voltage_are_left_out() -> None:
    layers = grid_of(
        [("A", "525;420", 0, 0), ("B", "420", 10, 0), ("C", "525", 0, 10)],
        [("ac", "A", "B", 420), ("dc", "A", "C", 525)],
        {"dc": {"dc": "true", "ac": "false"}},
    )
    assert set(build_grid(layers).buses.index) == {"A@420", "B@420"}


def test_only_direct_current_is_no_grid() -> None:
    layers = grid_of(
        [("A", "525", 0, 0), ("C", "525", 0, 10)], [("dc", "A", "C", 525)], {"dc": {"dc": "yes"}}
    )
    with pytest.raises(GridError, match="alternating"):
        build_grid(layers)


def test_a_voltage_that_only_the_line_knows_is_marked_inferred() -> None:
    layers = grid_of([("A", "300", 0, 0), ("B", "420", 9, 0)], [("AB", "A", "B", 420)])
    buses = build_grid(layers).buses
    assert buses.loc["A@420", "inferred"]
    assert not buses.loc["B@420", "inferred"]


def test_islands_are_listed_largest_first() -> None:
    layers = grid_of(
        [
            (name, "132", x, y)
            for name, x, y in zip("ABCDE", (0, 9, 18, 0, 9), (0, 0, 0, 9, 9), strict=True)
        ],
        [("AB", "A", "B", 132), ("BC", "B", "C", 132), ("DE", "D", "E", 132)],
    )  # fmt: skip
    assert build_grid(layers).islands == (
        frozenset({"A@132", "B@132", "C@132"}),
        frozenset({"D@132", "E@132"}),
    )


def test_graph_is_networkx_with_every_branch(toy_layers) -> None:
    grid = build_grid(toy_layers)
    assert isinstance(grid.graph, nx.MultiGraph)
    assert grid.graph.number_of_edges() == len(grid.branches)
    assert grid.graph.nodes["E@132"]["voltage_kv"] == 132
    assert grid.graph.edges["C@132", "E@132", "CE"]["limit_mw"] == 147


def test_row_order_and_line_direction_change_nothing() -> None:
    stations = substations(STATIONS[::-1])
    turned = [(name, end, start, kv) for name, start, end, kv in LINES[::-1]]
    whole = country()
    other = dataclasses.replace(whole, substations=stations, lines=lines(stations, turned))

    def headroom(layers):
        grid = build_grid(layers)
        frame = hosting_capacity(grid, base_flows(grid, layers, 300.0))
        return frame.set_index("bus_id")[["normal_mw", "firm_mw"]]

    assert headroom(other).to_numpy() == pytest.approx(headroom(whole).to_numpy(), abs=1e-2)


def test_splitting_a_line_in_two_changes_nothing_beyond_it() -> None:
    """B-D cut in the middle by a station where nothing happens."""
    half = [("BM", "B", "M", 420), ("MD", "M", "D", 420)]
    layers = bare(substations(STATIONS), lines(substations(STATIONS), LINES))
    stations = substations([*STATIONS, ("M", "420", 40, 25)])
    cut = bare(stations, lines(stations, [row for row in LINES if row[0] != "BD"] + half))
    whole, split = (build_grid(one) for one in (layers, cut))
    assert split.branches.loc[["BM", "MD"], "x_pu"].sum() == pytest.approx(
        whole.branches.loc["BD", "x_pu"]
    )
