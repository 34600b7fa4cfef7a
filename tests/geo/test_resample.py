"""Rasters on cells: means, known shares, and the same to the last bit in every window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geo import resample
from geo.resample import on_grid, points_of, tables_on_grid
from geo.surface import Grid
from tests.geo.rasters import Made

CRS = "EPSG:25833"
NAN = np.nan


def test_a_cell_has_the_mean_of_its_known_pixels_and_their_share() -> None:
    """Two by two pixels a cell: (1+2+3+4)/4, (5+7)/2 of half of it, nothing at all."""
    values = np.array([[1, 2, 5, NAN, NAN, NAN], [3, 4, NAN, 7, NAN, NAN]])
    raster = Made(values, 0, 200, 100, 100)
    found = on_grid(raster, Grid(CRS, 200.0, 0, -1, 3, 1))
    assert found.values[0, :2].tolist() == [2.5, 6.0]
    assert np.isnan(found.values[0, 2])
    assert found.coverage.tolist() == [[1.0, 0.5, 0.0]]


def test_outside_the_raster_nothing_is_known() -> None:
    raster = Made(np.ones((2, 2)), 0, 200, 100, 100)
    found = on_grid(raster, Grid(CRS, 200.0, -1, -2, 3, 3))
    assert found.coverage.tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert not on_grid(raster, Grid(CRS, 200.0, 500, 500, 2, 2)).coverage.any()


def test_classes_become_numbers_and_a_class_without_a_row_is_unknown() -> None:
    raster = Made(np.array([[1, 2], [2, 9]]), 0, 200, 100, 100, kind="land_cover")
    (found,) = tables_on_grid(raster, Grid(CRS, 200.0, 0, -1, 1, 1), [{1: 1.0, 2: 4.0}])
    assert found.values[0, 0] == 3.0
    assert found.coverage[0, 0] == 0.75


def test_a_cell_is_looked_at_about_once_for_each_pixel() -> None:
    raster = Made(np.ones((400, 400)), 500_000, 6_700_000, 25, 25)
    assert points_of(raster, CRS, 250) == 10
    assert points_of(raster, CRS, 25) == 1
    assert points_of(raster, CRS, 5) == 1


def degrees(rows=120, columns=160) -> Made:
    random = np.random.default_rng(4)
    values = random.random((rows, columns))
    values[random.random(values.shape) < 0.1] = NAN
    return Made(values, 14.5, 60.8, 0.005, 0.003, crs="EPSG:4326")


def test_another_crs_is_projected_point_by_point() -> None:
    """The pixel that an independent transform of the cell's middle falls into."""
    raster = degrees()
    grid = Grid(CRS, 100.0, 5000, -67200, 40, 30)
    to_raster = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    lon, lat = to_raster.transform(*np.meshgrid(grid.x_m, grid.y_m))
    row = np.floor((60.8 - lat) / 0.003).astype(int)
    column = np.floor((lon - 14.5) / 0.005).astype(int)
    assert points_of(raster, CRS, 100.0) == 1
    found = on_grid(raster, grid).values
    expected = raster.values[row, column].astype(np.float32)
    assert (np.isclose(found, expected, equal_nan=True)).mean() > 0.99


@settings(max_examples=15)
@given(st.integers(1, 23), st.sampled_from([100.0, 333.0, 1000.0]))
def test_no_window_changes_a_cell(cells, side_m) -> None:
    raster = degrees()
    whole = Grid(CRS, side_m, int(495_000 // side_m), -int(6_730_000 // side_m), 31, 37)
    reference = on_grid(raster, whole)
    for tile in whole.tiles(cells):
        found = on_grid(raster, tile)
        top, left = tile.row - whole.row, tile.column - whole.column
        part = (slice(top, top + tile.rows), slice(left, left + tile.columns))
        assert np.array_equal(found.values, reference.values[part], equal_nan=True)
        assert np.array_equal(found.coverage, reference.coverage[part])


def test_pixels_that_do_not_fit_are_read_in_strips(monkeypatch) -> None:
    raster = degrees()
    grid = Grid(CRS, 1000.0, 495, -6730, 31, 37)
    whole = on_grid(raster, grid)
    monkeypatch.setattr(resample, "MAX_PIXELS", 900)
    assert np.array_equal(on_grid(raster, grid).values, whole.values, equal_nan=True)


@pytest.mark.peers
def test_gdal_averages_alike() -> None:
    """GDAL weighs pixels by area and we look at points: close where a cell has many pixels."""
    rasterio = pytest.importorskip("rasterio")
    warp = pytest.importorskip("rasterio.warp")
    y, x = np.mgrid[0:600, 0:600]
    values = (np.sin(x / 40) + np.cos(y / 55)).astype(np.float32)
    raster = Made(values, 14.5, 60.8, 0.0005, 0.0003, crs="EPSG:4326")
    grid = Grid(CRS, 250.0, 1910, -26930, 20, 20)
    theirs = np.zeros(grid.shape, np.float32)
    west, _, _, north = grid.bounds
    warp.reproject(
        values, theirs, src_transform=rasterio.Affine(0.0005, 0, 14.5, 0, -0.0003, 60.8),
        src_crs="EPSG:4326", dst_crs=CRS,
        dst_transform=rasterio.Affine(250, 0, west, 0, -250, north),
        resampling=warp.Resampling.average,
    )  # fmt: skip
    assert on_grid(raster, grid).values == pytest.approx(theirs, abs=0.03)
