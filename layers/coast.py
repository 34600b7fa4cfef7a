"""Sea in and around coarse regions: the ``barred`` rows of a built-in place with a coast.

Regions of a small scale bridge fjords, and do not tell sea from a neighbour's land. What is land is
asked of a finer coast, point by point, and what is not becomes shapes. The built-in places say in
their SOURCES.md how they were made with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from rasterio.features import rasterize, shapes
from rasterio.transform import Affine

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

SIDE_M: Final = 100.0
BESIDE_M: Final = 300.0
"""How far beyond the regions the sea is drawn, so that it need not follow their border."""
BEND: Final = 2.0
"""Sides of a square by which an outline may be off when it is simplified."""
LEAST: Final = 25.0
"""Squares of the smallest sea that is told."""
OFF_SHORE_M: Final = 12_000.0
"""Half the longest straight tie-line of 30 km with its detours."""
COARSE_M: Final = 400.0
DIGITS: Final = 0.001
"""Degrees: coordinates are rounded to this."""
ROWS: Final = 200


def sea_within(
    regions: gpd.GeoDataFrame, on_land: Callable[[Floats, Floats], Bools], side_m: float = SIDE_M
) -> gpd.GeoDataFrame:
    """Return the sea within regions as rows of ``barred``.

    Parameters
    ----------
    regions
        Land as the place draws it, in a CRS in metres.
    on_land
        Tells of longitudes and latitudes in degrees which are on land.
    side_m
        Side of the squares that are asked by their middles. Sea narrower than three is left out.

    Returns
    -------
    GeoDataFrame
        reason, name, terrain; one row with the sea in degrees, none where there is no sea.
    """
    land = regions.geometry.union_all().buffer(BESIDE_M)
    return _sea_on(land, regions.crs, on_land, side_m)


def sea_beside(
    regions: gpd.GeoDataFrame,
    on_land: Callable[[Floats, Floats], Bools],
    side_m: float = COARSE_M,
    off_shore_m: float = OFF_SHORE_M,
) -> gpd.GeoDataFrame:
    """Return the sea around regions, which lines cross, as `sea_within` does.

    It begins so far off that its outline, simplified, bars none of their ground.
    """
    land = regions.geometry.union_all()
    strip = land.buffer(off_shore_m) - land.buffer(BESIDE_M + BEND * side_m)
    return _sea_on(strip, regions.crs, on_land, side_m)


def _sea_on(
    ground: BaseGeometry, crs: object, on_land: Callable[[Floats, Floats], Bools], side_m: float
) -> gpd.GeoDataFrame:
    west, south, east, north = ground.bounds
    shape = (int((north - south) // side_m) + 1, int((east - west) // side_m) + 1)
    affine = Affine(side_m, 0.0, west, 0.0, -side_m, north)
    inside = rasterize([ground], shape, transform=affine, dtype="uint8").astype(bool)
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    sea = np.zeros(shape, dtype=bool)
    for first in range(0, shape[0], ROWS):
        row, column = np.nonzero(inside[first : first + ROWS])
        x, y = west + (column + 0.5) * side_m, north - (first + row + 0.5) * side_m
        sea[first + row, column] = ~on_land(*to_degrees.transform(x, y))
    wide = _wider(~_wider(~sea, beyond=True), beyond=False)
    found = shapes(wide.astype("uint8"), mask=wide, transform=affine)
    return _rows([shapely.geometry.shape(outline) for outline, _ in found], crs, side_m)


def _wider(marked: Bools, *, beyond: bool) -> Bools:
    """Mark the eight neighbours of what is marked too; beyond the edge all or nothing is."""
    framed = np.pad(marked, 1, constant_values=beyond)
    rows = framed[:-2] | framed[1:-1] | framed[2:]
    return rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]


def _rows(parts: list[BaseGeometry], crs: object, side_m: float) -> gpd.GeoDataFrame:
    large = [part for part in parts if part.area >= LEAST * side_m**2]
    plain = shapely.make_valid(shapely.simplify(np.array(large, dtype=object), BEND * side_m))
    degrees = gpd.GeoSeries(list(plain), crs=crs).to_crs("EPSG:4326").to_numpy()
    whole = shapely.union_all(shapely.set_precision(degrees, DIGITS))
    solid = [part for part in shapely.get_parts([whole]) if part.geom_type == "Polygon"]
    rows = [shapely.MultiPolygon(solid)] if solid else []
    told = {"reason": ["sea"] * len(rows), "name": "", "terrain": "water"}
    return gpd.GeoDataFrame(told, geometry=rows, crs="EPSG:4326")
