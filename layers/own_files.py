"""Files of somebody's own that no place names: shapes and rasters given on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from geo.errors import Fault, LayerError, MissingFileError, ScenarioError
from geo.layer import Source
from geo.surface import are_boxes
from layers.land_settings import ExclusionEntry
from layers.paths import find_file, format_of, name_faults, sha256_of
from layers.rasters import RasterEntry, open_raster
from layers.vectors import in_place_crs, layer_names, read_vector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from layers.rasters import RasterFile

SITES_LAYER: Final = "sites"
"""Layer of a GeoPackage that is taken where it has several."""


def named_files(texts: Iterable[str], option: str) -> dict[str, Path]:
    """Take NAME=FILE apart.

    Raises
    ------
    ScenarioError
        If a name is missing, is no word, or comes twice.
    """
    out: dict[str, Path] = {}
    for text in texts:
        name, _, file = text.partition("=")
        if not name.isidentifier() or not file:
            raise ScenarioError(f"{option} {text}: write NAME=FILE, the name as one word")
        if name in out:
            raise ScenarioError(f"{option} {name} is given twice; name the second otherwise")
        out[name] = Path(file)
    return out


def own_parcels(path: Path) -> gpd.GeoDataFrame:
    """Return polygons or points in the metric CRS of their file, valid, with all their columns.

    Raises
    ------
    LayerError
        If the file cannot be read as shapes, or is not in metres.
    """
    frame = _read(path, "the list")
    crs = pyproj.CRS(frame.crs)
    if not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info):
        raise LayerError.of(
            [Fault(path.name, f"is in {crs.name}, not in metres", "project it, as with ogr2ogr")]
        )
    if frame.empty:
        raise LayerError.of([Fault(path.name, "has no rows", "give polygons or points")])
    shapes = frame.geometry.to_numpy()
    broken = ~are_boxes(shapes)  # boxes are valid, and looked through in half the time
    broken[broken] = ~shapely.is_valid(shapes[broken])
    if broken.any():
        frame.loc[broken, "geometry"] = shapely.make_valid(shapes[broken])
    return frame


def own_shapes(path: Path, option: str, crs: str) -> gpd.GeoSeries:
    """Return shapes of a file in a CRS.

    Raises
    ------
    LayerError
        If the file cannot be read as shapes.
    """
    shapes = _read(path, option, crs).geometry
    return shapes[~(shapes.isna() | shapes.is_empty)]


def own_raster(path: Path, name: str) -> RasterFile:
    """Return a raster file, looked at and not read.

    Raises
    ------
    LayerError
        If it is no raster of one band, north up, with its CRS and nodata.
    """
    _refuse(path, name)
    raster, faults = open_raster(path, RasterEntry(name, path.name, _own(path)), sha256_of(path))
    if raster is None:
        raise LayerError.of(faults)
    return raster


def _read(path: Path, option: str, crs: str = "") -> gpd.GeoDataFrame:
    """Read a file, all columns as it is, or only its shapes in a CRS."""
    _refuse(path, option)
    form, faults = format_of(path.name, "", option)
    frame = pd.DataFrame()
    if not faults:
        layer = SITES_LAYER if form == "gpkg" and SITES_LAYER in layer_names(path) else ""
        entry = ExclusionEntry(option, path.name, form, _own(path), layer=layer)
        columns: list[str] | None = [] if crs else None
        frame, faults = read_vector(path, entry, with_geometry=True, columns=columns)
    if not faults and isinstance(frame, gpd.GeoDataFrame) and frame.crs is None:
        faults = [Fault(path.name, "has no CRS", "give it one, as with ogr2ogr -a_srs")]
    if not faults and isinstance(frame, gpd.GeoDataFrame) and crs:
        frame, faults = (frame, []) if frame.crs == crs else in_place_crs(frame, entry, crs)
    if faults or not isinstance(frame, gpd.GeoDataFrame):
        raise LayerError.of(faults)
    return frame


def _refuse(path: Path, option: str) -> None:
    if not path.is_file():
        raise MissingFileError.of([Fault(str(path), "there is no such file", f"check {option}")])
    _, faults = find_file(path.resolve().parent, path.resolve().name, option)
    if faults := [*name_faults(path.name, option), *faults]:
        raise LayerError.of(faults)


def _own(path: Path) -> Source:
    return Source(f"own file {path.name}", licence="its owner's")
