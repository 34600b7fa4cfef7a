"""The command that measures a list of one's own, from files to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from shapely import LineString, Point, Polygon, box
from typer.testing import CliRunner

from cli import app

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

UTM = "EPSG:25833"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two parcels of 2 km side by side, a road through both, and a raster that is 3 and 5."""
    gpd.GeoDataFrame(
        {"name": ["west", "east"], "price": [30.0, 10.0]},
        geometry=[box(500_000, 0, 502_000, 2000), box(502_000, 0, 504_000, 2000)],
        crs=UTM,
    ).to_file(tmp_path / "list.gpkg")
    road = gpd.GeoSeries([LineString([(501_000, 1500), (509_000, 1500)])], crs=UTM)
    road.to_file(tmp_path / "road.gpkg")
    road.to_crs(4326).to_file(tmp_path / "degrees.geojson")
    with rasterio.open(
        tmp_path / "wind.tif", "w", driver="GTiff", height=1, width=2, count=1, dtype="float32",
        crs=UTM, transform=rasterio.Affine(2000, 0, 500_000, 0, -2000, 2000), nodata=-1,
    ) as file:  # fmt: skip
        file.write(np.array([[3, 5]], np.float32), 1)
    (tmp_path / "bad.gpkg").write_bytes(b"SQLite format 3\x00 and no more")
    (tmp_path / "road.doc").write_bytes(b"road")
    return tmp_path


def measure(folder: Path, *options: str, rows: str = "list.gpkg", out: str = "out.gpkg") -> Result:
    named = [part.replace("=", f"={folder}/") if "=" in part else part for part in options]
    command = ["measure", str(folder / rows), "--out", str(folder / out), *named]
    return CliRunner().invoke(app, command)


def test_a_list_is_measured_and_kept(folder: Path) -> None:
    answer = measure(
        folder, "--length", "road=road.gpkg", "--distance", "road=road.gpkg",
        "--mean", "wind=wind.tif", "--percentile", "price", "--percentile", "wind_mean",
    )  # fmt: skip
    assert answer.exit_code == 0, answer.output
    found = gpd.read_file(folder / "out.gpkg", layer="sites")
    assert found["name"].tolist() == ["west", "east"]
    assert found["road_length_km"].tolist() == [1, 2]
    assert found["road_distance_km"].tolist() == [0.5, 0.5]
    assert found["wind_mean"].tolist() == [3, 5]
    assert found["wind_coverage"].tolist() == [1, 1]
    assert found["price_percentile"].tolist() == [0.75, 0.25]
    assert found["wind_mean_percentile"].tolist() == [0.25, 0.75]


def test_other_crs_is_brought_over(folder: Path) -> None:
    """A straight line in degrees is bent by less than a metre here."""
    assert measure(folder, "--length", "road=degrees.geojson").exit_code == 0
    found = gpd.read_file(folder / "out.gpkg")
    assert found["road_length_km"].tolist() == pytest.approx([1, 2], abs=1e-3)


def test_a_list_may_be_measured_onto_itself(folder: Path) -> None:
    assert measure(folder, "--length", "road=road.gpkg", out="list.gpkg").exit_code == 0
    assert measure(folder, "--percentile", "road_length_km", out="list.gpkg").exit_code == 0
    found = gpd.read_file(folder / "list.gpkg")
    assert found["road_length_km_percentile"].tolist() == [0.25, 0.75]


def test_points_have_distances_and_no_lengths(folder: Path) -> None:
    points = gpd.GeoSeries([Point(501_000, 0), Point(508_000, 1500)], crs=UTM)
    points.to_file(folder / "points.gpkg")
    options = ("--length", "road=road.gpkg", "--distance", "road=road.gpkg")
    assert measure(folder, *options, rows="points.gpkg").exit_code == 0
    found = gpd.read_file(folder / "out.gpkg")
    assert found["road_length_km"].isna().all()
    assert found["road_distance_km"].tolist() == [1.5, 0]


@pytest.mark.parametrize(
    ("options", "rows", "said"),
    [
        (("--length", "road.gpkg"), "list.gpkg", "write NAME=FILE"),
        (("--length", "a=road.gpkg", "--length", "a=road.gpkg"), "list.gpkg", "given twice"),
        (("--length", "a=none.gpkg"), "list.gpkg", "there is no such file"),
        (("--mean", "a=road.gpkg"), "list.gpkg", "is not GeoTIFF"),
        (("--length", "a=road.doc"), "list.gpkg", "of no known format"),
        (("--length", "a=bad.gpkg"), "list.gpkg", "bad.gpkg"),
        (("--percentile", "name"), "list.gpkg", "no column 'name' of numbers"),
        ((), "degrees.geojson", "not in metres"),
        ((), "list.gpkg", "nothing to measure"),
        (("--length", "a=road.gpkg"), "empty.gpkg", "empty.gpkg: has no rows"),
        (("--length", "a=road.gpkg"), "lost.gpkg", "lost.gpkg: has no CRS; give it one"),
        (("--mean", "a=wind.tif"), "far.gpkg", "no polygon of the list lies on known pixels"),
    ],
)
def test_what_cannot_be_is_one_clear_error(folder: Path, options, rows, said) -> None:
    parcels = gpd.read_file(folder / "list.gpkg")
    parcels[:0].to_file(folder / "empty.gpkg")
    parcels.translate(50_000).to_file(folder / "far.gpkg")
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        parcels.set_crs(None, allow_override=True).to_file(folder / "lost.gpkg")
    answer = measure(folder, *options, rows=rows)
    assert answer.exit_code != 0
    assert said in str(answer.exception)
    assert not (folder / "out.gpkg").exists()


def test_a_crossed_parcel_is_mended_first(folder: Path) -> None:
    """A bow tie of two triangles, each a base of 1000 m and 1000 m high: 1 km of road at 1500 m."""
    x = 500_000
    bow = Polygon([(x, 1000), (x + 2000, 2000), (x + 2000, 1000), (x, 2000)])
    gpd.GeoSeries([bow], crs=UTM).to_file(folder / "bow.gpkg")
    road = gpd.GeoSeries([LineString([(x, 1750), (x + 2000, 1750)])], crs=UTM)
    road.to_file(folder / "high.gpkg")
    assert measure(folder, "--length", "road=high.gpkg", rows="bow.gpkg").exit_code == 0
    found = gpd.read_file(folder / "out.gpkg")
    assert found["road_length_km"].tolist() == pytest.approx([1.0])
    assert found.geometry.is_valid.all()


def test_two_runs_write_the_same_bytes(folder: Path, monkeypatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    for name in ("one.gpkg", "two.gpkg"):
        assert measure(folder, "--length", "road=road.gpkg", out=name).exit_code == 0
    one, two = ((folder / name).read_bytes() for name in ("one.gpkg", "two.gpkg"))
    assert one == two
    assert b"1970-01-02T00:00:00.000Z" in one


def test_only_a_geopackage_is_written(folder: Path) -> None:
    answer = measure(folder, out="out.shp")
    assert "name it *.gpkg" in str(answer.exception)


def test_the_best_ground_is_picked(folder: Path) -> None:
    """Pixels of 400 ha: the lower score is in the west, the higher in the east."""
    command = ["pick", str(folder / "wind.tif"), "--area-ha", "400", "--count", "1", "--out"]
    assert CliRunner().invoke(app, [*command, str(folder / "low.gpkg")]).exit_code == 0
    assert (
        CliRunner().invoke(app, [*command, str(folder / "high.gpkg"), "--highest"]).exit_code == 0
    )
    low, high = (gpd.read_file(folder / f"{name}.gpkg") for name in ("low", "high"))
    assert low[["rank", "score", "score_mean", "area_ha"]].to_numpy().tolist() == [[1, 3, 3, 400]]
    assert low.geometry[0].bounds == (500_000, 0, 502_000, 2000)
    assert high["score"].tolist() == [5]
    assert high.geometry[0].bounds == (502_000, 0, 504_000, 2000)


def test_a_site_may_need_several_pixels_and_keeps_apart(folder: Path) -> None:
    command = ["pick", str(folder / "wind.tif"), "--out", str(folder / "out.gpkg"), "--area-ha"]
    assert CliRunner().invoke(app, [*command, "401"]).exit_code == 0
    found = gpd.read_file(folder / "out.gpkg")
    assert found[["score", "score_mean", "area_ha"]].to_numpy().tolist() == [[3, 4, 800]]
    assert CliRunner().invoke(app, [*command, "400", "--apart-km", "2.5"]).exit_code == 0
    assert gpd.read_file(folder / "out.gpkg")["score"].tolist() == [3]


def test_fewer_sites_than_asked_for_are_told_and_none_is_an_error(folder: Path) -> None:
    command = ["pick", str(folder / "wind.tif"), "--out", str(folder / "out.gpkg"), "--area-ha"]
    answer = CliRunner().invoke(app, [*command, "400", "--count", "3"])
    assert "Found 2 of 3 sites" in answer.stderr
    (folder / "out.gpkg").unlink()
    none = CliRunner().invoke(app, [*command, "801"])
    assert "no patch of known ground has 801 ha; the largest has 800" in str(none.exception)
    assert "a site of 0 ha" in str(CliRunner().invoke(app, [*command, "0"]).exception)
    assert not (folder / "out.gpkg").exists()


def test_more_pixels_than_memory_holds_are_refused(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr("geo.best_ground.MOST_PIXELS", 1)
    command = ["pick", str(folder / "wind.tif"), "--area-ha", "1", "--out", str(folder / "o.gpkg")]
    assert "has 1 × 2 pixels" in str(CliRunner().invoke(app, command).exception)


def test_pixels_have_to_be_squares_in_metres(folder: Path) -> None:
    with rasterio.open(
        folder / "flat.tif", "w", driver="GTiff", height=1, width=2, count=1, dtype="float32",
        crs=UTM, transform=rasterio.Affine(100, 0, 500_000, 0, -50, 2000), nodata=-1,
    ) as file:  # fmt: skip
        file.write(np.array([[3, 5]], np.float32), 1)
    command = ["pick", str(folder / "flat.tif"), "--area-ha", "1", "--out", str(folder / "o.gpkg")]
    assert "not squares in metres" in str(CliRunner().invoke(app, command).exception)
