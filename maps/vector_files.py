"""Layers in formats that GDAL writes: FlatGeobuf, Shapefile and the file geodatabase of Esri."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from geo.errors import OutputError
from maps.dictionary import aliases
from maps.geopackage import GEOMETRY_TYPES
from maps.stamp import fixed_date
from maps.write import first_line

if TYPE_CHECKING:
    from pathlib import Path

    from maps.delivery import Delivery

FAULTS: Final = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError)
TEXT_BYTES: Final = 254
"""Longest text that a Shapefile keeps."""


def write_flatgeobuf(delivery: Delivery, folder: Path) -> None:
    """Write each spatial layer to a file, with a spatial index where all rows have a shape."""
    for name, frame in delivery.spatial.items():
        indexed = len(frame) > 0 and not (frame.geometry.isna() | frame.geometry.is_empty).any()
        options = {"SPATIAL_INDEX": "YES" if indexed else "NO", "TITLE": name}
        path = _inner(folder, "flatgeobuf") / f"{name}.fgb"
        _write(frame, path, "FlatGeobuf", name, layer_options=options)


def write_shapefile(delivery: Delivery, folder: Path) -> None:
    """Write each spatial layer to a Shapefile in UTF-8, its columns by their short names."""
    for name, frame in delivery.spatial.items():
        path = _inner(folder, "shapefile") / f"{name}.shp"
        short = aliases([str(column) for column in frame.columns if column != "geometry"])
        table = _cut(frame).rename(columns=short)
        _write(table, path, "ESRI Shapefile", name, layer_options={"ENCODING": "UTF-8"})


def write_geodatabase(delivery: Delivery, folder: Path) -> None:
    """Write every layer to one file geodatabase that ArcGIS opens."""
    path = folder / "shortlist.gdb"
    # 'column' is a word of its own in SQL, which the format does not take as a name.
    words = delivery.dictionary.rename(columns={"column": "column_name"})
    for name, frame in (delivery.tables | {"dictionary": words}).items():
        _write(_whole_as_32_bits(frame), path, "OpenFileGDB", name, append=path.exists())


def _write(
    frame: pd.DataFrame,
    path: Path,
    driver: str,
    name: str,
    **options: Any,  # noqa: ANN401 -- options of the driver
) -> None:
    """Write a layer and count what arrived, because a driver may lose rows on a full disk.

    Raises
    ------
    OutputError
        If it cannot be written whole.
    """
    if isinstance(frame, gpd.GeoDataFrame):
        kind = GEOMETRY_TYPES[name]
        if driver == "ESRI Shapefile":  # knows no difference
            kind = kind.removeprefix("Multi")
        options |= {"geometry_type": kind, "promote_to_multi": kind.startswith("Multi")}
    with fixed_date():
        try:
            with warnings.catch_warnings():
                # That a name of the user's had to be changed, which the count does not mind.
                warnings.simplefilter("ignore", RuntimeWarning)
                pyogrio.write_dataframe(frame, path, layer=name, driver=driver, **options)
            found = pyogrio.read_info(path, layer=name, force_feature_count=True)["features"]
        except FAULTS as error:
            raise OutputError(f"cannot write '{path.name}': {first_line(error)}") from error
    if found != len(frame):
        raise OutputError(f"cannot write '{path.name}': {found} of {len(frame)} rows arrived")


def _inner(folder: Path, name: str) -> Path:
    (folder / name).mkdir(exist_ok=True)
    return folder / name


def _cut(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame with texts no longer than a Shapefile keeps, cut between letters."""
    out = frame.copy()
    for column in out.columns:
        if column != "geometry" and not pd.api.types.is_numeric_dtype(out[column]):
            out[column] = out[column].map(_short_text)
    return out


def _short_text(value: object) -> object:
    if not isinstance(value, str):
        return value
    return value.encode()[:TEXT_BYTES].decode(errors="ignore")


def _whole_as_32_bits(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with whole numbers as all versions of ArcGIS read them."""
    whole = [name for name in frame.columns if frame[name].dtype == np.int64]
    return frame.astype(dict.fromkeys(whole, np.int32))
