"""A list of parcels and what was measured of them, as a GeoPackage."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import GeometryType

from geo.errors import OutputError
from maps.write import first_line, place_file

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

LAYER = "sites"
"""As `--sites` looks for it."""
SHAPES = {
    "MultiPolygon": {GeometryType.POLYGON, GeometryType.MULTIPOLYGON, GeometryType.MISSING},
    "Point": {GeometryType.POINT, GeometryType.MISSING},
}
"""Type of a layer to those of the shapes that it holds."""

INDEX_ASIDE = {"OGR_GPKG_THREADED_RTREE_AT_FIRST_FEATURE": "YES"}
"""Has GDAL make the index of shapes on a second core while rows are written: the same bytes."""


def refuse_other_suffix(path: Path) -> None:
    """Refuse what is not named as a GeoPackage, before any work.

    Raises
    ------
    OutputError
        If it is not.
    """
    if path.suffix.lower() != ".gpkg":
        raise OutputError(f"cannot write '{path.name}'; name it *.gpkg")


def write_measured(frame: gpd.GeoDataFrame, path: Path) -> Path:
    """Write the list, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    refuse_other_suffix(path)
    return place_file(path, partial(_write, frame))


def _write(frame: gpd.GeoDataFrame, path: Path) -> None:
    import pyogrio  # noqa: PLC0415 -- only where something is written

    from maps.stamp import fixed_date  # noqa: PLC0415 -- the same

    kinds = set(np.unique(shapely.get_type_id(frame.geometry.to_numpy())).tolist())
    shape = next((name for name, ids in SHAPES.items() if kinds <= ids), None)
    try:
        with fixed_date(**INDEX_ASIDE):
            pyogrio.write_dataframe(
                frame, path, layer=LAYER, driver="GPKG", geometry_type=shape or "Unknown",
                promote_to_multi=shape == "MultiPolygon",
            )  # fmt: skip
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise OutputError(f"cannot write '{path.name}': {first_line(error)}") from error
