"""Rasters of a country from tiles and from larger ones, held to a plane known at every point."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from geo.errors import LayerError
from layers import mosaic
from layers.catalog import Offer
from layers.mosaic import write_mosaic
from tests.layers.open_rasters import (
    columns_of,
    plane_m,
    write_people,
    write_raster,
    write_tile,
    write_warmth,
)

DEM = Offer("dem", "DEM", "u", "CC0-1.0", format="tif tiles", gives=("elevation",))
WARM = Offer(
    "climate", "C", "u", "CC0-1.0", format="tif", gives=("temperature",), scale=0.1,
    offset=-273.15,
)  # fmt: skip


def land_of(west: float, south: float, east: float, north: float) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": ["A"]}, geometry=[shapely.box(west, south, east, north)], crs=4326
    )


def at(path, lon: float, lat: float) -> float:
    with rasterio.open(path) as file:
        (value,) = next(file.sample([(lon, lat)], masked=True))
    return math.nan if value is np.ma.masked else float(value)


def tiles(tmp_path, *corners: tuple[int, int]):
    return [write_tile(tmp_path / f"{lat}_{lon}.tif", lat, lon) for lat, lon in corners]


def test_tiles_of_one_pixel_are_copied_and_cut_to_the_land(tmp_path) -> None:
    paths = tiles(tmp_path, (59, 8), (59, 9))
    note = write_mosaic(paths, "elevation", DEM, land_of(8.3, 59.2, 9.7, 59.8), tmp_path / "e.tif")
    assert note == "Known for 100% of the land."
    with rasterio.open(tmp_path / "e.tif") as file:
        x, y = file.xy(*file.index(8.99, 59.5))
        assert at(tmp_path / "e.tif", x, y) == pytest.approx(plane_m(x, y), abs=1e-3)
        assert file.transform.a == pytest.approx(1 / columns_of(59))
        assert file.bounds.left <= 8.2 < file.bounds.left + 2 / columns_of(59)
    assert math.isnan(at(tmp_path / "e.tif", 8.3, 59.2 - 0.13))


def test_tiles_whose_pixels_differ_are_one_plane(tmp_path) -> None:
    """From 60 degrees north tiles have fewer columns; across the seam the plane goes on."""
    paths = tiles(tmp_path, (59, 8), (60, 8))
    write_mosaic(paths, "elevation", DEM, land_of(8.3, 59.6, 8.7, 60.4), tmp_path / "e.tif")
    with rasterio.open(tmp_path / "e.tif") as file:
        for lat in (59.7, 59.99, 60.01, 60.3):
            x, y = file.xy(*file.index(8.5, lat))
            assert at(tmp_path / "e.tif", x, y) == pytest.approx(plane_m(x, y), abs=0.5)


def test_a_missing_tile_is_unknown_and_told(tmp_path) -> None:
    paths = tiles(tmp_path, (59, 8))
    note = write_mosaic(paths, "elevation", DEM, land_of(8.5, 59.2, 9.5, 59.8), tmp_path / "e.tif")
    assert note in {"Known for 49% of the land.", "Known for 50% of the land."}
    assert math.isnan(at(tmp_path / "e.tif", 9.2, 59.5))


def test_windows_and_merged_pixels(tmp_path, monkeypatch) -> None:
    """A plane's mean over four pixels is the plane at their middle, whatever the windows."""
    monkeypatch.setattr(mosaic, "WINDOW", 16)
    monkeypatch.setattr(mosaic, "MAX_PIXELS", 800)
    paths = tiles(tmp_path, (59, 8), (59, 9))
    land = land_of(8.3, 59.2, 9.7, 59.8)
    note = write_mosaic(paths, "elevation", DEM, land, tmp_path / "e.tif")
    assert note.endswith("2 × 2 of its pixels were put together.")
    with rasterio.open(tmp_path / "e.tif") as file:
        x, y = file.xy(*file.index(8.6, 59.5))
        assert file.transform.a == pytest.approx(2 / columns_of(59))
        assert at(tmp_path / "e.tif", x, y) == pytest.approx(plane_m(x, y), abs=1e-3)


@pytest.mark.parametrize("told", [True, False])
def test_kelvins_become_celsius_once(tmp_path, told) -> None:
    path = write_warmth(tmp_path / "w.tif", 4.2, told=told)
    write_mosaic([path], "temperature", WARM, land_of(8, 59, 11, 61), tmp_path / "t.tif")
    assert at(tmp_path / "t.tif", 9.5, 60.5) == pytest.approx(4.2, abs=0.06)


def test_kelvins_that_nobody_converts_are_refused(tmp_path) -> None:
    path = write_warmth(tmp_path / "w.tif", 4.2, told=False)
    plain = Offer("climate", "C", "u", "CC0-1.0", format="tif", gives=("temperature",))
    with pytest.raises(LayerError, match="holds 2773 to 2773, which is no temperature"):
        write_mosaic([path], "temperature", plain, land_of(8, 59, 11, 61), tmp_path / "t.tif")
    assert not list(tmp_path.glob("t.tif*"))


def test_months_give_their_mean_and_the_warmest(tmp_path) -> None:
    offer = Offer("w", "W", "u", "CC0-1.0", format="tif months in zip",
                  gives=("temperature", "temperature_warmest"))  # fmt: skip
    months = [-4, -3, 0, 4, 9, 13, 15, 14, 10, 6, 1, -3]
    paths = [
        write_raster(tmp_path / f"{m:02d}.tif", np.full((60, 60), c, "float32"), 0.0, 90.0,
                     (1.0, 1.0), nodata=-3.4e38)
        for m, c in enumerate(months)
    ]  # fmt: skip
    land = land_of(8, 59, 11, 61)
    write_mosaic(paths, "temperature", offer, land, tmp_path / "t.tif")
    write_mosaic(paths, "temperature_warmest", offer, land, tmp_path / "w.tif")
    assert at(tmp_path / "t.tif", 9.5, 60.5) == pytest.approx(sum(months) / 12)
    assert at(tmp_path / "w.tif", 9.5, 60.5) == 15


def test_nothing_of_the_country(tmp_path) -> None:
    path = write_people(tmp_path / "p.tif")
    offer = Offer("population", "P", "u", "CC0-1.0", format="tif", gives=("population_density",))
    with pytest.raises(LayerError, match="does not overlap"):
        write_mosaic([path], "population_density", offer, land_of(30, 0, 31, 1), tmp_path / "o.tif")
    edge = land_of(10.55, 59.5, 10.56, 59.6)  # 0.1 degrees off it is a part without data
    with pytest.raises(LayerError, match="knows nothing"):
        write_mosaic([path], "population_density", offer, edge, tmp_path / "o.tif")


def test_what_is_no_raster_of_degrees(tmp_path) -> None:
    (tmp_path / "x.tif").write_bytes(b"<html>not here</html>")
    with pytest.raises(LayerError, match="is not GeoTIFF"):
        write_mosaic([tmp_path / "x.tif"], "elevation", DEM, land_of(8, 59, 9, 60), tmp_path / "o")
    metres = write_raster(tmp_path / "m.tif", np.ones((4, 4), "float32"), 0.0, 0.0, (30.0, 30.0),
                          crs="EPSG:32632")  # fmt: skip
    with pytest.raises(LayerError, match="is not in degrees"):
        write_mosaic([metres], "elevation", DEM, land_of(8, 59, 9, 60), tmp_path / "o.tif")
