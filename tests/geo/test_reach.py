"""Reach: which stations a place can connect to, and what lies around it."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.grid import build_grid
from geo.reach import connect, generation_in_reach, points_of_connection
from geo.scenario import Scenario
from tests.geo import toy

if TYPE_CHECKING:
    from geo.kinds import Layers

SPOT = st.tuples(st.floats(0, 60), st.floats(0, 60))


def places(*rows: tuple[float, float]) -> pd.DataFrame:
    """Rows of x_km, y_km."""
    at = [toy.at(x, y) for x, y in rows]
    return pd.DataFrame({"x_m": [p.x for p in at], "y_m": [p.y for p in at]})


def points(**rows: tuple[float, float]) -> pd.DataFrame:
    """Bus to x_km, y_km."""
    return places(*rows.values()).set_axis(list(rows), axis=0)


def buses(layers: Layers, scenario: Scenario) -> dict[str, int]:
    """Bus to circuits of the points that a campus could connect to."""
    return points_of_connection(build_grid(layers), layers.place, scenario)["circuits"].to_dict()


def test_points_are_the_buses_that_a_line_meets(toy_layers: Layers) -> None:
    # A and D also have 132 kV, but no line of the data there. 180 MW need one circuit of 420 kV
    # or two of 132 kV (139.65 MW each), and one to spare.
    assert buses(toy_layers, Scenario(load_mw=180)) == {
        "A@420": 2, "B@420": 2, "C@420": 2, "C@132": 3, "D@420": 2, "E@132": 3,
    }  # fmt: skip


def test_without_redundancy_no_circuit_is_spare(toy_layers: Layers) -> None:
    found = buses(toy_layers, Scenario(load_mw=180, redundancy="N"))
    assert found["E@132"] == 2
    assert found["A@420"] == 1


@pytest.mark.parametrize(("load_mw", "has_132_kv"), [(418, True), (419, False)])
def test_a_voltage_that_needs_too_many_circuits_is_left_out(
    toy_layers: Layers, load_mw: float, *, has_132_kv: bool
) -> None:
    # Three circuits of 132 kV carry 418.95 MW, and the spare one is the fourth and last.
    found = buses(toy_layers, Scenario(load_mw=load_mw))
    assert ("E@132" in found) == has_132_kv
    assert "A@420" in found


def test_a_station_abroad_is_no_point_of_connection(toy_layers: Layers) -> None:
    stations = toy.substations(toy.STATIONS, {"country": {"E": "NOR"}})
    found = buses(replace(toy_layers, substations=stations), Scenario())
    assert "E@132" not in found
    assert "C@132" in found


def test_every_point_in_reach_is_a_link_nearest_first() -> None:
    links = connect(
        places((0, 0), (100, 100), (4, 0)),
        points(far=(0, 10), near=(3, 4), out=(0, 10.01)),
        Scenario(reach_km=13),
        detour_factor=1.3,
    )
    # From (0, 0): 5 km and just 10 km, a line of 13, the end of reach; from (4, 0): √17 and √116.
    assert links["place"].tolist() == [0, 0, 2]  # nothing is near the second place
    assert links["bus_id"].tolist() == ["near", "far", "near"]
    assert links["straight_km"].tolist() == pytest.approx([5, 10, 17**0.5])
    assert links["tie_km"].tolist() == pytest.approx([6.5, 13, 1.3 * 17**0.5])


def test_a_place_on_top_of_a_station_has_a_link_of_no_length() -> None:
    links = connect(places((7, 7)), points(here=(7, 7)), Scenario(), 1.3)
    assert links[["place", "bus_id", "tie_km"]].to_numpy().tolist() == [[0, "here", 0.0]]


def test_two_voltages_of_a_station_are_two_links_in_the_order_of_their_ids() -> None:
    links = connect(places((0, 0)), points(b=(3, 4), a=(3, 4)), Scenario(), 1.0)
    assert links["bus_id"].tolist() == ["a", "b"]


def test_nothing_in_reach_is_no_link() -> None:
    links = connect(places((0, 0)), points(a=(50, 0)), Scenario(reach_km=10), 1.3)
    assert len(links) == 0
    assert list(links.columns) == [
        "place", "bus_id", "straight_km", "tie_km", "terrain_factor",
    ]  # fmt: skip


@given(
    st.lists(SPOT, min_size=1, max_size=5),
    st.lists(SPOT, min_size=1, max_size=5),
    st.floats(0.1, 80),
)
@settings(max_examples=40)
def test_links_are_all_pairs_in_reach(
    sites: list[tuple[float, float]], stations: list[tuple[float, float]], reach_km: float
) -> None:
    names = [f"S{number}" for number in range(len(stations))]
    links = connect(
        places(*sites), places(*stations).set_axis(names, axis=0), Scenario(reach_km=reach_km), 2.0
    )
    away_km = np.linalg.norm(np.array(sites)[:, None] - np.array(stations)[None], axis=2)
    found = np.full(away_km.shape, nan)
    for link in links.itertuples():
        found[link.place, names.index(link.bus_id)] = link.tie_km / 2
    near = ~np.isnan(found)
    assert len(links) == near.sum()
    assert found[near] == pytest.approx(away_km[near], abs=1e-6)
    assert (2 * away_km[near] <= reach_km + 1e-6).all()
    assert (2 * away_km[~near] >= reach_km - 1e-6).all()


# What lies around a place at (0, 0), within 10 km, in a country of 600 MW.

HERE = places((0, 0))
NEAR, EDGE, FAR = (3.0, 4.0), (10.0, 0.0), (10.0, 0.1)


def around(layers: Layers, **changes: object) -> pd.Series:
    found = generation_in_reach(HERE, replace(layers, **changes), Scenario(reach_km=10))
    return found.iloc[0]


def test_hydro_in_reach_is_summed_to_the_edge(toy_layers: Layers) -> None:
    rows = [
        ("near", "hydro", 100, *NEAR),
        ("edge", "Hydro", 20, *EDGE),
        ("far", "hydro", 4, *FAR),
        ("gas", "gas", 7, *NEAR),
    ]
    assert around(toy_layers, plants=toy.plants(rows))["hydro_mw_in_reach"] == 120


def test_a_plant_that_does_not_run_yet_does_not_count(toy_layers: Layers) -> None:
    rows = [("old", "hydro", 100, *NEAR), ("new", "hydro", 50, *NEAR)]
    plants = toy.plants(rows, {"status": {"new": "under construction"}})
    assert around(toy_layers, plants=plants)["hydro_mw_in_reach"] == 100


def test_surplus_is_firm_generation_less_the_people_near(toy_layers: Layers) -> None:
    # 300 of gas and a tenth of 100 of wind make 310 MW. A quarter of the people are near, and of
    # the 600 MW that is 150.
    found = around(
        toy_layers,
        plants=toy.plants([("g", "gas", 300, *NEAR), ("w", "wind", 100, *EDGE)]),
        settlements=toy.settlements([("Near", 1_000, *NEAR), ("Far", 3_000, *FAR)]),
    )
    assert found["energy_surplus_mw"] == pytest.approx(160)
    assert found["hydro_mw_in_reach"] == 0


def test_large_loads_count_where_they_are_and_the_people_share_the_rest(
    toy_layers: Layers,
) -> None:
    # B stands at (30, 30), A at (10, 20). The smelter at B takes 200 of 600 MW, the one at A 100;
    # the 300 MW left go by people, half of them near B. 1,000 − 200 − 150 there.
    layers = replace(
        toy_layers,
        loads=toy.loads([("big", "B", 200), ("small", "A", 100)]),
        settlements=toy.settlements([("Near", 1_000, 30, 31), ("Far", 1_000, 55, 5)]),
        plants=toy.plants([("g", "gas", 1000, 30, 29)]),
    )
    found = generation_in_reach(places((30, 30)), layers, Scenario(reach_km=10))
    assert found["energy_surplus_mw"].iloc[0] == pytest.approx(650)


def test_loads_above_the_demand_of_the_place_leave_nothing_for_people(toy_layers: Layers) -> None:
    layers = replace(
        toy_layers,
        loads=toy.loads([("big", "B", 700)]),
        settlements=toy.settlements([("Near", 1_000, 30, 31)]),
        plants=toy.plants([("g", "gas", 1000, 30, 29)]),
    )
    found = generation_in_reach(places((30, 30)), layers, Scenario(reach_km=10))
    assert found["energy_surplus_mw"].iloc[0] == pytest.approx(300)


def test_demand_asked_for_replaces_the_places(toy_layers: Layers) -> None:
    layers = replace(
        toy_layers,
        plants=toy.plants([("g", "gas", 300, *NEAR)]),
        settlements=toy.settlements([("Near", 1_000, *NEAR)]),
    )
    for demand_mw, surplus_mw in ((None, -300), (100, 200), (0, 300)):
        found = generation_in_reach(HERE, layers, Scenario(reach_km=10, demand_mw=demand_mw))
        assert found["energy_surplus_mw"].iloc[0] == pytest.approx(surplus_mw)


def test_a_surplus_without_known_settlements_is_unknown(toy_layers: Layers) -> None:
    plants = toy.plants([("h", "hydro", 300, *NEAR)])
    found = around(toy_layers, plants=plants, settlements=None)
    assert np.isnan(found["energy_surplus_mw"])
    assert found["hydro_mw_in_reach"] == 300


def test_generation_is_unknown_where_no_plants_are_known(toy_layers: Layers) -> None:
    found = around(toy_layers, plants=None)
    assert found[["hydro_mw_in_reach", "energy_surplus_mw"]].isna().all()


def gas(layers: Layers, *rows: tuple[str, float, float, float]) -> float:
    fields = toy.gas_fields(rows, {"offshore": {"sea": True}})
    return float(around(layers, gas_fields=fields)["gas_mcm_per_year_in_reach"])


def test_gas_in_reach_is_what_comes_ashore(toy_layers: Layers) -> None:
    rows = [("one", 200, *NEAR), ("two", 30, *EDGE), ("far", 4, *FAR), ("sea", 900, *NEAR)]
    assert gas(toy_layers, *rows) == 230


def test_gas_of_unknown_size_in_reach_is_unknown_and_out_of_reach_nothing(
    toy_layers: Layers,
) -> None:
    assert np.isnan(gas(toy_layers, ("one", 200, *NEAR), ("two", nan, *NEAR)))
    assert gas(toy_layers, ("one", 200, *NEAR), ("two", nan, *FAR)) == 200
    assert gas(toy_layers, ("one", 200, *FAR)) == 0
    assert gas(toy_layers, ("sea", nan, *NEAR)) == 0


def test_gas_is_unknown_where_no_fields_are_known(toy_layers: Layers) -> None:
    assert np.isnan(around(toy_layers, gas_fields=None)["gas_mcm_per_year_in_reach"])


def test_each_place_has_its_own_surroundings_under_its_own_label(toy_layers: Layers) -> None:
    here = places((8, 20), (100, 100), (3, 5)).set_axis([7, 5, 6], axis=0)
    found = generation_in_reach(here, toy_layers, Scenario(reach_km=5))
    assert found.index.tolist() == [7, 5, 6]
    assert found["hydro_mw_in_reach"].tolist() == [1500, 0, 0]
    assert found["gas_mcm_per_year_in_reach"].tolist() == [0, 0, 200]
    assert found["energy_surplus_mw"].tolist() == [1510, 0, 0]  # the wind of P2 is 4 km away
