"""Rasters and exclusions of a place: opened, repaired, and joined to its layers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault, LayerError
from geo.kinds import Barred, Listed
from geo.surface import Surfaces
from layers.paths import find_file, sha256_of
from layers.rasters import open_raster, overlap_faults
from layers.vectors import in_place_crs, read_vector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.layer import Layer, Source
    from layers.land_settings import ExclusionEntry
    from layers.rasters import RasterFile
    from layers.settings import PlaceFile

    Bounds = tuple[float, float, float, float]


def read_land(
    place_file: PlaceFile, built: Mapping[str, Layer]
) -> tuple[dict[str, Any], list[Fault]]:
    """Add what a place says of its land to its layers.

    Parameters
    ----------
    place_file
        The place.
    built
        Its layers by kind; the regions are among them.

    Returns
    -------
    fields, faults
        Fields of `geo.kinds.Layers`, and what is wrong with the files.
    """
    out: dict[str, Any] = dict(built)
    bounds = built["regions"].frame.total_bounds.tolist()
    rasters, faults = _rasters(place_file, bounds)
    barred, sources, found = _exclusions(place_file, bounds)
    faults += found
    if barred is not None and not found:
        out["barred"], found = _with_exclusions(barred, sources, built.get("barred"))
        faults += found
    land = place_file.land
    if rasters or land.exclusions:
        out["surfaces"] = Surfaces(rasters, land.classes, land.cell_m)
    listed = [Listed(kind, raster.source) for kind, raster in rasters.items()]
    own = [] if built.get("barred") is not None else [sources[0]] if sources else []
    listed += [Listed("barred", source) for source in sources if source not in own]
    return out | {"listed": tuple(listed)}, faults


def _rasters(place_file: PlaceFile, bounds: Bounds) -> tuple[dict[str, RasterFile], list[Fault]]:
    rasters, faults = {}, []
    for kind, entry in place_file.land.rasters.items():
        path, found = find_file(place_file.folder, entry.file, kind)
        raster = None
        if not found:
            raster, found = open_raster(path, entry, sha256_of(path))
        if raster is not None:
            found = overlap_faults(raster, bounds, place_file.place.crs)
            rasters[kind] = raster
        faults += found
    return rasters, faults


def _exclusions(
    place_file: PlaceFile, bounds: Bounds
) -> tuple[gpd.GeoDataFrame | None, list[Source], list[Fault]]:
    frames, sources, faults = [], [], []
    for entry in place_file.land.exclusions:
        path, found = find_file(place_file.folder, entry.file, entry.kind)
        if not found:
            digest = sha256_of(path)
            frame, found = read_vector(path, entry, with_geometry=True)
        if not found:
            frame, found = in_place_crs(frame, entry, place_file.place.crs)
            found = found or _away_faults(frame, entry, bounds)
        if not found:
            frame, found = _chosen(frame, entry)
        if not found:
            frames.append(_repaired(frame, entry))
            sources.append(replace(entry.source, file=entry.file, sha256=digest))
        faults += found
    if not frames:
        return None, sources, faults
    together = pd.concat(frames, ignore_index=True)
    return gpd.GeoDataFrame(together, geometry="geometry", crs=frames[0].crs), sources, faults


def _away_faults(frame: gpd.GeoDataFrame, entry: ExclusionEntry, bounds: Bounds) -> list[Fault]:
    """Find a file that lies wholly elsewhere, as it does in a wrong CRS."""
    there = frame.total_bounds
    if not np.isfinite(there).all() or shapely.box(*there).intersects(shapely.box(*bounds)):
        return []
    found = "does not overlap the regions of the place"
    return [Fault(entry.file, found, "check its CRS, or give what bars ground in this place")]


def _chosen(frame: gpd.GeoDataFrame, entry: ExclusionEntry) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Keep the rows that the entry wants."""
    for column, values in entry.only.items():
        if column not in frame.columns:
            where = f'place.toml [barred."{entry.kind}"] only'
            remedy = f"it has {', '.join(map(str, frame.columns))}"
            return frame, [Fault(where, f"{entry.file} has no column '{column}'", remedy)]
        frame = frame[frame[column].astype(str).isin(values)]
    return frame, []


def _repaired(frame: gpd.GeoDataFrame, entry: ExclusionEntry) -> gpd.GeoDataFrame:
    """Make every shape valid and of one type; what has no area bars only with a setback."""
    shapes = frame.geometry.to_numpy()
    shapes = shapely.make_valid(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))])
    parts = shapely.get_parts(shapely.get_parts(shapes))
    solid = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts = parts[(solid | (entry.setback_m > 0)) & np.isfinite(shapely.bounds(parts)).all(axis=1)]
    columns = {"reason": entry.kind, "name": "", "setback_m": entry.setback_m}
    return gpd.GeoDataFrame(
        columns | {"terrain": entry.terrain}, index=range(len(parts)), geometry=parts, crs=frame.crs
    )


def _with_exclusions(
    frame: gpd.GeoDataFrame, sources: list[Source], barred: Layer | None
) -> tuple[Barred | None, list[Fault]]:
    if barred is not None:
        joined = pd.concat([barred.frame, frame], ignore_index=True)
        frame = gpd.GeoDataFrame(joined, geometry="geometry", crs=frame.crs)
    try:
        source = barred.source if barred is not None else sources[0]
        return Barred(frame, source, may_be_empty=True), []
    except LayerError as error:
        return None, list(error.faults)
