"""Vector files: GeoJSON, GeoPackage, Shapefile and FlatGeobuf, and nothing that calls itself so."""

from __future__ import annotations

import codecs
import os
import re
import sqlite3
import warnings
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from geo.errors import Fault
from layers.datum import projected
from layers.gdal import harden
from layers.reading import DETECT

if TYPE_CHECKING:
    from pathlib import Path

    from layers.land_settings import ExclusionEntry
    from layers.settings import LayerEntry

    Entry = LayerEntry | ExclusionEntry

DRIVERS: Final = {
    "geojson": "GeoJSON",
    "gpkg": "GPKG",
    "shp": "ESRI Shapefile",
    "fgb": "FlatGeobuf",
    "kml": "KML",
    "gml": "GML",
}
ALSO: Final = {"LIBKML": "KML"}
"""Drivers that stand for another."""
XML: Final = ("kml", "gml")
HARMFUL: Final = (b"<!DOCTYPE", b"<!ENTITY", b'xlink:href="http', b"VRTDataset")
"""Words of markup that takes in other files, or grows without end."""
SIGNATURES: Final = {
    "geojson": (b"{",),
    "gpkg": (b"SQLite format 3\x00",),
    "shp": (b"\x00\x00\x27\x0a",),
    "fgb": (b"fgb\x03",),
    "kml": (b"<?xml", b"<kml"),
    "gml": (b"<?xml", b"<gml", b"<ogr", b"<wfs"),
}
"""What a file of the format begins with; a GDAL VRT begins with '<'."""
UTF8_BOM: Final = b"\xef\xbb\xbf"
GDAL_PIPELINE: Final = b"gdal_streamed_alg"
"""Words by which GDAL takes a JSON file for a pipeline that it should run."""
NUMERIC: Final = ("INT", "REAL", "DOUBLE", "FLOAT", "MEDIUMINT", "SMALLINT", "TINYINT")
HARMLESS: Final = (
    "Could not parse column",  # a column of texts and numbers, which is kept as text
    "Non closed ring detected",  # the row is refused for its shape
    "invalid value encountered",  # the same, by numpy
)
"""How warnings begin after which nothing is lost."""
CRS_MEMBER: Final = re.compile(rb'"crs"\s*:\s*\{[^{}]*\{\s*"name"\s*:\s*"([^"]*)"')
IN_MEMORY: Final = re.compile(r"/vsimem/[\w./-]*\w")
HALF_TURN: Final = 180.0
HEAD_BYTES: Final = 4096


def read_vector(
    path: Path,
    entry: Entry,
    *,
    with_geometry: bool,
    encoding: str = "",
    columns: list[str] | None = None,
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read the features of a vector file.

    Parameters
    ----------
    path
        The file, already known to lie in the place's folder.
    entry
        What ``place.toml`` says of it.
    with_geometry
        Whether the kind has geometry.
    encoding
        Of texts in a Shapefile; '' and ``detect`` leave it to the file.
    columns
        Which to read; all if left out.

    Returns
    -------
    frame, faults
        Features indexed by their number in the file from 1, in the CRS of the file; and what is
        wrong.
    """
    faults = _content_faults(path, entry)
    if faults:
        return pd.DataFrame(), faults
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        frame, faults = _features(path, entry, encoding, columns, with_geometry=with_geometry)
    return frame, faults or _warned(told, entry.file)


def _features(
    path: Path, entry: Entry, encoding: str, columns: list[str] | None, *, with_geometry: bool
) -> tuple[pd.DataFrame, list[Fault]]:
    harden()
    import pyogrio  # noqa: PLC0415 -- GDAL reads its environment when it is loaded

    # From memory, where no schema lies beside it and GDAL leaves none: reading writes nothing.
    source = path.read_bytes() if entry.format == "gml" else path
    try:
        layer, faults = _layer_name(pyogrio.list_layers(source), entry, with_geometry=with_geometry)
        faults = faults or _info_faults(pyogrio.read_info(source, layer=layer), path, entry)
        if faults:
            return pd.DataFrame(), faults
        frame = pyogrio.read_dataframe(
            source,
            layer=layer,
            columns=columns,
            read_geometry=with_geometry,
            force_2d=True,
            encoding=_gdal_name(encoding) if entry.format == "shp" else None,
            on_invalid="ignore",
        )
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        UnicodeDecodeError,  # a Shapefile whose table is in another encoding than it says
    ) as error:
        return pd.DataFrame(), [_unread(error, path, entry)]
    all_read = columns is None and entry.format == "gpkg"
    if all_read and (faults := _table_faults(path, layer, entry.file, len(frame))):
        return pd.DataFrame(), faults
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    if with_geometry and not isinstance(frame, gpd.GeoDataFrame):
        return frame, [Fault(entry.file, "has no geometry", "export it with its geometry")]
    return frame, []


def _info_faults(info: dict[str, Any], path: Path, entry: Entry) -> list[Fault]:
    """Find a driver that is not the one for the format, and room asked for far too many rows."""
    driver = ALSO.get(info["driver"], info["driver"])
    if driver != DRIVERS[entry.format]:
        found = f"is read by GDAL as {driver}, not {DRIVERS[entry.format]}"
        return [Fault(entry.file, found, "convert it with ogr2ogr or QGIS")]
    size = path.stat().st_size
    if info["features"] > size:
        found = f"declares {info['features']:,} features in {size:,} bytes"
        return [Fault(entry.file, found, "export it again")]
    return []


def _unread(error: Exception, path: Path, entry: Entry) -> Fault:
    if isinstance(error, UnicodeDecodeError):
        found = f"has texts that are not {error.encoding}"
        return Fault(entry.file, found, "declare encoding, as 'windows-1252'")
    reason = str(error).replace(str(path), entry.file).replace(f"{path.parent}{os.sep}", "")
    reason = IN_MEMORY.sub(entry.file, reason)
    return Fault(entry.file, f"cannot be read: {reason}", "export it again")


def _gdal_name(encoding: str) -> str | None:
    """Write the name of an encoding as GDAL knows it; None to leave it to the file."""
    if encoding in {"", DETECT}:
        return None
    name = codecs.lookup(encoding).name.upper()
    return name.replace("ISO8859", "ISO-8859")


def _table_faults(path: Path, layer: str, file: str, read: int) -> list[Fault]:
    """Find rows that were left out, and texts in columns of numbers.

    GDAL believes the count that a GeoPackage declares, and reads texts that SQLite keeps as 0.
    """

    def quoted(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
        columns = base.execute(f"PRAGMA table_info({quoted(layer)})").fetchall()
        numeric = [name for _, name, kind, *_ in columns if kind.upper().startswith(NUMERIC)]
        texts = [
            f"count(CASE WHEN typeof({quoted(name)}) IN ('text', 'blob') THEN 1 END)"
            for name in numeric
        ]
        asked = ", ".join(["count(*)", *texts])
        # Rows are numbered, which takes its time, only where there is something to tell.
        rows, *counts = base.execute(f"SELECT {asked} FROM {quoted(layer)}").fetchone()  # noqa: S608 -- names are quoted
        if rows != read:
            said = f"has {rows:,} rows and declares another number, so that {read:,} are read"
            return [Fault(file, said, "export it again")]
        numeric = [name for name, count in zip(numeric, counts, strict=True) if count]
        found = [
            (row, name, text)
            for name in numeric
            for row, text in base.execute(
                "SELECT n, v FROM (SELECT row_number() OVER () AS n, "  # noqa: S608 -- names are quoted
                f"{quoted(name)} AS v FROM {quoted(layer)}) WHERE typeof(v) IN ('text', 'blob')"
            )
        ]
    return [
        Fault(f"{file} row {row} column {name}", f"{text!r} is not a number", "write it in digits")
        for row, name, text in found
    ]


def _warned(told: list[warnings.WarningMessage], file: str) -> list[Fault]:
    """Take what GDAL only warns of for a fault: it may have left something out."""
    texts = dict.fromkeys(str(one.message) for one in told)
    return [
        Fault(file, f"is read by GDAL with a warning: {text}", "mend it, or export it again")
        for text in texts
        if not text.startswith(HARMLESS)
    ]


def layer_names(path: Path) -> list[str]:
    """Name the layers of a GeoPackage; none if it is not one."""
    with path.open("rb") as stream:
        if not stream.read(HEAD_BYTES).startswith(SIGNATURES["gpkg"]):
            return []
    harden()
    import pyogrio  # noqa: PLC0415 -- GDAL reads its environment when it is loaded

    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except pyogrio.errors.DataSourceError:
        return []


def in_place_crs(
    frame: gpd.GeoDataFrame, entry: Entry, place_crs: str
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Bring features into the CRS of the place, refusing a missing or contradicted CRS."""
    if frame.crs is None and not entry.crs:
        return frame, [
            Fault(entry.file, "has no CRS", f"declare crs = 'EPSG:…' under [layers.{entry.kind}]")
        ]
    if frame.crs is not None and _is_undefined(frame.crs):
        found = f"is in '{frame.crs.name}', which is no place on earth"
        return frame, [Fault(entry.file, found, "set its CRS, as with Assign projection in QGIS")]
    if frame.crs is None:
        frame = frame.set_crs(entry.crs)
    elif entry.crs and not _same(frame.crs, pyproj.CRS(entry.crs)):
        return frame, [
            Fault(
                entry.file,
                f"declares {_name(frame.crs)}, place.toml says {entry.crs}",
                "remove crs from place.toml, or correct the file",
            )
        ]
    faults = _degree_faults(frame, entry.file)
    return (
        (frame, faults)
        if faults
        else (frame.set_geometry(projected(frame.geometry, place_crs)), [])
    )


def _content_faults(path: Path, entry: Entry) -> list[Fault]:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if entry.format in {"geojson", *XML}:
        head = head.removeprefix(UTF8_BOM).lstrip()
    if entry.format not in SIGNATURES:
        return [Fault(entry.file, "is a table, not shapes", "give geojson, gpkg, shp or fgb")]
    if not head.startswith(SIGNATURES[entry.format]):
        name = DRIVERS[entry.format]
        return [Fault(entry.file, f"is not {name}, whatever its name", f"export it as {name}")]
    if entry.format in XML:
        return _markup_faults(path.read_bytes(), entry.file)
    return _text_faults(path.read_bytes(), entry.file) if entry.format == "geojson" else []


def _markup_faults(data: bytes, file: str) -> list[Fault]:
    """Refuse entities, by which a small file becomes a large one or takes in another."""
    if any(word in data for word in HARMFUL):
        return [Fault(file, "holds entities or links to elsewhere", "convert it to GeoPackage")]
    return []


def _text_faults(data: bytes, file: str) -> list[Fault]:
    if GDAL_PIPELINE in data:
        return [Fault(file, "is a pipeline for GDAL, not GeoJSON", "give the features themselves")]
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"is not UTF-8 (byte 0x{data[error.start]:02x})"
        return [Fault(f"{file} line {line}", found, "save the file as UTF-8")]
    return _crs_member_faults(data, file)


def _crs_member_faults(data: bytes, file: str) -> list[Fault]:
    """Find a CRS that is declared and unknown; GDAL would take it for WGS 84."""
    declared = CRS_MEMBER.search(data)
    if declared is None:
        return []
    name = declared[1].decode()
    try:
        pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError:
        return [Fault(file, f"declares '{name}', which is no CRS", "declare the one it is in")]
    return []


def _layer_name(layers: object, entry: Entry, *, with_geometry: bool) -> tuple[str, list[Fault]]:
    names = [str(name) for name, shape in layers if shape is not None or not with_geometry]  # type: ignore[attr-defined]
    where = f"place.toml [layers.{entry.kind}] layer"
    known = ", ".join(names) or "none"
    if entry.layer:
        if entry.layer in names:
            return entry.layer, []
        return "", [Fault(where, f"{entry.file} has no layer '{entry.layer}'", f"it has {known}")]
    if len(names) == 1:
        return names[0], []
    if not names:
        what = "shapes" if with_geometry else "rows"
        return "", [
            Fault(entry.file, f"has no layer of {what} that can be read", "export it again")
        ]
    return "", [Fault(entry.file, f"has {len(names)} layers ({known})", f"say which: {where}")]


def _degree_faults(frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
    if frame.crs is None or not frame.crs.is_geographic:
        return []
    return _beyond_faults(frame, file) or _wide_faults(frame, file)


def _wide_faults(frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
    """Find shapes drawn round the wrong side of the earth, where they cross the antimeridian."""
    parts, row = shapely.get_parts(frame.geometry.to_numpy(), return_index=True)
    west, _, east, _ = shapely.bounds(parts).T
    return [
        Fault(
            f"{file} row {frame.index[place]}",
            "spans more than half of the globe, as a shape does that crosses the antimeridian",
            "split it at 180 degrees (ogr2ogr -wrapdateline), or give it in a projected CRS",
        )
        for place in sorted({*row[east - west > HALF_TURN].tolist()})
    ]


def _beyond_faults(frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
    bounds = frame.geometry.bounds
    beyond = (bounds[["minx", "maxx"]].abs() > 180).any(axis=1) | (  # noqa: PLR2004 -- degrees
        bounds[["miny", "maxy"]].abs() > 90  # noqa: PLR2004 -- degrees
    ).any(axis=1)
    return [
        Fault(
            f"{file} row {row}",
            f"coordinates reach {bounds.loc[row].abs().max():g}, but the CRS is in degrees",
            "declare the CRS it is really in, lon before lat",
        )
        for row in frame.index[beyond]
    ]


def _is_undefined(crs: pyproj.CRS) -> bool:
    on_earth = crs.is_geographic or crs.is_projected
    return not on_earth or crs.name.lower().startswith("undefined")


def _same(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    codes = [crs.to_epsg() or _name(crs) for crs in (one, other)]
    plain = ["EPSG:4326" if code in (4326, "OGC:CRS84") else code for code in codes]
    return plain[0] == plain[1] or one.equals(other, ignore_axis_order=True)


def _name(crs: pyproj.CRS) -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.name
