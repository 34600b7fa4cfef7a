"""A place: found by name or folder, its ``place.toml`` opened, its layers read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import shapely

from geo.errors import Fault, LayerError, MissingFileError
from geo.kinds import Layers, Parcels
from geo.layer import Layer, Source
from geo.units import clean
from layers.cut import cut_to_land
from layers.frames import Frames
from layers.land import read_land
from layers.paths import format_of, sha256_of
from layers.settings import (
    REQUIRED_KINDS,
    LayerEntry,
    PlaceFile,
    read_settings,
)
from layers.tables import OR_COLUMNS, OR_CRS, OR_ENCODING, OR_SEPARATOR
from layers.typed import PLACE_TOML
from layers.vectors import layer_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = [
    "LayerEntry",
    "PlaceFile",
    "built_in_places",
    "faults_of",
    "look_over",
    "open_place",
    "read_layers",
]

SITES_LAYER: Final = "sites"
ELSEWHERE: Final = (OR_CRS, OR_COLUMNS, OR_ENCODING)
"""What a remedy offers beside mending the file, and a list of one's own has no place to say."""
FAULTS_TOLD: Final = 3
"""Faults of a list of one's own that are told at once; no command lists them all."""
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
    return look_over(place)[2]


def look_over(place: str) -> tuple[PlaceFile | None, Layers | None, list[Fault]]:
    """Open and read a place as far as that goes, and find everything that is wrong with it."""
    try:
        path = _find(place)
    except MissingFileError as error:
        return None, None, list(error.faults)
    place_file, faults = read_settings(path)
    if place_file is None:
        return None, None, faults
    layers, found = _read_all(place_file)
    return place_file, layers, [*faults, *found]


def _find(place: str) -> Path:
    if place in built_in_places():
        return BUILT_IN / place / PLACE_TOML
    path, problem = Path(place), "is unknown"
    try:
        if path.is_dir():
            path /= PLACE_TOML
        if path.name == PLACE_TOML and path.is_file():
            return path
    except OSError as error:  # a folder that may not be entered, a name that is too long
        problem = f"cannot be opened ({error.strerror})"
    remedy = f"name a folder that holds a {PLACE_TOML}, or one of {', '.join(built_in_places())}"
    raise MissingFileError.of([Fault(f"place '{place}'", problem, remedy)])


def _read_all(place_file: PlaceFile) -> tuple[Layers | None, list[Fault]]:
    """Read layer by layer; whole layers are put together even if others have faults."""
    built: dict[str, Layer] = {}
    faults: list[Fault] = []
    stations = gpd.GeoSeries([], crs=place_file.place.crs)
    frames: dict[str, pd.DataFrame] = {}
    told: dict[str, tuple[str, str, bool]] = {}
    reader = Frames(place_file)
    for kind, entry in place_file.entries.items():
        frame, digest, note, found = reader.read(entry, stations)
        if kind == "substations":
            stations = _stations(frame, place_file.place.crs)
        if frame is not None:
            frames[kind] = frame
        told[kind] = (digest, note, bool(found))
        faults += found
    for kind, frame in _cut(frames, place_file).items():
        digest, note, faulty = told[kind]
        lost = len(frames[kind]) - len(frame)
        note = f"{note} Cut to the land: {lost:,} rows left out.".strip() if lost else note
        entry = _noted(place_file.entries[kind], note)
        layer, found = _build(place_file.kinds[kind], frame, entry, digest)
        if layer is not None and not faulty:
            built[kind] = layer
        faults += found
    if any(kind not in built for kind in REQUIRED_KINDS):
        return None, faults
    land, found = read_land(place_file, built)
    faults += found
    faults += _unconnected_faults(place_file, built["substations"])
    layers, found = _put_together(place_file, land)
    return layers, [*faults, *found]


def _cut(frames: dict[str, pd.DataFrame], place_file: PlaceFile) -> dict[str, pd.DataFrame]:
    """Cut what is wanted so to the land, if the land is there."""
    regions = frames.get("regions")
    clips = {kind: entry.clip_km for kind, entry in place_file.entries.items()}
    wanted = {kind: km for kind, km in clips.items() if km is not None and kind != "regions"}
    if not isinstance(regions, gpd.GeoDataFrame) or regions.empty:
        return frames
    return cut_to_land(frames, wanted, regions)


def _noted(entry: LayerEntry, note: str) -> LayerEntry:
    told = " ".join(part for part in (entry.source.note, note) if part)
    return replace(entry, source=replace(entry.source, note=told))


def _parcels(place_file: PlaceFile, path: Path) -> Parcels:
    """Read a list of one's own; of a GeoPackage as we write it, its layer of sites."""
    if not path.is_file():
        remedy = "check the path after --sites"
        raise MissingFileError.of([Fault(str(path), "there is no such file", remedy)])
    form, faults = format_of(path.name, "", "--sites")
    layer_name, found = _sites_of(path, form)
    faults += found
    if not faults:
        source = Source(f"own list {path.name}", licence="its owner's")
        entry = LayerEntry("parcels", path.name, form, source, layer=layer_name)
        elsewhere = replace(place_file, folder=path.parent)
        frame, digest, _, faults = Frames(elsewhere).read(entry, gpd.GeoSeries())
        if frame is not None and not faults:
            layer, faults = _build(Parcels, frame, entry, digest)
            if isinstance(layer, Parcels):
                return layer
    faults = [replace(fault, remedy=_of_a_list(fault.remedy)) for fault in faults]
    told = "; and ".join(map(str, faults[:FAULTS_TOLD]))
    more = f" (and {len(faults) - FAULTS_TOLD} more)" if faults[FAULTS_TOLD:] else ""
    raise LayerError(f"{told}{more}", faults)


def _of_a_list(remedy: str) -> str:
    """Leave out what only ``place.toml`` could say: it tells of the layers, not of a list."""
    for clause in ELSEWHERE:
        remedy = remedy.replace(clause, "")
    return remedy.partition(OR_SEPARATOR)[0]


def _sites_of(path: Path, form: str) -> tuple[str, list[Fault]]:
    """Return which layer of a GeoPackage holds the sites; '' where there is only one."""
    names = layer_names(path) if form == "gpkg" else []
    if SITES_LAYER in names or len(names) < 2:  # noqa: PLR2004 -- several
        return SITES_LAYER if SITES_LAYER in names else "", []
    found = f"has {len(names)} layers ({', '.join(names)})"
    return "", [
        Fault(path.name, found, f"call that of the sites '{SITES_LAYER}', or give it alone")
    ]


def _borrowed(place_file: PlaceFile, built: Mapping[str, Any]) -> tuple[str, ...]:
    """Name what is still that of the built-in place that this one was begun from."""
    template = place_file.place.template
    if template not in built_in_places():
        return ()
    folder = BUILT_IN / template
    layers = {kind: layer.source for kind, layer in built.items() if isinstance(layer, Layer)}
    same = [
        kind
        for kind, source in layers.items()
        if (folder / source.file).is_file() and sha256_of(folder / source.file) == source.sha256
    ]
    demand = open_place(template).place.demand_mw == place_file.place.demand_mw
    return (*same, *(["demand"] if demand else []))


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
    place_file: PlaceFile, built: Mapping[str, Any]
) -> tuple[Layers | None, list[Fault]]:
    place = replace(place_file.place, borrowed=_borrowed(place_file, built))
    try:
        return Layers(place, **built), []
    except LayerError as error:
        return None, list(error.faults)
