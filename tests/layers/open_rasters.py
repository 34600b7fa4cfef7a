"""Rasters as their publishers write them, small: elevation, people, temperature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 60
"""Pixels of a tile from north to south; the real ones have 1,200."""


def columns_of(lat: int, rows: int = ROWS) -> int:
    """Return how many pixels a tile has from west to east: fewer further north."""
    return rows // 2 if lat >= 60 else rows * 2 // 3


def plane_m(lon, lat):
    """Return the elevation that all tiles are cut from."""
    return 100.0 * (lon - 8.0) + 40.0 * (lat - 59.0)


def write_raster(path: Path, values, west: float, north: float, pixel, **more: object) -> Path:
    transform = rasterio.Affine(pixel[0], 0, west, 0, -pixel[1], north)
    scales = more.pop("scales", None)
    settings = {"driver": "GTiff", "dtype": str(values.dtype), "count": 1, "crs": "EPSG:4326"}
    settings |= {"height": values.shape[0], "width": values.shape[1], **more}
    with rasterio.open(path, "w", transform=transform, **settings) as file:
        file.write(values, 1)
        if scales:
            file.scales, file.offsets = ((scales[0],), (scales[1],))
    return path


def write_tile(path: Path, lat: int, lon: int, rows: int = ROWS) -> Path:
    """Write a tile as Copernicus does: half a pixel off the degree, and no nodata declared."""
    columns = columns_of(lat, rows)
    pixel = 1 / columns, 1 / rows
    west, north = lon - pixel[0] / 2, lat + 1 + pixel[1] / 2
    x = west + (np.arange(columns) + 0.5) * pixel[0]
    y = north - (np.arange(rows) + 0.5) * pixel[1]
    return write_raster(path, plane_m(x, y[:, None]).astype("float32"), west, north, pixel)


def write_people(path: Path, people_per_km2: float = 40.0) -> Path:
    """Write a country as WorldPop does: floats, unknown outside, on whole minutes here."""
    values = np.full((120, 150), people_per_km2, "float32")
    values[:, -6:] = -99999.0
    return write_raster(path, values, 8.0, 61.0, (1 / 60, 1 / 60), nodata=-99999.0)


def write_warmth(path: Path, celsius: float, *, told: bool) -> Path:
    """Write the world as CHELSA does: tenths of kelvins, with or without saying so."""
    values = np.full((180, 360), round((celsius + 273.15) * 10), "uint16")
    scales = (0.1, -273.15) if told else None
    return write_raster(path, values, -180.0, 90.0, (1.0, 1.0), nodata=65535, scales=scales)
