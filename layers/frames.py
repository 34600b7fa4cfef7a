"""The raw rows of a layer, from whatever its file is, in the CRS of the place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd

from geo.errors import Fault
from layers.cut import in_box, in_metres
from layers.imported import Asked
from layers.importers import IMPORTERS, read_source
from layers.paths import find_file, find_folder, sha256_of
from layers.reading import converted, kept_rows
from layers.settings import POINT_SHAPES
from layers.sheets import read_sheet
from layers.tables import DEGREES, read_table, with_lines, with_paths, with_points, with_shapes
from layers.typed import PLACE_TOML
from layers.vectors import in_place_crs, read_vector

if TYPE_CHECKING:
    from pathlib import Path

    from layers.imported import Imported
    from layers.settings import LayerEntry, PlaceFile

TABLES: Final = ("csv", "xlsx")
ROW: Final = "#row"
"""In place of a column's name: the number of the row."""


class Frames:
    """Reads the layers of a place; a source that gives several of them is read once."""

    def __init__(self, place_file: PlaceFile) -> None:
        self._place_file = place_file
        self._crs = place_file.place.crs
        self._imported: dict[tuple[str, str, float], tuple[Imported, str]] = {}

    def read(
        self, entry: LayerEntry, stations: gpd.GeoSeries
    ) -> tuple[pd.DataFrame | None, str, str, list[Fault]]:
        """Read the rows of one layer.

        Parameters
        ----------
        entry
            Its table of ``place.toml``.
        stations
            Points by substation id, for lines that only name their ends.

        Returns
        -------
        frame, digest, note, faults
            Rows in the CRS of the place, None if there are none to look at; hash of the file; what
            to tell of the import; what is wrong.
        """
        if entry.format in IMPORTERS:
            return self._from_source(entry)
        path, faults = find_file(self._place_file.folder, entry.file, entry.kind)
        if faults:
            return None, "", "", faults
        try:
            digest = sha256_of(path)
            if entry.format in TABLES:
                frame, faults = self._from_table(path, entry, stations)
            else:
                frame, faults = self._from_features(path, entry)
        except OSError as error:
            found = f"cannot be read ({error.strerror or error})"
            return None, "", "", [Fault(entry.file, found, "check its permissions and the disk")]
        if not faults:
            frame = in_box(frame, entry.reading.bbox)
        nothing = frame.empty if faults else not len(frame.columns)
        return (None if nothing else frame), digest, "", faults

    def _shape(self, kind: str) -> Any:  # noqa: ANN401 -- a shape or None
        return self._place_file.kinds[kind].shape

    def _from_source(self, entry: LayerEntry) -> tuple[pd.DataFrame | None, str, str, list[Fault]]:
        key = (entry.file, entry.format, entry.reading.min_kv)
        if key not in self._imported:
            found = self._import(entry, key)
            if isinstance(found, list):
                return None, "", "", found
            self._imported[key] = found
        imported, digest = self._imported[key]
        frame = imported.frames.get(entry.kind)
        if imported.faults or frame is None:
            return None, digest, "", list(imported.faults)
        faults: list[Fault] = []
        if entry.reading.keep:
            where = f"{PLACE_TOML} [layers.{entry.kind}]"
            frame, faults = kept_rows(frame, entry.reading, entry.file, where)
        frame = converted(in_box(frame, entry.reading.bbox), entry.reading)
        points = self._shape(entry.kind) == "Point"
        note = " ".join(imported.notes.get(entry.kind, ()))
        return in_metres(frame, self._crs, points=points), digest, note, faults

    def _import(
        self, entry: LayerEntry, key: tuple[str, str, float]
    ) -> tuple[Imported, str] | list[Fault]:
        """Read a source for every layer that names it alike."""
        find = find_folder if "." not in entry.file.rsplit("/", 1)[-1] else find_file
        path, faults = find(self._place_file.folder, entry.file, entry.kind)
        if faults:
            return faults
        kinds = tuple(
            other.kind
            for other in self._place_file.entries.values()
            if (other.file, other.format, other.reading.min_kv) == key
        )
        asked = Asked(kinds, entry.reading.min_kv, self._place_file.place.country)
        return read_source(entry.format, path, entry.file, asked), sha256_of(path)

    def _from_table(
        self, path: Path, entry: LayerEntry, stations: gpd.GeoSeries
    ) -> tuple[pd.DataFrame, list[Fault]]:
        reading = entry.reading
        if entry.format == "xlsx":
            frame, faults = read_sheet(path, entry.file, entry.layer)
        else:
            frame, faults = read_table(path, entry.file, reading.separator, reading.encoding)
        if not len(frame.columns):
            return frame, faults
        frame, found = _prepared(frame, entry)
        faults += found
        shape, crs = self._shape(entry.kind), entry.crs or DEGREES
        if "wkt" in entry.columns and shape is not None:
            frame, found = with_shapes(frame, crs, self._crs, entry.file)
            frame = in_metres(frame, self._crs, points=shape == "Point")
        elif shape in POINT_SHAPES:
            frame, found = with_points(frame, crs, self._crs, entry.file)
        elif shape == "LineString" and self._place_file.place.topology is not None:
            frame, found = with_paths(frame, crs, self._crs, entry.file)
        elif shape == "LineString":
            frame, found = with_lines(frame, crs, stations, entry.file)
        elif shape in {"Polygon", "Any"}:
            remedy = "give it as geojson, gpkg, shp or fgb"
            return pd.DataFrame(), [Fault(entry.file, "a table cannot hold polygons", remedy)]
        else:
            found = []
        return frame, [*faults, *found]

    def _from_features(self, path: Path, entry: LayerEntry) -> tuple[pd.DataFrame, list[Fault]]:
        has_shape = self._shape(entry.kind) is not None
        frame, faults = read_vector(
            path, entry, with_geometry=has_shape, encoding=entry.reading.encoding
        )
        if faults:
            return pd.DataFrame(), faults
        if isinstance(frame, gpd.GeoDataFrame):
            frame, faults = in_place_crs(frame, entry, self._crs)
            if faults:
                return pd.DataFrame(), faults
        frame, found = _prepared(frame, entry)
        return frame, [*faults, *found]


def _prepared(frame: pd.DataFrame, entry: LayerEntry) -> tuple[pd.DataFrame, list[Fault]]:
    """Leave out unwanted rows, give columns their promised names and units."""
    where = f"{PLACE_TOML} [layers.{entry.kind}]"
    frame, faults = kept_rows(frame, entry.reading, entry.file, where)
    frame, found = _renamed(frame, entry)
    return converted(frame, entry.reading), [*faults, *found]


def _renamed(frame: pd.DataFrame, entry: LayerEntry) -> tuple[pd.DataFrame, list[Fault]]:
    """Give mapped columns their promised names; a mapping wins over a column of that name."""
    faults = [
        Fault(
            f"place.toml [layers.{entry.kind}.columns] {promised}",
            f"{entry.file} has no column '{theirs}'",
            f"it has {', '.join(map(str, frame.columns))}",
        )
        for promised, theirs in entry.columns.items()
        if theirs not in frame.columns and theirs != ROW
    ]
    mapped = {
        promised: frame[theirs]
        for promised, theirs in entry.columns.items()
        if theirs in frame.columns
    }
    rows = {
        promised: frame.index.map(str).to_numpy()
        for promised, theirs in entry.columns.items()
        if theirs == ROW
    }
    return frame.assign(**mapped, **rows), faults
