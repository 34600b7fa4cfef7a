"""Greenfield sites of a place with surfaces: grown by tile, drawn, and measured on its rasters."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from geo.growth import sites_in
from geo.surroundings import annual_pue, free_cooling_share
from geo.tiles import TILE_CELLS, over_tiles

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geo.ground import Ground
    from geo.surface import Grid
    from geo.tiles import Tiling

SHARED: Final = "shares ground with a better site"
LAND_COLUMNS: Final = [
    "slope_pct", "slope_coverage", "people_per_km2", "people_coverage", "land_price_coverage",
    "t_annual_c", "climate_coverage", "free_cooling_share", "terrain_factor", "barred_share",
]  # fmt: skip
"""What a place with surfaces tells of a site beside the columns of the house; the last of parcels,
whatever the place has."""


def grown_sites(
    ground: Ground, grid: Grid, tiling: Tiling
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Grow the sites of a place.

    Returns
    -------
    sites, dropped
        Largest connected polygon of each site with slope_pct and slope_coverage, no two on the same
        ground; and what blocks without a site lack, by reason.
    """
    shapes, slopes, shares = [], [], []
    lost: Counter[str] = Counter()
    cells = tiling.tile_cells or TILE_CELLS
    for _, grown in over_tiles(sites_in, ground, grid.tiles(cells), tiling):
        shapes += grown.pieces
        slopes += grown.slope_pct
        shares += grown.slope_coverage
        lost.update(grown.dropped)
    kept = _on_ground_of_their_own(shapes, np.array(slopes))
    lost[SHARED] += len(shapes) - len(kept)
    side_m = ground.surfaces.cell_m / ground.parts
    frame = gpd.GeoDataFrame(
        {"slope_pct": [slopes[at] for at in kept], "slope_coverage": [shares[at] for at in kept]},
        geometry=[outline(shapes[at], side_m) for at in kept],
        crs=ground.crs,
    )
    return frame, dict(+lost)


def outline(pieces: NDArray[np.int32], side_m: float) -> shapely.Geometry:
    """Return the polygon of some pieces, given by row and column."""
    order = np.lexsort((pieces[:, 1], pieces[:, 0]))
    row, column = pieces[order].astype(np.int64).T
    new = np.flatnonzero(np.r_[True, (np.diff(row) != 0) | (np.diff(column) != 1)])
    last = np.r_[new[1:], len(row)] - 1
    strips = shapely.box(
        column[new] * side_m,
        -(row[new] + 1) * side_m,
        (column[last] + 1) * side_m,
        -row[new] * side_m,
    )
    return shapely.union_all(strips)


def _on_ground_of_their_own(
    shapes: list[NDArray[np.int32]], slopes: NDArray[np.float64]
) -> list[int]:
    """Return the sites that share no piece with a gentler one; ties go to the north-west."""
    # An unknown slope comes last, so that it gains nothing.
    gentle = np.nan_to_num(slopes, nan=np.inf)
    first = [tuple(shape.min(axis=0).tolist()) for shape in shapes]
    taken: set[tuple[int, int]] = set()
    kept = []
    for at in sorted(range(len(shapes)), key=lambda at: (gentle[at], first[at], at)):
        pieces = set(map(tuple, shapes[at].tolist()))
        if taken.isdisjoint(pieces):
            taken |= pieces
            kept.append(at)
    return sorted(kept, key=lambda at: first[at])


def measured_on(ground: Ground, shapes: gpd.GeoSeries) -> dict[str, pd.Series]:
    """Return what the rasters tell of some polygons, and for which share of each.

    Returns
    -------
    dict
        people_per_km2, ground_price_usd_per_ha, t_annual_c, ground_pue, free_cooling_share, as far
        as there are rasters; unknown where known for too little. Coverages have names of their own.
    """
    out: dict[str, pd.Series] = {}
    rasters, least = ground.surfaces.rasters, ground.standards.known_share
    for kind, name, share in (
        ("population_density", "people_per_km2", "people_coverage"),
        ("land_price", "ground_price_usd_per_ha", "land_price_coverage"),
        ("temperature", "t_annual_c", "climate_coverage"),
    ):
        if kind in rasters:
            found = rasters[kind].means(shapes)
            out[name] = found["mean"].where(found["coverage"] >= least)
            out[share] = found["coverage"]
    if "t_annual_c" in out:
        out |= _climate(ground, shapes, out["t_annual_c"])
    return out


def _climate(ground: Ground, shapes: gpd.GeoSeries, mean_c: pd.Series) -> dict[str, pd.Series]:
    rasters, standards = ground.surfaces.rasters, ground.standards
    warmest_c, humidity = mean_c + standards.season_swing_c, mean_c * 0.0 + standards.humidity_pct
    if "temperature_warmest" in rasters:
        warmest_c = rasters["temperature_warmest"].means(shapes)["mean"]
    if "humidity" in rasters:
        humidity = rasters["humidity"].means(shapes)["mean"]
    months = (mean_c.to_numpy(float), warmest_c.to_numpy(float), humidity.to_numpy(float))
    return {
        "ground_pue": mean_c * 0.0 + annual_pue(*months),
        "free_cooling_share": mean_c * 0.0 + free_cooling_share(*months),
    }
