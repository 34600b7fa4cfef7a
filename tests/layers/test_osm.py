"""OpenStreetMap, from maps of a few objects that are written here, and from a real extract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import osmium
import pytest
from osmium.osm import mutable

from layers.imported import Asked
from layers.osm import read_osm
from tests.layers.conftest import DATA

if TYPE_CHECKING:
    from pathlib import Path

    from layers.imported import Imported

ALL = Asked(("substations", "lines", "plants"))
# A grid of ten nodes a hundredth of a degree apart; node 10 is not in the file.
NODES = {number: (10.0 + number / 100, 60.0) for number in range(1, 10)} | {
    11: (10.0, 60.1), 12: (10.01, 60.1), 13: (10.01, 60.11), 14: (10.0, 60.11),
    21: (10.005, 60.105), 22: (10.2, 60.2),
}  # fmt: skip
Ways = list[tuple[int, list[int], dict[str, str]]]
WAYS: Ways = [
    (1, [1, 2, 3], {"power": "line", "voltage": "400000;220000", "circuits": "2;1"}),
    (2, [3, 4], {"power": "line", "voltage": "110000", "cables": "6", "name": "Two"}),
    (3, [4, 5], {"power": "line"}),
    (4, [5, 6], {"power": "minor_line"}),
    (5, [6, 7], {"power": "cable", "voltage": "20 kV"}),
    (6, [7, 8], {"power": "line", "voltage": "110000", "frequency": "16.7"}),
    (7, [7, 8], {"power": "line", "voltage": "110000;110000", "frequency": "50;16.7"}),
    (8, [8, 9], {"power": "line", "voltage": "450000", "frequency": "0"}),
    (9, [1, 9, 10], {"power": "line", "voltage": "132"}),
    (20, [11, 12, 13, 14, 11], {"power": "substation", "voltage": "110000", "name": "Box"}),
    (21, [11, 12], {}),
    (22, [12, 13, 14, 11], {}),
    (23, [1, 2], {"highway": "service"}),
    (30, [11, 12, 13, 14, 11], {"power": "plant", "plant:source": "wind", "name": "Farm"}),
]
POINTS = {
    1: {"power": "substation", "voltage": "400000;220000"},
    3: {"power": "substation", "voltage": "400000;220000;110000", "name": "Knot"},
    21: {"power": "generator", "generator:source": "wind", "generator:output:electricity": "3 MW"},
    22: {"power": "generator", "generator:source": "solar", "generator:output:electricity": "5 MW"},
    5: {"power": "substation", "voltage:primary": "66000", "voltage:secondary": "11000"},
    6: {"power": "tower"},
}
RELATION = (40, [(21, "outer"), (22, "outer")], {"type": "multipolygon", "power": "substation"})


def write_pbf(path: Path) -> Path:
    with osmium.SimpleWriter(str(path)) as writer:
        for number, at in sorted(NODES.items()):
            writer.add_node(mutable.Node(id=number, location=at, tags=POINTS.get(number, {})))
        for number, nodes, tags in WAYS:
            writer.add_way(mutable.Way(id=number, nodes=nodes, tags=tags))
        number, members, tags = RELATION
        rows = [("w", ref, role) for ref, role in members]
        writer.add_relation(mutable.Relation(id=number, members=rows, tags=tags))
    return path


def write_overpass(path: Path, *, geometry: bool) -> Path:
    nodes = [
        {"type": "node", "id": number, "lon": x, "lat": y, "tags": POINTS.get(number, {})}
        for number, (x, y) in NODES.items()
    ]
    ways: list[dict[str, Any]] = []
    for number, refs, tags in WAYS:
        way = {"type": "way", "id": number, "nodes": refs, "tags": tags}
        if geometry:
            spots = [NODES.get(ref) for ref in refs]
            way["geometry"] = [s and {"lon": s[0], "lat": s[1]} for s in spots]
        ways.append(way)
    number, members, tags = RELATION
    rows = [{"type": "way", "ref": ref, "role": role} for ref, role in members]
    relation = {"type": "relation", "id": number, "members": rows, "tags": tags}
    path.write_text(json.dumps({"version": 0.6, "elements": [*nodes, *ways, relation]}))
    return path


@pytest.fixture(scope="module")
def read(tmp_path_factory) -> Imported:
    return read_osm(write_pbf(tmp_path_factory.mktemp("osm") / "a.osm.pbf"), "a.osm.pbf", ALL)


def test_lines_say_what_their_tags_say(read: Imported) -> None:
    lines = read.frames["lines"].set_index("id")
    assert sorted(lines.index) == ["w1", "w2", "w3", "w5", "w7", "w8", "w9"]
    assert lines.loc["w1", ["voltages_kv", "circuits"]].tolist() == ["400;400;220", 3]
    assert lines.loc["w2", ["voltage_kv", "circuits", "name"]].tolist() == [110, 2, "Two"]
    assert lines.loc[["w1", "w3"], "voltage_kv"].isna().all()
    assert lines.loc["w5", ["voltage_kv", "category"]].tolist() == [20, "cable"]
    assert lines.loc["w8", "dc"]
    assert not lines.loc["w1", "dc"]


def test_railways_are_left_out_and_taken_from_shared_towers(read: Imported) -> None:
    lines = read.frames["lines"].set_index("id")
    assert "w6" not in lines.index
    assert lines.loc["w7", ["voltage_kv", "voltages_kv"]].tolist() == [110, ""]
    assert "1 ways of railways" in read.notes["lines"][0]


def test_rules_are_on_the_row_and_counted(read: Imported) -> None:
    lines = read.frames["lines"].set_index("id")
    assert lines.loc["w2", "imputed"] == "circuits: cables / 3"
    assert lines.loc["w9", "imputed"] == "voltage: kilovolts written without unit"
    assert (lines.loc[["w1", "w3", "w5", "w8"], "imputed"] == "").all()
    assert read.notes["lines"][-1] == (
        "Set by rule: circuits: cables / 3 (1); voltage: kilovolts written without unit (1)."
    )


def test_a_way_that_leaves_the_extract_keeps_what_is_there(read: Imported) -> None:
    line = read.frames["lines"].set_index("id").loc["w9", "geometry"]
    assert [tuple(round(v, 6) for v in point) for point in line.coords] == [NODES[1], NODES[9]]
    assert "1 ways leave the extract." in read.notes["lines"]


def test_stations_are_outlines_points_and_relations(read: Imported) -> None:
    stations = read.frames["substations"].set_index("id")
    assert stations["voltages_kv"].to_dict() == {
        "n1": "400;220", "n3": "400;220;110", "n5": "66;11", "r40": "", "w20": "110",
    }  # fmt: skip
    shapes = stations.geom_type.to_dict()
    assert shapes == dict.fromkeys(("n1", "n3", "n5"), "Point") | dict.fromkeys(
        ("r40", "w20"), "Polygon"
    )
    assert stations.loc["r40", "geometry"].area == pytest.approx(0.01 * 0.01)


def test_a_plant_without_output_takes_the_sum_of_its_generators(read: Imported) -> None:
    plants = read.frames["plants"].set_index("id")
    assert plants["capacity_mw"].to_dict() == {"w30": 3, "n22": 5}
    assert plants["fuel"].to_dict() == {"w30": "wind", "n22": "solar"}
    assert plants["imputed"].to_dict() == {"w30": "capacity: sum of its generators", "n22": ""}


def test_below_the_least_voltage_is_left_out_unknown_stays(tmp_path) -> None:
    path = write_pbf(tmp_path / "a.osm.pbf")
    got = read_osm(path, "a", Asked(("substations", "lines"), min_kv=100))
    assert sorted(got.frames["lines"]["id"]) == ["w1", "w2", "w3", "w7", "w8", "w9"]
    assert sorted(got.frames["substations"]["id"]) == ["n1", "n3", "r40", "w20"]


@pytest.mark.parametrize("geometry", [True, False])
def test_overpass_says_the_same_as_the_extract(tmp_path, read: Imported, geometry) -> None:
    path = write_overpass(tmp_path / "a.json", geometry=geometry)
    other = read_osm(path, "a.json", ALL)
    for kind, frame in read.frames.items():
        same = other.frames[kind]
        assert frame.drop(columns="geometry").equals(same.drop(columns="geometry")), kind
        assert frame.geometry.geom_equals_exact(same.geometry, 1e-6).all(), kind
    assert other.notes == read.notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read as an answer of Overpass"),
        ("[]", "has no list of elements"),
        ('{"elements": [], "remark": "runtime error: Query timed out"}', "is not whole"),
    ],
)
def test_damaged_answer_is_one_fault(tmp_path, text: str, words: str) -> None:
    (tmp_path / "a.json").write_text(text)
    (fault,) = read_osm(tmp_path / "a.json", "a.json", ALL).faults
    assert words in str(fault)


def test_damaged_extract_is_one_fault(tmp_path) -> None:
    path = write_pbf(tmp_path / "a.osm.pbf")
    path.write_bytes(path.read_bytes()[:-40])
    (fault,) = read_osm(path, "a.osm.pbf", ALL).faults
    assert "cannot be read as an OSM file" in str(fault)


def test_honduras() -> None:
    """Counted in SOURCE.md of the data: 6 lines at 230 kV, 2 at 138 kV, 3 untagged, 5 stations."""
    path = DATA / "osm_pbf" / "osmflex_test.osm.pbf"
    if not path.is_file():
        pytest.skip("no real data beside the checkout")
    got = read_osm(path, path.name, ALL)
    lines = got.frames["lines"]
    assert lines["voltage_kv"].value_counts().to_dict() == {230: 6, 138: 2}
    assert lines["voltage_kv"].isna().sum() == 3
    assert len(got.frames["substations"]) == 5
    assert "230;138" in set(got.frames["substations"]["voltages_kv"])
    plants = got.frames["plants"].set_index("id")
    assert plants.loc["w283524275", ["capacity_mw", "fuel"]].tolist() == [28.1, "hydro"]
