from __future__ import annotations

import dataclasses

import pytest

from geo.grid import build_grid
from geo.wiring import SECOND_CIRCUIT_M, WEAK_LINE, Route, wire_circuits, wire_stations
from tests.geo.toy import grid_of, lines


def toy():
    """A at two voltages; a line of two circuits to B, a weak one to C, which B also joins."""
    return grid_of(
        [("A", "420;132", 0, 0), ("B", "420", 30, 0), ("C", "420;132", 30, 40)],
        [("AB", "A", "B", 420), ("AC", "A", "C", 132), ("BC", "B", "C", 420)],
        {"circuits": {"AB": 2}},
    )


def metres(wiring, name: str) -> list[int]:
    return wiring.arcs.length_m[wiring.along([name])].tolist()


def test_circuits_are_arcs_both_ways_and_a_second_one_is_long() -> None:
    wiring = wire_circuits(build_grid(toy()), ["C"], 100)
    assert metres(wiring, "AB/1") == [30_000, 30_000]
    assert metres(wiring, "AB/2") == [30_000 + SECOND_CIRCUIT_M] * 2


@pytest.mark.parametrize(("load_mw", "times"), [(147, 1), (148, WEAK_LINE)])
def test_a_line_that_cannot_carry_the_load_is_long(load_mw, times) -> None:
    """A circuit of 132 kV carries 147 MW; it is 50 km long."""
    for wire in (wire_circuits, wire_stations):
        wiring = wire(build_grid(toy()), ["C"], load_mw)
        assert metres(wiring, "AC") == [50_000 * times] * 2


def test_a_line_of_two_circuits_carries_both() -> None:
    wiring = wire_stations(build_grid(toy()), ["C"], 3000)
    assert metres(wiring, "AB") == [30_000, 30_000]
    assert metres(wiring, "BC") == [40_000 * WEAK_LINE] * 2


def test_paths_end_eight_times_at_a_bus_and_once_at_a_station() -> None:
    grid = build_grid(toy())
    assert len(wire_circuits(grid, ["C"], 100).ends_at(["C"])) == 2 * 8
    assert len(wire_stations(grid, ["B", "C"], 100).ends_at(["C"])) == 1
    assert len(wire_stations(grid, ["B"], 100).ends_at(["C"])) == 0


def test_a_path_is_told_as_stations_and_lines() -> None:
    wiring = wire_stations(build_grid(toy()), ["C"], 100)
    (path,) = wiring.arcs.shortest(wiring.start["A"], wiring.sink, 1)
    assert wiring.route(path) == Route(("A", "C"), ("AC",), 50.0, 147.0)


def test_a_transformer_is_no_line_of_a_path() -> None:
    """From 132 kV of A to C at 420 kV by AB and BC, as AC is too weak for the load."""
    wiring = wire_circuits(build_grid(toy()), ["C"], 200)
    (path,) = wiring.arcs.shortest(wiring.start["A@132"], wiring.sink, 1)
    route = wiring.route(path)
    assert (route.stations, route.lines) == (("A", "B", "C"), ("AB/1", "BC"))
    assert (route.length_km, route.weakest_mw) == (70.0, 1877.0)


def test_the_direction_of_a_line_changes_nothing() -> None:
    layers = toy()
    turned = [("AB", "B", "A", 420), ("AC", "C", "A", 132), ("BC", "C", "B", 420)]
    other = dataclasses.replace(
        layers, lines=lines(layers.substations, turned, {"circuits": {"AB": 2}})
    )
    for wire in (wire_circuits, wire_stations):
        one, two = (wire(build_grid(each), ["C"], 100).arcs for each in (layers, other))
        assert one.tail.tolist() == two.tail.tolist()
        assert one.head.tolist() == two.head.tolist()
