"""The quiet ground under the map: regions with their land price, barred ground, towns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from maps.island import packed, paths, points

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.siting import Siting

PIXELS: Final = 6000.0
"""The extent of a place is drawn to this many parts, which is finer than a screen."""
DECIMALS: Final = 4
TOWNS: Final = 600
CLASSES: Final = 5


def backdrop(siting: Siting) -> dict[str, Any]:
    """Return regions, land prices, barred ground and towns."""
    layers = siting.layers
    regions = layers.regions.frame
    tolerance_m = _tolerance_m(regions)
    prices = region_prices(siting)
    return {
        "ground": packed(prices, ("name", "land_price_usd_per_ha", "basis", "year", "quality"))
        | {"paths": paths(_simplified(regions.geometry, tolerance_m), DECIMALS)},
        "price_breaks": breaks(prices["land_price_usd_per_ha"]),
        "bounds": _bounds(regions),
        "barred": _barred(siting, tolerance_m),
        "towns": _towns(siting),
    }


def region_prices(siting: Siting) -> pd.DataFrame:
    """Return the regions with their land price, unknown where there is none."""
    names = siting.layers.regions.frame[["name"]]
    columns = ["region", "land_price_usd_per_ha", "basis", "year", "quality"]
    if siting.layers.land_prices is None:
        return names.reindex(columns=["name", *columns[1:]])
    prices = siting.layers.land_prices.frame[columns]
    return names.merge(prices, left_on="name", right_on="region", how="left")


def breaks(values: pd.Series) -> list[float]:
    """Return the upper ends of a few classes: steps of equal ratio, rounded to two digits."""
    known = values[values > 0]
    if known.empty:
        return []
    steps = np.geomspace(known.min(), known.max(), CLASSES + 1)[1:-1]
    inner = dict.fromkeys(float(f"{step:.1e}") for step in steps)
    return [*(step for step in inner if known.min() < step < known.max()), _above(known.max())]


def _above(value: float) -> float:
    """Return the next number of three digits, so that no rounding puts the largest above it."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 2)
    return round(math.ceil(round(value / unit, 6)) * unit, 6)


def _tolerance_m(regions: gpd.GeoDataFrame) -> float:
    west, south, east, north = regions.total_bounds
    return float(max(east - west, north - south) / PIXELS)


def _simplified(areas: gpd.GeoSeries, tolerance_m: float) -> gpd.GeoSeries:
    # As a coverage, so that neighbours keep their common border.
    shapes = shapely.coverage_simplify(areas.to_numpy(), tolerance_m)
    return type(areas)(shapes, index=areas.index, crs=areas.crs)


def _bounds(regions: gpd.GeoDataFrame) -> list[list[float]]:
    west, south, east, north = regions.geometry.to_crs("EPSG:4326").total_bounds
    return [[float(south), float(west)], [float(north), float(east)]]


def _barred(siting: Siting, tolerance_m: float) -> dict[str, Any]:
    layer = siting.layers.barred
    if layer is None or layer.frame.empty:
        return {"rows": 0, "columns": {}, "paths": []}
    frame = layer.frame
    large = frame[frame.geometry.area > tolerance_m**2]
    shapes = large.geometry.simplify(tolerance_m)
    return packed(large, ("reason", "name")) | {"paths": paths(shapes, DECIMALS)}


def _towns(siting: Siting) -> dict[str, Any]:
    layer = siting.layers.settlements
    if layer is None:
        return {"rows": 0, "columns": {}}
    frame = layer.frame.nlargest(TOWNS, "population")
    placed = pd.DataFrame(frame[["name", "population"]]).join(points(frame.geometry))
    return packed(placed, ("name", "population", "lon", "lat"))
