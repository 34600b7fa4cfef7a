"""A place: found by name or folder, its ``place.toml`` opened, its layers read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import Fault, LayerError, MissingFileError
from geo.kinds import Layer, Layers, Parcels, Source
from geo.units import clean
from layers.paths import find_file, format_of, sha256_of
from layers.settings import (
    PLACE_TOML,
    POINT_SHAPES,
    REQUIRED_KINDS,
    LayerEntry,
    PlaceFile,
    read_settings,
)
from layers.tables import DEGREES, read_table, with_lines, with_paths, with_points
from layers.vectors import in_place_crs, layer_names, read_vector

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LayerEntry", "PlaceFile", "built_in_places", "faults_of", "open_place", "read_layers"]

SITES_LAYER: Final = "sites"
BUILT_IN: Final = Path(__file__).parent / "places"


def built_in_places() -> tuple[str, ...]:
    """Name the places that come with powersite."""
    return tuple(sorted(path.parent.name for path in BUILT_IN.glob(f"*/{PLACE_TOML}")))


def open_place(place: str) -> PlaceFile:
    """Open a place without reading its layers.

    Parameters
    ----------
    place
        A built-in name, a folder with a ``place.toml``, or the path of one.

    Raises
    ------
    MissingFileError
        If there is no such place.
    LayerError
        With every fault of its ``place.toml``.
    """
    place_file, faults = read_settings(_find(place))
    if faults or place_file is None:
        raise LayerError.of(faults)
    return place_file


def read_layers(place_file: PlaceFile, sites: Path | None = None) -> Layers:
    """Read every layer of a place.

    Parameters
    ----------
    place_file
        From `open_place`.
    sites
        A file of parcels or points, wherever it lies, to be ranked in place of all land.

    Raises
    ------
    LayerError
        With every fault of all its layers.
    """
    layers, faults = _read_all(place_file)
    if faults or layers is None:
        raise LayerError.of(faults)
    return layers if sites is None else replace(layers, parcels=_parcels(place_file, sites))


def faults_of(place: str) -> list[Fault]:
    """Find everything that is wrong with a place: its ``place.toml``, its files, its rows."""
    try:
        path = _find(place)
    except MissingFileError as error:
        return list(error.faults)
    place_file, faults = read_settings(path)
    if place_file is None:
        return faults
    return [*faults, *_read_all(place_file)[1]]


def _find(place: str) -> Path:
    if place in built_in_places():
        return BUILT_IN / place / PLACE_TOML
    path = Path(place)
    if path.is_dir():
        path /= PLACE_TOML
    if path.name == PLACE_TOML and path.is_file():
        return path
    remedy = f"name a folder that holds a {PLACE_TOML}, or one of {', '.join(built_in_places())}"
    raise MissingFileError.of([Fault(f"place '{place}'", "is unknown", remedy)])


def _read_all(place_file: PlaceFile) -> tuple[Layers | None, list[Fault]]:
    """Read layer by layer; whole layers are put together even if others have faults."""
    built: dict[str, Layer] = {}
    faults: list[Fault] = []
    stations = gpd.GeoSeries([], crs=place_file.place.crs)
    for kind, entry in place_file.entries.items():
        frame, source_hash, found = _read_frame(place_file, entry, stations)
        if kind == "substations":
            stations = _stations(frame, place_file.place.crs)
        if frame is not None:
            layer, more = _build(place_file.kinds[kind], frame, entry, source_hash)
            found = [*found, *more]
            if layer is not None and not found:
                built[kind] = layer
        faults += found
    if any(kind not in built for kind in REQUIRED_KINDS):
        return None, faults
    faults += _unconnected_faults(place_file, built["substations"])
    layers, found = _put_together(place_file, built)
    return layers, [*faults, *found]


def _parcels(place_file: PlaceFile, path: Path) -> Parcels:
    """Read a list of one's own; of a GeoPackage as we write it, its layer of sites."""
    if not path.is_file():
        remedy = "check the path after --sites"
        raise MissingFileError.of([Fault(str(path), "there is no such file", remedy)])
    form, faults = format_of(path.name, "", "--sites")
    if not faults:
        source = Source(f"own list {path.name}", licence="its owner's")
        entry = LayerEntry("parcels", path.name, form, source, layer=_sites_of(path, form))
        elsewhere = replace(place_file, folder=path.parent)
        frame, digest, faults = _read_frame(elsewhere, entry, gpd.GeoSeries())
        if frame is not None and not faults:
            layer, faults = _build(Parcels, frame, entry, digest)
            if isinstance(layer, Parcels):
                return layer
    raise LayerError.of(faults)


def _sites_of(path: Path, form: str) -> str:
    return SITES_LAYER if form == "gpkg" and SITES_LAYER in layer_names(path) else ""


def _read_frame(
    place_file: PlaceFile, entry: LayerEntry, stations: gpd.GeoSeries
) -> tuple[pd.DataFrame | None, str, list[Fault]]:
    """Return the raw rows of a layer, None if there are none to look at, and the file's hash."""
    path, faults = find_file(place_file.folder, entry.file, entry.kind)
    if faults:
        return None, "", faults
    try:
        digest = sha256_of(path)
        if entry.format == "csv":
            frame, faults = _read_csv(path, entry, place_file, stations)
        else:
            frame, faults = _read_features(path, entry, place_file)
    except OSError as error:
        found = f"cannot be read ({error.strerror or error})"
        return None, "", [Fault(entry.file, found, "check its permissions and the disk")]
    nothing = frame.empty if faults else not len(frame.columns)
    return (None if nothing else frame), digest, faults


def _read_csv(
    path: Path, entry: LayerEntry, place_file: PlaceFile, stations: gpd.GeoSeries
) -> tuple[pd.DataFrame, list[Fault]]:
    frame, faults = read_table(path, entry.file)
    if not len(frame.columns):
        return frame, faults
    frame, found = _renamed(frame, entry)
    faults += found
    shape, crs = place_file.kinds[entry.kind].shape, entry.crs or DEGREES
    place_crs = place_file.place.crs
    if shape in POINT_SHAPES:
        frame, found = with_points(frame, crs, place_crs, entry.file)
    elif shape == "LineString" and place_file.place.topology is not None:
        frame, found = with_paths(frame, crs, place_crs, entry.file)
    elif shape == "LineString":
        frame, found = with_lines(frame, crs, stations, entry.file)
    elif shape == "Polygon":
        remedy = "give it as geojson, gpkg, shp or fgb"
        return pd.DataFrame(), [Fault(entry.file, "a table cannot hold polygons", remedy)]
    else:
        found = []
    return frame, [*faults, *found]


def _read_features(
    path: Path, entry: LayerEntry, place_file: PlaceFile
) -> tuple[pd.DataFrame, list[Fault]]:
    has_shape = place_file.kinds[entry.kind].shape is not None
    frame, faults = read_vector(path, entry, with_geometry=has_shape)
    if faults:
        return pd.DataFrame(), faults
    if isinstance(frame, gpd.GeoDataFrame):
        frame, faults = in_place_crs(frame, entry, place_file.place.crs)
        if faults:
            return pd.DataFrame(), faults
    frame, found = _renamed(frame, entry)
    return frame, [*faults, *found]


def _renamed(frame: pd.DataFrame, entry: LayerEntry) -> tuple[pd.DataFrame, list[Fault]]:
    """Give mapped columns their promised names; a mapping wins over a column of that name."""
    faults = [
        Fault(
            f"place.toml [layers.{entry.kind}.columns] {promised}",
            f"{entry.file} has no column '{theirs}'",
            f"it has {', '.join(map(str, frame.columns))}",
        )
        for promised, theirs in entry.columns.items()
        if theirs not in frame.columns
    ]
    mapped = {
        promised: frame[theirs]
        for promised, theirs in entry.columns.items()
        if theirs in frame.columns
    }
    return frame.assign(**mapped), faults


def _stations(frame: pd.DataFrame | None, crs: str) -> gpd.GeoSeries:
    if not isinstance(frame, gpd.GeoDataFrame) or "id" not in frame.columns:
        return gpd.GeoSeries([], crs=crs)
    ids = frame["id"].map(clean)
    geometry = frame.geometry.to_numpy()
    points = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
    return gpd.GeoSeries(geometry[points], index=ids.to_numpy()[points], crs=crs)


def _build(
    kind: type[Layer], frame: pd.DataFrame, entry: LayerEntry, digest: str
) -> tuple[Layer | None, list[Fault]]:
    source = replace(entry.source, file=entry.file, sha256=digest)
    try:
        return kind(frame, source, may_be_empty=entry.may_be_empty), []
    except LayerError as error:
        return None, list(error.faults)


def _unconnected_faults(place_file: PlaceFile, substations: Layer) -> list[Fault]:
    known = set(substations.frame["id"])
    return [
        Fault(f"{PLACE_TOML} option unconnected", f"no substation has the id '{name}'", "remove it")
        for name in place_file.place.unconnected
        if name not in known
    ]


def _put_together(
    place_file: PlaceFile, built: Mapping[str, Layer]
) -> tuple[Layers | None, list[Fault]]:
    try:
        return Layers(place_file.place, **built), []  # type: ignore[arg-type] # keyed by kind
    except LayerError as error:
        return None, list(error.faults)
