from __future__ import annotations

import dataclasses

import pytest

from geo.grid import build_grid
from geo.strong import fed_locally, strong_stations
from tests.geo.toy import grid_of, plants, substations, ties


def star(voltage_kv: float = 420, circuits: int = 3):
    """One hub with a line to each of some neighbours."""
    names = [f"N{index}" for index in range(circuits)]
    spots = [("H", f"{voltage_kv:g}", 0, 0)]
    spots += [(name, f"{voltage_kv:g}", 10, 5 * index) for index, name in enumerate(names)]
    return grid_of(spots, [(f"L{name}", "H", name, voltage_kv) for name in names])


@pytest.mark.parametrize(
    ("voltage_kv", "circuits", "strong"),
    [
        (420, 3, {"H": "420 kV, 3 circuits"}),
        (220, 4, {"H": "220 kV, 4 circuits"}),
        (420, 2, {}),
        (132, 5, {}),
    ],
)
def test_strong_is_a_hub_of_three_circuits_at_220_kv(voltage_kv, circuits, strong) -> None:
    assert strong_stations(build_grid(star(voltage_kv, circuits)), 220, 3) == strong


def test_two_circuits_of_one_line_are_two() -> None:
    layers = grid_of(
        [("H", "420", 0, 0), ("A", "420", 9, 0), ("B", "420", 0, 9)],
        [("HA", "H", "A", 420), ("HB", "H", "B", 420)],
        {"circuits": {"HA": 2}},
    )
    assert strong_stations(build_grid(layers), 220, 3) == {"H": "420 kV, 3 circuits"}


def test_every_station_abroad_is_strong() -> None:
    layers = star(132, 1)
    there = substations([("H", "132", 0, 0), ("N0", "132", 10, 0)], {"country": {"N0": "XXX"}})
    grid = build_grid(dataclasses.replace(layers, substations=there))
    assert strong_stations(grid, 220, 3) == {"N0": "abroad"}


@pytest.mark.parametrize(("load_mw", "fed"), [(100, True), (250, True), (251, False)])
def test_a_link_feeds_its_station_if_it_carries_the_load(load_mw, fed) -> None:
    layers = dataclasses.replace(star(), ties=ties([("Cable", "N1", 250)]))
    expected = {"N1": "link abroad Cable, 250 MW"} if fed else {}
    assert fed_locally(build_grid(layers), layers, load_mw) == expected


def test_what_feeds_a_station_is_told_largest_first() -> None:
    layers = dataclasses.replace(
        star(),
        ties=ties([("Cable", "H", 700), ("Unknown", "H", float("nan"))]),
        plants=plants([("P", "hydro", 1240, 0, 1), ("Q", "wind", 1200, 0, 1)]),
    )
    assert fed_locally(build_grid(layers), layers, 100) == {
        "H": "plant Plant P, 1,240 MW and link abroad Cable, 700 MW"
    }


def test_nothing_known_feeds_nothing() -> None:
    assert fed_locally(build_grid(star()), star(), 100) == {}
