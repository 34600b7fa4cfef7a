"""A place whose lines come as drawn: ``[topology]`` in its place.toml, outlines, ways."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from geo.drawing import DrawnLines, DrawnSubstations
from geo.grid import build_grid
from geo.tolerances import TOLERANCES
from layers.place import open_place

if TYPE_CHECKING:
    from conftest import Toy

TOP = 'note = "Made up."\n'
WAYS = """\
id,voltages_kv,circuits,via
L1,300,1,9.0 60.0;9.25 60.01;9.499 60.0
L2,300;132,2,9.0 60.0;9.1 60.2;9.1 60.3;9.0 60.5
"""
OUTLINE = [[8.99, 60.49], [9.01, 60.49], [9.01, 60.51], [8.99, 60.51], [8.99, 60.49]]


def draw(toy: Toy, table: str = "[topology]\n") -> None:
    """Make the toy place a drawing."""
    toy.spoil("place.toml", TOP, TOP + table)
    toy.write("lines.csv", WAYS)


def features(*rows: tuple[dict[str, str], str, object]) -> str:
    """Write rows of properties, shape and coordinates as GeoJSON."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": told,
                    "geometry": {"type": shape, "coordinates": where},
                }
                for told, shape, where in rows
            ],
        }
    )


def test_a_place_without_the_table_still_needs_the_ends(toy: Toy) -> None:
    toy.write("lines.csv", WAYS)
    found = toy.faults()
    assert any(
        fault.startswith("lines.csv: column 'from_substation' is missing") for fault in found
    )


def test_an_empty_table_switches_tracing_on(toy: Toy) -> None:
    draw(toy)
    assert toy.faults() == []
    layers = toy.layers()
    assert layers.place.topology == TOLERANCES
    assert isinstance(layers.lines, DrawnLines)
    assert isinstance(layers.substations, DrawnSubstations)


def test_tables_as_drawn_make_a_grid(toy: Toy) -> None:
    """L1 ends 56 m short of B; L2 carries 300 and 132 kV to C, which lists 132 only."""
    draw(toy)
    branches = build_grid(toy.layers()).branches
    lines = branches[branches["kind"] == "line"][["from_bus", "to_bus"]]
    assert {frozenset(pair) for pair in lines.itertuples(index=False)} == {
        frozenset({"A@300", "B@300"}),
        frozenset({"A@132", "C@132"}),
        frozenset({"A@300", "C@300"}),
    }


def test_tolerances_reach_the_place(toy: Toy) -> None:
    draw(toy, "[topology]\nsnap_m = 40\nsnap_again_m = 50.5\n")
    topology = open_place(str(toy.folder)).place.topology
    assert topology is not None
    assert (topology.snap_m, topology.snap_again_m, topology.tap_m) == (40.0, 50.5, 50.0)
    grid = build_grid(toy.layers())
    assert grid.inferred is not None
    assert grid.inferred.joints["open"] == 1  # L1 ends 56 m short of B


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "[topology]\nsnap = 100\n",
            "place.toml [topology] option snap: is unknown; did you mean 'snap_m'?",
        ),
        (
            '[topology]\nsnap_m = "far"\n',
            "place.toml [topology] option snap_m: 'far' is not a number; write a number",
        ),
        (
            "[topology]\nmerge_m = -1\n",
            (
                "place.toml [topology] option merge_m: -1 is not a number from 0 to 100000; "
                "write a value in that range, in metres"
            ),
        ),
        (
            "[topology]\nrepair_m = 5000\n",
            (
                "place.toml [topology] option repair_m: 5000 is beyond snap_cap_m (500); "
                "set snap_cap_m to the stated accuracy of the drawing, or lower it"
            ),
        ),
        ("topology = 5\n", "place.toml option topology: 5 is not a table; write a table"),
    ],
)
def test_fault_of_a_tolerance(toy: Toy, table: str, expected: str) -> None:
    draw(toy, table)
    assert toy.faults()[0] == expected


def test_outlines_and_ways_from_vector_files(toy: Toy) -> None:
    draw(toy)
    toy.write(
        "substations.geojson",
        features(
            ({"id": "A", "voltages_kv": "300;132"}, "Point", [9.0, 60.0]),
            ({"id": "B"}, "Point", [9.5, 60.0]),
            ({"id": "C", "voltages_kv": "132"}, "Polygon", [OUTLINE]),
        ),
    )
    toy.set_layer("substations", 'file = "substations.geojson"')
    toy.write(
        "ways.geojson",
        features(
            ({"id": "L1", "kv": "300"}, "LineString", [[9.0, 60.0], [9.5, 60.0]]),
            ({"id": "L2", "kv": "132"}, "LineString", [[9.0, 60.0], [9.0, 60.5]]),
        ),
    )
    toy.set_layer("lines", 'file = "ways.geojson"\n[layers.lines.columns]\nvoltages_kv = "kv"')
    assert toy.faults() == []
    layers = toy.layers()
    assert list(layers.substations.frame.geometry.geom_type) == ["Point", "Point", "Polygon"]
    buses = build_grid(layers).buses
    assert set(buses.index) == {"A@300", "A@132", "B@300", "C@132"}
    assert buses.loc["B@300", "inferred"]


def test_outlines_are_refused_where_lines_name_their_ends(toy: Toy) -> None:
    toy.write(
        "substations.geojson",
        features(({"id": "A", "name": "", "voltages_kv": "300"}, "Polygon", [OUTLINE])),
    )
    toy.set_layer("substations", 'file = "substations.geojson"')
    assert toy.faults()[0] == (
        "substations.geojson row 1: geometry is not a finite, non-empty Point; "
        "correct its coordinates (lon before lat, in the CRS that is declared)"
    )


@pytest.mark.parametrize(
    ("via", "expected"),
    [
        ("", "has 0 points; a line as drawn needs 2"),
        ("9.0 60.0", "has 1 points; a line as drawn needs 2"),
        ("9.0 60.0;9.5", "'9.0 60.0;9.5' is not a list of points"),
    ],
)
def test_a_way_in_a_table_needs_its_points(toy: Toy, via: str, expected: str) -> None:
    draw(toy)
    toy.spoil("lines.csv", "9.0 60.0;9.25 60.01;9.499 60.0", via)
    (fault,) = toy.faults()
    assert fault.startswith(f"lines.csv row 2 column via: {expected}")


def test_a_table_of_ways_needs_its_column(toy: Toy) -> None:
    draw(toy)
    toy.write("lines.csv", "id,voltages_kv\nL1,300\n")
    (fault,) = toy.faults()
    assert fault.startswith("lines.csv: column 'via' is missing; a line as drawn stands there")


def test_an_end_may_name_its_substation(toy: Toy) -> None:
    """L1 names B at the end that is drawn 56 m short of it."""
    draw(toy, "[topology]\nsnap_m = 40\nsnap_again_m = 50\n")
    toy.write("lines.csv", "id,voltages_kv,to_substation,via\nL1,300,B,9.0 60.0;9.499 60.0\n")
    grid = build_grid(toy.layers())
    assert set(grid.branches.loc["L1", ["from_bus", "to_bus"]]) == {"A@300", "B@300"}


def test_a_substation_that_no_way_reaches_is_no_fault_but_told(toy: Toy) -> None:
    draw(toy)
    toy.write("lines.csv", "id,voltages_kv,via\nL1,300,9.0 60.0;9.5 60.0\n")
    assert toy.faults() == []
    inferred = build_grid(toy.layers()).inferred
    assert inferred is not None
    assert inferred.unmet == ("C",)
