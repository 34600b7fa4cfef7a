"""Coordinates from one CRS to another, with the shift of the datum that PROJ would leave out.

Asked for ED50 to an ETRS89 zone, PROJ can answer with no shift at all, a hundred metres off, where
several shifts are known and none is named for the very spot. Told not to, it takes a known one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

WGS84: Final = "World Geodetic System 1984"


def project(xy: Floats, crs: str, to_crs: str) -> Floats:
    """Transform points, (n, 2), x or longitude first."""
    if not len(xy):
        return xy
    plain, shifted = _transformers(str(crs), str(to_crs))
    if shifted is not None:
        out = _transformed(shifted, xy)
        lost = ~np.isfinite(out).all(axis=1)
        if lost.any():
            out[lost] = _transformed(plain, xy[lost])
        return out
    return _transformed(plain, xy)


def projected(shapes: gpd.GeoSeries, to_crs: str) -> gpd.GeoSeries:
    """Transform shapes as `project` does points."""
    crs = shapes.crs
    if _transformers(_words(crs), to_crs)[1] is None:
        return shapes.to_crs(to_crs)
    moved = shapely.transform(shapes.to_numpy(), lambda xy: project(xy, _words(crs), to_crs))
    return gpd.GeoSeries(moved, index=shapes.index, crs=to_crs)


@lru_cache(maxsize=32)
def _transformers(crs: str, to_crs: str) -> tuple[Any, Any]:
    """Return what PROJ would do, and what it does if it may not leave the shift out; else None."""
    plain = pyproj.Transformer.from_crs(crs, to_crs, always_xy=True)
    datum = pyproj.CRS(crs).datum
    if datum is None or datum.name.startswith(WGS84):
        return plain, None
    try:
        return plain, pyproj.Transformer.from_crs(crs, to_crs, always_xy=True, allow_ballpark=False)
    except pyproj.exceptions.ProjError:
        return plain, None


def _transformed(transformer: Any, xy: Floats) -> Floats:  # noqa: ANN401 -- a transformer or a double
    return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))


def _words(crs: pyproj.CRS) -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.to_wkt()
