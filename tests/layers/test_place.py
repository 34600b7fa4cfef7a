"""Places are found, opened and read; what is wrong is named with file, row and remedy."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from geo.errors import LayerError, MissingFileError
from layers.place import faults_of, open_place, read_layers

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Toy

# WGS 84: metres of meridian from the equator to 60 degrees, times the scale of the projection.
NORTHING_60_M = 6_654_072.82 * 0.9996
EASTING_9_M = 500_000.0
KM_PER_DEGREE_AT_60 = 55.80


def test_toy_is_read(toy: Toy) -> None:
    layers = toy.layers()
    assert [layer.kind for layer in layers.present()] == [
        "substations",
        "lines",
        "regions",
        "plants",
        "land_prices",
        "ties",
    ]
    assert layers.place.title == "Toyland"
    assert layers.place.demand_mw == 100
    assert toy.faults() == []


def test_rows_carry_their_number_in_the_file(toy: Toy) -> None:
    layers = toy.layers()
    assert list(layers.substations.frame.index) == [2, 3, 4]
    assert list(layers.regions.frame.index) == [1, 2]


def test_points_are_where_geodesy_puts_them(toy: Toy) -> None:
    alpha, beta = toy.layers().substations.frame.geometry.iloc[:2]
    assert alpha.x == pytest.approx(EASTING_9_M, abs=0.01)
    assert alpha.y == pytest.approx(NORTHING_60_M, abs=0.5)
    assert alpha.distance(beta) / 1000 == pytest.approx(KM_PER_DEGREE_AT_60 / 2, rel=0.001)


def test_lines_run_from_station_over_via_to_station(toy: Toy) -> None:
    layers = toy.layers()
    direct, over_via = layers.lines.frame.geometry
    alpha, beta, gamma = layers.substations.frame.geometry
    assert list(direct.coords) == [alpha.coords[0], beta.coords[0]]
    assert over_via.coords[0] == alpha.coords[0]
    assert over_via.coords[-1] == gamma.coords[0]
    assert len(over_via.coords) == 4


def test_unknown_is_nan(toy: Toy) -> None:
    layers = toy.layers()
    assert layers.land_prices is not None
    assert layers.land_prices.frame["land_price_usd_per_ha"].isna().tolist() == [False, True]


def test_source_is_filled_on_reading(toy: Toy) -> None:
    toy.set_layer("plants", 'file = "plants.csv"\n[layers.plants.source]\ntitle = "Dams"')
    layers = toy.layers()
    assert layers.plants is not None
    assert layers.plants.source.title == "Dams"
    assert layers.plants.source.file == "plants.csv"
    assert layers.plants.source.licence == "unknown"
    expected = hashlib.sha256((toy.folder / "plants.csv").read_bytes()).hexdigest()
    assert layers.plants.source.sha256 == expected


def test_place_by_folder_or_by_its_toml(toy: Toy) -> None:
    by_folder = open_place(str(toy.folder))
    by_file = open_place(str(toy.folder / "place.toml"))
    assert by_folder == by_file


@pytest.mark.parametrize("name", ["atlantis", "", "nor way", "/vsicurl/http://x/place.toml"])
def test_unknown_place_names_the_built_in_ones(name: str, tmp_path: Path) -> None:
    missing = name or str(tmp_path)
    with pytest.raises(MissingFileError, match="bhutan, norway") as caught:
        open_place(missing)
    assert caught.value.exit_code == 3
    assert isinstance(caught.value, FileNotFoundError)
    assert [str(fault) for fault in faults_of(missing)] == [str(caught.value)]


SPOILT = {
    "missing file": ("place.toml", '"plants.csv"', '"plant.csv"', "plant.csv", "does not exist"),
    "nearly named file": ("place.toml", '"ties.csv"', '"tie.csv"', "tie.csv", "did you mean 'tie"),
    "voltage that is no number": (
        "substations.csv",
        "300;132",
        "300;high",
        "substations.csv row 2 column voltages_kv",
        "unknown voltage '300;high'",
    ),
    "voltage out of range": (
        "lines.csv",
        "A,B,300",
        "A,B,300000",
        "lines.csv row 2 column voltage_kv",
        "outside 1 to 1200 kilovolt",
    ),
    "duplicate id": (
        "substations.csv",
        "B,Beta",
        "A,Beta",
        "substations.csv row 3 column id",
        "'A' is used twice",
    ),
    "substation that no line meets": (
        "lines.csv",
        "L2,A,C",
        "L2,A,B",
        "substations.csv row 4",
        "no line meets substation 'C' (Gamma)",
    ),
    "line to nowhere": (
        "lines.csv",
        "L1,A,B",
        "L1,A,Z",
        "lines.csv row 2 column to_substation",
        "no substation has the id 'Z'",
    ),
    "line to itself": ("lines.csv", "L1,A,B", "L1,B,B", "lines.csv row 2", "same substation"),
    "tie to nowhere": ("ties.csv", "Abroad,B", "Abroad,Z", "ties.csv row 2 column substation", "Z"),
    "price of no region": (
        "land_prices.csv",
        "East",
        "Eest",
        "land_prices.csv row 3 column region",
        "no region has the name 'Eest'",
    ),
    "number in words": (
        "plants.csv",
        "hydro,250",
        "hydro,much",
        "plants.csv row 2 column capacity_mw",
        "'much' is not a number",
    ),
    "infinite number": (
        "plants.csv",
        "hydro,250",
        "hydro,inf",
        "plants.csv row 2 column capacity_mw",
        "not a number",
    ),
    "empty cell": (
        "plants.csv",
        "hydro,250",
        "hydro,",
        "plants.csv row 2 column capacity_mw",
        "is empty",
    ),
    "missing column": ("plants.csv", "fuel", "energy", "plants.csv", "column 'fuel' is missing"),
    "missing coordinate column": (
        "plants.csv",
        "lon,lat",
        "east,lat",
        "plants.csv",
        "column 'lon' is missing; coordinates in EPSG:4326 stand in lon and lat",
    ),
    "coordinate in words": (
        "plants.csv",
        "9.2,60.1",
        "9°2,60.1",
        "plants.csv row 2 column lon",
        "'9°2' is not a number",
    ),
    "metres for degrees": (
        "plants.csv",
        "9.2,60.1",
        "510000,6660000",
        "plants.csv row 2 column lon",
        "declare crs",
    ),
    "swapped coordinates": (
        "plants.csv",
        "9.2,60.1",
        "60.1,9.2",
        "plants.csv row 2",
        "check that lon and lat are not swapped",
    ),
    "ragged row": (
        "ties.csv",
        "Abroad,B,",
        "Abroad, far away,B,",
        "ties.csv row 2",
        "has 4 cells, the header 3",
    ),
    "via without its partner": (
        "lines.csv",
        "9.1 60.2;",
        "9.1;",
        "lines.csv row 3 column via",
        "is not a list of points",
    ),
    "bow-tie region": (
        "regions.geojson",
        "[9.25, 59.5], [9.25, 61.0], [8.5, 61.0]",
        "[9.25, 59.5], [8.5, 61.0], [9.25, 61.0]",
        "regions.geojson row 1",
        "geometry is not valid: Self-intersection",
    ),
    "region beyond degrees": (
        "regions.geojson",
        "[10.0, 59.5]",
        "[1000.0, 59.5]",
        "regions.geojson row 2",
        "but the CRS is in degrees",
    ),
    "broken json": ("regions.geojson", "]}}]}", "]}}]", "regions.geojson", "cannot be read"),
    "unconnected stranger": (
        "place.toml",
        'note = "Made up."',
        'unconnected = ["Z"]',
        "place.toml option unconnected",
        "no substation has the id 'Z'",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_fault_is_named(toy: Toy, name: str) -> None:
    file, old, new, where, words = SPOILT[name]
    toy.spoil(file, old, new)
    first, *_ = toy.faults()
    assert first.startswith(f"{where}: ")
    assert words in first
    with pytest.raises(LayerError) as caught:
        toy.layers()
    assert str(caught.value).startswith(first)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("name", SPOILT)
def test_one_mistake_is_one_fault(toy: Toy, name: str) -> None:
    file, old, new, *_ = SPOILT[name]
    toy.spoil(file, old, new)
    both_ends = {"metres for degrees", "line to nowhere"}
    assert len(toy.faults()) == (2 if name in both_ends else 1)


def test_faults_of_all_layers_at_once(toy: Toy) -> None:
    toy.spoil("place.toml", "demand_mw", "demand_kw")
    toy.spoil("plants.csv", "hydro,250", "hydro,much")
    toy.spoil("ties.csv", "Abroad,B", "Abroad,Z")
    toy.spoil("land_prices.csv", "East", "Eest")
    toml = toy.folder / "place.toml"
    assert [fault.split(":")[0] for fault in toy.faults()] == [
        "place.toml option demand_kw",
        "place.toml",
    ]
    toml.write_text(toml.read_text().replace("demand_kw", "demand_mw"))
    assert [fault.split(":")[0] for fault in toy.faults()] == [
        "plants.csv row 2 column capacity_mw",
        "ties.csv row 2 column substation",
        "land_prices.csv row 3 column region",
    ]
    with pytest.raises(LayerError, match=r"\(and 2 more;") as caught:
        read_layers(open_place(str(toy.folder)))
    assert len(caught.value.faults) == 3


def test_faults_of_toml_and_rows_together(toy: Toy) -> None:
    toy.spoil("place.toml", 'note = "Made up."', 'nota = "Made up."')
    toy.spoil("plants.csv", "hydro,250", "hydro,much")
    option, cell = toy.faults()
    assert option == "place.toml option nota: is unknown; did you mean 'note'?"
    assert cell.startswith("plants.csv row 2 column capacity_mw")


def test_lines_are_checked_even_where_substations_are_broken(toy: Toy) -> None:
    toy.spoil("substations.csv", "300;132", "high")
    toy.spoil("lines.csv", "A,B,300", "A,B,lots")
    assert [fault.split(":")[0] for fault in toy.faults()] == [
        "substations.csv row 2 column voltages_kv",
        "lines.csv row 2 column voltage_kv",
    ]


def test_an_empty_layer_is_a_fault_unless_it_is_a_statement(toy: Toy) -> None:
    toy.write("ties.csv", "name,substation,capacity_mw\n")
    (fault,) = toy.faults()
    assert fault.startswith("ties.csv: layer 'ties' has no rows")
    assert "may_be_empty" in fault
    toy.set_layer("ties", 'file = "ties.csv"\nmay_be_empty = true')
    layers = toy.layers()
    assert layers.ties is not None
    assert len(layers.ties) == 0


def test_an_empty_layer_with_geometry_may_be_a_statement(toy: Toy) -> None:
    toy.write("plants.csv", "id,name,fuel,capacity_mw,lon,lat\n")
    toy.set_layer("plants", 'file = "plants.csv"\nmay_be_empty = true')
    layers = toy.layers()
    assert layers.plants is not None
    assert layers.plants.frame.crs == layers.place.crs


def test_a_file_of_nothing(toy: Toy) -> None:
    toy.write("ties.csv", "\n\n")
    assert toy.faults() == ["ties.csv: is empty; write a header row and the rows"]


def test_columns_are_mapped(toy: Toy) -> None:
    toy.write("plants.csv", "nr,navn,kilde,mw,ost,nord\nP1,Dam,hydro,250,9.2,60.1\n")
    toy.set_layer(
        "plants",
        'file = "plants.csv"\n[layers.plants.columns]\nid = "nr"\nname = "navn"\nfuel = "kilde"\n'
        'capacity_mw = "mw"\nlon = "ost"\nlat = "nord"',
    )
    layers = toy.layers()
    assert layers.plants is not None
    (plant,) = layers.plants.frame.itertuples()
    assert (plant.id, plant.name, plant.fuel, plant.capacity_mw) == ("P1", "Dam", "hydro", 250)


def test_a_mapping_wins_over_a_column_of_that_name(toy: Toy) -> None:
    toy.set_layer(
        "substations", 'file = "substations.csv"\n[layers.substations.columns]\nname = "id"'
    )
    assert list(toy.layers().substations.frame["name"]) == ["A", "B", "C"]


def test_mapping_to_a_column_that_is_not_there(toy: Toy) -> None:
    toy.set_layer(
        "substations", 'file = "substations.csv"\n[layers.substations.columns]\nname = "navn"'
    )
    (fault,) = toy.faults()
    assert fault.startswith("place.toml [layers.substations.columns] name: ")
    assert "no column 'navn'" in fault


def test_metres_in_a_table(toy: Toy) -> None:
    in_degrees = toy.layers().substations.frame.geometry
    rows = [f"{i},{i},{p.x},{p.y},300;132" for i, p in zip("ABC", in_degrees, strict=True)]
    toy.write("substations.csv", "\n".join(["id,name,x,y,voltages_kv", *rows]))
    toy.set_layer("substations", 'file = "substations.csv"\ncrs = "EPSG:25832"')
    in_metres = toy.layers().substations.frame.geometry
    assert in_metres.distance(in_degrees).max() < 0.001


def test_the_direction_of_a_line_changes_only_its_direction(toy: Toy) -> None:
    before = toy.layers().lines.frame.geometry.iloc[1]
    toy.spoil("lines.csv", "L2,A,C,132,60,9.1 60.2;9.1 60.3", "L2,C,A,132,60,9.1 60.3;9.1 60.2")
    after = toy.layers().lines.frame.geometry.iloc[1]
    assert after.equals(before)
    assert list(after.coords) == list(before.coords)[::-1]


def test_stations_known_to_be_unconnected(toy: Toy) -> None:
    toy.spoil("lines.csv", "L2,A,C", "L2,A,B")
    toy.spoil("place.toml", 'note = "Made up."', 'unconnected = ["C"]')
    assert toy.faults() == []


def test_a_required_layer_is_missing(toy: Toy) -> None:
    toy.spoil("place.toml", '[layers.lines]\nfile = "lines.csv"\n', "")
    assert toy.faults()[0].startswith("place.toml: table [layers.lines] is missing")
