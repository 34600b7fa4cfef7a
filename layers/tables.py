"""CSV tables: raw rows with their row numbers, and geometry from the columns that tell it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.errors import Fault
from geo.units import clean
from layers.datum import project, projected
from layers.reading import DETECT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

DEGREES: Final = "EPSG:4326"
MIN_VERTICES: Final = 2
SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}
OR_CRS: Final = ", or declare crs in place.toml"
OR_COLUMNS: Final = ", map it under [layers.<kind>.columns]"
OR_ENCODING: Final = ", or declare its encoding"
OR_SEPARATOR: Final = ", or declare separator = "
LIMITS_DEG: Final = {"lon": 180.0, "lat": 90.0}
UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def read_table(
    path: Path, file: str, separator: str = ",", encoding: str = ""
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read a CSV file as text.

    Parameters
    ----------
    path
        The file, with a header row.
    file
        Its name for messages.
    separator
        Between cells.
    encoding
        Of the text; '' is UTF-8, or UTF-16 by its mark, and ``detect`` also takes a guess.

    Returns
    -------
    frame, faults
        Cells as text, '' where empty, indexed by row number (the header is row 1); and what is
        wrong. Rows with too many or too few cells are left out.
    """
    text, faults = _decode(path.read_bytes(), file, encoding)
    if faults:
        return pd.DataFrame(), faults
    rows, faults = _rows(text, file, separator)
    if not rows:
        return pd.DataFrame(), faults or [
            Fault(file, "is empty", "write a header row and the rows")
        ]
    header = [name.strip() for name in rows.pop(next(iter(rows)))]
    if faults := _form_faults(header, file):
        return pd.DataFrame(), faults
    faults = _header_faults(header, file)
    whole = {row: cells for row, cells in rows.items() if len(cells) == len(header)}
    faults += [
        Fault(
            f"{file} row {row}",
            f"has {len(cells)} cells, the header {len(header)}",
            "quote cells with commas",
        )
        for row, cells in rows.items()
        if row not in whole
    ]
    index = pd.Index(list(whole), dtype="int64")
    columns = dict(zip(header, zip(*whole.values(), strict=True), strict=True)) if whole else {}
    return (
        pd.DataFrame({name: columns.get(name, ()) for name in header}, index=index, dtype=object),
        faults,
    )


def with_points(
    frame: pd.DataFrame, crs: str, place_crs: str, file: str
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Give each row the point of its columns lon and lat, or x and y where `crs` is projected.

    Parameters
    ----------
    frame
        Rows of text.
    crs
        CRS of the coordinates.
    place_crs
        CRS to give them in.
    file
        Name for messages.
    """
    names = ("x", "y") if pyproj.CRS(crs).is_projected else ("lon", "lat")
    missing = [name for name in names if name not in frame.columns]
    if missing:
        faults = [
            Fault(
                file,
                f"column '{name}' is missing; coordinates in {crs} stand in {' and '.join(names)}",
                f"add it{OR_COLUMNS}{OR_CRS}",
            )
            for name in missing
        ]
        return _placed(frame, np.zeros((len(frame), 2)), place_crs), faults
    numbers = [_coordinates(frame[name], name, file) for name in names]
    faults = [fault for _, found in numbers for fault in found]
    xy = _project(np.column_stack([values for values, _ in numbers]), crs, place_crs)
    return _placed(frame, xy, place_crs), faults


def with_lines(
    frame: pd.DataFrame, crs: str, stations: gpd.GeoSeries, file: str
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Draw each row from its substation over its ``via`` points to the other.

    Parameters
    ----------
    frame
        Rows of text with ``from_substation``, ``to_substation`` and perhaps ``via``.
    crs
        CRS of the ``via`` points, written as ``lon lat;lon lat``.
    stations
        Points by substation id, in the CRS to draw in.
    file
        Name for messages.

    Notes
    -----
    A row whose end is unknown is drawn to the origin: the layers refuse it when they are put
    together, with the reason.
    """
    vias, faults = _vias(frame, crs, str(stations.crs), file)
    at = dict(zip(stations.index, shapely.get_coordinates(stations.to_numpy()), strict=True))
    ends = [_ends(frame, name, at) for name in ("from_substation", "to_substation")]
    paths = [
        shapely.LineString(np.vstack([start, via, end]))
        for start, via, end in zip(ends[0], vias, ends[1], strict=True)
    ]
    geometry = gpd.GeoSeries(paths, index=frame.index, crs=stations.crs)
    return gpd.GeoDataFrame(frame, geometry=geometry), faults


def with_paths(
    frame: pd.DataFrame, crs: str, place_crs: str, file: str
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Draw each row along its ``via`` points, which are the whole line as drawn.

    Parameters
    ----------
    frame
        Rows of text with ``via``, written as ``lon lat;lon lat``.
    crs
        CRS of the points.
    place_crs
        CRS to give them in.
    file
        Name for messages.

    Notes
    -----
    A row without a path is drawn at the origin, and refused with the faults.
    """
    vias, faults = _vias(frame, crs, place_crs, file)
    if "via" not in frame.columns:
        found = "column 'via' is missing; a line as drawn stands there as 'lon lat;lon lat'"
        faults.append(Fault(file, found, "add it, or give the lines as geojson, gpkg, shp or fgb"))
    unread = {fault.where for fault in faults}
    for row, via in zip(frame.index, vias, strict=True):
        where = f"{file} row {row} column via"
        if "via" in frame.columns and len(via) < MIN_VERTICES and where not in unread:
            found = f"has {len(via)} points; a line as drawn needs {MIN_VERTICES}"
            faults.append(Fault(where, found, "write its vertices as 'lon lat;lon lat'"))
    paths = [
        shapely.LineString(via if len(via) >= MIN_VERTICES else [(0.0, 0.0), (1.0, 1.0)])
        for via in vias
    ]
    return gpd.GeoDataFrame(
        frame, geometry=gpd.GeoSeries(paths, index=frame.index, crs=place_crs)
    ), faults


def with_shapes(
    frame: pd.DataFrame, crs: str, place_crs: str, file: str
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Give each row the shape of its column ``wkt``.

    Parameters
    ----------
    frame
        Rows of text with ``wkt``: well-known text, with or without SRID before it.
    crs
        CRS of the coordinates, x or longitude first.
    place_crs
        CRS to give them in.
    file
        Name for messages.
    """
    if "wkt" not in frame.columns:
        return _placed(frame, np.zeros((len(frame), 2)), place_crs), []
    text = frame["wkt"].str.replace(r"^SRID=\d+;", "", regex=True)
    shapes = shapely.force_2d(shapely.from_wkt(text.to_numpy(), on_invalid="ignore"))
    unread = shapely.is_missing(shapes)
    faults = [
        Fault(f"{file} row {row} column wkt", "is not well-known text", "write POINT (lon lat), …")
        for row in frame.index[unread]
    ]
    series = gpd.GeoSeries(
        np.where(unread, np.array(shapely.Point(0, 0), dtype=object), shapes),
        index=frame.index,
        crs=crs,
    )
    solid = series.geom_type.str.endswith("Polygon")
    series = series.where(~solid | series.is_valid, series.make_valid())
    return gpd.GeoDataFrame(frame, geometry=projected(series, place_crs)), faults


def _decode(data: bytes, file: str, encoding: str) -> tuple[str, list[Fault]]:
    if encoding == DETECT:
        encoding = detected(data)
    elif not encoding:
        encoding = "utf-16" if data[:2] in UTF16_MARKS else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        name = "UTF-8" if encoding == "utf-8-sig" else encoding
        remedy = "save the file as UTF-8 (spreadsheets call it 'CSV UTF-8')"
        found = f"is not {name} (byte 0x{data[error.start]:02x})"
        return "", [Fault(f"{file} row {row}", found, f"{remedy}{OR_ENCODING}")]
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        found = "has bytes of zero, as UTF-16 without a mark and broken files do"
        return "", [Fault(f"{file} row {row}", found, "save the file as UTF-8")]
    return text, []


def detected(data: bytes) -> str:
    """Guess the encoding of a text: by its mark, UTF-8 where it reads so, else by its bytes.

    Bytes from 0x80 to 0x9f are letters and signs in Windows-1252, and nothing in ISO 8859-1.
    """
    if data[:2] in UTF16_MARKS:
        return "utf-16"
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        windows = any(0x80 <= byte <= 0x9F for byte in set(data))  # noqa: PLR2004 -- bytes
        return "windows-1252" if windows else "iso-8859-1"
    return "utf-8-sig"


def _rows(text: str, file: str, separator: str) -> tuple[dict[int, list[str]], list[Fault]]:
    """Map row number to cells; empty rows count and are left out."""
    rows: dict[int, list[str]] = {}
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        rows.update(enumerate(reader, start=1))
    except csv.Error as error:
        where = f"{file} row {max(rows, default=0) + 1}"
        return {}, [Fault(where, f"cannot be read: {error}", "check the quotes of this row")]
    return {row: cells for row, cells in rows.items() if any(map(str.strip, cells))}, []


def _form_faults(header: Sequence[str], file: str) -> list[Fault]:
    """Find tables that are separated by something else, or begin with something else."""
    where = f"{file} row 1"
    if len(header) == 1:
        for sign, name in SEPARATORS.items():
            if sign in header[0]:
                remedy = f"save the file with commas{OR_SEPARATOR}'{sign}'"
                return [Fault(where, f"is separated by {name}", remedy)]
    if header[0].startswith(("#", "sep=")):
        return [Fault(where, f"begins with '{header[0][:20]}'", "remove what is above the header")]
    return []


def _header_faults(header: Sequence[str], file: str) -> list[Fault]:
    twice = sorted({name for name in header if header.count(name) > 1})
    return [
        Fault(f"{file} row 1", f"column '{name}' is there twice", "rename or remove one")
        for name in twice
    ]


def _coordinates(cells: pd.Series[str], name: str, file: str) -> tuple[Floats, list[Fault]]:
    """Read coordinates; a cell that cannot be one is named and read as 0."""
    values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float)
    limit = LIMITS_DEG.get(name, np.inf)
    unread, outside = ~np.isfinite(values), np.abs(values) > limit
    faults = [
        Fault(
            f"{file} row {row} column {name}", f"'{cells.loc[row]}' is not a number", "write digits"
        )
        for row in cells.index[unread]
    ]
    faults += [
        Fault(
            f"{file} row {row} column {name}",
            f"{cells.loc[row]} is outside -{limit:g} to {limit:g} degrees",
            f"check that lon and lat are not swapped{OR_CRS}",
        )
        for row in cells.index[outside & ~unread]
    ]
    return np.where(unread | outside, 0.0, values), faults


def _project(xy: Floats, crs: str, place_crs: str) -> Floats:
    return project(xy, crs, place_crs)


def _placed(frame: pd.DataFrame, xy: Floats, place_crs: str) -> gpd.GeoDataFrame:
    points = gpd.GeoSeries(shapely.points(xy), index=frame.index, crs=place_crs)
    return gpd.GeoDataFrame(frame, geometry=points)


def _vias(
    frame: pd.DataFrame, crs: str, place_crs: str, file: str
) -> tuple[list[Floats], list[Fault]]:
    cells = frame["via"] if "via" in frame.columns else pd.Series("", index=frame.index)
    faults: list[Fault] = []
    vias: list[Floats] = []
    for row, cell in cells.items():
        via = _via(cell)
        if via is None:
            faults.append(
                Fault(
                    f"{file} row {row} column via",
                    f"'{cell}' is not a list of points",
                    "write 'lon lat;lon lat', or leave it empty",
                )
            )
        vias.append(np.zeros((0, 2)) if via is None else via)
    cuts = np.cumsum([len(via) for via in vias])
    together = _project(np.vstack([np.zeros((0, 2)), *vias]), crs, place_crs)
    return np.split(together, cuts[:-1]) if vias else [], faults


def _via(cell: str) -> Floats | None:
    try:
        pairs = [
            [float(number) for number in part.split()] for part in cell.split(";") if part.strip()
        ]
    except ValueError:
        return None
    if any(len(pair) != len("xy") or not np.isfinite(pair).all() for pair in pairs):
        return None
    return np.array(pairs, dtype=float).reshape(-1, 2)


def _ends(frame: pd.DataFrame, name: str, at: Mapping[str, Floats]) -> list[Floats]:
    if name not in frame.columns:
        return [np.zeros(2)] * len(frame)
    return [at.get(clean(cell), np.zeros(2)) for cell in frame[name]]
