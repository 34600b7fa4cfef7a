"""One raster of a country, from tiles of it or from larger ones, a window at a time.

Pixels stay where they are as far as the tiles agree on them; tiles of another pixel are resampled
onto those of the finest. What lies off the land stays unknown, so that the file is small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.errors import Fault, LayerError
from geo.layer import Source
from layers.gdal import harden
from layers.rasters import RasterEntry, open_raster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.catalog import Offer

    Floats = NDArray[np.float32]

DEGREES: Final = "EPSG:4326"
WINDOW: Final = 1024
"""Side of what is worked on at once, pixels."""
MAX_PIXELS: Final = 400_000_000
"""Of a raster of more, several pixels become one."""
AROUND_DEGREES: Final = 0.1
"""How far beyond the land values are kept."""
UNKNOWN: Final = -99999.0
RANGES: Final = {
    "elevation": (-600.0, 9000.0),
    "population_density": (0.0, 1e6),
    "temperature": (-70.0, 60.0),
    "temperature_warmest": (-70.0, 60.0),
}
"""What a raster may hold, in the units of its kind."""
FIRST, MEAN, MOST = "first", "mean", "most"
"""What a pixel becomes that several files know."""


@dataclass(frozen=True)
class Lattice:
    """The pixels of the raster that is written, in degrees."""

    west: float
    """Western edge."""
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
    merged: int = 1
    """How many pixels of the files one of it spans, each way."""

    def transform(self, row: int = 0, column: int = 0) -> Any:  # noqa: ANN401 -- an Affine
        """Return the transform of a window that begins there."""
        from rasterio import Affine  # noqa: PLC0415 -- after harden

        west, north = self.west + column * self.pixel_x, self.north - row * self.pixel_y
        return Affine(self.pixel_x, 0.0, west, 0.0, -self.pixel_y, north)

    def windows(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield first row and column, rows and columns of each window."""
        for row in range(0, self.rows, WINDOW):
            for column in range(0, self.columns, WINDOW):
                yield (row, column, min(WINDOW, self.rows - row),
                       min(WINDOW, self.columns - column))  # fmt: skip


def write_mosaic(
    paths: Sequence[Path], kind: str, offer: Offer, land: gpd.GeoDataFrame, target: Path
) -> str:
    """Write what files tell of a country as one GeoTIFF in degrees.

    Parameters
    ----------
    paths
        GeoTIFFs in degrees; tiles beside each other, or the months of a year of which the mean or
        the warmest is wanted (`how`).
    kind
        Kind of raster.
    offer
        Where they come from; its scale, offset and nodata hold where a file does not say its own.
    land
        Regions in degrees.
    target
        File to write; it appears when it is whole.

    Returns
    -------
    str
        What to know: share of the land that is known, and whether pixels were put together.

    Raises
    ------
    LayerError
        If a file is no GeoTIFF in degrees, covers none of the land, or holds what cannot be.
    """
    harden()
    import rasterio  # noqa: PLC0415 -- GDAL reads its environment when it is loaded

    for path in paths:
        _check(path, kind, offer)
    ground = land.geometry.union_all()
    near = ground.buffer(AROUND_DEGREES)
    beside = target.with_name(target.name + ".new")
    counts = np.zeros(2)
    try:
        lattice = _lattice(paths, near.bounds, offer)
        with rasterio.open(beside, "w", **_profile(lattice)) as out:
            for window in lattice.windows():
                counts += _write_window(out, window, (lattice, near, ground), (paths, kind, offer))
        if not counts[1]:
            raise _fault(offer, "knows nothing of this country")
        beside.replace(target)
    except rasterio.errors.RasterioError as error:
        raise _fault(offer, f"cannot be read: {error}") from error
    finally:
        beside.unlink(missing_ok=True)
    return _note(lattice, counts, ground)


def how(kind: str, offer: Offer) -> str:
    """Say what a pixel becomes that several files know."""
    if "months" not in offer.format:
        return FIRST
    return MOST if kind == "temperature_warmest" else MEAN


def _check(path: Path, kind: str, offer: Offer) -> None:
    """Refuse what is no raster of ours, or declares more than it can hold."""
    entry = RasterEntry(kind, f"{offer.name}: {path.name}", Source(offer.title), UNKNOWN)
    raster, faults = open_raster(path, entry, "")
    if faults or raster is None:
        raise LayerError.of(faults)
    import pyproj  # noqa: PLC0415 -- after harden

    if not pyproj.CRS(raster.crs).is_geographic:
        raise _fault(offer, f"{path.name} is not in degrees")


def _lattice(paths: Sequence[Path], bounds: tuple[float, ...], offer: Offer) -> Lattice:
    """Lay the finest pixels of the files over the land, on the lines of the file they are from."""
    import rasterio  # noqa: PLC0415 -- after harden

    boxes, pixels = [], []
    for path in paths:
        with rasterio.open(path, driver="GTiff") as file:
            boxes.append(tuple(file.bounds))
            pixels.append((file.transform.a, -file.transform.e, file.bounds.left, file.bounds.top))
    x, y = min(p[0] for p in pixels), min(p[1] for p in pixels)
    left, top = next((p[2], p[3]) for p in pixels if p[0] == x)
    west = max(bounds[0], min(box[0] for box in boxes))
    south = max(bounds[1], min(box[1] for box in boxes))
    east = min(bounds[2], max(box[2] for box in boxes))
    north = min(bounds[3], max(box[3] for box in boxes))
    if west >= east or south >= north:
        raise _fault(offer, "does not overlap this country")
    merged = math.ceil(math.sqrt((east - west) / x * (north - south) / y / MAX_PIXELS))
    x, y = x * merged, y * merged
    west = left + math.floor((west - left) / x + ROUNDING) * x
    north = top - math.floor((top - north) / y + ROUNDING) * y
    columns = math.ceil((east - west) / x - ROUNDING)
    rows = math.ceil((north - south) / y - ROUNDING)
    return Lattice(west, north, x, y, max(columns, 1), max(rows, 1), merged)


ROUNDING: Final = 1e-6


def _profile(lattice: Lattice) -> dict[str, Any]:
    return {
        "driver": "GTiff", "dtype": "float32", "count": 1, "crs": DEGREES, "nodata": UNKNOWN,
        "width": lattice.columns, "height": lattice.rows, "transform": lattice.transform(),
        "tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "deflate", "predictor": 3,
        "sparse_ok": True, "bigtiff": "if_safer",
    }  # fmt: skip


def _write_window(
    out: Any,  # noqa: ANN401 -- an open raster
    window: tuple[int, int, int, int],
    where: tuple[Lattice, Any, Any],
    what: tuple[Sequence[Path], str, Offer],
) -> tuple[float, float]:
    """Write one window; return how many of its pixels are land, and known of those."""
    from rasterio.windows import Window  # noqa: PLC0415 -- after harden

    lattice, near, ground = where
    paths, kind, offer = what
    inside = _inside(window, lattice, near)
    if not inside.any():
        return 0.0, 0.0
    values = _combined(paths, kind, offer, lattice, window)
    values[~inside] = np.nan
    known = np.isfinite(values)
    low, high = RANGES[kind]
    if known.any() and not (low <= values[known].min() and values[known].max() <= high):
        found = f"{values[known].min():g} to {values[known].max():g}"
        raise _fault(offer, f"holds {found}, which is no {kind.replace('_', ' ')}")
    if known.any():
        row, column, rows, columns = window
        written = np.where(known, values, np.float32(UNKNOWN))
        out.write(written, 1, window=Window(column, row, columns, rows))
    land = _inside(window, lattice, ground)
    return float(land.sum()), float((land & known).sum())


def _inside(window: tuple[int, int, int, int], lattice: Lattice, near: Any) -> NDArray[np.bool_]:  # noqa: ANN401 -- a shape
    from rasterio.features import geometry_mask  # noqa: PLC0415 -- after harden

    row, column, rows, columns = window
    west, north = lattice.west + column * lattice.pixel_x, lattice.north - row * lattice.pixel_y
    east, south = west + columns * lattice.pixel_x, north - rows * lattice.pixel_y
    part = shapely.clip_by_rect(near, west, south, east, north)
    if part.is_empty:
        return np.zeros((rows, columns), dtype=bool)
    return np.asarray(
        geometry_mask([part], (rows, columns), lattice.transform(row, column), True, True)  # noqa: FBT003 -- touched, inverted
    )


def _combined(
    paths: Sequence[Path], kind: str, offer: Offer, lattice: Lattice,
    window: tuple[int, int, int, int],
) -> Floats:  # fmt: skip
    """Put together what the files tell of a window."""
    rule = how(kind, offer)
    out: Floats = np.full(window[2:], np.nan, np.float32)
    seen = 0
    for path in paths:
        values = _read(path, offer, lattice, window)
        if values is None:
            continue
        if rule == FIRST or not seen:
            out = np.where(np.isnan(out), values, out)
        elif rule == MOST:
            out = np.fmax(out, values)
        else:
            out = out + values
        seen += 1
    return out / np.float32(seen) if rule == MEAN and seen else out


def _read(
    path: Path, offer: Offer, lattice: Lattice, window: tuple[int, int, int, int]
) -> Floats | None:
    """Return the values of a file on a window, NaN where it knows none; None if it lies aside."""
    import rasterio  # noqa: PLC0415 -- after harden
    from rasterio.warp import Resampling, reproject  # noqa: PLC0415 -- after harden

    row, column, rows, columns = window
    west, north = lattice.west + column * lattice.pixel_x, lattice.north - row * lattice.pixel_y
    east, south = west + columns * lattice.pixel_x, north - rows * lattice.pixel_y
    with rasterio.open(path, driver="GTiff") as file:
        left, bottom, right, top = file.bounds
        if west >= right or east <= left or south >= top or north <= bottom:
            return None
        nodata = offer.nodata if file.nodata is None else file.nodata
        finer = file.transform.a < lattice.pixel_x * (1 - ROUNDING)
        same = math.isclose(file.transform.a, lattice.pixel_x, rel_tol=ROUNDING)
        rule = Resampling.average if finer else Resampling.nearest if same else Resampling.bilinear
        out = np.full((rows, columns), np.nan, np.float32)
        reproject(
            rasterio.band(file, 1), out, src_nodata=nodata, dst_nodata=np.nan,
            dst_transform=lattice.transform(row, column), dst_crs=file.crs, resampling=rule,
        )  # fmt: skip
        scale, offset = file.scales[0], file.offsets[0]
    told = (scale, offset) != (1.0, 0.0)
    scale, offset = (scale, offset) if told else (offer.scale, offer.offset)
    return (out * np.float32(scale) + np.float32(offset)).astype(np.float32)


def _note(lattice: Lattice, counts: NDArray[np.float64], ground: Any) -> str:  # noqa: ANN401 -- a shape
    """Say how much of the land is known, where no file lies included."""
    east = lattice.west + lattice.columns * lattice.pixel_x
    south = lattice.north - lattice.rows * lattice.pixel_y
    reached = shapely.clip_by_rect(ground, lattice.west, south, east, lattice.north).area
    share = counts[1] / max(counts[0], 1.0) * reached / ground.area
    words = f"Known for {share:.0%} of the land."
    if lattice.merged == 1:
        return words
    return f"{words} {lattice.merged} × {lattice.merged} of its pixels were put together."


def _fault(offer: Offer, problem: str) -> LayerError:
    fault = Fault(offer.name, problem, "get it again, or leave it out of --from")
    return LayerError(str(fault), [fault])
