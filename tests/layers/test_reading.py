"""Own data as it comes: units, encodings, maps of columns, rows to keep, boxes, other datums."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from geo.topology import joined
from layers.place import open_place
from layers.reading import Reading, converted
from layers.tables import detected
from tests.layers.conftest import DATA
from tests.layers.test_importers import GRIDKIT, WRI
from tests.layers.test_osm import write_pbf


@pytest.mark.parametrize(
    ("column", "unit", "cell", "expected"),
    [
        ("voltage_kv", "V", "380000", 380),
        ("capacity_mw", "kW", "1500", 1.5),
        ("annual_gwh", "MWh", "2500", 2.5),
        ("length_km", "mi", "100", 160.9344),
        ("length_km", "m", "250", 0.25),
        ("land_price_usd_per_ha", "USD/acre", "2970", 7339.0300),
        ("power_price_usd_per_mwh", "ct/kWh", "5", 50),
        ("t_annual_c", "F", "50", 10),
        ("rh_annual_pct", "1", "0.5", 50),
        ("gas_mcm_per_year", "bcm/year", "1.2", 1200),
        ("grid_mw", 0.9, "100", 90),
    ],
)
def test_units(column, unit, cell, expected) -> None:
    for value in (cell, float(cell)):
        frame = converted(pd.DataFrame({column: [value]}), Reading(units={column: unit}))
        assert float(frame[column].iloc[0]) == pytest.approx(expected, rel=1e-6)


def test_units_of_a_list_of_voltages_and_of_what_is_no_number() -> None:
    frame = pd.DataFrame({"voltages_kv": ["400000;132000", "", "high"]})
    out = converted(frame, Reading(units={"voltages_kv": "V"}))
    assert out["voltages_kv"].tolist() == ["400;132", "", "high"]
    assert frame["voltages_kv"].tolist() == ["400000;132000", "", "high"]


def test_decimal_commas() -> None:
    frame = pd.DataFrame({"capacity_mw": ["1.250,5", "7", "x"], "name": ["Nea, upper", "", ""]})
    out = converted(frame, Reading(decimal=","))
    assert out["capacity_mw"].tolist() == ["1250.5", "7", "x"]
    assert out["name"].tolist() == ["Nea, upper", "", ""]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("windows-1252", "windows-1252"),
        ("iso-8859-1", "iso-8859-1"),
    ],
)
def test_encoding_is_detected(encoding: str, found: str) -> None:
    text = "Fræna €" if encoding == "windows-1252" else "Fræna"
    data = text.encode(encoding)
    assert detected(data) == found
    assert data.decode(detected(data)).lstrip("\ufeff") == text


def test_a_table_of_one_s_own(toy) -> None:
    toy.write(
        "plants.csv",
        "ANLAGE;KW;Y;X;LAND\nDämme;250000,5;60,1;9,2;NO\nAndere;1;60,1;9,2;SE\n",
        encoding="windows-1252",
    )
    toy.set_layer(
        "plants",
        'file = "plants.csv"\nencoding = "detect"\nseparator = ";"\ndecimal = ","\n'
        "[layers.plants.columns]\n"
        'id = "#row"\nname = "ANLAGE"\ncapacity_mw = "KW"\nlat = "Y"\nlon = "X"\n'
        '[layers.plants.units]\ncapacity_mw = "kW"\n'
        '[layers.plants.values]\nfuel = "hydro"\n'
        '[layers.plants.keep]\nLAND = "NO"\n',
    )
    (plant,) = toy.layers().plants.frame.itertuples()
    assert (plant.id, plant.name, plant.fuel, plant.capacity_mw) == (
        "2",
        "Dämme",
        "hydro",
        250.0005,
    )


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            '[layers.plants.units]\ncapacity_mw = "MVA"',
            "'MVA' is no unit of it; write one of W, kW",
        ),
        ('[layers.plants.units]\nname = "V"', "'V' is no unit of it; write a factor"),
        (
            '[layers.plants.units]\nvoltage = "V"',
            "[layers.plants.units] option voltage: is unknown",
        ),
        ("bbox = [1, 2, 3]", "[1, 2, 3] is not a box"),
        ('encoding = "utf-9"', "'utf-9' is unknown"),
        ('separator = "||"', "'||' is not one character"),
        ("clip_km = -1", "is below 0"),
        ('[layers.plants.keep]\nland = "NO"', "plants.csv has no column 'land'"),
    ],
)
def test_fault_of_reading(toy, table: str, words: str) -> None:
    toy.set_layer("plants", f'file = "plants.csv"\n{table}')
    (fault,) = toy.faults()
    assert words in fault


def test_shapes_in_a_table_in_another_datum(toy) -> None:
    """ED50 lies about a hundred metres from WGS 84 in southern Norway."""
    square = "MULTIPOLYGON(((9 60,9.1 60,9.1 60.1,9 60.1,9 60)))"
    toy.write("gas.csv", f'FLD,WKT\nTroll,"{square}"\nLost,nowhere\n')
    table = 'file = "gas.csv"\ncrs = "EPSG:4230"\n[layers.gas_fields.columns]\n'
    table += 'id = "FLD"\nname = "FLD"\nwkt = "WKT"\n[layers.gas_fields.values]\n'
    toy.set_layer("gas_fields", table + "gas_mcm_per_year = 7\n")
    (fault,) = toy.faults()
    assert fault.startswith("gas.csv row 3 column wkt: is not well-known text")
    toy.write("gas.csv", f'FLD,WKT\nTroll,"{square}"\n')
    (point,) = toy.layers().gas_fields.frame.geometry
    to_utm = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True)
    as_if_wgs84 = shapely.Polygon(
        [to_utm.transform(*at) for at in [(9, 60), (9.1, 60), (9.1, 60.1), (9, 60.1)]]
    ).representative_point()
    assert 50 < point.distance(as_if_wgs84) < 200


def test_one_extract_gives_three_layers(toy) -> None:
    write_pbf(toy.folder / "toy.osm.pbf")
    for kind in ("substations", "lines", "plants"):
        toy.set_layer(kind, 'file = "toy.osm.pbf"\nformat = "osm"\nclip_km = 100')
    (toy.folder / "ties.csv").unlink()
    toy.set_layer("ties", 'file = "ties.csv"\nmay_be_empty = true')
    toy.write("ties.csv", "name,substation,capacity_mw\n")
    assert any("add a table [topology]" in fault for fault in toy.faults())
    path = toy.folder / "place.toml"
    path.write_text(path.read_text() + "\n[topology]\n")
    layers = toy.layers()
    assert len(layers.lines) == 7
    assert "cables / 3" in layers.lines.source.note
    traced = joined(layers)
    by_kv = traced.lines.frame.groupby("voltage_kv")["circuits"].sum()
    assert by_kv[400] == 2  # 400000;220000 with circuits 2;1 is divided, not doubled
    assert by_kv[220] == 1


def test_gridkit_is_cut_to_the_land_and_loses_no_end(toy) -> None:
    (toy.folder / "grid").mkdir()
    for name, text in GRIDKIT.items():
        (toy.folder / "grid" / name).write_text(text)
    for kind in ("substations", "lines"):
        toy.set_layer(kind, 'file = "grid"\nformat = "gridkit"')
    toy.set_layer("ties", 'file = "ties.csv"\nmay_be_empty = true')
    toy.write("ties.csv", "name,substation,capacity_mw\n")
    toy.spoil("place.toml", '"TOY"', '"NOR"')
    toy.write("plants.csv", WRI)
    toy.set_layer("plants", 'file = "plants.csv"\nformat = "wri"')
    layers = toy.layers()
    assert sorted(layers.substations.frame["id"]) == ["S3", "S4", "S5"]
    assert sorted(layers.lines.frame["id"]) == ["11", "12", "dc7"]
    assert layers.plants.frame["id"].tolist() == ["W1", "W2"]
    assert len(layers.lines.source.sha256) == 64


def test_a_shapefile_of_another_encoding_and_kml(toy) -> None:
    frame = gpd.GeoDataFrame(
        {"NAVN": ["Fræna"], "MW": [250.0]}, geometry=[shapely.Point(9.2, 60.1)], crs=4326
    )
    frame.to_file(toy.folder / "p.shp", encoding="ISO-8859-1")
    (toy.folder / "p.cpg").unlink()
    columns = '[layers.plants.columns]\nid = "#row"\nname = "NAVN"\ncapacity_mw = "MW"\n'
    fixed = '[layers.plants.values]\nfuel = "hydro"'
    for name in ("ISO-8859-1", "iso-8859-1", "latin-1", "windows-1252"):
        toy.set_layer("plants", f'file = "p.shp"\nencoding = "{name}"\n{columns}{fixed}')
        assert toy.layers().plants.frame["name"].tolist() == ["Fræna"]
    toy.set_layer("plants", f'file = "p.shp"\nencoding = "utf-8"\n{columns}{fixed}')
    assert "declare encoding" in toy.faults()[0]
    frame.rename(columns={"NAVN": "Name"}).to_file(toy.folder / "p.kml", driver="KML")
    columns = '[layers.plants.columns]\nid = "#row"\nname = "Name"\n'
    fixed = '[layers.plants.values]\nfuel = "hydro"\ncapacity_mw = 5'
    toy.set_layer("plants", f'file = "p.kml"\n{columns}{fixed}')
    assert toy.layers().plants.frame["name"].tolist() == ["Fræna"]
    frame.rename(columns={"NAVN": "Name"}).to_file(toy.folder / "p.gml", driver="GML")
    toy.set_layer("plants", f'file = "p.gml"\n{columns}{fixed}')
    (plant,) = toy.layers().plants.frame.to_crs(4326).geometry
    assert (plant.x, plant.y) == pytest.approx((9.2, 60.1))  # not latitude first


def test_gas_at_sea_is_of_the_place_and_said_to_be_offshore(toy) -> None:
    """The toy's land ends at 8.5 degrees; 100 km west is sea, 900 km is another sea."""
    header = "country/area,wiki-name,status,lat,lng,unit-id,production---gas-(million-m³/y)\n"
    rows = "Norway,Land,operating,60,9,A,1\nNorway,Sea,operating,60,6.7,B,2\n"
    rows += "Norway,Far,operating,60,-8,C,3\nDenmark,Theirs,operating,60,9,D,4\n"
    toy.write("gas.csv", header + rows)
    toy.spoil("place.toml", '"TOY"', '"NOR"')
    toy.set_layer("gas_fields", 'file = "gas.csv"\nformat = "gem"')
    fields = toy.layers().gas_fields
    assert fields.frame.set_index("id")["offshore"].to_dict() == {"A": False, "B": True}
    assert fields.frame.set_index("id").loc["B", "imputed"] == "offshore: not on the land"
    assert fields.source.note == "Cut to the land: 1 rows left out."


def test_a_cable_to_another_sea_is_left_out_with_its_end(toy) -> None:
    (toy.folder / "grid").mkdir()
    buses = GRIDKIT["buses.csv"] + "9,9,380,f,Substation,f,,-8,60\n"
    lines = GRIDKIT["lines.csv"]
    lines += "19,1,9,380,1,900000,False,False,,'LINESTRING(9 60,-8 60)'\n"
    for name, text in {"buses.csv": buses, "lines.csv": lines}.items():
        (toy.folder / "grid" / name).write_text(text)
    for kind in ("substations", "lines"):
        toy.set_layer(kind, 'file = "grid"\nformat = "gridkit"')
    toy.set_layer("ties", 'file = "ties.csv"\nmay_be_empty = true')
    toy.write("ties.csv", "name,substation,capacity_mw\n")
    layers = toy.layers()
    assert sorted(layers.lines.frame["id"]) == ["11", "12"]
    assert "S9" not in set(layers.substations.frame["id"])
    assert layers.lines.source.note.endswith("Cut to the land: 1 rows left out.")


@pytest.mark.parametrize("bomb", ["<!DOCTYPE kml [<!ENTITY a 'b'>]>", "<OGRVRTDataSource/>"])
def test_kml_that_means_harm(toy, bomb: str) -> None:
    toy.write("p.kml", f'<?xml version="1.0"?>\n{bomb}\n<kml><Document/></kml>')
    toy.set_layer("plants", 'file = "p.kml"')
    assert len(toy.faults()) == 1


def test_norwegian_fields_in_ed50(toy) -> None:
    path = DATA / "npd_fields" / "fldArea.csv"
    if not path.is_file():
        pytest.skip("no real data beside the checkout")
    toy.write("fields.csv", path.read_text(encoding="utf-8-sig"))
    toy.set_layer(
        "gas_fields",
        'file = "fields.csv"\ncrs = "EPSG:4230"\n[layers.gas_fields.columns]\nid = "#row"\n'
        'name = "fldName"\nwkt = "flddscAreaGeometryWKT_ED50"\n'
        "[layers.gas_fields.values]\noffshore = true\ngas_mcm_per_year = 0\n"
        '[layers.gas_fields.keep]\nfldHcType = ["GAS", "GAS/CONDENSATE"]',
    )
    fields = toy.layers().gas_fields.frame
    assert len(fields) == 32 + 18  # counted in SOURCE.md
    degrees = fields.to_crs(4326).geometry
    assert degrees.x.between(1, 32).all()
    assert degrees.y.between(56, 73).all()
    assert np.isfinite(fields.total_bounds).all()


def test_published_lengths(toy) -> None:
    path = toy.folder / "place.toml"
    path.write_text(path.read_text() + '\n[published]\nsource = "grid"\nkm = { 300 = 28, x = 1 }\n')
    (fault,) = toy.faults()
    assert fault.startswith("place.toml [published] km x: 1 is not a length")
    path.write_text(path.read_text().replace(", x = 1", ""))
    assert open_place(str(toy.folder)).place.published_km == {300: 28}
