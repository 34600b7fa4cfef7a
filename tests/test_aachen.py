"""Real ground from end to end: elevation, land cover, protected areas and roads of Aachen."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from shapely import GeometryCollection, LineString, MultiPolygon, Polygon

import cli
from geo.ground import ground_of
from geo.screening import screen
from geo.siting import find_sites
from layers.place import faults_of, open_place, read_layers
from layers.question import ask
from tests import aachen

SMALL = """[surfaces]
cell_m = 250
"""


def found(folder):
    place = open_place(str(folder))
    return find_sites(read_layers(place), ask(place, None, {}))


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    return found(aachen.make(tmp_path_factory.mktemp("aachen")))


@pytest.fixture(scope="module")
def green(answer):
    return answer.sites[answer.sites["kind"] == "greenfield"]


def test_sites_keep_their_distance_to_what_is_barred(answer, green) -> None:
    assert len(green) > 10
    barred = answer.layers.barred.frame
    for setback_m, rows in barred.groupby("setback_m"):
        tree = shapely.STRtree(rows.geometry.to_numpy())
        _, away_m = tree.query_nearest(green.geometry.to_numpy(), return_distance=True)
        assert away_m.min() >= setback_m
        assert away_m.min() > 0


def test_sites_are_large_enough_compact_and_apart(green) -> None:
    """100 MW at 0.25 ha each; a square fills 0.79 of the disc with its border."""
    assert (green["area_ha"] >= 25).all()
    assert (green["area_ha"] < 26).all()
    compact = 4 * np.pi * green.area / green.length**2
    assert compact.median() > 0.45
    where = green.geometry.centroid
    away = shapely.distance(where.to_numpy()[:, None], where.to_numpy()[None, :])
    assert away[~np.eye(len(where), dtype=bool)].min() >= 3_500


def test_no_site_stands_in_town_forest_or_water(answer, green) -> None:
    """Every pixel of the land cover below a site is farmland, grass or heath."""
    path = answer.layers.surfaces.rasters["land_cover"].path
    with rasterio.open(path) as file:
        for shape in green.to_crs(file.crs).geometry:
            inner = shapely.points(shapely.get_coordinates(shape.buffer(-60).segmentize(20)))
            codes = [code[0] for code in file.sample(shapely.get_coordinates(inner))]
            assert set(codes) <= set(range(12, 23)) | set(range(26, 35))


def test_slope_is_that_of_the_elevation_and_bars_steep_ground(green) -> None:
    assert green["slope_coverage"].min() > 0.99
    assert green["slope_pct"].between(0, 10).all()
    assert green["slope_pct"].median() < 5


def test_tie_lines_follow_the_ground(answer) -> None:
    feeds = answer.feeds
    sites = answer.sites.set_index("site_id").loc[feeds["site_id"]]
    assert feeds.geom_type.eq("LineString").all()
    long = feeds["tie_km"] > 1
    assert feeds.length[long].to_numpy() / 1000 == pytest.approx(feeds["tie_km"][long], rel=0.1)
    straight = shapely.distance(
        shapely.get_point(feeds.geometry.to_numpy(), 0),
        shapely.get_point(feeds.geometry.to_numpy(), -1),
    )
    assert (feeds["tie_km"].to_numpy() * 1000 >= straight - 1e-6).all()
    assert (feeds["tie_km"] <= 15).all()
    by_terrain = feeds.filter(like="usd_").sum(axis=1).to_numpy()
    assert by_terrain == pytest.approx(sites["line_usd"].to_numpy())
    whole = feeds.filter(like="km_").sum(axis=1)[long]
    assert whole.to_numpy() == pytest.approx(feeds["tie_km"][long].to_numpy(), rel=0.05)


def test_what_bars_a_cell_is_named(answer) -> None:
    ground, grid = ground_of(answer.layers, answer.scenario, np.zeros((0, 2)))
    middle = next(
        tile
        for tile in grid.tiles(64)
        if tile.column > grid.column + 60 and tile.row > grid.row + 60
    )
    cells = screen(ground, middle)
    named = {reason for row in range(64) for reason in cells.why(row, 5)}
    assert named <= {*cells.reasons}
    assert named
    assert ((cells.buildable == 0) | (cells.columns["slope_pct"] < 40)).all()
    assert {"line_km_138", "station_km_345", "slope_pct"} <= set(cells.columns)


def test_a_crooked_mixed_and_foreign_exclusion_bars_as_its_repaired_form(tmp_path) -> None:
    """Bow ties, a collection and a line, in degrees; and the same made whole in the place's CRS."""
    frame = (
        gpd.read_file(aachen.DATA / "CDDA_aachenClipped.shp").to_crs(4326)
        if (aachen.DATA.is_dir())
        else pytest.skip("the Aachen data are not here")
    )
    west, south = 6.10, 50.84
    bow = Polygon(
        [(west, south), (west + 0.03, south + 0.02), (west + 0.03, south), (west, south + 0.02)]
    )
    mixed = GeometryCollection([bow, LineString([(west, south), (6.2, 50.9)])])
    crooked = gpd.GeoSeries([*frame.geometry, bow, mixed], crs=4326)
    repaired = shapely.make_valid(frame.to_crs(aachen.CRS).geometry.to_numpy())
    whole = MultiPolygon(shapely.get_parts(shapely.make_valid(bow)).tolist())
    bows = gpd.GeoSeries([whole], crs=4326).to_crs(aachen.CRS)
    answers = []
    for name, shapes in (
        ("crooked", crooked),
        ("repaired", gpd.GeoSeries([*repaired, *bows], crs=aachen.CRS)),
    ):
        place = aachen.PLACE.replace("CDDA_aachenClipped.shp", f"{name}.gpkg")
        folder = aachen.make(tmp_path / name, place.replace("[surfaces]\ncell_m = 100\n", SMALL))
        gpd.GeoDataFrame(geometry=shapes).to_file(folder / f"{name}.gpkg", driver="GPKG")
        answers.append(found(folder))
    one, other = (answer.sites[["site_id", "area_ha", "tie_km"]] for answer in answers)
    assert one.equals(other)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('file = "elevation.tif"', 'file = "elevation.vrt"', "is not named as GeoTIFF"),
        ('"40-44" = {', '"4O-44" = {', "is not a class or a range of classes"),
        ('"40-44" = {', '"39-44" = {', "class 39 is there twice"),
        ('terrain = "wetland"', 'terrain = "wetlnd"', "'wetlnd' is unknown"),
        ("setback_m = 300", "setback_m = -3", "-3 is outside 0 to 100000"),
        ("cell_m = 100", "cell_m = 1", "1 is outside 10 to 100000"),
        ('type = ["motorway"', 'kind = ["motorway"', "has no column 'kind'"),
        ('[barred.motorway]\nfile = "aachenRoads.shp"', "[barred.motorway]", "'file' is missing"),
    ],
)
def test_what_is_wrong_is_one_clear_fault(tmp_path, old, new, problem) -> None:
    assert old in aachen.PLACE
    faults = faults_of(str(aachen.make(tmp_path / "place", aachen.PLACE.replace(old, new))))
    assert len(faults) == 1
    assert problem in str(faults[0])


def test_shapes_elsewhere_are_refused(tmp_path) -> None:
    place = aachen.PLACE.replace("CDDA_aachenClipped.shp", "far.gpkg")
    folder = aachen.make(tmp_path / "place", place)
    far = gpd.GeoSeries([Polygon([(-30, 10), (-29, 10), (-29, 11)])], crs=4326)
    gpd.GeoDataFrame(geometry=far).to_file(folder / "far.gpkg", driver="GPKG")
    (fault,) = faults_of(str(folder))
    assert fault.problem == "does not overlap the regions of the place"


def test_the_land_of_a_place_is_printed(tmp_path, capsys, monkeypatch) -> None:
    place = aachen.PLACE.replace("[surfaces]\ncell_m = 100\n", SMALL)
    folder = aachen.make(tmp_path / "place", place)
    monkeypatch.setattr("sys.argv", ["powersite", "land", str(folder), "-q", "--format", "json"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 0
    told = json.loads(capsys.readouterr().out)
    shares = {row["reason"]: row["share"] for row in told["barred"]}
    assert told["land_km2"] == pytest.approx(1280, rel=0.02)
    assert 0.3 < shares["forest"] < 0.45
    assert 0.1 < shares["nothing"] < 0.25
