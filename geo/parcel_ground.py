"""What rasters bar of parcels, and how steep they are: the gates that grown sites pass, for a list.

Slope, population and classes of the land cover are seen on the pieces of `geo.screening`; barred
shapes are taken out of parcels exactly, and not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.growth import slope_pieces
from geo.land_sites import outline
from geo.screening import barred_by_rasters, relief
from geo.surface import grid_over
from geo.tiles import TILE_CELLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from geo.flow import Array
    from geo.ground import Ground
    from geo.surface import Bools, Grid


def barred_under(ground: Ground, shapes: Array) -> dict[str, Array]:
    """Return for each reason what rasters bar under each shape, empty where that is nothing.

    Parameters
    ----------
    ground
        Rasters and assumptions.
    shapes
        (n,) Polygons in the CRS of the place.
    """
    out: dict[str, Array] = {}
    for at, shape in enumerate(shapes):
        for tile in _tiles_under(ground, shape):
            found = barred_by_rasters(ground, tile, relief(ground, tile))
            for reason, here in found.items():
                under = out.setdefault(reason, np.full(len(shapes), shapely.Polygon(), object))
                under[at] = shapely.union(under[at], _drawn(here, tile.finer(ground.parts)))
    return out


def slopes_under(ground: Ground, shapes: Array) -> pd.DataFrame:
    """Return slope_pct and slope_coverage of each shape, from the pieces with their middle in it.

    Unknown where the slope of less than the known share of them is known.
    """
    rows = [_slope_under(ground, shape) for shape in shapes]
    return pd.DataFrame(rows, columns=["slope_pct", "slope_coverage"], dtype=float)


def _slope_under(ground: Ground, shape: BaseGeometry) -> tuple[float, float]:
    found = [np.zeros(0, np.float32)]
    for tile in _tiles_under(ground, shape):
        fine = tile.finer(ground.parts)
        slope = slope_pieces(relief(ground, tile).slope, fine.shape, ground.parts)
        x, y = np.meshgrid(fine.x_m, fine.y_m)
        found.append(slope[shapely.contains_xy(shape, x, y)])
    slopes = np.concatenate(found)
    known = float(np.isfinite(slopes).mean()) if len(slopes) else 0.0
    enough = known > 0 and known >= ground.standards.known_share
    return float(np.nanmean(slopes)) if enough else np.nan, known


def _tiles_under(ground: Ground, shape: BaseGeometry) -> Iterator[Grid]:
    if shape.is_empty:
        return
    for tile in grid_over(shape.bounds, ground.surfaces.cell_m, ground.crs).tiles(TILE_CELLS):
        if shape.intersects(shapely.box(*tile.bounds)):
            yield tile


def _drawn(here: Bools, fine: Grid) -> shapely.Geometry:
    """Draw the pieces that are marked."""
    if not here.any():
        return shapely.Polygon()
    marked = np.argwhere(here) + np.array([fine.row, fine.column])
    return outline(marked.astype(np.int32), fine.side_m)
