"""Sea within coarse regions: an island of 10 by 10 km with a fjord that its border ignores."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Transformer

from layers.coast import sea_beside, sea_within

CRS = "EPSG:32633"
EAST_M, NORTH_M = 500_000, 6_500_000
TO_METRES = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
ISLAND = gpd.GeoDataFrame(
    geometry=[shapely.box(EAST_M, NORTH_M, EAST_M + 10_000, NORTH_M + 10_000)], crs=CRS
)


def coast(*waters: tuple[float, float, float, float]):
    """Say what is on land: all but some rectangles, in km from the island's corner."""

    def on_land(lon, lat):
        x, y = TO_METRES.transform(lon, lat)
        x, y = (x - EAST_M) / 1000, (y - NORTH_M) / 1000
        wet = [(west < x) & (x < east) & (south < y) & (y < north)
               for west, south, east, north in waters]  # fmt: skip
        return ~np.logical_or.reduce(wet)

    return on_land


def sea(*waters: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    return sea_within(ISLAND, coast(*waters)).to_crs(CRS)


def test_a_fjord_is_sea_with_a_reason_and_the_terrain_of_water() -> None:
    """1 km by 6 km and the 300 m of it beyond the border: 6.3 km², its shores to some 100 m."""
    found = sea((4.0, -1.0, 5.0, 6.0))
    assert found[["reason", "terrain"]].to_numpy().tolist() == [["sea", "water"]]
    assert found.area.sum() / 1e6 == pytest.approx(6.3, abs=0.3)
    inner = shapely.box(EAST_M + 4150, NORTH_M + 100, EAST_M + 4850, NORTH_M + 5850)
    assert found.geometry.iloc[0].contains(inner)
    outer = shapely.box(EAST_M + 3850, NORTH_M - 500, EAST_M + 5150, NORTH_M + 6150)
    assert outer.contains(found.geometry.iloc[0])


def test_a_brook_and_a_pond_are_left_out_and_no_sea_is_no_row() -> None:
    """200 m wide, and 400 m by 400 m, which is 16 ha."""
    assert sea((4.0, 1.0, 4.2, 9.0), (7.0, 7.0, 7.4, 7.4)).empty
    assert sea((20.0, 20.0, 21.0, 21.0)).empty


def test_sea_beside_the_island_is_not_that_within_it_nor_a_neighbours_land() -> None:
    """Sea in the east from 5 km inland, and land in the west: 12 km of it, less 1.1 km."""
    found = sea_beside(ISLAND, coast((5.0, -30.0, 40.0, 40.0))).to_crs(CRS)
    (shape,) = found.geometry
    assert shape.contains(shapely.box(EAST_M + 12_000, NORTH_M, EAST_M + 20_500, NORTH_M + 10_000))
    assert not shape.intersects(ISLAND.geometry.iloc[0].buffer(299))
    assert shape.bounds[0] == pytest.approx(EAST_M + 5000, abs=800)
    assert shape.bounds[2] == pytest.approx(EAST_M + 22_000, abs=800)
