"""Ground from files, end to end, of a made-up country: what the real data of Aachen show at length.

Degrees of a hundredth: west of 9.5° farmland, 100 m high; east of it a lake, but for a hill beyond
60.5° N that rises 20 m every hundredth of a degree of latitude (1.8 %) and is forest.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from shapely import LineString, box

from geo.siting import find_sites
from layers.place import faults_of, open_place, read_layers
from layers.question import ask
from tests.trust.conftest import run_in_process
from tests.trust.country import Country, build

if TYPE_CHECKING:
    from pathlib import Path

WEST, NORTH, STEP = 8.4, 61.1, 0.01
CORNER = rasterio.Affine(STEP, 0, WEST, 0, -STEP, NORTH)
FARM, LAKE, FOREST = 1, 41, 23
GROUND = """
[surfaces]
cell_m = 1000

[layers.elevation]
file = "elevation.tif"
[layers.land_cover]
file = "cover.tif"
[layers.land_cover.classes]
"1-11" = "open"
"23" = { terrain = "forest" }
"40-44" = { terrain = "water", barred = "lake" }

[barred.park]
file = "parks.geojson"
setback_m = 3000
[barred.park.only]
kind = ["national"]
[barred.road]
file = "road.geojson"
setback_m = 1000
terrain = "urban"
"""
PARK = box(8.9, 59.9, 9.0, 59.95)
ROAD = LineString([(8.6, 60.2), (9.2, 60.2)])


def ground(country: Country, told: str = GROUND) -> Country:
    """Put the ground into a country."""
    lon, lat = np.meshgrid(WEST + STEP * (np.arange(170) + 0.5), NORTH - STEP * np.arange(170))
    hill = (lon > 9.5) & (lat > 60.5)
    cover = np.where(lon < 9.5, FARM, np.where(hill, FOREST, LAKE))
    height = np.where(hill, 100 + (lat - 60.5) * 2000, 100)
    for name, values in (("elevation", height), ("cover", cover)):
        with rasterio.open(
            country.folder / f"{name}.tif", "w", driver="GTiff", width=170, height=170, count=1,
            dtype="float32", crs="EPSG:4326", nodata=-9999, transform=CORNER,
        ) as file:  # fmt: skip
            file.write(values.astype("float32"), 1)
    parks = gpd.GeoDataFrame(
        {"kind": ["national", "town"]}, geometry=[PARK, box(8.6, 60.6, 8.9, 60.9)], crs=4326
    )
    parks.to_file(country.folder / "parks.geojson")
    gpd.GeoDataFrame(geometry=[ROAD], crs=4326).to_file(country.folder / "road.geojson")
    country.change("place.toml", lambda text: text + told)
    return country


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Country:
    return ground(build(tmp_path_factory.mktemp("ground") / "toy"))


@pytest.fixture(scope="module")
def answer(made: Country):
    place = open_place(str(made.folder))
    return find_sites(read_layers(place), ask(place, None, {"top": 60, "spacing_km": 8}))


def test_what_bars_comes_with_its_distance_and_its_source(made: Country) -> None:
    """The lake of barred.geojson, the national park and the road; not the park of a town."""
    layers = read_layers(open_place(str(made.folder)))
    rows = layers.barred.frame
    assert sorted(zip(rows["reason"], rows["setback_m"].fillna(0), strict=True)) == [
        ("park", 3000), ("road", 1000), ("water", 0),
    ]  # fmt: skip
    assert {one.kind for one in layers.listed} == {"elevation", "land_cover", "barred"}
    assert all(len(one.source.sha256) == 64 for one in layers.listed)
    assert layers.surfaces.cell_m == 1000


def test_sites_stand_off_what_is_barred(answer) -> None:
    green = answer.sites[answer.sites["kind"] == "greenfield"]
    assert len(green) > 10
    shapes = green.geometry
    lake = gpd.GeoSeries([box(9.5, 59.4, 10.1, 60.49)], crs=4326).to_crs(green.crs)[0]
    assert not shapes.intersects(lake.buffer(-1500)).any()
    for barred, away_m in ((PARK, 3000), (ROAD, 1000)):
        there = gpd.GeoSeries([barred], crs=4326).to_crs(green.crs)[0]
        assert shapes.distance(there).min() >= away_m - 1


def test_slopes_are_those_of_the_hill(answer) -> None:
    """20 m up in a hundredth of a degree, which is 1,114 m: 1.8 %; flat elsewhere.

    A tenth is lost or won where pixels are as coarse as cells.
    """
    green = answer.sites[answer.sites["kind"] == "greenfield"].to_crs(4326)
    middle = green.geometry.representative_point()
    high = (middle.x > 9.6) & (middle.y.between(60.6, 60.95))
    assert green.loc[high, "slope_pct"].to_numpy() == pytest.approx(1.8, abs=0.2)
    assert high.any()
    flat = middle.x < 9.4
    assert green.loc[flat, "slope_pct"].to_numpy() == pytest.approx(0, abs=0.01)


def test_tie_lines_tell_the_ground_they_cross(answer) -> None:
    """Cell by cell, so all but what lies within the cells at its ends."""
    feeds = answer.feeds
    whole = feeds.filter(regex="^km_").sum(axis=1).to_numpy()
    assert (feeds["tie_km"] > 3).sum() > 10
    assert whole == pytest.approx(feeds["tie_km"].to_numpy(), abs=np.sqrt(2))
    straight = shapely.distance(
        shapely.get_point(feeds.geometry.to_numpy(), 0),
        shapely.get_point(feeds.geometry.to_numpy(), -1),
    )
    assert (feeds["tie_km"].to_numpy() * 1000 >= straight - 1e-6).all()


def test_the_land_command_tells_what_bars(made: Country) -> None:
    """The lake is 0.5° of 1.5° wide, and 1° of 1.5° high: two ninths of the country."""
    printed = run_in_process("land", str(made.folder), "--quiet", "--format", "json")
    assert printed.code == 0, printed.err
    told = json.loads(printed.out)
    shares = {row["reason"]: row["share"] for row in told["barred"]}
    assert shares["lake"] == pytest.approx(2 / 9, abs=0.02)
    assert {"park", "road", "nothing"} <= set(shares)
    assert shares["nothing"] > 0.5


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"elevation.tif"', '"elevation.vrt"', "'elevation.vrt' is not named as GeoTIFF"),
        ('[layers.elevation]\nfile = "elevation.tif"', "[layers.elevation]",
         "option 'file' is missing"),
        ('"23" = {', '"2E" = {', "is not a class or a range of classes"),
        ('"23" = {', '"-3" = {', "is not a class or a range of classes"),
        ('"23" = {', '"9-3" = {', "is not a class or a range of classes"),
        ('"23" = {', '"41-43" = {', "class 41 is there twice"),
        ('"23" = { terrain = "forest" }', '"23" = 7', "7 is not a class"),
        ('terrain = "forest"', 'terrain = "forst"', "'forst' is unknown"),
        ('terrain = "urban"', 'terrain = "urbn"', "'urbn' is unknown"),
        ("setback_m = 3000", "setback_m = -1", "-1 is outside 0 to 100000"),
        ('barred = "lake"', 'barred = "lake", setback_m = 1e9', "1e+09 is outside 0 to 100000"),
        ("cell_m = 1000", "cell_m = 1", "1 is outside 10 to 100000"),
        ('kind = ["national"]', 'kind = ["national", 3]', "['national', 3] is not text"),
        ('kind = ["national"]', 'sort = "national"', "parks.geojson has no column 'sort'"),
        ('file = "parks.geojson"', "", "option 'file' is missing"),
        ('file = "parks.geojson"', 'file = "parks.csv"', "a table cannot hold areas"),
        ('file = "parks.geojson"', 'file = "far.geojson"',
         "does not overlap the regions of the place"),
        ('file = "cover.tif"', 'file = "none.tif"', "does not exist"),
        ('file = "parks.geojson"', 'file = "none.geojson"', "does not exist"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_ground_is_one_fault(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert GROUND.count(old) == 1
    country = ground(build(tmp_path / "toy"), GROUND.replace(old, new))
    far = gpd.GeoDataFrame({"kind": ["national"]}, geometry=[box(-30, 10, -29, 11)], crs=4326)
    far.to_file(country.folder / "far.geojson")
    (fault,) = faults_of(str(country.folder))
    assert problem in str(fault)


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ('\n[barred]\npark = "parks.geojson"\n', "'parks.geojson' is not a table"),
        ('\n[layers.land_cover]\nfile = "cover.tif"\n', "does not say what its classes mean"),
    ],
)
def test_what_is_said_in_another_form_is_one_fault(tmp_path: Path, told: str, problem: str) -> None:
    (fault,) = faults_of(str(ground(build(tmp_path / "toy"), told).folder))
    assert problem in str(fault)


def test_shapes_of_any_kind_bar_as_what_can_be_made_of_them(made: Country, tmp_path: Path) -> None:
    """A bow tie has the area of its halves, what is empty none; a line needs a distance to bar."""
    country = ground(build(tmp_path / "toy"), GROUND.replace("setback_m = 1000\n", ""))
    bow = shapely.Polygon([(8.9, 59.9), (9.0, 59.95), (9.0, 59.9), (8.9, 59.95)])
    shapes = [bow, None, shapely.Polygon(), shapely.GeometryCollection([PARK, ROAD])]
    frame = gpd.GeoDataFrame({"kind": ["national"] * 4}, geometry=shapes, crs=4326)
    frame.to_file(country.folder / "parks.geojson")
    rows = read_layers(open_place(str(country.folder))).barred.frame
    assert "road" not in set(rows["reason"])
    parks = rows[rows["reason"] == "park"]
    assert parks.geometry.is_valid.all()
    park_m2 = read_layers(open_place(str(made.folder))).barred.frame.query("reason == 'park'").area
    # Two triangles of a quarter of the box each, the box again, and the road that keeps its 3 km.
    assert parks.area.sum() == pytest.approx(1.5 * park_m2.sum(), rel=0.01)
    assert set(parks.geom_type) == {"Polygon", "LineString"}
