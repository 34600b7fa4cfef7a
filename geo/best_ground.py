# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""The best ground by a score of one's own: so many sites of so many cells, best score first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from scipy.ndimage import label

from geo.errors import LayerError, NoSiteError, ScenarioError
from geo.kernels import compiled
from geo.land_sites import outline
from geo.units import M2_PER_HA, M_PER_KM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.surface import Bools, Floats, Raster

DOWN: Final = np.array([-1, 1, 0, 0])
ACROSS: Final = np.array([0, 0, -1, 1])
MOST_PIXELS: Final = 200_000_000
"""They are ordered in memory, some 25 bytes each."""
SLACK: Final = 1e-9
"""Of a cell, so that an area of whole cells is not rounded up to one more."""


def picked_sites(
    raster: Raster, area_ha: float, count: int, apart_km: float = 0.0, *, highest: bool = False
) -> gpd.GeoDataFrame:
    """Return the sites of best score on a raster.

    Parameters
    ----------
    raster
        A score, square pixels in a metric CRS; unknown pixels are barred.
    area_ha
        Of a site.
    count
        How many sites at most.
    apart_km
        How far apart they begin at least.
    highest
        Whether a high score is good.

    Returns
    -------
    GeoDataFrame
        rank from 1, score where the site began, score_mean over it, area_ha; best first.

    Raises
    ------
    LayerError
        If the raster is not in metres, its pixels are not square, or there are too many.
    ScenarioError
        As `best_ground`.
    NoSiteError
        If no patch is large enough.
    """
    metres = all(axis.unit_name == "metre" for axis in pyproj.CRS(raster.crs).axis_info)
    if not metres or not np.isclose(raster.pixel_x, raster.pixel_y):
        raise LayerError(
            f"{raster.source.file}: has pixels of {raster.pixel_x:g} × {raster.pixel_y:g}, not "
            "squares in metres; warp it to a metric CRS, as with gdalwarp -tr"
        )
    if raster.rows * raster.columns > MOST_PIXELS:
        raise LayerError(
            f"{raster.source.file}: has {raster.rows:,} × {raster.columns:,} pixels; make them "
            f"larger, to {MOST_PIXELS:,} at most, as with gdalwarp -tr"
        )
    if not area_ha > 0:
        raise ScenarioError(f"a site of {area_ha:g} ha: give an area above 0")
    side_m = raster.pixel_x
    values = raster.read(0, 0, raster.rows, raster.columns)
    needed = int(np.ceil(area_ha * M2_PER_HA / side_m**2 - SLACK))
    score = -values if highest else values
    found = best_ground(score, np.isfinite(values), needed, count, apart_km * M_PER_KM / side_m)
    if not found:
        widest = int(np.bincount(label(np.isfinite(values))[0].ravel())[1:].max(initial=0))
        raise NoSiteError(
            f"{raster.source.file}: no patch of known ground has {area_ha:,g} ha; the largest has "
            f"{widest * side_m**2 / M2_PER_HA:,g}"
        )
    corner = (raster.west, raster.north)
    columns = {
        "rank": np.arange(1, len(found) + 1),
        "score": [float(values[tuple(site[0])]) for site in found],
        "score_mean": [float(values[tuple(site.T)].mean()) for site in found],
        "area_ha": needed * side_m**2 / M2_PER_HA,
    }
    shapes = [
        shapely.transform(outline(site.astype(np.int32), side_m), lambda xy: xy + corner)
        for site in found
    ]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=raster.crs)


def best_ground(
    score: Floats, free: Bools, needed: int, count: int, apart: float = 0.0
) -> list[NDArray[np.int64]]:
    """Return sites, each grown from the free cell of lowest score that has room.

    Parameters
    ----------
    score
        (rows, columns) Lower is better; where it is unknown, no site begins, and none goes there.
    free
        (rows, columns) Cells that may be built on.
    needed
        Cells of a site. They touch along edges, and are taken up ring by ring.
    count
        How many sites at most.
    apart
        No site begins closer than this, in cells, to where another began.

    Returns
    -------
    list of (needed, 2)
        Row and column of the cells of each site, the first where it began; best site first. Among
        equal scores the northernmost, then westernmost begins.

    Raises
    ------
    ScenarioError
        If fewer than one cell or site is asked for.
    """
    if needed < 1 or count < 1 or apart < 0:
        raise ScenarioError(
            f"{count} sites of {needed} cells, {apart:g} apart: give at least one of each, "
            "and no distance below 0"
        )
    known = free & np.isfinite(score)
    cells = np.flatnonzero(known)
    order = cells[np.argsort(score.ravel()[cells], kind="stable")]
    most = min(count, len(order) // needed)
    found = _take(known.copy(), order, needed, (most, apart)) if most else []
    return [site.astype(np.int64) for site in found]


def roomy(free: Bools, needed: int) -> Bools:
    """Return the free cells of patches that have room for a site; cells touch along edges."""
    patch, _ = label(free)
    wide: Bools = np.bincount(patch.ravel())[patch] >= needed
    return free & wide


@compiled
def _rings(begin, left, needed, met):  # noqa: ANN001, ANN202 -- numba infers the types
    """Take up cells ring by ring; fewer than needed where there is no room. Leaves no marks."""
    out = np.empty((needed, 2), np.int64)
    out[0, 0], out[0, 1] = begin
    met[begin] = True
    size, at = 1, 0
    while at < size < needed:
        for way in range(4):
            i, j = out[at, 0] + DOWN[way], out[at, 1] + ACROSS[way]
            inside = 0 <= i < left.shape[0] and 0 <= j < left.shape[1]
            if inside and size < needed and left[i, j] and not met[i, j]:
                met[i, j] = True
                out[size, 0], out[size, 1] = i, j
                size += 1
        at += 1
    for cell in range(size):
        met[out[cell, 0], out[cell, 1]] = False
    return out[:size]


@compiled
def _take(left, order, needed, wanted):  # noqa: ANN001, ANN202 -- numba infers the types
    """Go through cells in the order of their scores until there are enough sites."""
    count, apart = wanted
    met = np.zeros(left.shape, np.bool_)
    out = np.empty((count, needed, 2), np.int64)
    size = 0
    for cell in order:
        i, j = cell // left.shape[1], cell % left.shape[1]
        close = False
        for other in range(size):
            down, across = out[other, 0, 0] - i, out[other, 0, 1] - j
            close = close or down * down + across * across < apart * apart
        if close or not left[i, j]:
            continue
        found = _rings((i, j), left, needed, met)
        if len(found) < needed:
            for part in found:  # all of a patch that is too small for any site
                left[part[0], part[1]] = False
            continue
        out[size] = found
        for part in found:
            left[part[0], part[1]] = False
        size += 1
        if size == count:
            break
    return out[:size]
