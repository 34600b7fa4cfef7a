from __future__ import annotations

import dataclasses
from math import hypot, inf, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.grid import build_grid
from geo.reach import connect, generation_in_reach, points_of_connection
from geo.scenario import Scenario
from tests.geo import toy


def spot(x_km: float, y_km: float) -> pd.DataFrame:
    point = toy.at(x_km, y_km)
    return pd.DataFrame({"x_m": [point.x], "y_m": [point.y]})


@pytest.mark.parametrize(
    ("load_mw", "redundancy", "circuits"),
    [(100, "N", 1), (100, "N+1", 2), (139, "N", 1), (140, "N", 2), (400, "N+1", 4)],
)
def test_circuits_of_a_tie_line_at_132_kv(toy_layers, load_mw, redundancy, circuits) -> None:
    """One carries 147 MVA at a power factor of 0.95: 139.65 MW; N+1 wants one to spare."""
    scenario = Scenario(load_mw=load_mw, redundancy=redundancy)
    points = points_of_connection(build_grid(toy_layers), toy_layers.place, scenario)
    assert points.loc["E@132", "circuits"] == circuits


def test_more_than_four_circuits_is_no_point(toy_layers) -> None:
    points = points_of_connection(
        build_grid(toy_layers), toy_layers.place, Scenario(load_mw=420, redundancy="N+1")
    )
    assert set(points["voltage_kv"]) == {420}


def test_a_bus_that_no_line_meets_or_that_is_abroad_is_no_point(toy_layers) -> None:
    """A lists 132 kV, but only lines of 420 kV meet it."""
    stations = toy.substations(toy.STATIONS, {"country": {"E": "FOR"}})
    layers = dataclasses.replace(toy_layers, substations=stations)
    points = points_of_connection(build_grid(layers), layers.place, Scenario(load_mw=10))
    assert set(points.index) == {"A@420", "B@420", "C@420", "C@132", "D@420"}


def test_links_are_sorted_and_as_long_as_the_crow_flies_times_the_detour(toy_layers) -> None:
    points = points_of_connection(build_grid(toy_layers), toy_layers.place, Scenario(load_mw=10))
    links = connect(spot(30, 20), points, Scenario(load_mw=10, reach_km=20.5), 1.3)
    assert links["bus_id"].tolist() == ["B@420", "C@132", "C@420", "A@420", "D@420"]
    assert links["straight_km"].tolist() == pytest.approx([10, 10, 10, 20, 20])
    assert links["tie_km"].tolist() == pytest.approx([13, 13, 13, 26, 26])


@given(st.floats(0, 60), st.floats(0, 40), st.floats(1, 60))
def test_exactly_the_points_within_reach_are_linked(x_km, y_km, reach_km) -> None:
    layers = toy.country()
    points = points_of_connection(build_grid(layers), layers.place, Scenario(load_mw=10))
    links = connect(spot(x_km, y_km), points, Scenario(load_mw=10, reach_km=reach_km), 1.0)
    where = {name: (x, y) for name, _, x, y in toy.STATIONS}
    away = {bus: hypot(where[bus[0]][0] - x_km, where[bus[0]][1] - y_km) for bus in points.index}
    inside = {bus for bus, km in away.items() if km < reach_km - 1e-6}
    edge = {bus for bus, km in away.items() if abs(km - reach_km) <= 1e-6}
    assert inside <= set(links["bus_id"]) <= inside | edge


def test_generation_and_demand_around_a_place(toy_layers) -> None:
    """Beside A: 1,500 MW of hydro, a tenth of 100 MW of wind; the hamlet draws 600·500/50,500."""
    around = generation_in_reach(spot(10, 20), toy_layers, Scenario(reach_km=25)).iloc[0]
    assert around["hydro_mw_in_reach"] == 1500
    assert around["energy_surplus_mw"] == pytest.approx(1510 - 600 * 500 / 50_500)
    assert around["gas_mcm_per_year_in_reach"] == 200


def test_the_demand_asked_for_is_the_demand_used(toy_layers) -> None:
    asked = Scenario(reach_km=25, demand_mw=1010)
    around = generation_in_reach(spot(10, 20), toy_layers, asked).iloc[0]
    assert around["energy_surplus_mw"] == pytest.approx(1510 - 10)


@pytest.mark.parametrize(
    ("gas", "offshore", "expected"), [(nan, "", nan), (300, "true", 0.0), (300, "", 300.0)]
)
def test_gas_is_unknown_where_its_landing_is_and_0_where_there_is_none(
    toy_layers, gas, offshore, expected
) -> None:
    fields = toy.gas_fields([("G", gas, 12, 20)], {"offshore": {"G": offshore}})
    layers = dataclasses.replace(toy_layers, gas_fields=fields)
    around = generation_in_reach(spot(10, 20), layers, Scenario(reach_km=25)).iloc[0]
    assert around["gas_mcm_per_year_in_reach"] == pytest.approx(expected, nan_ok=True)


def test_what_is_not_known_stays_unknown(toy_layers) -> None:
    nothing = dataclasses.replace(toy_layers, plants=None, gas_fields=None)
    around = generation_in_reach(spot(10, 20), nothing, Scenario()).iloc[0]
    assert np.isnan(around.to_numpy(float)).all()
    assert inf not in around.to_list()
