"""Raster files: GeoTIFF with a CRS, north up, looked at before anything is read, read by window."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault, LayerError
from layers.gdal import harden
from layers.zones import zone_means

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.layer import Source

    Bounds = tuple[float, float, float, float]

SIGNATURES: Final = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
"""What a TIFF or BigTIFF begins with."""
LARGE_BYTES: Final = 20e9
"""Declared size from which on a file has to be as large as honest data pack."""
MAX_RATIO: Final = 1000.0
"""Declared bytes over those of the file that such a file may have."""
MAX_BLOCK_BYTES: Final = 1 << 30
"""Largest piece that a file may have to be unpacked in."""


@dataclass(frozen=True)
class RasterEntry:
    """One ``[layers.<kind>]`` table that names a raster."""

    kind: str
    """What it holds."""
    file: str
    """File name within the place's folder."""
    source: Source
    """Where it comes from; its hash is filled on reading."""
    nodata: float | None = None
    """Value of pixels without data, where the file does not declare one."""


@dataclass(frozen=True, eq=False)
class RasterFile:
    """One band of a file, as `geo.surface.Raster` wants it; opened anew for each window."""

    kind: str
    """What it holds."""
    source: Source
    """Where it comes from."""
    path: str
    """The file."""
    crs: str
    """CRS of its pixels, as WKT."""
    west: float
    """Western edge, in units of its CRS."""
    north: float
    """Northern edge."""
    pixel_x: float
    """Width of a pixel."""
    pixel_y: float
    """Height of a pixel."""
    columns: int
    """Pixels from west to east."""
    rows: int
    """Pixels from north to south."""
    nodata: float
    """Value of pixels without data; NaN where a mask or NaN itself tells."""

    def read(self, row: int, column: int, rows: int, columns: int) -> NDArray[np.float32]:
        """Return a window that lies within the raster; nodata is NaN.

        Raises
        ------
        LayerError
            If the file cannot be read any more.
        """
        harden()
        import rasterio  # noqa: PLC0415 -- GDAL reads its environment when it is loaded
        from rasterio.windows import Window  # noqa: PLC0415 -- as above

        try:
            with rasterio.open(self.path) as file:
                raw = file.read(1, window=Window(column, row, columns, rows), masked=True)
        except rasterio.errors.RasterioError as error:
            fault = Fault(self.source.file, f"cannot be read: {error}", "export it again")
            raise LayerError.of([fault]) from error
        values = np.ma.filled(raw.astype(np.float32), np.nan)
        values[values == np.float32(self.nodata)] = np.nan
        return values

    def means(self, shapes: gpd.GeoSeries) -> pd.DataFrame:
        """Return mean and known share of each polygon, every pixel by the share that it covers.

        Parameters
        ----------
        shapes
            Polygons in any CRS.

        Returns
        -------
        DataFrame
            mean (NaN where nothing is known) and coverage; same index.
        """
        there = shapes.to_crs(self.crs)
        found = zone_means(self, there.to_numpy())
        pixels = shapely.area(there.to_numpy()) / (self.pixel_x * self.pixel_y)
        coverage = np.clip(found["count"].to_numpy() / np.maximum(pixels, 1e-12), 0, 1)
        mean = found["mean"].to_numpy()
        return pd.DataFrame(
            {"mean": np.where(coverage > 0, mean, np.nan), "coverage": coverage}, index=shapes.index
        )


def open_raster(
    path: Path, entry: RasterEntry, digest: str
) -> tuple[RasterFile | None, list[Fault]]:
    """Look at a raster file without reading its pixels.

    Returns
    -------
    raster, faults
        None and what is wrong: no TIFF, several bands, no CRS, rotated, nodata not declared, or
        larger than a file of its size can honestly be.
    """
    with path.open("rb") as stream:
        if not stream.read(4).startswith(SIGNATURES):
            found = "is not GeoTIFF, whatever its name"
            return None, [Fault(entry.file, found, "export it as GeoTIFF")]
    harden()
    import rasterio  # noqa: PLC0415 -- GDAL reads its environment when it is loaded

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            with rasterio.open(path, driver="GTiff") as file:
                faults = _faults(file, entry, path.stat().st_size)
                return (None, faults) if faults else (_described(file, path, entry, digest), [])
    except rasterio.errors.RasterioError as error:
        reason = str(error).replace(str(path), entry.file)
        return None, [Fault(entry.file, f"cannot be read: {reason}", "export it as GeoTIFF")]


def overlap_faults(raster: RasterFile, bounds: Bounds, place_crs: str) -> list[Fault]:
    """Find a raster that covers nothing of a place, given the bounds of its land."""
    harden()
    from rasterio.warp import transform_bounds  # noqa: PLC0415 -- as above

    west, south, east, north = transform_bounds(place_crs, raster.crs, *bounds, densify_pts=21)
    right = raster.west + raster.pixel_x * raster.columns
    bottom = raster.north - raster.pixel_y * raster.rows
    if west < right and east > raster.west and south < raster.north and north > bottom:
        return []
    found = "does not overlap the regions of the place"
    return [Fault(raster.source.file, found, "check its CRS, or give the raster of this place")]


def _faults(file: Any, entry: RasterEntry, file_bytes: int) -> list[Fault]:  # noqa: ANN401 -- an open raster
    where = f"place.toml [layers.{entry.kind}]"
    block_rows, block_columns = file.block_shapes[0] if file.count else (0, 0)
    item = np.dtype(file.dtypes[0]).itemsize
    declared = float(file.width) * file.height * item
    masked = any(flag.name in {"per_dataset", "alpha"} for flag in file.mask_flag_enums[0])
    checks = (
        (file.count != 1, f"has {file.count} bands", "give one band alone"),
        (file.crs is None, "has no CRS", "export it with its CRS"),
        (
            file.transform.b != 0 or file.transform.d != 0 or file.transform.e >= 0,
            "is rotated, sheared or not north up",
            "warp it north up, as with gdalwarp",
        ),
        (
            file.nodata is None and not masked and entry.nodata is None,
            "does not declare its nodata",
            f"declare it there or as nodata under {where}; any unused value, where all are known",
        ),
        (
            declared > LARGE_BYTES and declared > MAX_RATIO * file_bytes,
            f"declares {declared / 1e9:,.0f} GB in a file of {file_bytes / 1e6:,.1f} MB",
            "cut it to the place",
        ),
        (
            float(block_rows) * block_columns * item > MAX_BLOCK_BYTES,
            f"is packed in pieces of {block_rows:,} × {block_columns:,} pixels",
            "write it tiled, as with gdal_translate -co TILED=YES",
        ),
    )
    return [Fault(entry.file, found, remedy) for is_so, found, remedy in checks if is_so]


def _described(file: Any, path: Path, entry: RasterEntry, digest: str) -> RasterFile:  # noqa: ANN401 -- an open raster
    nodata = entry.nodata if entry.nodata is not None else file.nodata
    return RasterFile(
        kind=entry.kind,
        source=replace(entry.source, file=entry.file, sha256=digest),
        path=str(path),
        crs=file.crs.to_wkt(),
        west=file.transform.c,
        north=file.transform.f,
        pixel_x=file.transform.a,
        pixel_y=-file.transform.e,
        columns=file.width,
        rows=file.height,
        nodata=float("nan") if nodata is None else float(nodata),
    )
