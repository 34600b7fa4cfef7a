from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.balance import balance, base_flows, firm_capacity_mw
from geo.flow import network_of
from geo.grid import build_grid
from geo.standards import STANDARDS
from tests.geo import toy

ONE = np.zeros(2, int)


def at(grid, flows_mw, bus: str) -> float:
    return float(flows_mw[grid.buses.index.get_loc(bus)])


def test_plants_run_in_proportion_and_ties_stand_still_while_they_suffice() -> None:
    """90 of demand from plants of 100 and 50: 60 and 30; the tie of 40 waits."""
    base = balance(np.array([90.0, 0]), np.array([100.0, 50]), *ties(0, 40), ONE)
    assert base.supply_mw == pytest.approx([60, 30])
    assert base.unused_mw == pytest.approx([40, 60])
    assert base.unserved_mw == 0


def test_ties_bring_what_plants_lack() -> None:
    base = balance(np.array([180.0, 0]), np.array([100.0, 50]), *ties(0, 40), ONE)
    assert base.supply_mw == pytest.approx([100, 80])


def test_an_island_is_served_as_far_as_it_can_be() -> None:
    """Bus 1 is alone with 20 of plant and 50 of demand: 30 are unserved, bus 0 is untouched."""
    base = balance(np.array([10.0, 50]), np.array([100.0, 20]), *ties(0, 0), np.array([0, 1]))
    assert base.demand_mw == pytest.approx([10, 20])
    assert base.supply_mw == pytest.approx([10, 20])
    assert base.unserved_mw == pytest.approx(30)


@given(st.lists(st.tuples(*[st.floats(0, 500)] * 3, st.integers(0, 2)), min_size=3, max_size=12))
def test_every_part_is_in_balance_and_within_its_means(rows) -> None:
    wanted, plant, tie = (np.array(column, float) for column in list(zip(*rows, strict=True))[:3])
    part = np.array([row[3] for row in rows])
    base = balance(wanted, plant, -tie, tie, part)
    for label in range(3):
        assert base.injection_mw[part == label].sum() == pytest.approx(0, abs=1e-6)
    assert (base.supply_mw <= base.supply_max_mw + 1e-9).all()
    assert (base.demand_mw <= wanted + 1e-9).all()
    served = base.demand_mw.sum() + base.unserved_mw
    assert served == pytest.approx(wanted.sum(), abs=1e-6)


def ties(*most: float) -> tuple[np.ndarray, np.ndarray]:
    return -np.array(most, float), np.array(most, float)


def test_wind_counts_for_a_tenth_and_what_is_not_built_for_nothing() -> None:
    plants = toy.plants(
        [("H", "hydro", 100, 0, 0), ("W", "Wind", 100, 0, 0), ("N", "hydro", 100, 0, 0)],
        {"status": {"H": "operating", "W": "operating", "N": "under construction"}},
    )
    assert firm_capacity_mw(plants.frame, STANDARDS).tolist() == pytest.approx([100, 10, 0])


def test_a_plant_feeds_the_nearest_station_at_a_voltage_that_can_carry_it(toy_layers) -> None:
    """1,500 MW of hydro near A are too much for 132 kV; A has lines at 420 kV only anyway."""
    grid = build_grid(toy_layers)
    base = base_flows(grid, toy_layers, 300)
    assert at(grid, base.supply_max_mw, "A@420") == pytest.approx(1500 + 100 * 0.1)
    assert base.supply_max_mw.sum() == pytest.approx(1510)


@pytest.mark.parametrize(("mw", "bus"), [(100, "C@132"), (147, "C@132"), (148, "C@420")])
def test_small_plants_go_to_the_lower_voltage(toy_layers, mw: float, bus: str) -> None:
    """C has lines at 420 and at 132 kV; one circuit of 132 kV carries 147 MW."""
    layers = dataclasses.replace(toy_layers, plants=toy.plants([("P", "hydro", mw, 30, 10)]))
    grid = build_grid(layers)
    assert at(grid, base_flows(grid, layers, 0).supply_max_mw, bus) == mw


def test_demand_follows_people_and_distance(toy_layers) -> None:
    """One town, 10 km from D and 20 km from E: two thirds and one third."""
    layers = dataclasses.replace(toy_layers, settlements=toy.settlements([("T", 1000, 50, 30)]))
    stations = toy.substations([("D", "132", 50, 20), ("E", "132", 50, 10), ("F", "132", 90, 10)])
    lines = toy.lines(stations, [("DE", "D", "E", 132), ("EF", "E", "F", 132)])
    layers = dataclasses.replace(layers, substations=stations, lines=lines, ties=None)
    layers = dataclasses.replace(layers, plants=toy.plants([("P", "hydro", 500, 50, 20)]))
    grid = build_grid(layers)
    base = base_flows(grid, layers, 90)
    assert at(grid, base.demand_mw, "D@132") == pytest.approx(60)
    assert at(grid, base.demand_mw, "E@132") == pytest.approx(30)
    assert at(grid, base.demand_mw, "F@132") == 0


def test_a_town_far_from_every_station_draws_from_the_nearest(toy_layers) -> None:
    layers = dataclasses.replace(toy_layers, settlements=toy.settlements([("T", 1000, 95, 20)]))
    grid = build_grid(layers)
    assert at(grid, base_flows(grid, layers, 90).demand_mw, "D@420") == pytest.approx(90)


def test_known_loads_come_first_and_towns_share_the_rest(toy_layers) -> None:
    """100 of 300 MW stand at the works behind E; the towns get 200."""
    layers = dataclasses.replace(toy_layers, loads=toy.loads([("Works", "E", 100)]))
    grid = build_grid(layers)
    with_works = base_flows(grid, layers, 300).demand_mw
    towns_only = base_flows(grid, toy_layers, 200).demand_mw
    works = np.zeros(len(grid.buses))
    works[grid.buses.index.get_loc("E@132")] = 100
    assert with_works == pytest.approx(towns_only + works)


def test_a_tie_and_a_station_abroad_give_and_take(toy_layers) -> None:
    """The tie by its capacity; the station abroad by the rating of its one line, 147 MW."""
    stations = toy.substations([*toy.STATIONS, ("X", "132", 60, 0)], {"country": {"X": "FOR"}})
    lines = toy.lines(stations, [*toy.LINES, ("EX", "E", "X", 132)])
    layers = dataclasses.replace(
        toy_layers, substations=stations, lines=lines, ties=toy.ties([("cable", "B", 700)])
    )
    grid = build_grid(layers)
    base = base_flows(grid, layers, 300)
    assert at(grid, base.supply_max_mw, "B@420") == 700
    assert at(grid, base.supply_min_mw, "B@420") == -700
    assert at(grid, base.supply_max_mw, "X@132") == 147
    assert at(grid, base.demand_mw, "X@132") == 0
    assert len(set(network_of(grid).component)) == 1
