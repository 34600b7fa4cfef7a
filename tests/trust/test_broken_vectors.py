"""Vector files as people spoil them: GeoJSON, Shapefile, GeoPackage, FlatGeobuf, drawn lines."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import MultiPoint, Point

from tests.trust.country import Country, build, collection

if TYPE_CHECKING:
    from collections.abc import Callable

    Spoil = Callable[[Country], object]

EAST = [[9.25, 59.5], [10.0, 59.5], [10.0, 61.0], [9.25, 61.0], [9.25, 59.5]]
FUNCTIONS = ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")
ROW = "regions.geojson row 2"


def east(shape: dict[str, Any] | None) -> Spoil:
    """Give the eastern region another geometry."""

    def spoil(country: Country) -> None:
        content = json.loads(country.read("regions.geojson"))
        content["features"][1]["geometry"] = shape
        country.write("regions.geojson", json.dumps(content))

    return spoil


def ring(*points: list[float]) -> Spoil:
    """Give the eastern region another ring."""
    return east({"type": "Polygon", "coordinates": [list(points)]})


def text(how: Callable[[str], str | bytes]) -> Spoil:
    """Rewrite the regions."""
    return lambda country: country.change("regions.geojson", how)


def crs(name: str) -> Spoil:
    """Let the regions declare a CRS."""
    member = f'"crs": {{"type": "name", "properties": {{"name": "{name}"}}}},'
    return text(lambda old: old.replace("{", "{" + member, 1))


def regions_as(ending: str, spoil: Spoil) -> Spoil:
    """Convert the regions, and spoil the outcome."""

    def both(country: Country) -> None:
        frame = gpd.read_file(country.folder / "regions.geojson")
        frame.to_file(country.folder / f"r.{ending}")
        country.use("regions", f"r.{ending}")
        spoil(country)

    return both


def plants_as(change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Spoil:
    """Write the plants as a GeoPackage."""

    def spoil(country: Country) -> None:
        table = pd.read_csv(country.folder / "plants.csv")
        points = gpd.points_from_xy(table.pop("lon"), table.pop("lat"))
        change(gpd.GeoDataFrame(table, geometry=points, crs=4326)).to_file(
            country.folder / "p.gpkg"
        )
        country.use("plants", "p.gpkg")

    return spoil


def capacity(values: object) -> Spoil:
    """Write other capacities of the plants."""
    return plants_as(lambda frame: frame.assign(capacity_mw=values))


def sql(file: str, *orders: str) -> Spoil:
    """Change a GeoPackage as a database, its triggers left out."""

    def spoil(country: Country) -> None:
        with closing(sqlite3.connect(country.folder / file)) as base:
            for name in FUNCTIONS:
                base.create_function(name, 1, lambda _: 0)
            for order in orders:
                base.execute(order)
            base.commit()

    return spoil


def cut(file: str, size: int) -> Spoil:
    """Truncate a file."""
    return lambda country: os.truncate(country.folder / file, size)


def without(file: str) -> Spoil:
    """Remove a file."""
    return lambda country: (country.folder / file).unlink()


def way(*points: list[float]) -> dict[str, Any]:
    """A line of GeoJSON."""
    return {"type": "LineString", "coordinates": list(points)}


WAYS = [
    (300, way([9, 60], [9.5, 60])),
    (300, way([9, 60], [9, 60.4])),
    (300, way([9.5, 60], [9, 60.4])),
    (132, way([9, 60.4], [9.4, 60.5])),
    (132, way([9, 60], [9.4, 60.5])),
    (300, way([9.5, 60], [10.2, 60.1])),
]


def drawn(*ways: tuple[float | None, dict[str, Any]]) -> Spoil:
    """Draw the lines, and let their ends be found."""

    def spoil(country: Country) -> None:
        features = [
            {"type": "Feature", "properties": {"id": f"W{i}", "voltage_kv": kv}, "geometry": shape}
            for i, (kv, shape) in enumerate(ways)
        ]
        country.write("ways.geojson", collection(*features))
        country.spoil("place.toml", "[scenario]", "[topology]\nmerge_m = 500\n[scenario]")
        country.write("outages.csv", "outage,element\nTower,W0\n")
        country.use("lines", "ways.geojson")

    return spoil


def both(*spoils: Spoil) -> Spoil:
    """Spoil in several ways."""
    return lambda country: [spoil(country) for spoil in spoils]


NO_POLYGON = "not a finite, non-empty Polygon"
REFUSED: dict[str, tuple[Spoil, str, str]] = {
    "a bow-tie": (
        ring([9.25, 59.5], [10, 61], [10, 59.5], [9.25, 61], [9.25, 59.5]), ROW,
        "Self-intersection",
    ),
    "an open ring": (ring(*EAST[:-1]), ROW, NO_POLYGON),
    "a ring of two points": (ring(*EAST[:2]), ROW, NO_POLYGON),
    "a ring without area": (ring(EAST[0], EAST[1], EAST[0], EAST[0]), ROW, "Too few points"),
    "no geometry": (east(None), ROW, NO_POLYGON),
    "an empty polygon": (east({"type": "Polygon", "coordinates": []}), ROW, NO_POLYGON),
    "a point": (east({"type": "Point", "coordinates": [9, 60]}), ROW, NO_POLYGON),
    "a line": (east(way(*EAST)), ROW, NO_POLYGON),
    "a collection": (
        east({"type": "GeometryCollection",
              "geometries": [{"type": "Polygon", "coordinates": [EAST]}]}),
        ROW, NO_POLYGON,
    ),
    "a hole outside": (
        east({"type": "Polygon", "coordinates": [EAST, [[1, 1], [2, 1], [2, 2], [1, 1]]]}),
        ROW, "Hole lies outside shell",
    ),
    "a coordinate that is no number": (
        text(lambda old: old.replace("[10.0, 59.5]", "[NaN, 59.5]")), ROW, "Invalid Coordinate",
    ),
    "a coordinate of null": (
        text(lambda old: old.replace("[10.0, 59.5]", "[null, 59.5]")), ROW, NO_POLYGON,
    ),
    "a coordinate in quotes": (
        text(lambda old: old.replace("[10.0, 59.5]", '["10", 59.5]')), ROW, NO_POLYGON,
    ),
    "an infinite coordinate": (
        text(lambda old: old.replace("[10.0, 59.5]", "[1e400, 59.5]")), "regions.geojson",
        "cannot be read",
    ),
    "a coordinate beyond the globe": (
        text(lambda old: old.replace("[10.0, 59.5]", "[1000.0, 59.5]")), ROW,
        "the CRS is in degrees",
    ),
    "round the wrong side of the earth": (
        ring([179, 59.5], [-179, 59.5], [-179, 61], [179, 61], [179, 59.5]), ROW,
        "crosses the antimeridian",
    ),
    "swapped axes": (
        ring(*([lat, lon] for lon, lat in EAST)), ROW, "check that lon and lat are not swapped",
    ),
    "a name twice": (
        text(lambda old: old.replace('"East"', '"West"')), f"{ROW} column name", "is used twice",
    ),
    "no name": (text(lambda old: old.replace('"East"', "null")), f"{ROW} column name", "is empty"),
    "a number for a name": (
        text(lambda old: old.replace('"East"', "7")), "land_prices.csv row 3 column region",
        "no region has the name 'East'",
    ),
    "an array": (lambda c: c.write("regions.geojson", "[]"), "regions.geojson", "is not GeoJSON"),
    "an empty object": (
        lambda c: c.write("regions.geojson", "{}"), "regions.geojson", "cannot be read",
    ),
    "no features": (
        lambda c: c.write("regions.geojson", collection()), "regions.geojson", "'name' is missing",
    ),
    "an empty file": (
        lambda c: c.write("regions.geojson", ""), "regions.geojson", "is not GeoJSON",
    ),
    "half a file": (text(lambda old: old[:-30]), "regions.geojson", "cannot be read"),
    "two files in one": (text(lambda old: old + old), "regions.geojson", "cannot be read"),
    "nesting without bottom": (
        text(lambda _: '{"type": "FeatureCollection", "features": ' + "[" * 10**5 + "]" * 10**5),
        "regions.geojson", "cannot be read",
    ),
    "UTF-16": (text(lambda old: old.encode("utf-16")), "regions.geojson", "is not GeoJSON"),
    "Latin-1": (
        text(lambda old: old.replace("East", "Øst").encode("latin-1")), "regions.geojson line 1",
        "is not UTF-8 (byte 0xd8)",
    ),
    "metres declared, degrees given": (
        crs("urn:ogc:def:crs:EPSG::3857"), "substations.csv row 2", "the CRS is right",
    ),
    "a CRS that there is not": (
        crs("urn:ogc:def:crs:EPSG::99999999"), "regions.geojson", "which is no CRS",
    ),
    "a Shapefile without its table": (
        regions_as("shp", without("r.dbf")), "r.shp", "column 'name' is missing",
    ),
    "a Shapefile without its index": (
        regions_as("shp", without("r.shx")), "r.shp", "Unable to open",
    ),
    "a Shapefile without its CRS": (
        regions_as("shp", without("r.prj")), "r.shp", "declare crs = 'EPSG:…'",
    ),
    "a Shapefile of half a CRS": (
        regions_as("shp", lambda c: c.write("r.prj", "PROJCS[")), "r.shp", "cannot be read",
    ),
    "half a Shapefile": (regions_as("shp", cut("r.shp", 200)), "r.shp row 1", NO_POLYGON),
    "half an index": (regions_as("shp", cut("r.shx", 60)), "r.shp", "cannot be read"),
    "a table in another encoding than it says": (
        regions_as("shp", lambda c: c.write(
            "r.dbf", (c.folder / "r.dbf").read_bytes().replace(b"West", b"W\xe5st"))),
        "r.shp", "has texts that are not utf-8",
    ),
    "a GeoPackage of garbage": (
        regions_as("gpkg", sql("r.gpkg", "UPDATE r SET geom = x'0102' WHERE name = 'West'")),
        "r.gpkg row 1", NO_POLYGON,
    ),
    "a GeoPackage nowhere on earth": (
        regions_as("gpkg", sql("r.gpkg", "UPDATE gpkg_geometry_columns SET srs_id = -1",
                               "UPDATE gpkg_contents SET srs_id = -1")),
        "r.gpkg", "no place on earth",
    ),
    "a GeoPackage in degrees of nothing": (
        regions_as("gpkg", sql("r.gpkg", "UPDATE gpkg_geometry_columns SET srs_id = 0",
                               "UPDATE gpkg_contents SET srs_id = 0")),
        "r.gpkg", "no place on earth",
    ),
    "a GeoPackage of an unknown CRS": (
        regions_as("gpkg", sql("r.gpkg", "UPDATE gpkg_geometry_columns SET srs_id = 77777")),
        "r.gpkg", "srs_id '77777'",
    ),
    "a GeoPackage without contents": (
        regions_as("gpkg", sql("r.gpkg", "DELETE FROM gpkg_contents")), "r.gpkg",
        "has no layer of shapes",
    ),
    "half a GeoPackage": (regions_as("gpkg", cut("r.gpkg", 50_000)), "r.gpkg", "cannot be read"),
    "half a FlatGeobuf": (
        regions_as("fgb", cut("r.fgb", 300)), "r.fgb", "has no layer of shapes",
    ),
    "text among numbers": (
        both(plants_as(lambda frame: frame), sql("p.gpkg", "DROP TRIGGER rtree_p_geom_update6",
             "UPDATE p SET capacity_mw = 'many' WHERE id = 'P2'")),
        "p.gpkg row 2 column capacity_mw", "'many' is not a number",
    ),
    "infinity": (
        capacity([np.inf, 1, 1]), "p.gpkg row 1 column capacity_mw", "'inf' is not a number",
    ),
    "unknown": (capacity([np.nan, 1, 1]), "p.gpkg row 1 column capacity_mw", "is empty"),
    "dates among numbers": (
        capacity(pd.to_datetime(["1970-01-01", "1970-01-02", "1970-01-03"])),
        "p.gpkg row 1 column capacity_mw", "is not a number",
    ),
    "true among numbers": (
        plants_as(lambda frame: frame.drop(columns="annual_gwh").assign(
            capacity_mw=[True, False, True])),
        "p.gpkg row 1 column capacity_mw", "'True' is not a number",
    ),
    "two points for one": (
        plants_as(lambda frame: frame.set_geometry(
            [MultiPoint([one, one]) for one in frame.geometry], crs=4326)),
        "p.gpkg row 1", "not a finite, non-empty Point",
    ),
    "an empty point": (
        plants_as(lambda frame: frame.set_geometry([Point(), *frame.geometry[1:]], crs=4326)),
        "p.gpkg row 1", "not a finite, non-empty Point",
    ),
    "a drawn line of one point": (
        drawn(*WAYS, (300, way([9.2, 60.2]))), "ways.geojson row 7", "non-empty LineString",
    ),
    "a drawn line to nowhere": (
        drawn(*WAYS, (300, way([9.2, 60.2], [None, 60]))), "ways.geojson row 7",  # type: ignore[list-item]
        "non-empty LineString",
    ),
    "a point drawn as a line": (
        drawn(*WAYS, (300, {"type": "Point", "coordinates": [9, 60]})), "ways.geojson row 7",
        "non-empty LineString",
    ),
    "drawn in volts": (
        drawn(*WAYS, (300_000, WAYS[0][1])), "ways.geojson row 7 column voltage_kv", "1 to 1200",
    ),
    "a drawing that meets nothing": (
        drawn((300, way([9.7, 60.7], [9.8, 60.8]))), "substations",
        "no line meets one of the place itself",
    ),
}  # fmt: skip
SAME: dict[str, Spoil] = {
    "byte order mark": text(lambda old: b"\xef\xbb\xbf" + old.encode()),
    "heights": ring(*([*point, 7.0] for point in EAST)),
    "a ring the other way round": ring(*reversed(EAST)),
    "a key twice": text(
        lambda old: old.replace('{"name": "East"}', '{"name": "W", "name": "East"}')
    ),
    "numbers as text": capacity(["900", "300", "100"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_in_one_line_with_its_place_and_remedy(name, country: Country, command) -> None:
    spoil, where, words = REFUSED[name]
    spoil(country)
    printed = command("rank", str(country.folder), "--format", "json")
    assert (printed.code, printed.out) == (3, "")
    (told,) = printed.err.splitlines()
    assert told.startswith(f"powersite: {where}")
    assert words in told
    assert "; " in told.removeprefix("powersite: ")
    assert str(country.folder) not in told


@pytest.mark.slow
@pytest.mark.parametrize("name", SAME)
def test_makes_no_difference(name, country: Country, answer, tmp_path) -> None:
    SAME[name](country)
    assert answer(country) == answer(build(tmp_path / "clean"))


@pytest.mark.slow
def test_what_a_drawing_holds_too_much_is_counted(country: Country, command, tmp_path) -> None:
    """A way of no length, and one from Alpha round to Alpha."""
    round_alpha = way([9, 60], [9.02, 60.02], [9.02, 59.98], [9, 60])
    drawn(*WAYS, (300, way([9.2, 60.2], [9.2, 60.2])), (300, round_alpha))(country)
    out = tmp_path / "out"
    assert command("site", str(country.folder), "--out", str(out)).code == 0
    inferred = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["inferred"]
    assert (inferred["points"], inferred["loops"]) == (1, 1)
